/**
 * A set of servers that is cheap to fill and to empty: a director keeps one and refills it for each retry.
 */
import type { Tried } from './scheduler.ts';

export class TriedServers implements Tried {
  /** The number of servers in the set. */
  size = 0;
  private readonly servers: Int32Array;
  private readonly member: Uint8Array;

  /** @param length how many servers the upstream has. */
  constructor(length: number) {
    this.servers = new Int32Array(length);
    this.member = new Uint8Array(length);
  }

  add(server: number): void {
    if (this.member[server] === 0) {
      this.member[server] = 1;
      this.servers[this.size++] = server;
    }
  }

  has(server: number): boolean {
    return this.member[server] !== 0;
  }

  at(position: number): number {
    return this.servers[position];
  }

  /** Empties the set; cost in proportion to its size. */
  clear(): void {
    while (this.size > 0) {
      this.member[this.servers[--this.size]] = 0;
    }
  }
}
