/**
 * A director that prefers the zone of whoever calls: members there are picked while any of them can serve, all others only
 * then. It is where its own node is, if that is in a zone; else it is everywhere (kube-proxy, a sidecar, a client library)
 * and the caller's zone decides. Callers in no zone have all members.
 *
 * For each zone it is a director of its own over the same members, in which those of other zones are backups: what a
 * product's instances in each zone know of each other, nothing. So turns, limits and passive checks are each zone's own.
 *
 * Source: Kubernetes 1.31 documentation, "Traffic distribution" (`PreferClose`); HAProxy 2.6 manual, `backup` with
 * `option allbackups`, servers of the other zone as backups. Left out: hints that leave zones with few endpoints out
 * (Kubernetes topology-aware routing asks for shares that fit each zone's CPU), Envoy's zone-aware shares.
 */
import { NOWHERE } from '../links/places.ts';
import type { Places } from '../links/places.ts';
import type { DirectorDescription } from '../description.ts';
import type { Director, Processes } from './director.ts';

export class NearDirectors implements Processes {
  readonly directors: readonly Director[];

  /**
   * @param everywhere for callers in no zone.
   * @param byZone in the order of the zones of `places`.
   */
  constructor(
    private readonly everywhere: Director,
    private readonly byZone: readonly Director[],
    private readonly places: Places,
  ) {
    this.directors = [everywhere, ...byZone];
  }

  deal(caller: number): Director {
    const own = this.places.ofDirector(this.everywhere);
    const zone = own === NOWHERE ? this.places.ofCaller(caller) : own;
    return zone === NOWHERE ? this.everywhere : this.byZone[zone];
  }
}

/** The same director as it is in one zone. @param isThere whether a member is in that zone. */
export function seenFrom(description: DirectorDescription, isThere: (member: number) => boolean): DirectorDescription {
  const { members, backups = 'all' } = description;
  const there = members.map((_, k) => isThere(k));
  if (!there.includes(true)) return description;
  return { ...description, backups, members: members.map((member, k) => ({ ...member, backup: !there[k] })) };
}
