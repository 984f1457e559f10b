/**
 * Idle connections to upstream servers that one worker process keeps (nginx `keepalive n`): a request takes one to its
 * server if there is one, else opens one; afterwards it is kept, and of more than n the one idle longest is closed.
 * It changes how many connections are opened, not who is picked.
 *
 * O(1) a request. Source: nginx 1.22 ngx_http_upstream_keepalive_module.c. Left out: `keepalive_requests`,
 * `keepalive_time` and `keepalive_timeout` (60 s).
 */
import type { OpenedAnew } from '../connections/opened-anew.ts';

export class IdleConnections {
  /** Connections opened so far. */
  opened = 0;
  /** Requests so far that found one. */
  reused = 0;
  /** Of those opened: in place of one that was lost with its server. */
  reopened = 0;
  /** Told of each of those, where something can fail. */
  anew: OpenedAnew | null = null;
  /** By server: lost and not opened again. */
  private readonly missing: Int32Array;
  /** Idle ones, in order of when they were put here; a place of -1 has been taken. */
  private readonly ring: Int32Array;
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  /** For each server the place of its connection that was put here last, and for each place the one before. */
  private readonly latest: Int32Array;
  private readonly older: Int32Array;
  private readonly newer: Int32Array;
  private free: number;
  private idle = 0;

  /** @param kept most idle connections, >= 0; 0 = every request opens one. */
  constructor(
    servers: number,
    private readonly kept: number,
  ) {
    const end = kept;
    this.missing = new Int32Array(servers);
    this.ring = new Int32Array(kept + 1).fill(-1);
    this.next = new Int32Array(kept + 1);
    this.previous = new Int32Array(kept + 1);
    this.latest = new Int32Array(servers).fill(-1);
    this.older = new Int32Array(kept + 1).fill(-1);
    this.newer = new Int32Array(kept + 1).fill(-1);
    this.next[end] = end;
    this.previous[end] = end;
    this.free = kept > 0 ? 0 : -1;
    for (let place = 0; place < kept; place++) this.next[place] = place + 1 < kept ? place + 1 : -1;
  }

  /** A request needs a connection to `server`. */
  take(server: number): void {
    const place = this.latest[server];
    if (place < 0) {
      this.opened++;
      if (this.missing[server] > 0) {
        this.missing[server]--;
        this.reopened++;
        this.anew?.note();
      }
      return;
    }
    this.reused++;
    this.remove(place);
  }

  /** A request is done with its connection, which is still good. */
  give(server: number): void {
    if (this.kept === 0) return;
    if (this.idle === this.kept) this.remove(this.next[this.kept]);
    const place = this.free;
    this.free = this.next[place];
    this.ring[place] = server;
    const end = this.kept;
    const last = this.previous[end];
    this.next[last] = place;
    this.previous[place] = last;
    this.next[place] = end;
    this.previous[end] = place;
    const before = this.latest[server];
    this.older[place] = before;
    this.newer[place] = -1;
    if (before >= 0) this.newer[before] = place;
    this.latest[server] = place;
    this.idle++;
  }

  /** The idle ones to a server are lost with it. @param server -1 = none. */
  lose(server: number): void {
    if (server < 0) return;
    for (let place = this.latest[server]; place >= 0; place = this.latest[server]) {
      this.remove(place);
      this.missing[server]++;
    }
  }

  /** All are lost with the proxy itself. */
  loseAll(): void {
    for (let server = 0; server < this.latest.length; server++) this.lose(server);
  }

  private remove(place: number): void {
    const server = this.ring[place];
    this.next[this.previous[place]] = this.next[place];
    this.previous[this.next[place]] = this.previous[place];
    if (this.newer[place] >= 0) this.older[this.newer[place]] = this.older[place];
    else this.latest[server] = this.older[place];
    if (this.older[place] >= 0) this.newer[this.older[place]] = this.newer[place];
    this.ring[place] = -1;
    this.next[place] = this.free;
    this.free = place;
    this.idle--;
  }
}
