/**
 * Which node of a director holds the virtual address, by VRRP version 2 (RFC 3768) or 3 (RFC 5798), as keepalived 2.2 in
 * the recordings. Each node is a state machine of its own; adverts are not sent one by one: a listener knows by
 * arithmetic when it heard the last one, and events happen only where something changes.
 *
 * - A backup takes over when it has heard no advert that it heeds for 3 * advert + skew; after a goodbye (priority 0) after
 *   the skew alone. skew = (256 - priority) / 256 seconds in version 2, times the interval in version 3 (section 6.1 of both).
 * - It heeds adverts of its own priority or higher, and all of them without preemption.
 * - A node that comes back waits 3 * advert + its own skew, and `preemptDelay` more where a lower one has the address.
 * - Two masters (a pulled cable that nobody noticed, a partition): the address is where it was announced last; when they
 *   hear each other the lower one gives way, and the higher one announces the address again.
 * - `kill`: the process is dead (kill -9), its node answers at the address until another announces it.
 * - A tracked script runs every `every` seconds from the start of its node. Without a weight its failure is a goodbye and
 *   the node stays away; with one it moves the priority, and the others still wait out their timers.
 * - A lost gratuitous ARP leaves packets going to the old node until the second burst.
 *
 * Left out: authentication, unicast peers, the time to start a process (10 to 60 ms recorded), IPv6.
 */
import { Rank } from '../../sim/rank.ts';
import type { RandomStream } from '../../sim/random/stream.ts';
import type { Handle, Simulation } from '../../sim/simulation.ts';
import type { DirectorDescription, VrrpDescription } from '../description.ts';
import { bestNode } from './pair.ts';
import type { AddressOwner, Pair } from './pair.ts';

/** A single node without VRRP: its fall is final until it is restored. */
const NO_VRRP: VrrpDescription = { version: 2, advert: Infinity, preempt: true, preemptDelay: 0 };

/** Kinds of events; the argument is the node. */
const CLAIM = 0;
const ADVERT = 1;
const SCRIPT = 2;
const SECOND_ARP = 3;

/** Intervals that a node may have been up before the run begins: enough that its scripts' phase is any. */
const INTERVALS_BEFORE = 1000;

interface Node {
  readonly name: string;
  readonly priority: number;
  state: 'backup' | 'master' | 'down';
  /** Has the address on its card: the master, or a dead process that left it there. */
  holds: boolean;
  /** When it began its adverts as master: one at once and then one every `advert`. */
  adverts: number;
  /** When it last heard an advert that it heeded, or began to listen. */
  heard: number;
  /** Masters whose adverts it heeds now. */
  readonly heeds: Set<number>;
  /** The event at which it takes over; 0 = none. */
  claim: Handle;
  /** An advert of it that will be acted upon is on its way. */
  announced: boolean;
  /** When its process started: its scripts run from then on. */
  started: number;
  /** Its script fails as far as it knows; and the event at which it will know better. */
  failing: boolean;
  scriptEvent: Handle;
  scriptNext: boolean;
  /** Down because its script fails without a weight. */
  fault: boolean;
}

export class Vrrp implements Pair {
  /** Index of the node that packets for the address go to. */
  active: number;
  answers = true;
  failovers = 0;
  private readonly nodes: readonly Node[];
  private readonly vrrp: VrrpDescription;
  private readonly alone: boolean;
  private readonly address: number;
  /** The node that the owner was last told of, and the life of it: what it knew of connections is lost with it. */
  private told: number;
  private toldLife = 0;

  constructor(
    private readonly simulation: Simulation,
    description: Pick<DirectorDescription, 'nodes' | 'vrrp'>,
    private readonly owner: AddressOwner,
    private readonly random: RandomStream,
  ) {
    this.vrrp = description.vrrp ?? NO_VRRP;
    this.alone = description.vrrp === undefined;
    this.address = simulation.register(this);
    this.active = bestNode(description.nodes);
    this.told = this.active;
    this.nodes = description.nodes.map(({ name, priority }) => ({
      name,
      priority,
      state: 'backup',
      holds: false,
      adverts: 0,
      heard: 0,
      heeds: new Set(),
      claim: 0,
      announced: false,
      started: 0,
      failing: false,
      scriptEvent: 0,
      scriptNext: false,
      fault: false,
    }));
    this.begin();
  }

