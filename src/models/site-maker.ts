/**
 * Makes call sites: who is called, over which links, with what timeout, retry and tables, and what one exchange there
 * costs on the wire.
 */
import type { Streams } from '../sim/random/stream.ts';
import type { Simulation } from '../sim/simulation.ts';
import { KeptConnections } from './connections/kept.ts';
import { Breakers } from './controllers/breaker.ts';
import type { ClusterDescription, LinkDescription } from './description.ts';
import type { Director } from './directors/director.ts';
import { connectionTraffic, flows, modes } from './directors/modes.ts';
import type { Flows } from './directors/modes.ts';
import { Draw } from './draw.ts';
import type { LogEntry } from './faults/log.ts';
import { Link } from './links/link.ts';
import type { Places } from './links/places.ts';
import { ZoneHop } from './links/zone-hop.ts';
import type { HopEnd, ZoneLink } from './links/zone-hop.ts';
import type { Program } from './program.ts';
import { Retry } from './retry.ts';
import type { Tier } from './services/server.ts';
import { Site } from './site.ts';
import type { Hop } from './site.ts';
import type { SiteDescription } from './steps/emitter.ts';
import type { Table } from './tables/table.ts';

/** Seconds after the first SYN at which Linux repeats it (tcp_syn_retries = 6), and when connect() gives up. */
const LINUX_SYN: readonly number[] = [1, 3, 7, 15, 31, 63];
const LINUX_GIVE_UP = 127;

/** One-way trips of a TCP handshake before the request can be sent. */
const HANDSHAKE_TRIPS = 2;

export interface SiteContext {
  readonly description: ClusterDescription;
  readonly simulation: Simulation;
  readonly streams: Streams;
  readonly program: Program;
  readonly tiers: ReadonlyMap<string, Tier>;
  readonly directors: ReadonlyMap<string, Director>;
  readonly links: Link[];
  readonly log: LogEntry[];
  classOf(name: string): number;
  /** Null where there is none. */
  serverName(server: number): string | null;
  /** The director of a service of several servers that is called by name. */
  implicit(service: string): Director;
  /** Who is where. */
  placesOf(zones: readonly (readonly string[])[]): Places;
}

interface Ways {
  readonly there: Link;
  readonly back: Link;
}

export class SiteMaker {
  /** Traffic of one exchange at the sites that go through a director. */
  readonly flows = new Map<Site, { readonly director: Director; readonly flows: Flows }>();
  /** Tables of clients, and whether they keep their connections: each user its own, or nobody knows whose (open clients). */
  readonly clientTables = new Map<
    string,
    { readonly tables: readonly Table[]; readonly keeps: 'user' | 'anybody' | null }
  >();
  /** Connections kept by the users of a client, by target. */
  private readonly kept = new Map<string, Map<string, KeptConnections>>();
  private readonly implicit = new Map<string, Director>();
  /** Who is where, for each link between zones; made with the first site, when all servers are there. */
  private zones: readonly ZoneLink[] | null = null;
  /** The two directions of each link, made when first used. */
  private readonly ways = new Map<string, Ways>();

  constructor(private readonly context: SiteContext) {}

  /**
   * @param caller name of the service, director or client that calls.
   * @param name of the site, unique; its streams are named by it.
   * @throws RangeError if there is nobody of that name to call.
   */
  make(caller: string, description: SiteDescription, name: string): number {
    const { program, simulation, streams } = this.context;
    const site = new Site(program.sites.length, name);
    program.sites.push(site);
    site.who = caller === description.to ? `${caller} to its upstream` : `${caller} to ${description.to}`;
    if (description.requestClass !== undefined) site.requestClass = this.context.classOf(description.requestClass);
    if (description.timeout !== undefined) {
      const timeout = new Draw(description.timeout, streams.stream(`${name}/timeout`));
      if (timeout.constant) site.timeoutLane = simulation.lane(timeout.mean);
      else site.timeout = timeout;
    }
    site.cancels = description.abandon === 'cancel';
    if (description.retry !== undefined) site.retry = new Retry(description.retry, streams.stream(`${name}/backoff`));
    if (description.breaker !== undefined) {
      const { to } = description;
      const nameOf = (server: number): string =>
        caller === to ? `${to} for its upstream` : `${this.context.serverName(server) ?? caller} for ${to}`;
      site.breakers = new Breakers(description.breaker, nameOf, this.context.log);
    }
    site.syn = description.connect?.syn ?? LINUX_SYN;
    site.giveUp = description.connect?.giveUp ?? LINUX_GIVE_UP;
    this.aim(site, caller, description.to);
    this.route(site, caller, description);
    return site.index;
  }

