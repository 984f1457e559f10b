/**
 * Persistence as IPVS has it: a client address has a template that binds it to a server. Its timer starts anew with each
 * connection of the client. When it runs out while connections of the client are left, closing ones in the table
 * included, it is prolonged by 60 s at a time.
 *
 * O(1) an operation; expired entries are dropped as others are used, so memory follows what is alive.
 *
 * Source: Linux 5.10 net/netfilter/ipvs/ip_vs_core.c (ip_vs_sched_persist) and ip_vs_conn.c (ip_vs_conn_expire).
 * Left out: netmasks (give all clients of a net one number) and one entry for each port.
 */

/** Seconds by which a template is prolonged that still has connections. */
const PROLONGED = 60;
/** The end of a list; also the entry that stands before the first and after the last. */
const end = 0;
/** Entries looked at beside each operation, to see whether they have expired. */
const SWEPT = 2;

export class PersistenceTable {
  /** Entry of each client that is known. */
  private readonly entries = new Map<number, number>();
  // One element an entry. All entries form a ring through `end`, the one that was looked at longest ago in front.
  private client = new Float64Array(16);
  private server = new Int32Array(16);
  private connections = new Int32Array(16);
  private expiry = new Float64Array(16);
  /** When the last of its closing connections leaves the table. */
  private lingers = new Float64Array(16);
  private next = new Int32Array(16);
  private previous = new Int32Array(16);
  /** Entries that may be used again, chained by `next`, and the first that never was. */
  private free = end;
  private unused = 1;

  /**
   * @param timeout seconds that a client is remembered from the start of its last connection, > 0; may be Infinity.
   * @param linger seconds that a closed connection stays in the director's table, >= 0.
   */
  constructor(
    private readonly timeout: number,
    private readonly linger = 0,
  ) {
    if (!(timeout > 0)) {
      throw new RangeError(`persistence: the timeout must be > 0 s, got ${timeout}`);
    }
  }

  /** Clients that are remembered, some of those whose time has run out included. */
  get size(): number {
    return this.entries.size;
  }

  /** The server to which this client is bound, -1 if to none. @param now seconds, never decreasing. */
  serverOf(client: number, now: number): number {
    this.sweep(now);
    const entry = this.entries.get(client);
    if (entry === undefined) return -1;
    if (this.alive(entry, now)) return this.server[entry];
    this.drop(entry);
    return -1;
  }

  /** The client opens a connection to `server`, and is bound to it from now on. */
  opened(client: number, server: number, now: number): void {
    this.sweep(now);
    let entry = this.entries.get(client);
    if (entry === undefined) {
      entry = this.take();
      this.entries.set(client, entry);
      this.client[entry] = client;
      this.connections[entry] = 0;
      this.lingers[entry] = 0;
    } else {
      this.unlink(entry);
    }
    this.append(entry);
    this.server[entry] = server;
    this.connections[entry] += 1;
    this.expiry[entry] = now + this.timeout;
  }

  /** One connection of the client has ended. @throws RangeError if it has none. */
  closed(client: number, now: number): void {
    const entry = this.entries.get(client);
    if (entry === undefined || this.connections[entry] === 0) {
      throw new RangeError(`persistence: client ${client} has no connection to close`);
    }
    this.alive(entry, now); // prolonged up to now, while it still counts
    this.connections[entry] -= 1;
    this.lingers[entry] = now + this.linger;
    this.sweep(now);
  }

  /** Whether the entry is still there at `now`; prolongs it as often as it would have been. */
  private alive(entry: number, now: number): boolean {
    const expiry = this.expiry[entry];
    if (expiry > now) return true;
    const until = this.connections[entry] > 0 ? now : this.lingers[entry];
    if (until <= expiry && this.connections[entry] === 0) return false;
    // the first of the times expiry, expiry + 60 s ... at which nothing is left
    const times =
      this.connections[entry] > 0
        ? Math.floor((until - expiry) / PROLONGED) + 1
        : Math.ceil((until - expiry) / PROLONGED);
    this.expiry[entry] = expiry + times * PROLONGED;
    return this.expiry[entry] > now;
  }

  private sweep(now: number): void {
    for (let looked = 0; looked < SWEPT; looked++) {
      const entry = this.next[end];
      if (entry === end || this.expiry[entry] > now) return;
      if (this.alive(entry, now)) {
        this.unlink(entry);
        this.append(entry);
      } else {
        this.drop(entry);
      }
    }
  }

  private drop(entry: number): void {
    this.unlink(entry);
    this.entries.delete(this.client[entry]);
    this.next[entry] = this.free;
    this.free = entry;
  }

  private take(): number {
    const entry = this.free;
    if (entry !== end) {
      this.free = this.next[entry];
      return entry;
    }
    if (this.unused === this.client.length) {
      this.grow(2 * this.unused);
    }
    return this.unused++;
  }

  private append(entry: number): void {
    const last = this.previous[end];
    this.next[last] = entry;
    this.previous[entry] = last;
    this.next[entry] = end;
    this.previous[end] = entry;
  }

  private unlink(entry: number): void {
    this.next[this.previous[entry]] = this.next[entry];
    this.previous[this.next[entry]] = this.previous[entry];
  }

  private grow(length: number): void {
    this.client = enlarged(this.client, new Float64Array(length));
    this.server = enlarged(this.server, new Int32Array(length));
    this.connections = enlarged(this.connections, new Int32Array(length));
    this.expiry = enlarged(this.expiry, new Float64Array(length));
    this.lingers = enlarged(this.lingers, new Float64Array(length));
    this.next = enlarged(this.next, new Int32Array(length));
    this.previous = enlarged(this.previous, new Int32Array(length));
  }
}

function enlarged<Numbers extends Float64Array | Int32Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