  indexOf(name: string): number {
    return this.nodes.findIndex((node) => node.name === name);
  }

  lastAdvert(node: number): number {
    const { advert } = this.vrrp;
    const { adverts } = this.nodes[node];
    return adverts + Math.floor((this.simulation.now - adverts) / advert) * advert;
  }

  fall(index: number, orderly: boolean): void {
    const node = this.nodes[index];
    if (node.state === 'down' && !node.holds && !node.fault) return;
    const goodbye = orderly && node.state === 'master' && !this.alone;
    this.silence(index);
    node.state = 'down';
    node.holds = false;
    node.fault = false;
    this.withdraw(node);
    this.forgetScript(node);
    if (goodbye) this.goodbye(index);
    this.settle(!orderly);
  }

  rise(index: number): void {
    const node = this.nodes[index];
    if (node.state !== 'down' || node.fault) return;
    const { now } = this.simulation;
    node.state = 'backup';
    node.holds = false;
    node.started = now;
    if (this.alone) {
      this.take(index);
      return;
    }
    this.listen(index);
    this.settle(true);
  }

  kill(index: number): void {
    const node = this.nodes[index];
    if (node.state === 'down') return;
    this.silence(index);
    node.state = 'down';
    this.withdraw(node);
    this.forgetScript(node);
  }

  setScript(index: number, failing: boolean): void {
    const node = this.nodes[index];
    const { track } = this.vrrp;
    if (track === undefined || node.scriptNext === failing || (node.state === 'down' && !node.fault)) return;
    node.scriptNext = failing;
    if (node.scriptEvent !== 0) this.simulation.cancel(node.scriptEvent);
    node.scriptEvent = 0;
    if (node.failing === failing) return;
    const { now } = this.simulation;
    const runs = Math.floor((now - node.started) / track.every) + 1;
    const more = (failing ? track.fall : track.rise) - 1;
    const at = node.started + (runs + more) * track.every;
    node.scriptEvent = this.simulation.at(Math.max(now, at), this.address + SCRIPT, index, Rank.control);
  }

  relink(): void {
    if (this.alone) {
      this.settle(true);
      return;
    }
    for (let listener = 0; listener < this.nodes.length; listener++) {
      for (const master of [...this.nodes[listener].heeds]) {
        if (!this.owner.hears(master, listener)) this.stopsHearing(listener, master, this.silenceOf(listener));
      }
    }
    for (let master = 0; master < this.nodes.length; master++) {
      const unheard = this.nodes.some(
        (_, other) => this.listens(other, master) && !this.nodes[other].heeds.has(master),
      );
      if (this.nodes[master].state === 'master' && unheard) this.announce(master);
    }
    if (!this.isThere(this.active)) {
      const other = this.nodes.findIndex(({ state }, node) => state === 'master' && this.isThere(node));
      if (other >= 0) this.active = other;
    }
    this.settle(true);
  }

  on(kind: number, index: number): void {
    const node = this.nodes[index];
    switch (kind) {
      case CLAIM:
        node.claim = 0;
        this.take(index);
        break;
      case ADVERT:
        node.announced = false;
        if (node.state === 'master') this.advert(index);
        this.settle(true);
        break;
      case SCRIPT:
        node.scriptEvent = 0;
        this.scriptDecides(index);
        break;
      case SECOND_ARP:
        if (node.state === 'master') this.active = index;
        this.settle(true);
        break;
    }
  }

  // ------------------------------------------------------------------------------------------------------------ helpers

