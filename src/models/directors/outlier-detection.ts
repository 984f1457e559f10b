/**
 * Envoy's outlier detection: a host that fails `consecutive` times in a row is ejected, unless more than
 * `maxEjectionPercent` of the hosts would be out (one may always go). It comes back at the first sweep, one every
 * `interval`, at which it has been out for base x times ejected, at most `maxEjectionTime`. Each sweep at which a host is
 * in and was not ejected since the last one takes one off that number.
 *
 * Time is looked at only when somebody is picked, see `wakeAt`. O(1) a request, O(hosts) a sweep that matters.
 *
 * Source: Envoy 1.30 documentation, "Outlier detection", and source/common/upstream/outlier_detection_impl.cc. Left out:
 * ejection by success rate or failure percentage, jitter, errors told apart by origin (every failure is a 5xx here).
 */
export interface OutlierRule {
  /** Failures in a row that eject (`consecutive_5xx`, `consecutive_gateway_failure`). */
  readonly consecutive: number;
  /** Seconds between sweeps. */
  readonly interval: number;
  /** Seconds of the first ejection. */
  readonly baseEjectionTime: number;
  readonly maxEjectionTime: number;
  /** Percent of the hosts that may be out at once. */
  readonly maxEjectionPercent: number;
}

export class OutlierDetection {
  /** Simulated time of the next sweep that may change something, seconds. */
  wakeAt = Infinity;
  ejected = 0;
  private readonly inRow: Int32Array;
  private readonly times: Int32Array;
  /** When it was ejected; Infinity = it is in. */
  private readonly since: Float64Array;
  /** Sweeps are at `origin` + whole intervals. */
  private readonly origin: number;

  /**
   * @param hosts how many.
   * @param phase share of an interval that has passed at time 0, 0 <= phase < 1.
   * @param eject told when a host is ejected (true) or comes back.
   */
  constructor(
    hosts: number,
    private readonly rule: OutlierRule,
    private readonly clock: { readonly now: number },
    phase: number,
    private readonly eject: (host: number, out: boolean) => void,
  ) {
    this.inRow = new Int32Array(hosts);
    this.times = new Int32Array(hosts);
    this.since = new Float64Array(hosts).fill(Infinity);
    this.origin = -phase * rule.interval;
  }

  /** Makes the sweeps that were due. To be called before a pick at or after `wakeAt`. */
  wake(): void {
    while (this.wakeAt <= this.clock.now) {
      this.sweep(this.wakeAt);
    }
  }

  released(host: number, failed: boolean): void {
    if (!failed) {
      this.inRow[host] = 0;
      return;
    }
    this.inRow[host]++;
    if (this.inRow[host] < this.rule.consecutive || this.since[host] < Infinity) return;
    this.inRow[host] = 0;
    const percent = (100 * (this.ejected + 1)) / this.since.length;
    if (this.ejected > 0 && percent > this.rule.maxEjectionPercent) return;
    this.ejected++;
    this.times[host]++;
    this.since[host] = this.clock.now;
    this.reckon();
    this.eject(host, true);
  }

  private sweep(time: number): void {
    const { baseEjectionTime, maxEjectionTime } = this.rule;
    let matters = false;
    for (let host = 0; host < this.since.length; host++) {
      if (this.since[host] < Infinity) {
        const longest = Math.max(baseEjectionTime, maxEjectionTime);
        const out = Math.min(baseEjectionTime * this.times[host], longest);
        if (time - this.since[host] >= out) {
          this.since[host] = Infinity;
          this.ejected--;
          this.inRow[host] = 0;
          this.eject(host, false);
        }
      } else if (this.times[host] > 0) {
        this.times[host]--;
      }
      matters ||= this.times[host] > 0;
    }
    this.wakeAt = matters ? time + this.rule.interval : Infinity;
  }

  /** A sweep is needed from now on. */
  private reckon(): void {
    if (this.wakeAt < Infinity) return;
    const { interval } = this.rule;
    this.wakeAt = this.origin + (Math.floor((this.clock.now - this.origin) / interval) + 1) * interval;
  }
}
