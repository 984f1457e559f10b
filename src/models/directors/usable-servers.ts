/** The usable servers of an upstream in an array without gaps, to draw one of them in O(1), whatever their number. */
import { numbersBelow } from './numbers-below.ts';
import type { Tried, Upstream } from './scheduler.ts';

export class UsableServers {
  /** The first `size` are usable, in no order that means anything. */
  private readonly servers: Uint16Array | Int32Array;
  private readonly places: Int32Array;
  size = 0;

  constructor(private readonly upstream: Upstream) {
    this.servers = numbersBelow(upstream.length, upstream.length);
    this.places = new Int32Array(upstream.length).fill(-1);
    for (let server = 0; server < upstream.length; server++) this.refresh(server);
  }

  has(server: number): boolean {
    return this.places[server] >= 0;
  }

  at(place: number): number {
    return this.servers[place];
  }

  /** After a change of weight or eligibility. O(1). */
  refresh(server: number): void {
    if (this.upstream.usable(server)) this.add(server);
    else this.remove(server);
  }

  /** Leaves out those that have been tried, until `restore`. */
  hide(tried: Tried): void {
    for (let position = 0; position < tried.size; position++) this.remove(tried.at(position));
  }

  restore(tried: Tried): void {
    for (let position = tried.size - 1; position >= 0; position--) this.refresh(tried.at(position));
  }

  private add(server: number): void {
    if (this.places[server] >= 0) return;
    this.places[server] = this.size;
    this.servers[this.size++] = server;
  }

  private remove(server: number): void {
    const place = this.places[server];
    if (place < 0) return;
    const last = this.servers[--this.size];
    this.servers[place] = last;
    this.places[last] = place;
    this.places[server] = -1;
  }
}