  /** The best node is master when the run begins; its adverts have a phase. */
  private begin(): void {
    const { advert, track } = this.vrrp;
    const master = this.nodes[this.active];
    master.state = 'master';
    master.holds = true;
    if (this.alone) return;
    master.adverts = this.random.uniform() * advert;
    const before = track === undefined ? 0 : this.random.uniform() * INTERVALS_BEFORE;
    for (const node of this.nodes) {
      node.started = master.adverts - this.silenceOf(this.active) - before * advert;
      node.heard = -Infinity;
      if (node !== master) node.heeds.add(this.active);
    }
    this.toldLife = master.started;
  }

  private take(index: number): void {
    const node = this.nodes[index];
    node.state = 'master';
    node.holds = true;
    node.heeds.clear();
    node.adverts = this.simulation.now;
    this.withdraw(node);
    this.sendArp(index);
    if (!this.alone) this.advert(index);
    this.settle(true);
  }

  /** Packets for the address go to this node, once the network has learnt it. */
  private sendArp(index: number): void {
    const { arp } = this.vrrp;
    if (!this.owner.plugged(index)) return;
    if (arp !== undefined && arp.loss > 0 && this.active !== index) {
      let allLost = 1;
      for (let k = 0; k < arp.packets; k++) allLost *= arp.loss;
      if (this.random.uniform() < allLost) {
        this.simulation.at(this.simulation.now + arp.delay, this.address + SECOND_ARP, index, Rank.control);
        return;
      }
    }
    this.active = index;
  }

  /** A master's advert is heard by all who hear it. */
  private advert(index: number): void {
    this.nodes.forEach((_, listener) => {
      if (this.nodes[index].state === 'master' && this.listens(listener, index)) this.hear(listener, index);
    });
  }

  private hear(listener: number, master: number): void {
    const node = this.nodes[listener];
    if (node.state === 'backup') {
      if (!this.obeys(listener, master)) return;
      node.heard = this.simulation.now;
      node.heeds.add(master);
      this.withdraw(node);
      return;
    }
    if (!this.outranks(master, listener)) {
      this.active = listener; // it announces the address again
      this.announce(listener);
      return;
    }
    this.silence(listener);
    node.state = 'backup';
    node.holds = false;
    node.heard = this.simulation.now;
    node.heeds.add(master);
    this.sendArp(master);
  }

  /** Its next advert will be acted upon. */
  private announce(index: number): void {
    const node = this.nodes[index];
    if (node.announced) return;
    node.announced = true;
    const next = this.lastAdvert(index) + this.vrrp.advert;
    this.simulation.at(Math.max(this.simulation.now, next), this.address + ADVERT, index, Rank.control);
  }

  /** A node begins to listen. */
  private listen(index: number): void {
    const node = this.nodes[index];
    const { now } = this.simulation;
    node.heard = now;
    node.heeds.clear();
    let lower = false;
    this.nodes.forEach(({ state }, master) => {
      if (state !== 'master' || !this.listens(index, master)) return;
      if (this.obeys(index, master)) node.heeds.add(master);
      else lower = true;
    });
    if (node.heeds.size === 0) this.claimAt(index, now + this.silenceOf(index) + (lower ? this.vrrp.preemptDelay : 0));
  }

  /** Nobody hears adverts of this node any more: those who heeded them begin to wait. */
  private silence(master: number): void {
    this.nodes.forEach((_, listener) => this.stopsHearing(listener, master, this.silenceOf(listener)));
  }

  private stopsHearing(listener: number, master: number, seconds: number): void {
    const node = this.nodes[listener];
    if (!node.heeds.delete(master)) return;
    node.heard = Math.max(node.heard, this.lastAdvert(master));
    if (node.heeds.size === 0 && node.state === 'backup') {
      this.claimAt(listener, Math.max(this.simulation.now, node.heard + seconds));
    }
  }

