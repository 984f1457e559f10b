/**
 * Persistence: a client address keeps its server while it has connections and for a time after its last one.
 *
 * O(1) an operation; entries that have expired are dropped as others are used, so memory follows what is alive.
 * Different from IPVS (`ipvsadm -p`): there the time counts from the START of the last connection, and is prolonged by
 * 60 s at a time while entries of its connections are left. Left out: netmasks (give all clients of a net one number)
 * and one entry for each port.
 */

/** The end of a list; also the entry that stands before the first and after the last. */
const end = 0;

export class PersistenceTable {
  /** Entry of each client that is known. */
  private readonly entries = new Map<number, number>();
  // One element an entry. Idle entries form a ring through `end`, the one that expires first in front.
  private client = new Float64Array(16);
  private server = new Int32Array(16);
  private connections = new Int32Array(16);
  private expiry = new Float64Array(16);
  private next = new Int32Array(16);
  private previous = new Int32Array(16);
  /** Entries that may be used again, chained by `next`, and the first that never was. */
  private free = end;
  private unused = 1;

  /** @param timeout seconds that a client is remembered after its last connection, > 0; may be Infinity. */
  constructor(private readonly timeout: number) {
    if (!(timeout > 0)) {
      throw new RangeError(`persistence: the timeout must be > 0 s, got ${timeout}`);
    }
  }

  /** Clients that are remembered, those whose time has run out since the last operation included. */
  get size(): number {
    return this.entries.size;
  }

  /** The server to which this client is bound, -1 if to none. @param now seconds, never decreasing. */
  serverOf(client: number, now: number): number {
    this.expire(now);
    const entry = this.entries.get(client);
    return entry === undefined ? -1 : this.server[entry];
  }

  /** The client opens a connection to `server`, and is bound to it from now on. */
  opened(client: number, server: number, now: number): void {
    this.expire(now);
    let entry = this.entries.get(client);
    if (entry === undefined) {
      entry = this.take();
      this.entries.set(client, entry);
      this.client[entry] = client;
      this.connections[entry] = 0;
    } else if (this.connections[entry] === 0) {
      this.unlink(entry);
    }
    this.server[entry] = server;
    this.connections[entry] += 1;
  }

  /** One connection of the client has ended. @throws RangeError if it has none. */
  closed(client: number, now: number): void {
    const entry = this.entries.get(client);
    if (entry === undefined || this.connections[entry] === 0) {
      throw new RangeError(`persistence: client ${client} has no connection to close`);
    }
    this.connections[entry] -= 1;
    if (this.connections[entry] === 0) {
      this.expiry[entry] = now + this.timeout;
      this.append(entry);
    }
    this.expire(now);
  }

  private expire(now: number): void {
    for (let entry = this.next[end]; entry !== end && this.expiry[entry] <= now; entry = this.next[end]) {
      this.unlink(entry);
      this.entries.delete(this.client[entry]);
      this.next[entry] = this.free;
      this.free = entry;
    }
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
    this.next = enlarged(this.next, new Int32Array(length));
    this.previous = enlarged(this.previous, new Int32Array(length));
  }
}

function enlarged<Numbers extends Float64Array | Int32Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
