/**
 * Active health checks of a director's members: a probe now and then (phase uniform); `fall` failures in a row take a
 * member out, `rise` successes bring it back. A server that refuses or answers an error fails its probe at once, one
 * that is silent only after `timeout`; the interval runs from the end of a probe to the next.
 *
 * Products as parameters:
 * - HAProxy 2.6 (as recorded): `every` inter, `failing` = `rising` fastinter, `down` downinter.
 * - keepalived 2.2: `every` delay_loop, `failing` delay_before_retry, `fall` retry + 1, `rise` 1, `timeout`
 *   connect_timeout, kind tcp for TCP_CHECK; `alpha` is `startsDown`. Its first check comes within a delay_loop (warmup).
 * - Kubernetes readiness: `every` periodSeconds, schedule `rate`, `fall` failureThreshold, `rise` successThreshold,
 *   `startsDown`. Envoy: `every` interval, `failing` unhealthy_edge_interval, `down` unhealthy_interval, `errorsAtOnce`.
 *
 * A probe that is answered may cost the server processor time (`cost`), beside the requests. Left out: the worker and
 * connection that it takes, and probes that wait in the line of a server that is merely busy.
 */
import { Rank } from '../../sim/rank.ts';
import type { RandomStream } from '../../sim/random/stream.ts';
import { Life } from '../autoscalers/presence.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { CheckDescription } from '../description.ts';
import type { Server } from '../services/server.ts';

const PROBE = 0;
const SILENT = 1;

export class HealthCheck {
  private readonly address: number;
  private readonly believedUp: boolean[];
  private readonly inRow: Int32Array;

  /**
   * @param reaches whether packets pass between the director and a member now.
   * @param decided told when a member goes out of or comes back into service.
   * @param answered told of each probe that a member works on, to an answer good or bad.
   */
  constructor(
    private readonly simulation: Simulation,
    private readonly check: CheckDescription,
    private readonly members: readonly Server[],
    private readonly reaches: (member: number) => boolean,
    private readonly decided: (member: number, up: boolean) => void,
    random: RandomStream,
    private readonly answered: (member: number) => void = () => {},
  ) {
    this.address = simulation.register(this);
    this.believedUp = members.map(() => check.startsDown !== true);
    this.inRow = new Int32Array(members.length);
    members.forEach((_, member) => this.probeAt(random.uniform() * check.every, member));
  }

  on(kind: number, member: number): void {
    const { simulation, check } = this;
    const began = kind === PROBE ? simulation.now : simulation.now - check.timeout;
    if (kind === PROBE && this.silent(member)) {
      simulation.at(simulation.now + check.timeout, this.address + SILENT, member, Rank.control);
      return;
    }
    const well = kind === PROBE && this.answersWell(member);
    if (kind === PROBE && this.works(member)) this.answered(member);
    this.result(member, well, this.check.errorsAtOnce === true && !well && kind === PROBE && this.works(member));
    const from = check.schedule === 'rate' ? began : simulation.now;
    this.probeAt(Math.max(simulation.now, from + this.interval(member)), member);
  }

  private probeAt(time: number, member: number): void {
    this.simulation.at(time, this.address + PROBE, member, Rank.control);
  }

  /** Nothing comes back: unreachable, or accepted by the kernel and never answered. */
  private silent(member: number): boolean {
    const server = this.members[member];
    if (isGone(server)) return false;
    if (!this.reaches(member)) return true;
    return server.up && server.hung && !server.refusing && this.check.kind !== 'tcp';
  }

  private answersWell(member: number): boolean {
    const server = this.members[member];
    if (isGone(server)) return true; // nobody asks it
    return server.up && !server.refusing && (server.sick === null || this.check.kind === 'tcp');
  }

  /** Whether the server itself comes to answer: neither dead, nor refusing, nor stopped. */
  private works(member: number): boolean {
    const { up, refusing, hung } = this.members[member];
    return up && !refusing && !hung;
  }

  /** Seconds to the next probe. */
  private interval(member: number): number {
    const { every, failing, rising, down } = this.check;
    const up = this.believedUp[member];
    const counting = this.inRow[member] > 0;
    if (up) return counting ? (failing ?? every) : every;
    return (counting ? rising : down) ?? every;
  }

  private result(member: number, success: boolean, atOnce: boolean): void {
    if (success === this.believedUp[member]) {
      this.inRow[member] = 0;
      return;
    }
    this.inRow[member]++;
    if (!atOnce && this.inRow[member] < (success ? this.check.rise : this.check.fall)) return;
    this.inRow[member] = 0;
    this.believedUp[member] = success;
    this.decided(member, success);
  }
}

/** Not there: its service has fewer servers now, and the director knows. */
function isGone({ presence }: Server): boolean {
  return presence !== null && presence.life !== Life.ready;
}
