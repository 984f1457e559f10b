/**
 * Messages on their way: over the hops to the server and back, the packets of one message pipelined over several hops;
 * and what is cut (a partition, a node that died without a word): a SYN is lost then, an answer held until the way is
 * open again.
 */
import { Rank } from '../../sim/rank.ts';
import {
  CARRIED,
  DOUBLE_SHIFT,
  EVENT,
  FLAGS,
  Flag,
  GENERATION,
  HOP,
  INTEGER_SHIFT,
  NEED,
  PASSED,
  REPLY,
  SERVER,
  SITE,
  STATE,
  State,
} from '../calls.ts';
import type { CallHandle } from '../calls.ts';
import type { Director } from '../directors/director.ts';
import { Link } from '../links/link.ts';
import { ZoneHop } from '../links/zone-hop.ts';
import { OUTCOME } from '../outcome.ts';
import type { OutcomeCode } from '../outcome.ts';
import type { Hop } from '../site.ts';
import type { Core } from './core.ts';
import { Kind } from './core.ts';

interface Rest extends Core {
  readonly door: { arrive(call: CallHandle): CallHandle };
  advance(call: CallHandle): void;
  leavePlace(call: CallHandle, outcome: OutcomeCode): void;
  conclude(call: CallHandle, outcome: OutcomeCode): CallHandle;
}

export class Transit {
  private readonly calls: Rest['calls'];
  private readonly program: Rest['program'];
  /** Says whether the answer of a call, or its SYN, is lost on the way now; null = nothing is cut. */
  private cut: ((call: CallHandle) => boolean) | null = null;
  /** Answers that wait for a cut to end. */
  private held: { readonly call: CallHandle; readonly generation: number }[] = [];

  constructor(private readonly core: Rest) {
    this.calls = core.calls;
    this.program = core.program;
  }

  /** The request leaves its caller. */
  setOut(call: CallHandle): CallHandle {
    const { calls, program } = this;
    const { i } = calls;
    const o = call << INTEGER_SHIFT;
    if (program.sites[i[o + SITE]].forward === null) return this.core.door.arrive(call);
    i[o + STATE] = State.transit;
    i[o + HOP] = 0;
    calls.d[(call << DOUBLE_SHIFT) + PASSED] = 0;
    return this.hopPassed(call);
  }

  /** The answer leaves the server. */
  sendBack(call: CallHandle, outcome: OutcomeCode): CallHandle {
    const { i, d } = this.calls;
    const o = call << INTEGER_SHIFT;
    i[o + CARRIED] = outcome;
    i[o + FLAGS] |= Flag.returning;
    i[o + STATE] = State.transit;
    i[o + HOP] = 0;
    d[(call << DOUBLE_SHIFT) + PASSED] = 0;
    return this.hopPassed(call);
  }

  /** The head of the message has come to the next hop, forward or back. */
  hopPassed(call: CallHandle): CallHandle {
    const { calls, program } = this;
    const { servers, simulation, address } = this.core;
    const { i, d } = calls;
    const o = call << INTEGER_SHIFT;
    const x = call << DOUBLE_SHIFT;
    const site = program.sites[i[o + SITE]];
    const outward = (i[o + FLAGS] & Flag.returning) === 0;
    const hops = outward ? site.forward! : site.back!;
    const sizes = site.relays ? program.sites[i[(i[o + REPLY] << INTEGER_SHIFT) + SITE]] : site;
    const bytes = outward ? sizes.requestBytes : sizes.responseBytes;
    const packets = outward ? sizes.requestPackets : sizes.responsePackets;
    const now = simulation.now;
    let next = i[o + HOP];
    for (; next < hops.length; next++) {
      const link = this.linkOf(hops[next], call, i[o + SERVER]);
      if (link === null) continue;
      const carried = link.carry(bytes, packets, now);
      let trip = link.latency === null ? 0 : link.latency.sample(0);
      if (outward && (i[o + FLAGS] & (Flag.kept | Flag.opening)) !== Flag.kept) {
        trip *= 1 + site.handshakeTrips + (site.endsAtServer ? servers[i[o + SERVER]].tlsTrips : 0);
      }
      d[x + PASSED] = Math.max(d[x + PASSED] + trip, now + carried + trip);
      const head = now + link.firstPacket(carried, bytes, packets) + trip;
      i[o + HOP] = next + 1;
      i[o + EVENT] = simulation.at(head, address + Kind.hop, call, Rank.arrival);
      return 0;
    }
    if (d[x + PASSED] > now) {
      // the head is through, the last byte is not
      i[o + HOP] = next;
      i[o + EVENT] = simulation.at(d[x + PASSED], address + Kind.hop, call, Rank.arrival);
      return 0;
    }
    i[o + HOP] = 0;
    if (outward) return this.core.door.arrive(call);
    i[o + STATE] = State.running;
    return this.core.conclude(call, i[o + CARRIED]);
  }

