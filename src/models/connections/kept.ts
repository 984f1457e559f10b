/**
 * Connections that the users of one client keep to one target between their requests: keep-alive, a JMeter thread with its
 * database connection, Connector/J. A user opens its connection with its first request and holds it until it leaves, the
 * server dies, or it gives up on an answer.
 *
 * Where the connection ends: at a server (called by name, placed once by a director of packets, or the own process of a
 * proxy), or at a proxy without limits of its own, where only table entries are held. A client-side director's user has
 * one connection for each server it was given.
 *
 * Left out: idle timeouts, several requests at once on one connection (HTTP/2): a second request of the same user takes a
 * connection of its own for once.
 */
import type { Simulation } from '../../sim/simulation.ts';
import type { Director } from '../directors/director.ts';
import { OUTCOME } from '../outcome.ts';
import type { Table } from '../tables/table.ts';
import type { OpenedAnew } from './opened-anew.ts';

/** What a slot is doing. */
export const Held = {
  /** No connection. */
  none: 0,
  /** Open, no request in progress on it. */
  idle: 1,
  /** Its first request is on the way: not accepted yet. */
  opening: 2,
  /** A request is in progress on it. */
  busy: 3,
} as const;

/** What became of a slot's connection before: lost = cut, or given up on. */
const After = { nothing: 0, loss: 1, reopening: 2 } as const;

export interface KeptOptions {
  /** Whose users keep them. */
  readonly client: string;
  readonly simulation: Simulation;
  /** The director of packets that places a connection once; null = nobody does. */
  readonly pinnedBy: Director | null;
  /** The director that they lead to or through, whose takeover loses them; null = none. */
  readonly through: Director | null;
  /** Members of a client-side director, whose users have one connection to each that they were given; null = one connection. */
  readonly perMember: number | null;
  /** Whether it ends at the server that serves the requests (else at a proxy without a process of its own). */
  readonly atServer: boolean;
  /** Entries on the client's side, and at the director. */
  readonly clientTables: readonly Table[];
  readonly directorTables: readonly Table[];
}

export class KeptConnections {
  readonly client: string;
  /** Connections opened so far, those for once included; requests that found one open. */
  opened = 0;
  reused = 0;
  /** Of those opened: by a user whose connection was lost before. */
  reopened = 0;
  /** Told of each of those, where something can fail. */
  anew: OpenedAnew | null = null;
  readonly perMember: boolean;
  readonly atServer: boolean;
  readonly pinnedBy: Director | null;
  readonly through: Director | null;
  private readonly width: number;
  private state = new Uint8Array(64);
  private server = new Int32Array(64);
  private member = new Int32Array(64);
  /** When it was placed, seconds. */
  private since = new Float64Array(64);
  /** What the director knows its user by. */
  private key = new Int32Array(64);
  /** Its user has left while a request was in progress: it closes when that ends. */
  private leaving = new Uint8Array(64);
  /** What became of the connection before: it was lost, or is open again after that. */
  private after = new Uint8Array(64);
  /** Users who are not there: what is opened for them (by branches that go on for nobody) is closed after the request. */
  private gone = new Uint8Array(64);

  constructor(private readonly options: KeptOptions) {
    this.client = options.client;
    this.perMember = options.perMember !== null;
    this.width = options.perMember ?? 1;
    this.atServer = options.atServer;
    this.pinnedBy = options.pinnedBy;
    this.through = options.through;
  }

  slot(user: number, member: number): number {
    const slot = this.perMember ? user * this.width + member : user;
    if (slot >= this.state.length) this.grow(slot);
    return slot;
  }

  stateOf(slot: number): number {
    return this.state[slot];
  }

  serverOf(slot: number): number {
    return this.server[slot];
  }

  memberOf(slot: number): number {
    return this.member[slot];
  }

  /** Takes an idle connection for a request. */
  take(slot: number): void {
    this.state[slot] = Held.busy;
    this.reused++;
  }

  /** A request opens one for itself alone. */
  once(): void {
    this.opened++;
  }

  /** Begins to open one. @returns the table without room, null where all had some: it is then being opened. */
  begin(slot: number, key: number): Table | null {
    const { clientTables, directorTables } = this.options;
    const full = openAll(clientTables);
    if (full !== null) return full;
    const fullThere = openAll(directorTables);
    if (fullThere !== null) {
      for (const table of clientTables) table.undo();
      return fullThere;
    }
    this.state[slot] = Held.opening;
    this.leaving[slot] = this.gone[this.perMember ? Math.floor(slot / this.width) : slot];
    this.server[slot] = -1;
    this.member[slot] = -1;
    this.key[slot] = key;
    return null;
  }

