/**
 * A hot standby: when the active node is gone another that is well takes over after a drawn time (detection and switch
 * together), whatever the protocol. When nobody is left the first that is repaired serves at once.
 * Left out: false alarms, failback to a preferred node.
 */
import { Rank } from '../../sim/rank.ts';
import type { Handle, Simulation } from '../../sim/simulation.ts';
import type { DirectorDescription } from '../description.ts';
import type { Draw } from '../draw.ts';
import { bestNode } from './pair.ts';
import type { AddressOwner, Pair } from './pair.ts';

export class Standby implements Pair {
  active: number;
  answers = true;
  failovers = 0;
  private readonly up: boolean[];
  private readonly address: number;
  private readonly names: readonly string[];
  private switching: Handle = 0;
  /** The node that still knows its connections; -1 = it has fallen. */
  private knows: number;

  constructor(
    private readonly simulation: Simulation,
    { nodes }: Pick<DirectorDescription, 'nodes'>,
    private readonly owner: AddressOwner,
    private readonly takeover: Draw,
  ) {
    this.names = nodes.map(({ name }) => name);
    this.up = nodes.map(() => true);
    this.active = bestNode(nodes);
    this.knows = this.active;
    this.address = simulation.register(this);
  }

  lastAdvert(): number {
    return NaN;
  }

  indexOf(name: string): number {
    return this.names.indexOf(name);
  }

  fall(node: number, orderly: boolean): void {
    if (!this.up[node]) return;
    this.up[node] = false;
    if (this.knows === node) this.knows = -1;
    this.changed(!orderly);
  }

  rise(node: number): void {
    if (this.up[node]) return;
    this.up[node] = true;
    if (this.answers || this.switching !== 0) return;
    this.take(node);
  }

  /** Its process is all there is: dead, it is gone. */
  kill(node: number): void {
    this.fall(node, false);
  }

  setScript(node: number, failing: boolean): void {
    if (failing) this.fall(node, true);
    else this.rise(node);
  }

  relink(): void {
    this.changed(true);
  }

  /** The switch is over. */
  on(): void {
    this.switching = 0;
    const next = this.candidate();
    if (next >= 0) this.take(next);
    this.owner.settled();
  }

  private changed(silent: boolean): void {
    if (this.answers) {
      if (this.isThere(this.active)) {
        this.owner.settled();
        return;
      }
      this.answers = false;
      this.owner.lost(this.names[this.active], silent);
      if (this.candidate() >= 0) {
        this.failovers++;
        const time = this.simulation.now + this.takeover.sample(0);
        this.switching = this.simulation.at(time, this.address, 0, Rank.control);
        return;
      }
    } else if (this.candidate() < 0 && this.switching !== 0) {
      this.simulation.cancel(this.switching);
      this.switching = 0;
    } else if (this.switching === 0 && this.candidate() >= 0) {
      this.take(this.candidate());
    }
    if (this.switching === 0) this.owner.settled();
  }

  private take(node: number): void {
    this.active = node;
    this.answers = true;
    this.owner.taken(this.names[node], this.knows === node);
    this.knows = node;
    this.owner.settled();
  }

  private candidate(): number {
    return this.up.findIndex((_, node) => this.isThere(node));
  }

  private isThere(node: number): boolean {
    return this.up[node] && this.owner.plugged(node);
  }
}
