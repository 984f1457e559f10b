/**
 * A link between two zones: what every call pays whose two ends are on different sides of it. An end is in a zone by its
 * name: a server, a whole service, clients, a director. What is in neither zone is near to both.
 * Left out: a director is where its node of the highest priority is, also while another node has the address; a request
 * that a proxy's own caller sends on keeps the sides of the proxy's server.
 */
import type { ClusterDescription } from '../description.ts';
import type { Server } from '../services/server.ts';
import type { Link } from './link.ts';

/** 0 = in neither zone. */
export type Side = 0 | 1 | 2;

/** Which of a call's ends a hop leads from or to: its caller, its server, or something whose side is known. */
export type HopEnd = 'caller' | 'server' | Side;

/** Who is on which side of one link. */
export class ZoneSides {
  private readonly ofServer = new Map<number, Side>();
  private readonly ofClient: readonly Side[];

  /**
   * @param sides names in each of the two zones.
   * @param there the link from the first zone to the second, `back` the other way.
   * @param servers all there will be.
   */
  constructor(
    private readonly description: ClusterDescription,
    private readonly sides: readonly [readonly string[], readonly string[]],
    readonly there: Link,
    readonly back: Link,
    servers: Iterable<Server>,
  ) {
    for (const { index, name, tier } of servers) {
      const side = Object.hasOwn(description.directors, tier.name)
        ? this.ofDirector(tier.name)
        : this.named(name) || this.named(tier.name);
      this.ofServer.set(index, side);
    }
    this.ofClient = Object.keys(description.clients).map((name) => this.named(name));
  }

  ofDirector(name: string): Side {
    const nodes = this.description.directors[name].nodes;
    const first = nodes.reduce((best, node) => (node.priority > best.priority ? node : best), nodes[0]);
    return this.named(name) || this.named(`${name}.${first.name}`);
  }

  /** @param caller index of a server, or `~client`. */
  of(end: HopEnd, caller: number, server: number): Side {
    if (end === 'server') return this.ofServer.get(server) ?? 0;
    if (end !== 'caller') return end;
    return caller >= 0 ? (this.ofServer.get(caller) ?? 0) : (this.ofClient[~caller] ?? 0);
  }

  private named(name: string): Side {
    return this.sides[0].includes(name) ? 1 : this.sides[1].includes(name) ? 2 : 0;
  }
}

export class ZoneHop {
  constructor(
    private readonly sides: ZoneSides,
    private readonly from: HopEnd,
    private readonly to: HopEnd,
  ) {}

  /** The link that this call crosses here; null where it stays on its side. */
  link(caller: number, server: number): Link | null {
    const from = this.sides.of(this.from, caller, server);
    const to = this.sides.of(this.to, caller, server);
    if (from === to || from === 0 || to === 0) return null;
    return from === 1 ? this.sides.there : this.sides.back;
  }
}