  /** The server (or proxy) has accepted it. `member` of the director that placed it, -1 where it places each request. */
  accepted(slot: number, server: number): void {
    this.state[slot] = Held.busy;
    this.server[slot] = server;
    this.opened++;
    if (this.after[slot] !== After.loss) return;
    this.after[slot] = After.reopening;
    this.reopened++;
    this.anew?.note();
  }

  /** It was not accepted after all: the SYN is sent again. */
  dropped(slot: number): void {
    this.state[slot] = Held.opening;
    this.opened--;
    if (this.after[slot] !== After.reopening) return;
    this.after[slot] = After.loss;
    this.reopened--;
    this.anew?.undo();
  }

  /** The director counts the connection, not the request, from here on. */
  pin(slot: number, member: number): void {
    this.member[slot] = member;
    this.since[slot] = this.options.simulation.now;
  }

  /** The request on it is over, the connection stays. @returns false where its user has left: it must be closed. */
  free(slot: number): boolean {
    if (this.leaving[slot] === 1) return false;
    this.state[slot] = Held.idle;
    return true;
  }

  /**
   * It is gone. Its place at the server is given back by whoever knows what is in progress there.
   * @param first who closed it: the client's entries then linger, or those of the other side.
   * @returns the member of its director that has room again; -1 where there is none.
   */
  close(slot: number, first: 'client' | 'server'): number {
    const { clientTables, directorTables, pinnedBy, simulation } = this.options;
    for (const table of clientTables) {
      if (first === 'client') table.close();
      else table.undo();
    }
    for (const table of directorTables) table.close();
    if (this.leaving[slot] === 1) this.after[slot] = After.nothing;
    else if (this.state[slot] !== Held.opening) this.after[slot] = After.loss;
    this.state[slot] = Held.none;
    this.leaving[slot] = 0;
    const member = this.member[slot];
    this.member[slot] = -1;
    if (pinnedBy === null || member < 0) return -1;
    pinnedBy.released(
      member,
      this.key[slot],
      simulation.now - this.since[slot],
      first === 'client' ? OUTCOME.ok : OUTCOME.reset,
    );
    return member;
  }

  came(user: number): void {
    this.slot(user, this.width - 1); // room for its slots
    this.gone[user] = 0;
  }

  /** The slots of a user who leaves: idle ones are to be closed, busy ones close when their request ends. */
  leave(user: number, closeIdle: (slot: number) => void): void {
    this.gone[user] = 1;
    for (let k = 0; k < this.width; k++) {
      const slot = this.slot(user, k);
      if (this.state[slot] === Held.none) {
        this.after[slot] = After.nothing;
        continue;
      }
      this.leaving[slot] = 1;
      if (this.state[slot] === Held.idle) closeIdle(slot);
    }
  }

  /** Slots with an idle connection for which `which` holds, in order of user. */
  idle(which: (slot: number) => boolean): number[] {
    const found: number[] = [];
    for (let slot = 0; slot < this.state.length; slot++) {
      if (this.state[slot] === Held.idle && which(slot)) found.push(slot);
    }
    return found;
  }

  /** Connections accepted and not closed: the server they end at (-1 = at a proxy), the member they were placed on (-1 = none). */
  each(visit: (server: number, member: number) => void): void {
    for (let slot = 0; slot < this.state.length; slot++) {
      const state = this.state[slot];
      if (state === Held.idle || state === Held.busy) visit(this.server[slot], this.member[slot]);
    }
  }

  private grow(slot: number): void {
    let size = this.state.length;
    while (size <= slot) size *= 2;
    const longer = <Kind extends Uint8Array | Int32Array | Float64Array>(from: Kind, to: Kind): Kind => {
      to.set(from);
      return to;
    };
    this.state = longer(this.state, new Uint8Array(size));
    this.server = longer(this.server, new Int32Array(size));
    this.member = longer(this.member, new Int32Array(size));
    this.since = longer(this.since, new Float64Array(size));
    this.key = longer(this.key, new Int32Array(size));
    this.leaving = longer(this.leaving, new Uint8Array(size));
    this.after = longer(this.after, new Uint8Array(size));
    this.gone = longer(this.gone, new Uint8Array(size));
  }
}

/** Takes an entry in each; null where all had room, else the one that had none (and nothing is taken). */
function openAll(tables: readonly Table[]): Table | null {
  for (let k = 0; k < tables.length; k++) {
    if (tables[k].open()) continue;
    const full = tables[k];
    while (--k >= 0) tables[k].undo();
    return full;
  }
  return null;
}
