/**
 * What only the whole scenario can tell: names that lead nowhere, calls in a circle, classes that nobody serves.
 */
import type { ClusterDescription, Step } from '../models/description.ts';
import type { Context } from './context.ts';
import { servicesBehind } from './routes.ts';
import { SERVERS_LIMIT } from './kinds/services.ts';
import type { Path } from './problem.ts';
import { isServer, serversText } from './servers.ts';
import { checkFaults } from './fault-references.ts';
import type { ZonesSurface } from './kinds/faults.ts';
import { checkTopics } from './topics.ts';
import { hintFor } from './suggest.ts';
import { checkRules } from './kinds/rules.ts';

/** @returns whether calls can be followed: every target is there, and there is no circle. */
export function checkReferences(
  cluster: ClusterDescription,
  prices: readonly string[],
  zones: ZonesSurface,
  context: Context,
): boolean {
  const before = context.problems.length;
  checkNames(cluster, context);
  checkCalls(cluster, context);
  checkLookups(cluster, context);
  checkGenerators(cluster, context);
  checkTopics(cluster, context);
  checkRules(cluster, context);
  const followable = context.problems.length === before;
  checkFaults(cluster, zones, context);
  checkTargets(cluster, prices, Object.keys(zones), context);
  return followable && checkCircles(cluster, context);
}

// ------------------------------------------------------------------------------------------------------------ helpers

function checkNames(cluster: ClusterDescription, context: Context): void {
  for (const name of Object.keys(cluster.directors).filter((one) => Object.hasOwn(cluster.services, one))) {
    context.problem(
      ['services', name],
      `there is a director "${name}" too`,
      'directors and services share their names; rename one',
    );
  }
  const servers = Object.values(cluster.services).reduce((sum, service) => sum + service.count, 0);
  if (servers > SERVERS_LIMIT) {
    context.problem(
      ['services'],
      `has ${servers} servers; at most ${SERVERS_LIMIT} can be simulated`,
      'model a share of them under the same share of the load',
    );
  }
}

function checkCalls(cluster: ClusterDescription, context: Context): void {
  for (const { path, to, from } of context.calls) {
    if (from.kind === 'service' && to.split('.')[0] === from.name) {
      context.problem(path, `${from.name} calls itself`, 'a request would call without end; name another service');
    } else {
      checkReference(to, path, cluster, context);
    }
  }
  for (const [name, service] of Object.entries(cluster.services)) {
    for (const [pool, { to }] of Object.entries(service.pools)) {
      if (to !== undefined) {
        checkReference(
          to,
          ['services', name, pool === to ? 'pool' : 'pools', ...(pool === to ? ['to'] : [pool, 'to'])],
          cluster,
          context,
        );
      }
    }
  }
}

function checkGenerators({ clients, services }: ClusterDescription, context: Context): void {
  for (const [name, { generator }] of Object.entries(clients)) {
    if (generator === undefined || Object.hasOwn(services, generator) || context.isBroken(generator)) continue;
    const near = hintFor(generator, Object.keys(services));
    context.problem(['clients', name, 'generator'], `there is no service "${generator}"`, near, generator);
  }
}

function checkLookups(cluster: ClusterDescription, context: Context): void {
  const { caches = {}, clients } = cluster;
  for (const { path, cache } of context.lookups) {
    if (!Object.hasOwn(caches, cache) && !context.isBroken(cache)) {
      context.problem(path, `there is no cache "${cache}"`, hintFor(cache, Object.keys(caches)), cache);
    }
  }
  for (const [name, { hit }] of Object.entries(caches)) {
    const path = ['caches', name];
    if (Object.hasOwn(cluster.services, name) || Object.hasOwn(cluster.directors, name)) {
      context.problem(path, `there is a service or director "${name}" too`, 'they share their names; rename one');
    }
    if (!context.lookups.some(({ cache }) => cache === name)) {
      context.doubt(path, `no step looks anything up in ${name}`);
    }
    if (hit === undefined && Object.values(clients).every(({ keys }) => keys === undefined)) {
      const hint =
        'say what requests ask for: keys: { zipf: 0.7, items: 20000 } at the clients; or give the cache a hit ratio';
      context.problem(path, 'nobody asks for anything twice: no clients have keys', hint);
    }
  }
}

function checkReference(to: string, path: Path, cluster: ClusterDescription, context: Context): void {
  const [name, index, ...more] = to.split('.');
  const known = [...Object.keys(cluster.directors), ...Object.keys(cluster.services)];
  if (context.isBroken(name)) {
    return;
  }
  if (!known.includes(name)) {
    const rule = Object.hasOwn(cluster.clients, name)
      ? `"${name}" are clients; nobody calls them`
      : `there is no service or director "${name}"`;
    context.problem(path, rule, hintFor(name, known), to);
    return;
  }
  if (index === undefined) {
    return;
  }
  const service = Object.hasOwn(cluster.services, name) ? cluster.services[name] : undefined;
  if (service === undefined) {
    context.problem(path, `"${to}": a director is called as a whole`, `write ${name}`, to);
  } else if (more.length > 0 || !isServer(index, service.count)) {
    context.problem(path, `there is no server "${to}"`, serversText(name, service.count), to);
  }
}