  /** Sets whom the site calls. */
  private aim(site: Site, caller: string, to: string): void {
    const { directors, tiers } = this.context;
    const director = directors.get(to);
    if (director !== undefined) {
      site.director = director;
      if (director.front !== null && caller !== to) {
        site.server = director.front.index;
        if (director.description.clientAbort !== 'keep') site.cancels = true; // the proxy notices
      }
      return;
    }
    const dot = to.lastIndexOf('.');
    const one = dot < 0 ? undefined : tiers.get(to.slice(0, dot))?.servers.find(({ name }) => name === to);
    if (one !== undefined) {
      site.server = one.index;
      return;
    }
    const tier = tiers.get(to);
    if (tier === undefined) throw new RangeError(`${caller} calls "${to}", which is not there`);
    if (tier.servers.length === 1) {
      site.server = tier.servers[0].index;
      return;
    }
    const known = this.implicit.get(to) ?? this.context.implicit(to);
    this.implicit.set(to, known);
    site.director = known;
  }

  /** Sets the way there and back, the bytes on it, and the tables its connections fill. */
  private route(site: Site, caller: string, description: SiteDescription): void {
    const client = this.clientTables.get(caller);
    const opens = client !== undefined && client.keeps === null;
    const keeps = client?.keeps === 'user';
    const { requestBytes, responseBytes, to } = description;
    const traffic = connectionTraffic({ requestBytes, responseBytes, opens, closedBy: opens ? 'client' : undefined });
    site.requestBytes = traffic.forward.bytes;
    site.requestPackets = traffic.forward.packets;
    site.responseBytes = traffic.backward.bytes;
    site.responsePackets = traffic.backward.packets;
    const there: Hop[] = [];
    const back: Hop[] = [];
    const way = this.way(caller, to);
    if (way !== null) there.push(way.there);
    const director = this.context.directors.get(to);
    if (director !== undefined) {
      const front = director.front !== null;
      const outer = front && caller !== to;
      const inner = front && caller === to;
      site.relays = inner;
      const { requestsPass, repliesPass } = modes[director.description.mode];
      const present = (...hops: readonly (Hop | null)[]): Hop[] => hops.filter((hop) => hop !== null);
      if (requestsPass && !inner) there.push(...present(director.receive, director.forwarding));
      if (requestsPass && !outer) there.push(...present(director.send));
      if (requestsPass && !outer) there.push(...this.waysToMembers(director, 'there'));
      if (!outer) there.push(...this.cards(director, 'server receive'));
      if (!outer) back.push(...this.cards(director, 'server send'));
      if (repliesPass && !outer) back.push(...this.waysToMembers(director, 'back'));
      if (repliesPass && !outer) back.push(...present(director.receive, director.forwarding));
      if (repliesPass && !inner) back.push(...present(director.send));
      if (!inner) {
        this.flows.set(site, { director, flows: flows(director.description.mode, traffic) });
      }
    } else {
      const server = this.context.tiers.get(to.split('.')[0])?.servers[0];
      if (server !== undefined && server.receive !== null) there.push('server receive');
      if (server !== undefined && server.send !== null) back.push('server send');
    }
    if (way !== null) back.push(way.back);
    this.crossZones(site, there, back);
    site.forward = there.length > 0 ? there : null;
    site.back = back.length > 0 ? back : null;
    site.handshakeTrips = opens || keeps ? HANDSHAKE_TRIPS : 0;
    site.endsAtServer =
      (opens || keeps) && (director === undefined || director.description.mode !== 'proxy' || director.front !== null);
    const clientTables = opens || keeps ? client.tables : [];
    const directorTables = (opens || keeps) && director !== undefined ? director.tables : [];
    const tables = [...clientTables, ...directorTables];
    site.tables = tables.length > 0 ? tables : null;
    if (keeps) site.kept = this.keptBy(caller, to, site, { clientTables, directorTables });
  }

