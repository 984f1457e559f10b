/**
 * Load shedding at the door of a server: a share of the requests that come is turned away at once (`rejected`), before it
 * stands in line. The share is given, or follows what the server sees of itself over windows of time: after a window in
 * which requests waited too long on average, or the workers were too busy, it lets in 5 % less; after one that was well, 1 % of
 * all that come more. The most urgent priorities can be spared.
 * Sources: Zhou et al., "Overload Control for Scaling WeChat Microservices" (DAGOR), SoCC 2018, section 4.2 (mean wait in line
 * as the sign, 20 ms, and the two steps of 5 % and 1 %); Beyer et al., Site Reliability Engineering (2016), ch. 21, for utilisation
 * and criticality.
 * DAGOR's windows are a second or 2,000 requests; in a small model a tenth of that reacts before callers give up.
 * Left out: DAGOR's levels of business and user priority, and telling callers to send less. O(1) a request, no events: a window
 * is looked at by the first who comes after it.
 */
import type { RandomStream } from '../../sim/random/stream.ts';
import type { SheddingDescription } from '../description.ts';
import type { Gate } from './gate.ts';

/** How much less is let in after a bad window, and of all that come how much more after a good one. */
const LESS = 0.05;
const MORE = 0.01;

export class Shedding {
  /** Share of those who come that is let in now. */
  admitted: number;
  /** Requests turned away so far. */
  turnedAway = 0;
  private windowEnd: number;
  private windowBegan = 0;
  /** Sums of the gate when the window began. */
  private lineArea = 0;
  private busyArea = 0;
  private started = 0;

  /** @param gate of the workers. */
  constructor(
    private readonly law: SheddingDescription,
    private readonly gate: Gate,
    private readonly random: RandomStream,
  ) {
    this.admitted = law.sign === 'always' ? 1 - law.share : 1;
    this.windowEnd = law.sign === 'always' ? Infinity : law.window;
  }

  /** Whether a request of this priority is turned away. */
  rejects(priority: number, now: number): boolean {
    if (now >= this.windowEnd) this.look(now);
    const rejects = this.admitted < 1 && priority >= this.law.spare && this.random.uniform() >= this.admitted;
    if (rejects) this.turnedAway++;
    return rejects;
  }

  /** A window is over: how it was decides how many are let in. */
  private look(now: number): void {
    const { gate, law } = this;
    if (law.sign === 'always') return;
    gate.account(now);
    const started = gate.returns + gate.busy;
    const waits = gate.lineArea - this.lineArea;
    const busy = (gate.busyArea - this.busyArea) / ((now - this.windowBegan) * gate.tokens);
    // by Little's law the mean wait of those whose turn came; nobody's turn came while some waited: Infinity
    const sign = law.sign === 'utilisation' ? busy : waits === 0 ? 0 : waits / (started - this.started);
    this.admitted =
      sign > law.above ? Math.max(1 - law.share, this.admitted * (1 - LESS)) : Math.min(1, this.admitted + MORE);
    this.lineArea = gate.lineArea;
    this.busyArea = gate.busyArea;
    this.started = started;
    this.windowBegan = now;
    this.windowEnd = now + law.window;
  }
}
