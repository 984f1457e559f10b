/**
 * A link between two zones: what every call pays whose two ends are on different sides of it. An end is in a zone by its
 * name (`places.ts`): a server, a whole service, clients, a director with the node that has its address. What is in
 * neither zone is near to both.
 * Left out: a request that a proxy's own caller sends on keeps the sides of the proxy's server.
 */
import type { Director } from '../directors/director.ts';
import type { Link } from './link.ts';
import { NOWHERE } from './places.ts';
import type { Places } from './places.ts';

/** Which of a call's ends a hop leads from or to: its caller, its server, or a director on the way. */
export type HopEnd = 'caller' | 'server' | Director;

/** The two sides of one link. */
export interface ZoneLink {
  /** Of two zones. */
  readonly places: Places;
  /** From the first zone to the second. */
  readonly there: Link;
  readonly back: Link;
}

export class ZoneHop {
  constructor(
    private readonly over: ZoneLink,
    private readonly from: HopEnd,
    private readonly to: HopEnd,
  ) {}

  /**
   * The link that this call crosses here; null where it stays on its side.
   * @param caller index of a server, or `~client`.
   */
  link(caller: number, server: number): Link | null {
    const from = this.zoneOf(this.from, caller, server);
    const to = this.zoneOf(this.to, caller, server);
    if (from === to || from === NOWHERE || to === NOWHERE) return null;
    return from === 0 ? this.over.there : this.over.back;
  }

  private zoneOf(end: HopEnd, caller: number, server: number): number {
    const { places } = this.over;
    if (end === 'server') return places.ofServer(server);
    return end === 'caller' ? places.ofCaller(caller) : places.ofDirector(end);
  }
}