  /** The caller of a call: index of its server, or `~client`; for a message that nobody waits for, the call's own server. */
  callerOf(call: CallHandle): number {
    const { i } = this.calls;
    let reply = i[(call << INTEGER_SHIFT) + REPLY];
    if (reply === 0) return i[(call << INTEGER_SHIFT) + SERVER];
    while (reply > 0 && i[(reply << INTEGER_SHIFT) + SERVER] < 0) reply = i[(reply << INTEGER_SHIFT) + REPLY];
    return reply > 0 ? i[(reply << INTEGER_SHIFT) + SERVER] : reply;
  }

  /** Who runs a call: index of its server, or `~client` for a client's own steps. */
  senderOf(call: CallHandle): number {
    const server = this.calls.i[(call << INTEGER_SHIFT) + SERVER];
    return server >= 0 ? server : this.callerOf(call);
  }

  /**
   * Who sent it, a message that nobody waits for too: index of its server, or `~client`. What picks inside a caller is the
   * caller.
   */
  originOf(call: CallHandle): number {
    const { servers } = this.core;
    const { i } = this.calls;
    for (let one = call; ;) {
      const o = one << INTEGER_SHIFT;
      const reply = i[o + REPLY];
      if (reply < 0) return reply;
      const sender = reply === 0 ? i[o + NEED] : i[(reply << INTEGER_SHIFT) + SERVER];
      if (reply === 0 || (sender >= 0 && !servers[sender].inCaller)) return sender;
      one = reply;
    }
  }

  private linkOf(hop: Hop, call: CallHandle, server: number): Link | null {
    if (hop instanceof Link) return hop;
    const { servers } = this.core;
    if (hop === 'server send') return servers[server].send;
    if (hop === 'server receive') return servers[server].receive;
    if (hop instanceof ZoneHop) return hop.link(this.originOf(call), server);
    return hop.get(server) ?? null;
  }

  // ------------------------------------------------------------------------------------------------ cuts

  /** Whether nothing passes now between a call's server and who waits for it. */
  isCut(call: CallHandle): boolean {
    return this.cut !== null && this.cut(call);
  }

  /** Keeps an answer until the way is open again; its caller hears nothing. */
  hold(call: CallHandle, outcome: OutcomeCode): void {
    const { i } = this.calls;
    const o = call << INTEGER_SHIFT;
    i[o + CARRIED] = outcome;
    i[o + STATE] = State.transit;
    this.held.push({ call, generation: i[o + GENERATION] });
  }

  /**
   * Sets what is cut, and lets answers go on that no longer are.
   * @param cut null = nothing.
   */
  setCut(cut: ((call: CallHandle) => boolean) | null): void {
    this.cut = cut;
    if (this.held.length === 0) return;
    const { held } = this;
    this.held = [];
    for (const { call, generation } of held) {
      const { i } = this.calls;
      const o = call << INTEGER_SHIFT;
      if (i[o + GENERATION] !== generation || i[o + REPLY] === 0) continue;
      if (cut !== null && cut(call)) this.held.push({ call, generation });
      else this.core.advance(this.sendAnswer(call));
    }
    this.core.drain();
  }

  /** Answers held that would have come through the director carry a reset instead. */
  lostThrough(director: Director): void {
    const { calls, program } = this;
    for (const { call, generation } of this.held) {
      const o = call << INTEGER_SHIFT;
      if (calls.i[o + GENERATION] === generation && program.sites[calls.i[o + SITE]].director === director)
        calls.i[o + CARRIED] = OUTCOME.reset;
    }
  }

  /** A held answer goes its way. */
  private sendAnswer(call: CallHandle): CallHandle {
    const { calls, program } = this;
    const { i } = calls;
    const o = call << INTEGER_SHIFT;
    const outcome = i[o + CARRIED];
    this.core.leavePlace(call, outcome);
    if (outcome === OUTCOME.ok && program.sites[i[o + SITE]].back !== null) return this.sendBack(call, outcome);
    i[o + STATE] = State.running;
    return this.core.conclude(call, outcome);
  }
}
