/** Where calls lead: the services behind a name, and the work that a class finds there. */
import type { ClusterDescription, Step } from '../models/description.ts';

/** Servers that a call's target stands for, with their shares; empty where there is none of that name. */
export function servicesBehind(
  target: string,
  cluster: Pick<ClusterDescription, 'directors' | 'services'>,
): ReadonlyMap<string, number> {
  const director = Object.hasOwn(cluster.directors, target) ? cluster.directors[target] : undefined;
  if (director === undefined) {
    const service = target.split('.')[0];
    return Object.hasOwn(cluster.services, service) ? new Map([[service, 1]]) : new Map();
  }
  const total = director.members.reduce((sum, member) => sum + member.weight, 0);
  const shares = new Map<string, number>();
  for (const { service, weight } of director.members) {
    if (total > 0) {
      shares.set(service, (shares.get(service) ?? 0) + weight / total);
    }
  }
  return shares;
}

/** Steps of a class at a service. */
export function workOf(
  cluster: Pick<ClusterDescription, 'services'>,
  service: string,
  requestClass: string,
): readonly Step[] {
  const { work } = cluster.services[service];
  return Object.hasOwn(work, requestClass) ? work[requestClass] : (work['*'] ?? []);
}
