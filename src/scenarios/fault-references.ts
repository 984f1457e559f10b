/** What faults and zones name: whether it is there, and whether the fault can happen to it. */
import type { ClusterDescription, FaultDescription, FaultKind } from '../models/description.ts';
import type { Context } from './context.ts';
import type { ZonesSurface } from './kinds/faults.ts';
import type { Path } from './problem.ts';
import { isServer, serversText } from './servers.ts';
import { hintFor } from './suggest.ts';

export function checkFaults(cluster: ClusterDescription, zones: ZonesSurface, context: Context): void {
  checkZones(cluster, zones, context);
  cluster.faults.forEach((fault, index) => {
    const path = ['faults', index, fault.do];
    checkBackup(fault, ['faults', index, 'backup'], cluster, context);
    if (fault.sides !== undefined) {
      checkSides(fault, path, cluster, context);
      return;
    }
    if (Object.hasOwn(cluster.caches ?? {}, fault.target) && (fault.do === 'crash' || fault.do === 'restore')) return;
    if (fault.targets !== undefined) return; // a zone, checked by itself
    if (exists(fault.target, path, cluster, zones, context, false)) checkKind(fault, path, cluster, context);
  });
}

// ------------------------------------------------------------------------------------------------------------ helpers

/** What happens to servers only, and to nodes only. */
const ofServers: ReadonlySet<FaultKind> = new Set(['slow', 'drain', 'refuse', 'sick']);
const ofNodes: ReadonlySet<FaultKind> = new Set(['kill9', 'script']);

/** Data is lost where there is a service; what writes are classes that somebody asks for. */
function checkBackup(
  { backup, target, targets }: FaultDescription,
  path: Path,
  cluster: ClusterDescription,
  context: Context,
): void {
  if (backup === undefined) return;
  for (const name of targets ?? [target]) {
    if (Object.hasOwn(cluster.directors, name.split('.')[0]) || Object.hasOwn(cluster.caches ?? {}, name)) {
      context.problem(
        path,
        `${name} is no service: it has no data`,
        'name the service or the server with the data',
        name,
      );
    }
  }
  const { clients, services } = cluster;
  const classes = [
    ...Object.values(clients).flatMap(({ mix }) => mix.map(({ name }) => name)),
    ...Object.values(services).flatMap(({ work }) => Object.keys(work)),
  ];
  backup.writes.forEach((name, k) => {
    if (!classes.includes(name)) {
      context.problem([...path, 'writes', k], `there is no request class "${name}"`, hintFor(name, classes), name);
    }
  });
}

function checkZones(cluster: ClusterDescription, zones: ZonesSurface, context: Context): void {
  for (const [zone, members] of Object.entries(zones)) {
    const taken = (['services', 'directors', 'clients'] as const).find((section) =>
      Object.hasOwn(cluster[section], zone),
    );
    if (taken !== undefined) {
      context.problem(
        ['zones', zone],
        `there is one of \`${taken}\` named "${zone}" too`,
        'give the zone another name',
      );
    }
    members.forEach((member, index) => exists(member, ['zones', zone, index], cluster, {}, context, true));
  }
}

function checkSides({ sides }: FaultDescription, path: Path, cluster: ClusterDescription, context: Context): void {
  const [one, other] = sides!;
  for (const name of [...one, ...other]) exists(name, path, cluster, {}, context, true);
  const both = one.find((name) => other.includes(name));
  if (both !== undefined) {
    context.problem(path, `"${both}" is on both sides`, 'name two sides that have nothing in common', both);
  }
}

/** Whether a name is a server, a service, a director or a node; says so where it is not. */
function exists(
  target: string,
  path: Path,
  cluster: ClusterDescription,
  zones: ZonesSurface,
  context: Context,
  clientsToo: boolean,
): boolean {
  const [name, part] = target.split('.');
  const director = Object.hasOwn(cluster.directors, name) ? cluster.directors[name] : undefined;
  const service = Object.hasOwn(cluster.services, name) ? cluster.services[name] : undefined;
  if (context.isBroken(name) || (clientsToo && Object.hasOwn(cluster.clients, target))) {
    return false;
  }
  if (director === undefined && service === undefined) {
    const known = [...Object.keys(cluster.directors), ...Object.keys(cluster.services), ...Object.keys(zones)];
    context.problem(path, `there is no service or director "${name}"`, hintFor(name, known), target);
    return false;
  }
  if (part !== undefined && service !== undefined && !isServer(part, service.count)) {
    context.problem(path, `there is no server "${target}"`, serversText(name, service.count), target);
    return false;
  }
  if (part !== undefined && director !== undefined && !director.nodes.some((node) => node.name === part)) {
    const hint = `nodes of ${name}: ${director.nodes.map((node) => node.name).join(', ')}`;
    context.problem(path, `there is no node "${target}"`, hint, target);
    return false;
  }
  return true;
}

function checkKind(
  { do: kind, target }: FaultDescription,
  path: Path,
  cluster: ClusterDescription,
  context: Context,
): void {
  const [name] = target.split('.');
  const director = Object.hasOwn(cluster.directors, name) ? cluster.directors[name] : undefined;
  if (director !== undefined && ofServers.has(kind)) {
    context.problem(path, `a director cannot ${verbs[kind] ?? kind}`, 'a service or a server can', target);
  } else if (director === undefined && ofNodes.has(kind)) {
    context.problem(path, `only the node of a director has one, got "${target}"`, 'for example vip.a', target);
  } else if (director !== undefined && ofNodes.has(kind) && director.vrrp === undefined) {
    context.problem(path, `${name} has no VRRP`, 'give it two nodes with priorities', target);
  } else if (kind === 'script' && director?.vrrp?.track === undefined) {
    context.problem(path, `${name} tracks no script`, 'vrrp: { track: { every: 2 s, weight: -20 } }', target);
  }
}

const verbs: Partial<Record<FaultKind, string>> = { sick: 'be sick' };
