/**
 * A call site: one place in a program from which calls are made, with all that is the same for each of them.
 */
import type { KeptConnections } from './connections/kept.ts';
import type { Breakers } from './controllers/breaker.ts';
import type { Director } from './directors/director.ts';
import type { Draw } from './draw.ts';
import type { Link } from './links/link.ts';
import type { ZoneHop } from './links/zone-hop.ts';
import type { Retry } from './retry.ts';
import type { Table } from './tables/table.ts';

/**
 * A hop of the way to a server or back: a link, the card or link (by its index) of whichever server was picked, or a link
 * between zones.
 */
export type Hop = Link | 'server send' | 'server receive' | ReadonlyMap<number, Link> | ZoneHop;

export class Site {
  /** Who calls whom: `app to db`, `vip to its upstream`. */
  who = '';
  /** Server called, when it is always the same; -1 = the director picks. */
  server = -1;
  director: Director | null = null;
  /** Class of the work at the callee; -1 = the caller's. */
  requestClass = -1;
  timeout: Draw | null = null;
  /** Lane of a constant timeout; -1 = none. */
  timeoutLane = -1;
  /** A timed-out attempt is stopped, not left to go on. */
  cancels = false;
  retry: Retry | null = null;
  breakers: Breakers | null = null;
  /** Seconds after the first SYN at which a dropped one is repeated, and when the caller gives up. */
  syn: readonly number[] = [];
  giveUp = Infinity;
  /** Where the caller goes on after a failure; -1 = it fails too. */
  otherwise = -1;
  /** The same where its breaker is open. */
  fallback = -1;
  forward: readonly Hop[] | null = null;
  back: readonly Hop[] | null = null;
  /** The call of a proxy's own server to its upstream: it carries what the call to the proxy does. */
  relays = false;
  /** One-way trips before the request can be sent on a new connection (TCP: 2). */
  handshakeTrips = 0;
  /** Connections opened from here end at the server that is called: its TLS is theirs. */
  endsAtServer = false;
  /** Tables in which each call's connection takes entries. */
  tables: readonly Table[] | null = null;
  /** Connections that the users keep between requests; null = each call has its own. */
  kept: KeptConnections | null = null;
  /** Bytes and packets on the wire each way. */
  requestBytes = 0;
  requestPackets = 1;
  responseBytes = 0;
  responsePackets = 1;
  /** Cumulative: attempts that reached a server and were answered. */
  exchanges = 0;

  constructor(
    readonly index: number,
    readonly name: string,
  ) {}
}
