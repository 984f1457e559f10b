/**
 * Servers in the order of a number each, smallest first, equal ones by a second number (as ranked-queue.ts), where servers
 * of a kind come back in about the order in which they went: those of equal weight move on by equal steps. Each kind has a lane
 * of its own, a queue to whose end its servers are appended: O(1) a change, and one step a lane a look, whatever the number
 * of servers. Kinds beyond `LANES` share the last lane: O(log n) there.
 */
import { RankedQueue, Ranks } from './ranked-queue.ts';

const LANES = 24;

export class Lanes {
  private readonly ranks: Ranks;
  private readonly lanes: RankedQueue[] = [];
  /** What the servers of each lane have in common. */
  private readonly kinds = new Float64Array(LANES);
  private readonly laneOf: Uint8Array;
  /** First of each lane, -1 of an empty one, and its number; Infinity of an empty one. */
  private readonly heads = new Int32Array(LANES).fill(-1);
  private readonly keys = new Float64Array(LANES).fill(Infinity);

  /** Empty at first. */
  constructor(length: number) {
    this.ranks = new Ranks(length);
    this.laneOf = new Uint8Array(length);
  }

  has(server: number): boolean {
    return this.ranks.places[server] !== -1;
  }

  /** Only of a server that is in it, or was: what it was put there with. */
  key(server: number): number {
    return this.ranks.keys[server];
  }

  tie(server: number): number {
    return this.ranks.ties[server];
  }

  /** Puts in a server that is not in it. @param key any finite number. @param kind any number but NaN. */
  add(server: number, key: number, tie: number, kind: number): void {
    const lane = this.lane(kind);
    this.laneOf[server] = lane;
    this.lanes[lane].add(server, key, tie);
    const before = this.keys[lane];
    if (key < before || (key === before && tie < this.ranks.ties[this.heads[lane]])) {
      this.heads[lane] = server;
      this.keys[lane] = key;
    }
  }

  /** Puts a server back that was taken out, with what it was put there with. */
  restore(server: number): void {
    this.add(server, this.key(server), this.tie(server), this.kinds[this.laneOf[server]]);
  }

  /** Takes out a server that is in it. */
  remove(server: number): void {
    const lane = this.laneOf[server];
    this.lanes[lane].remove(server);
    if (this.heads[lane] !== server) return;
    const head = this.lanes[lane].first();
    this.heads[lane] = head;
    this.keys[lane] = head < 0 ? Infinity : this.ranks.keys[head];
  }

  /** The server that comes first; -1 where there is none. */
  first(): number {
    const { keys, heads } = this;
    const { ties } = this.ranks;
    let best = -1;
    let least = Infinity;
    for (let lane = 0; lane < this.lanes.length; lane++) {
      const key = keys[lane];
      if (key < least || (key === least && best >= 0 && ties[heads[lane]] < ties[best])) {
        best = heads[lane];
        least = key;
      }
    }
    return best;
  }

  private lane(kind: number): number {
    const { kinds, lanes } = this;
    let empty = -1;
    for (let lane = 0; lane < lanes.length; lane++) {
      if (kinds[lane] === kind) return lane;
      if (this.heads[lane] < 0) empty = lane;
    }
    const lane = lanes.length < LANES ? lanes.length : empty >= 0 ? empty : LANES - 1;
    if (lane === lanes.length) lanes.push(new RankedQueue(this.ranks));
    kinds[lane] = kind;
    return lane;
  }
}
