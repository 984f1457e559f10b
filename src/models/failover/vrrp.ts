/**
 * Which node of a director holds the virtual address. The backup takes over when adverts have been silent for
 * 3 * advert + skew, counted from the last advert; after an orderly stop (priority 0) after the skew alone. A node that
 * comes back waits 3 * advert + its own skew and takes the address if its priority is higher (preemption): no outage.
 * skew = (256 - priority) / 256 seconds in version 2 (RFC 3768 section 6.1), times the advert interval in version 3
 * (RFC 5798 section 6.1). As keepalived 2.2 in the recordings.
 * Left out: the time of gratuitous ARP, state synchronisation, tracked scripts, nodes that both believe to be master.
 */
import { Rank } from '../../sim/rank.ts';
import type { RandomStream } from '../../sim/random/stream.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { DirectorDescription, VrrpDescription } from '../description.ts';

/** Told when the address is lost and when a node takes it. */
export interface AddressOwner {
  lost(node: string): void;
  taken(node: string): void;
}

/** A single node without VRRP: its fall is final until it is restored. */
const NO_VRRP: VrrpDescription = { version: 2, advert: Infinity, preempt: true, preemptDelay: 0 };

export class Vrrp {
  /** Index of the node that has the address, -1 = none. */
  active: number;
  private readonly nodes: DirectorDescription['nodes'];
  private readonly vrrp: VrrpDescription;
  private readonly alone: boolean;
  private readonly up: boolean[];
  private readonly address: number;
  /** Adverts go out at phase, phase + advert, ... */
  private readonly phase: number;
  /** Raised when the situation changes: takeovers decided before are void. */
  private epoch = 0;
  private claimant = -1;

  constructor(
    private readonly simulation: Simulation,
    description: DirectorDescription,
    private readonly owner: AddressOwner,
    random: RandomStream,
  ) {
    this.nodes = description.nodes;
    this.vrrp = description.vrrp ?? NO_VRRP;
    this.alone = description.vrrp === undefined;
    this.up = this.nodes.map(() => true);
    this.address = simulation.register(this);
    this.phase = this.alone ? 0 : random.uniform() * this.vrrp.advert;
    this.active = this.best();
  }

  /** Index of a node by name; -1 = unknown. */
  indexOf(name: string): number {
    return this.nodes.findIndex((node) => node.name === name);
  }

  /** The node dies without a word (`orderly` false) or says goodbye. */
  fall(node: number, orderly: boolean): void {
    if (!this.up[node]) return;
    this.up[node] = false;
    if (node !== this.active) {
      if (node === this.claimant) this.claim(this.lastAdvert());
      return;
    }
    this.active = -1;
    this.owner.lost(this.nodes[node].name);
    this.claim(orderly ? null : this.lastAdvert());
  }

  rise(node: number): void {
    if (this.up[node]) return;
    this.up[node] = true;
    if (this.alone) {
      this.epoch++;
      this.take(node);
      return;
    }
    const better = this.active < 0 || this.nodes[node].priority > this.nodes[this.active].priority;
    if (!better || (this.active >= 0 && !this.vrrp.preempt)) return;
    const wait = this.silence(node) + (this.active >= 0 ? this.vrrp.preemptDelay : 0);
    this.schedule(node, this.simulation.now + wait);
  }

  /** A takeover is due, unless something has happened since. */
  on(_kind: number, epoch: number): void {
    if (epoch !== this.epoch || this.claimant < 0 || !this.up[this.claimant]) return;
    const node = this.claimant;
    this.claimant = -1;
    this.take(node);
  }

  private take(node: number): void {
    this.active = node;
    this.owner.taken(this.nodes[node].name);
  }

  /** The best node that is left will take over: `silence` after the last advert, or after its skew (null). */
  private claim(lastAdvert: number | null): void {
    this.epoch++;
    this.claimant = -1;
    const node = this.best();
    if (node < 0 || this.alone) return;
    const time = lastAdvert === null ? this.simulation.now + this.skew(node) : lastAdvert + this.silence(node);
    this.schedule(node, Math.max(this.simulation.now, time));
  }

  private schedule(node: number, time: number): void {
    this.epoch++;
    this.claimant = node;
    this.simulation.at(time, this.address, this.epoch, Rank.control);
  }

  private best(): number {
    let best = -1;
    this.nodes.forEach((node, index) => {
      if (this.up[index] && (best < 0 || node.priority > this.nodes[best].priority)) best = index;
    });
    return best;
  }

  private lastAdvert(): number {
    const { advert } = this.vrrp;
    return this.phase + Math.floor((this.simulation.now - this.phase) / advert) * advert;
  }

  private silence(node: number): number {
    return 3 * this.vrrp.advert + this.skew(node);
  }

  private skew(node: number): number {
    const share = (256 - this.nodes[node].priority) / 256;
    return this.vrrp.version === 2 ? share : share * this.vrrp.advert;
  }
}
