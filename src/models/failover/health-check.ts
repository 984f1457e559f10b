/**
 * Active health checks of a director's members: every `every` seconds (phase uniform) a probe; `fall` failures in a row
 * take the member out, `rise` successes bring it back. A server that refuses fails its probe at once, one that hangs
 * only after `timeout`, and its next probe begins `every` after that.
 * Left out: what probes cost the servers, fast and down intervals.
 */
import { Rank } from '../../sim/rank.ts';
import type { RandomStream } from '../../sim/random/stream.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { CheckDescription } from '../description.ts';
import type { Server } from '../services/server.ts';

const PROBE = 0;
const SILENT = 1;

export class HealthCheck {
  private readonly address: number;
  private readonly believedUp: boolean[];
  private readonly inRow: Int32Array;

  /** @param decided told when a member goes out of or comes back into service. */
  constructor(
    private readonly simulation: Simulation,
    private readonly check: CheckDescription,
    private readonly members: readonly Server[],
    private readonly decided: (member: number, up: boolean) => void,
    random: RandomStream,
  ) {
    this.address = simulation.register(this);
    this.believedUp = members.map(() => true);
    this.inRow = new Int32Array(members.length);
    members.forEach((_, member) => this.probeAt(random.uniform() * check.every, member));
  }

  on(kind: number, member: number): void {
    const { simulation, check } = this;
    const server = this.members[member];
    if (kind === PROBE && server.up && server.hung) {
      simulation.at(simulation.now + check.timeout, this.address + SILENT, member, Rank.control);
      return;
    }
    this.result(member, kind === PROBE && server.up);
    this.probeAt(simulation.now + check.every, member);
  }

  private probeAt(time: number, member: number): void {
    this.simulation.at(time, this.address + PROBE, member, Rank.control);
  }

  private result(member: number, success: boolean): void {
    if (success === this.believedUp[member]) {
      this.inRow[member] = 0;
      return;
    }
    this.inRow[member]++;
    if (this.inRow[member] < (success ? this.check.rise : this.check.fall)) return;
    this.inRow[member] = 0;
    this.believedUp[member] = success;
    this.decided(member, success);
  }
}
