/**
 * HAProxy's `slowstart`: a server that has come up again gets a share of its weight, and of its maxconn, that grows by
 * whole seconds: t whole seconds after it came up the weight counts floor((16 t + S) / S) sixteenths of it, and the
 * limit is t / S of it, at least 1; in full after S.
 *
 * Time is looked at only when somebody is picked, see `wakeAt`.
 *
 * Source: HAProxy 2.6 manual, `slowstart`; src/server.c, checked against recordings of the shares. Left out: `minconn`.
 */
export class SlowStart {
  /** Simulated time of the next step, seconds; Infinity when no server is starting. */
  wakeAt = Infinity;
  private readonly since: Float64Array;
  private readonly starting: number[] = [];

  /**
   * @param periods seconds for each member; 0 = none.
   * @param step told of each step: `weight` and `limit` are the shares that count, 0 < share <= 1.
   */
  constructor(
    private readonly periods: readonly number[],
    private readonly clock: { readonly now: number },
    private readonly step: (member: number, weight: number, limit: number) => void,
  ) {
    this.since = new Float64Array(periods.length);
  }

  /** The member has come up. */
  begin(member: number): void {
    if (this.periods[member] === 0) return;
    if (!this.starting.includes(member)) this.starting.push(member);
    this.since[member] = this.clock.now;
    this.advance(member);
    this.reckon();
  }

  /** The member has gone down: the next start is from the beginning. */
  end(member: number): void {
    const place = this.starting.indexOf(member);
    if (place < 0) return;
    this.starting.splice(place, 1);
    this.step(member, 1, 1);
    this.reckon();
  }

  /** Makes the steps that were due. To be called before a pick at or after `wakeAt`. */
  wake(): void {
    for (let place = this.starting.length - 1; place >= 0; place--) {
      const member = this.starting[place];
      if (this.advance(member)) this.starting.splice(place, 1);
    }
    this.reckon();
  }

  /** @returns whether it is in full now. */
  private advance(member: number): boolean {
    const period = this.periods[member];
    const seconds = Math.floor(this.clock.now - this.since[member]);
    if (seconds >= period) {
      this.step(member, 1, 1);
      return true;
    }
    this.step(member, Math.floor((16 * seconds + period) / period) / 16, seconds / period);
    return false;
  }

  private reckon(): void {
    let first = Infinity;
    for (const member of this.starting) {
      const whole = Math.floor(this.clock.now - this.since[member]) + 1;
      first = Math.min(first, this.since[member] + whole);
    }
    this.wakeAt = first;
  }
}