  /** Adds the links between zones that its calls may cross. */
  private crossZones(site: Site, there: Hop[], back: Hop[]): void {
    this.zones ??= this.makeZones();
    const { director } = site;
    const forwards =
      director !== null && director.front === null && this.context.directors.has(director.name)
        ? modes[director.description.mode]
        : null;
    for (const over of this.zones) {
      const hop = (from: HopEnd, to: HopEnd): ZoneHop => new ZoneHop(over, from, to);
      const at = forwards !== null && over.places.holds(director!) ? director : null;
      if (at !== null && forwards!.requestsPass) there.push(hop('caller', at), hop(at, 'server'));
      else there.push(hop('caller', 'server'));
      if (at !== null && forwards!.repliesPass) back.push(hop('server', at), hop(at, 'caller'));
      else back.push(hop('server', 'caller'));
    }
  }

  private makeZones(): readonly ZoneLink[] {
    return Object.entries(this.context.description.links).flatMap(([name, link]) =>
      link.zones === undefined ? [] : [{ places: this.context.placesOf(link.zones), ...this.directions(name, link) }],
    );
  }

  /** Connections that the users of a client keep. */
  keptOf(client: string): readonly KeptConnections[] {
    return [...(this.kept.get(client)?.values() ?? [])];
  }

  private keptBy(
    client: string,
    to: string,
    site: Site,
    tables: { readonly clientTables: readonly Table[]; readonly directorTables: readonly Table[] },
  ): KeptConnections {
    const own = this.kept.get(client) ?? new Map<string, KeptConnections>();
    this.kept.set(client, own);
    const known = own.get(to);
    if (known !== undefined) return known;
    const { director } = site;
    const mode = director?.description.mode;
    const made = new KeptConnections({
      client,
      simulation: this.context.simulation,
      pinnedBy: director !== null && mode !== 'proxy' && mode !== 'client-side' ? director : null,
      through: mode === 'client-side' ? null : director,
      perMember: director !== null && mode === 'client-side' ? director.members.length : null,
      atServer: mode !== 'proxy' || site.server >= 0,
      ...tables,
    });
    own.set(to, made);
    return made;
  }

  private cards(director: Director, hop: 'server send' | 'server receive'): Hop[] {
    const limited = director.members.some((server) => (hop === 'server send' ? server.send : server.receive) !== null);
    return limited ? [hop] : [];
  }

  /** Links between a director and its members, by server. */
  private waysToMembers(director: Director, direction: 'there' | 'back'): Hop[] {
    const links = new Map<number, Link>();
    for (const server of director.members) {
      const way = this.way(director.name, server.tier.name);
      if (way !== null) links.set(server.index, way[direction]);
    }
    return links.size > 0 ? [links] : [];
  }

  private way(caller: string, to: string): Ways | null {
    const target = to.split('.')[0];
    for (const [name, link] of Object.entries(this.context.description.links)) {
      const [a, b] = link.between;
      if (link.zones !== undefined || !((a === caller && b === target) || (a === target && b === caller))) continue;
      let ways = this.ways.get(name);
      if (ways === undefined) {
        ways = this.directions(name, link);
        this.ways.set(name, ways);
      }
      return a === caller ? ways : { there: ways.back, back: ways.there };
    }
    return null;
  }

  /** The two directions of a link. */
  private directions(name: string, { between: [a, b], latency, bitsPerSecond }: LinkDescription): Ways {
    const { streams, links } = this.context;
    const make = (direction: string): Link => {
      const draw = new Draw(latency, streams.stream(`${name}/${direction}`));
      const made = new Link(`${name} ${direction}`, bitsPerSecond, draw, 0);
      links.push(made);
      return made;
    };
    return { there: make(`${a} to ${b}`), back: make(`${b} to ${a}`) };
  }
}