function checkTargets(
  cluster: ClusterDescription,
  prices: readonly string[],
  zones: readonly string[],
  context: Context,
): void {
  const services = Object.keys(cluster.services);
  const all = [...Object.keys(cluster.directors), ...services];
  for (const [name, { between }] of Object.entries(cluster.links)) {
    between.forEach((end, i) => {
      const known = all.includes(end) || zones.includes(end) || Object.hasOwn(cluster.clients, end);
      if (!known && !context.isBroken(end)) {
        context.problem(
          ['links', name, 'between', i],
          `there is nothing named "${end}"`,
          hintFor(end, [...Object.keys(cluster.clients), ...all, ...zones]),
          end,
        );
      }
    });
    if (between[0] === between[1]) {
      context.problem(['links', name, 'between'], 'leads from a thing to itself', 'name two things');
    }
  }
  cluster.probes.forEach(({ kind, of }, index) => {
    if (kind === 'makespan') {
      const clients = Object.keys(cluster.clients);
      if (!clients.includes(of) && !context.isBroken(of)) {
        context.problem(['measure', index, kind], `there are no clients "${of}"`, hintFor(of, clients), of);
      }
      return;
    }
    const path = ['measure', index, kind === 'wait' || kind === 'in-use' ? kind : 'number'];
    const [name, pool] = of.split('.');
    if (!services.includes(name)) {
      if (!context.isBroken(name)) {
        context.problem(path, `there is no service "${name}"`, hintFor(name, services), of);
      }
    } else if (kind === 'in-use' && !Object.hasOwn(cluster.services[name].pools, pool ?? '')) {
      const pools = Object.keys(cluster.services[name].pools);
      context.problem(
        path,
        `there is no pool "${of}"`,
        pools.length > 0 ? `pools of ${name}: ${pools.join(', ')}` : `${name} has no pools`,
        of,
      );
    } else if (kind !== 'in-use' && pool !== undefined) {
      context.problem(path, `measures a whole service, got "${of}"`, `write ${name}`, of);
    }
  });
  for (const name of prices.filter((one) => !services.includes(one) && !context.isBroken(one))) {
    context.problem(['prices', name], `there is no service "${name}"`, hintFor(name, services));
  }
}

/** Follows every class from the clients on, and from services nobody calls. */
function checkCircles(cluster: ClusterDescription, context: Context): boolean {
  const done = new Set<string>();
  const trail: string[] = [];
  let sound = true;

  const enter = (service: string, requestClass: string, caller: Caller): void => {
    const key = `${service} ${requestClass}`;
    const { work } = cluster.services[service];
    if (trail.includes(key)) {
      const circle = [...trail.slice(trail.indexOf(key)), key].map((one) => one.split(' ')[0]);
      report(
        context,
        caller,
        service,
        cluster,
        `calls go in a circle: ${circle.join(' -> ')}`,
        'a request would call without end; take one of these calls away',
      );
      sound = false;
      return;
    }
    if (done.has(key)) {
      return;
    }
    done.add(key);
    if (!Object.hasOwn(work, requestClass) && !Object.hasOwn(work, '*')) {
      const classes = Object.keys(work);
      report(
        context,
        caller,
        service,
        cluster,
        `${service} has no work for requests of class "${requestClass}"`,
        `it has ${classes.join(', ')}; give \`class:\` at the call, a client with such a \`mix\`, or work for "*"`,
      );
      sound = false;
      return;
    }
    trail.push(key);
    const steps = Object.hasOwn(work, requestClass) ? work[requestClass] : work['*'];
    follow(steps, requestClass, { kind: 'service', name: service });
    trail.pop();
  };
  const follow = (steps: readonly Step[], requestClass: string, caller: Caller): void => {
    for (const step of steps) {
      if (step.do === 'call' || step.do === 'send') {
        for (const service of servicesBehind(step.to, cluster).keys()) {
          enter(service, step.requestClass ?? requestClass, caller);
        }
      }
      for (const inner of innerSteps(step)) {
        follow(inner, requestClass, caller);
      }
    }
  };

  for (const [name, clients] of Object.entries(cluster.clients)) {
    for (const one of clients.mix) {
      follow(one.steps, one.name, { kind: 'clients', name });
    }
  }
  const called = new Set([...done].map((key) => key.split(' ')[0]));
  for (const [name, service] of Object.entries(cluster.services)) {
    if (!called.has(name)) {
      for (const requestClass of Object.keys(service.work)) {
        enter(name, requestClass, { kind: 'service', name });
      }
    }
  }
  return sound;
}

interface Caller {
  readonly kind: 'clients' | 'service';
  readonly name: string;
}

/** At the caller's step that leads to `service`. */
function report(
  context: Context,
  caller: Caller,
  service: string,
  cluster: ClusterDescription,
  rule: string,
  hint: string,
): void {
  const call = context.calls.find(
    ({ from, to }) =>
      from.kind === caller.kind && from.name === caller.name && servicesBehind(to, cluster).has(service),
  );
  context.problem(call?.path ?? ['services', service, 'work'], rule, hint);
}

/** The lists of steps inside a step. */
export function innerSteps(step: Step): readonly (readonly Step[])[] {
  switch (step.do) {
    case 'choice':
      return step.branches.map((branch) => branch.steps);
    case 'parallel':
      return step.branches;
    case 'loop':
      return [step.steps];
    case 'walk':
      return Object.values(step.places).map((place) => place.steps);
    case 'lookup':
      return [step.miss];
    case 'when':
      return [step.steps, step.otherwise];
    case 'call':
      return [step.otherwise, step.fallback].filter((steps) => steps !== undefined);
    default:
      return [];
  }
}
