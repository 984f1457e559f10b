/**
 * nginx's passive checks, `max_fails` and `fail_timeout`. A failure lowers the server's effective weight by
 * floor(weight / max_fails). After `max_fails` of them it is left out until more than `fail_timeout` WHOLE seconds have
 * passed on a clock that counts whole seconds; then one request probes it: success clears the count, and while the answer
 * is awaited, or after another failure, it stays out for as long again. A single server is never left out.
 *
 * Time is looked at only when somebody is picked: `wake` when `now` has come to `wakeAt`. O(1) a request, O(servers left
 * out) at most once a second.
 *
 * Source: nginx 1.22 src/http/ngx_http_upstream_round_robin.c, checked against recordings of it. Left out: raising the
 * effective weight again (each scheduler's own, one a round in which the server is a candidate).
 */
export interface PassiveRule {
  /** Failures after which a server is left out; 0 = never. */
  readonly maxFails: number;
  /** Whole seconds, both the time without a failure after which the count is cleared and the time it is left out. */
  readonly failTimeout: number;
}

/** What becomes of a member. */
export interface PassiveOutcome {
  /** It is left out, or comes back (to be probed, or for good). */
  leaveOut(member: number, out: boolean): void;
  /** It failed, and loses `1 / maxFails` of its weight, rounded down. */
  lower(member: number, maxFails: number): void;
}

export class PassiveChecks {
  /** Simulated time before which nothing changes by itself, seconds; Infinity when nobody is out. */
  wakeAt = Infinity;
  private readonly fails: Int32Array;
  /** Whole second of the last failure. */
  private readonly accessed: Float64Array;
  /** Whole second from which `failTimeout` counts: of the last failure or the last probe. */
  private readonly checked: Float64Array;
  private readonly out: number[] = [];

  /**
   * @param rules one a member.
   * @param clock seconds, never decreasing.
   * @param phase what of a whole second has passed at time 0, 0 <= phase < 1.
   */
  constructor(
    private readonly rules: readonly PassiveRule[],
    private readonly clock: { readonly now: number },
    private readonly phase: number,
    private readonly outcome: PassiveOutcome,
  ) {
    this.fails = new Int32Array(rules.length);
    this.accessed = new Float64Array(rules.length).fill(-Infinity);
    this.checked = new Float64Array(rules.length).fill(-Infinity);
  }

  /** Failures that count at present. */
  failures(member: number): number {
    return this.fails[member];
  }

  /** Brings back, to be probed, those whose time is over. To be called before a pick at or after `wakeAt`. */
  wake(): void {
    const second = this.second();
    let kept = 0;
    for (const member of this.out) {
      if (second - this.checked[member] > this.rules[member].failTimeout) this.outcome.leaveOut(member, false);
      else this.out[kept++] = member;
    }
    this.out.length = kept;
    this.reckon();
  }

  /** The member gets a request. */
  picked(member: number): void {
    const { maxFails, failTimeout } = this.rules[member];
    const second = this.second();
    if (second - this.checked[member] <= failTimeout) return;
    this.checked[member] = second;
    if (maxFails > 0 && this.fails[member] >= maxFails) this.leaveOut(member); // this one is the probe
  }

  /** A request has left the member; `failed` if by a failure that counts. */
  released(member: number, failed: boolean): void {
    if (failed) this.failed(member);
    else if (this.fails[member] > 0 && this.accessed[member] < this.checked[member]) {
      this.fails[member] = 0;
      this.comeBack(member);
    }
  }

  private failed(member: number): void {
    const { maxFails } = this.rules[member];
    const second = this.second();
    this.fails[member]++;
    this.accessed[member] = second;
    this.checked[member] = second;
    if (maxFails === 0 || this.rules.length === 1) return;
    this.outcome.lower(member, maxFails);
    if (this.fails[member] >= maxFails) this.leaveOut(member);
  }

  private leaveOut(member: number): void {
    if (this.rules.length === 1) return;
    if (!this.out.includes(member)) {
      this.out.push(member);
      this.outcome.leaveOut(member, true);
    }
    this.reckon();
  }

  private comeBack(member: number): void {
    const place = this.out.indexOf(member);
    if (place < 0) return;
    this.out.splice(place, 1);
    this.outcome.leaveOut(member, false);
    this.reckon();
  }

  private second(): number {
    return Math.floor(this.clock.now + this.phase);
  }

  private reckon(): void {
    let first = Infinity;
    for (const member of this.out) first = Math.min(first, this.checked[member] + this.rules[member].failTimeout + 1);
    this.wakeAt = first - this.phase;
  }
}