  /** A master says goodbye (priority 0). */
  private goodbye(master: number): void {
    const { now } = this.simulation;
    this.nodes.forEach((node, other) => {
      if (node.state === 'backup' && node.heeds.size === 0 && this.owner.hears(master, other)) {
        this.claimAt(other, now + this.skew(other));
      }
    });
  }

  private scriptDecides(index: number): void {
    const node = this.nodes[index];
    const { track } = this.vrrp;
    if (track === undefined || (node.state === 'down' && !node.fault)) return;
    if (track.weight === undefined) {
      node.failing = node.scriptNext;
      if (node.failing) {
        this.fall(index, true);
        node.fault = true;
        node.failing = true;
        node.scriptNext = true;
      } else {
        node.fault = false;
        const { started } = node;
        this.rise(index);
        node.started = started;
      }
      return;
    }
    const seconds = this.silenceOf(index);
    const waits = this.nodes.map((_, other) => this.silenceOf(other));
    node.failing = node.scriptNext;
    for (const master of [...node.heeds]) {
      if (!this.obeys(index, master)) this.stopsHearing(index, master, seconds + this.vrrp.preemptDelay);
    }
    if (node.state !== 'master') {
      this.relink(); // there may be masters that it now obeys
      return;
    }
    this.nodes.forEach(({ heeds }, other) => {
      if (heeds.has(index) && !this.obeys(other, index)) this.stopsHearing(other, index, waits[other]);
    });
    this.relink();
  }

  private forgetScript(node: Node): void {
    if (node.scriptEvent !== 0) this.simulation.cancel(node.scriptEvent);
    node.scriptEvent = 0;
    node.failing = false;
    node.scriptNext = false;
  }

  /** Tells the owner what has changed for those who use the address. */
  private settle(silent: boolean): void {
    const { owner } = this;
    const answers = this.isThere(this.active);
    const { name, started } = this.nodes[this.active];
    if (!answers && this.answers) {
      this.answers = false;
      this.failovers++;
      owner.lost(name, silent);
    } else if (answers && (!this.answers || this.told !== this.active)) {
      const keeps = this.told === this.active && this.toldLife === started;
      this.answers = true;
      this.told = this.active;
      this.toldLife = started;
      owner.taken(name, keeps);
    }
    if (answers || this.nodes.every((node) => node.claim === 0 && node.state !== 'master')) owner.settled();
  }

  /** Has the address, and packets reach it. */
  private isThere(index: number): boolean {
    return this.nodes[index].holds && this.owner.plugged(index);
  }

  private listens(listener: number, master: number): boolean {
    return listener !== master && this.nodes[listener].state !== 'down' && this.owner.hears(master, listener);
  }

  /** Whether a backup heeds the adverts of a master. */
  private obeys(listener: number, master: number): boolean {
    return !this.vrrp.preempt || this.priorityOf(master) >= this.priorityOf(listener);
  }

  /** Of two masters: whether the first stays. Equal ones: the one listed first stands for the higher address. */
  private outranks(a: number, b: number): boolean {
    const difference = this.priorityOf(a) - this.priorityOf(b);
    return difference > 0 || (difference === 0 && a < b);
  }

  private priorityOf(index: number): number {
    const { priority, failing } = this.nodes[index];
    const weight = this.vrrp.track?.weight ?? 0;
    const moved = failing === weight < 0 ? priority + weight : priority;
    return Math.min(254, Math.max(1, moved));
  }

  private claimAt(index: number, time: number): void {
    const node = this.nodes[index];
    this.withdraw(node);
    node.claim = this.simulation.at(time, this.address + CLAIM, index, Rank.control);
  }

  private withdraw(node: Node): void {
    if (node.claim !== 0) this.simulation.cancel(node.claim);
    node.claim = 0;
  }

  private silenceOf(index: number): number {
    return 3 * this.vrrp.advert + this.skew(index);
  }

  private skew(index: number): number {
    const share = (256 - this.priorityOf(index)) / 256;
    return this.vrrp.version === 2 ? share : share * this.vrrp.advert;
  }
}
