/**
 * Which node of a director holds the virtual address. The backup takes over when adverts have been silent for
 * 3 * advert + skew, counted from the last advert; after an orderly stop (priority 0) after the skew alone. A node that
 * comes back waits 3 * advert + its own skew and takes the address if its priority is higher (preemption): no outage.
 * Each node has its own timer: who comes back during an outage delays nobody else.
 * skew = (256 - priority) / 256 seconds in version 2 (RFC 3768 section 6.1), times the advert interval in version 3
 * (RFC 5798 section 6.1). As keepalived 2.2 in the recordings.
 * Left out: the time of gratuitous ARP, state synchronisation, tracked scripts, nodes that both believe to be master.
 */
import { Rank } from '../../sim/rank.ts';
import type { RandomStream } from '../../sim/random/stream.ts';
import type { Handle, Simulation } from '../../sim/simulation.ts';
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
  /** When the active node, or the last one that was, began its adverts: one at once and then one every `advert`. */
  private adverts: number;
  /** The event at which each node takes over, unless it hears an advert that it heeds; 0 = none. */
  private readonly claims: Handle[];

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
    this.claims = this.nodes.map(() => 0);
    this.address = simulation.register(this);
    this.adverts = this.alone ? 0 : random.uniform() * this.vrrp.advert;
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
    this.withdraw(node);
    if (node !== this.active) return;
    this.active = -1;
    this.owner.lost(this.nodes[node].name);
    if (this.alone) return;
    const { now } = this.simulation;
    this.nodes.forEach((_, other) => {
      if (!this.up[other]) return;
      if (orderly) this.claim(other, now + this.skew(other));
      else if (this.claims[other] === 0) this.claim(other, Math.max(now, this.lastAdvert() + this.silence(other)));
    });
  }

  /** The node is back, and listens. */
  rise(node: number): void {
    if (this.up[node]) return;
    this.up[node] = true;
    const { now } = this.simulation;
    if (this.alone) this.take(node);
    else if (this.active < 0) this.claim(node, now + this.silence(node));
    else if (this.preempts(node)) this.claim(node, now + this.silence(node) + this.vrrp.preemptDelay);
  }

  /** The node takes over. */
  on(_kind: number, node: number): void {
    this.claims[node] = 0;
    this.take(node);
  }

  private take(node: number): void {
    this.active = node;
    this.adverts = this.simulation.now;
    this.nodes.forEach((_, other) => {
      if (!this.preempts(other)) this.withdraw(other);
    });
    this.owner.taken(this.nodes[node].name);
  }

  /** Whether a node does not heed the adverts of the active one. */
  private preempts(node: number): boolean {
    return this.vrrp.preempt && this.nodes[node].priority > this.nodes[this.active].priority;
  }

  private claim(node: number, time: number): void {
    this.withdraw(node);
    this.claims[node] = this.simulation.at(time, this.address, node, Rank.control);
  }

  private withdraw(node: number): void {
    if (this.claims[node] !== 0) this.simulation.cancel(this.claims[node]);
    this.claims[node] = 0;
  }

  private best(): number {
    let best = -1;
    this.nodes.forEach((node, index) => {
      if (best < 0 || node.priority > this.nodes[best].priority) best = index;
    });
    return best;
  }

  private lastAdvert(): number {
    const { advert } = this.vrrp;
    return this.adverts + Math.floor((this.simulation.now - this.adverts) / advert) * advert;
  }

  private silence(node: number): number {
    return 3 * this.vrrp.advert + this.skew(node);
  }

  private skew(node: number): number {
    const share = (256 - this.nodes[node].priority) / 256;
    return this.vrrp.version === 2 ? share : share * this.vrrp.advert;
  }
}
