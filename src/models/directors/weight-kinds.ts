/**
 * The weights of an upstream by their number among the different ones: a byte a server instead of eight, since what a change
 * of load costs at thousands of servers is the memory it touches. Servers whose weight is none of the first 255 are looked up.
 */
import type { Upstream } from './scheduler.ts';

const OTHER = 255;

export class WeightKinds {
  private readonly kindOf: Uint8Array;
  private readonly values = new Float64Array(OTHER);
  private known = 0;

  constructor(private readonly upstream: Upstream) {
    this.kindOf = new Uint8Array(upstream.length);
    for (let server = 0; server < upstream.length; server++) this.refresh(server);
  }

  of(server: number): number {
    const kind = this.kindOf[server];
    return kind === OTHER ? this.upstream.weight[server] : this.values[kind];
  }

  /** To be called after each change of a weight. One step for each different weight. */
  refresh(server: number): void {
    const weight = this.upstream.weight[server];
    const { values } = this;
    let kind = 0;
    while (kind < this.known && values[kind] !== weight) kind++;
    if (kind === this.known && kind < OTHER) values[this.known++] = weight;
    this.kindOf[server] = kind;
  }
}
