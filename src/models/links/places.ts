/**
 * Where things are: which of a few zones a server, a client or a director is in. It is in a zone by its own name or by that of
 * its service; a director by its name, or where the node is that has its address at the moment.
 */
import type { Director } from '../directors/director.ts';
import type { Server } from '../services/server.ts';

/** In no zone: near to all of them. */
export const NOWHERE = -1;

/** What stands for a proxy in the table of servers: its node decides, whenever it is asked. */
const MOVES = -2;

export class Places {
  /** By index of a server: its zone, NOWHERE, or MOVES. */
  private readonly ofServers: Int8Array;
  private readonly ofClients: Int8Array;
  /** By name of a director, its zone with each of its nodes. */
  private readonly ofDirectors = new Map<string, Int8Array>();
  private readonly fronts: (string | null)[];

  /**
   * @param zones what is in each, by name.
   * @param servers all there will be, by their index.
   * @param clients their names, by their number.
   * @param directors those that there are, or will be before anything is asked.
   */
  constructor(
    private readonly zones: readonly (readonly string[])[],
    servers: readonly Server[],
    clients: readonly string[],
    private readonly directors: ReadonlyMap<string, Director>,
    isDirector: (name: string) => boolean,
  ) {
    this.fronts = servers.map(({ tier }) => (isDirector(tier.name) ? tier.name : null));
    this.ofServers = Int8Array.from(servers, ({ name, tier }, k) =>
      this.fronts[k] === null ? this.named(name, tier.name) : MOVES,
    );
    this.ofClients = Int8Array.from(clients, (name) => this.named(name));
  }

  /** Zone of a server, by its index; below 0 = of none. */
  ofServer(server: number): number {
    if (server < 0) return NOWHERE;
    const zone = this.ofServers[server];
    return zone === MOVES ? this.ofDirector(this.directors.get(this.fronts[server]!)!) : zone;
  }

  /** @param caller index of a server, or `~client`; those who are neither (groups of consumers) are in no zone. */
  ofCaller(caller: number): number {
    if (caller >= 0) return this.ofServer(caller);
    return ~caller < this.ofClients.length ? this.ofClients[~caller] : NOWHERE;
  }

  /** Of the node that has the address now. */
  ofDirector(director: Director): number {
    return this.withNodes(director)[director.node];
  }

  /** Whether it is in a zone, with one of its nodes at least. */
  holds(director: Director): boolean {
    return this.withNodes(director).some((zone) => zone !== NOWHERE);
  }

  // ---------------------------------------------------------------------------------------------------------- helpers

  private withNodes({ name, description }: Director): Int8Array {
    let known = this.ofDirectors.get(name);
    if (known === undefined) {
      known = Int8Array.from(description.nodes, (node) => this.named(name, `${name}.${node.name}`));
      this.ofDirectors.set(name, known);
    }
    return known;
  }

  /** The zone of the first of these names that is in one. */
  private named(...names: readonly string[]): number {
    for (const name of names) {
      const zone = this.zones.findIndex((members) => members.includes(name));
      if (zone >= 0) return zone;
    }
    return NOWHERE;
  }
}
