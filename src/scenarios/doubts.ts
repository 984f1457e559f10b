/**
 * Doubts: what is allowed and probably not meant, as far as it can be told without simulating.
 */
import type { ClusterDescription, DirectorDescription, Step } from '../models/description.ts';
import { Upstream } from '../models/directors/scheduler.ts';
import { schedulers } from '../models/directors/schedulers/index.ts';
import { doubtAutoscalers } from './autoscale-doubts.ts';
import type { Context } from './context.ts';
import { doubtFaults } from './fault-doubts.ts';
import { doubtLoads } from './load-doubts.ts';
import { servicesBehind } from './routes.ts';
import { consumers, doubtTopics } from './topics.ts';
import { innerSteps } from './references.ts';
import type { Slo } from './kinds/slos.ts';

export function findDoubts(cluster: ClusterDescription, slos: readonly Slo[], context: Context): void {
  doubtPersistence(cluster, context);
  doubtPools(cluster, context);
  doubtUncalled(cluster, context);
  doubtDrops(cluster, context);
  doubtSizes(cluster, context);
  doubtTopics(cluster, context);
  doubtFaults(cluster, slos, context);
  doubtAutoscalers(cluster, slos, context);
  doubtTimeouts(cluster, slos, context);
  doubtLoads(cluster, slos, context.seconds, context);
}

// ------------------------------------------------------------------------------------------------------------ helpers

function doubtPersistence(cluster: ClusterDescription, context: Context): void {
  for (const [name, clients] of Object.entries(cluster.clients)) {
    for (const target of targetsOf(clients.mix.flatMap(({ steps }) => steps))) {
      const director = cluster.directors[target];
      if (director === undefined || clients.sources >= director.members.length) continue;
      const binding = director.persistence > 0 ? 'persistence' : hashesSources(director) ? director.scheduler.id : null;
      if (binding !== null) {
        const servers =
          clients.sources === 1 ? 'one server' : `at most ${clients.sources} of ${director.members.length} servers`;
        context.doubt(
          ['clients', name, 'sources'],
          `${clients.sources === 1 ? 'a single source address' : `${clients.sources} source addresses`} behind ${target}'s ${binding}: all requests go to ${servers}`,
        );
      }
    }
  }
}

/** Whether the rule goes by the client's address. */
function hashesSources({ scheduler: { id, options } }: DirectorDescription): boolean {
  const kind = schedulers.get(id);
  const read = kind?.options.safeParse(options);
  return read?.success === true && kind!.make(read.data, new Upstream(1), { uniform: () => 0 }).hashes === 'source';
}

function doubtPools(cluster: ClusterDescription, context: Context): void {
  const wanted = new Map<string, number>();
  for (const [name, service] of Object.entries(cluster.services)) {
    const called = targetsOf(Object.values(service.work).flat());
    const acquired = acquiredIn(Object.values(service.work).flat());
    for (const [pool, { to, size }] of Object.entries(service.pools)) {
      if (!acquired.has(pool) && (to === undefined || !called.has(to))) {
        context.doubt(['services', name], `nothing in the work of ${name} uses its pool ${pool}`);
      }
      for (const target of to === undefined ? [] : servicesBehind(to, cluster).keys()) {
        wanted.set(target, (wanted.get(target) ?? 0) + size * service.count);
      }
    }
  }
  for (const [name, connections] of wanted) {
    const { connections: most, count: servers } = cluster.services[name];
    if (connections > most * servers) {
      context.doubt(
        ['services', name],
        `the pools may open ${connections} connections to ${name}, which allows ${most * servers}`,
      );
    }
  }
}

function doubtUncalled(cluster: ClusterDescription, context: Context): void {
  const called = new Set<string>(consumers(cluster));
  for (const { broker } of Object.values(cluster.topics ?? {})) {
    if (broker === undefined) continue;
    called.add(broker);
    for (const service of servicesBehind(broker, cluster).keys()) called.add(service);
  }
  const note = (steps: readonly Step[]) => {
    for (const target of targetsOf(steps)) {
      called.add(target);
      for (const service of servicesBehind(target, cluster).keys()) {
        called.add(service);
      }
    }
  };
  Object.values(cluster.clients).forEach(({ mix }) => mix.forEach(({ steps }) => note(steps)));
  Object.values(cluster.services).forEach(({ work }) => Object.values(work).forEach(note));
  for (const section of ['directors', 'services'] as const) {
    for (const name of Object.keys(cluster[section]).filter((one) => !called.has(one))) {
      context.doubt([section, name], `nobody calls ${name}`);
    }
  }
}

function doubtDrops(cluster: ClusterDescription, context: Context): void {
  for (const [name, clients] of Object.entries(cluster.clients)) {
    for (const step of callsIn(clients.mix.flatMap(({ steps }) => steps))) {
      const director = cluster.directors[step.to];
      const drops =
        director?.mode === 'proxy'
          ? director.full === 'drop' && director.queue < Infinity
          : droppers(step.to, cluster).length > 0;
      if (drops && step.connect === undefined && step.timeout === undefined) {
        context.doubt(
          ['clients', name],
          `${step.to} drops SYNs when it is full, and these clients neither send them again nor time out; \`connect: linux\` does`,
        );
      }
    }
  }
}

function droppers(target: string, cluster: ClusterDescription): readonly string[] {
  return [...servicesBehind(target, cluster).keys()].filter(
    (name) => cluster.services[name].full === 'drop' && cluster.services[name].queue < Infinity,
  );
}

function doubtSizes(cluster: ClusterDescription, context: Context): void {
  const limited = [
    ...Object.entries(cluster.services).map(([name, { sendBitsPerSecond, receiveBitsPerSecond }]) => ({
      path: ['services', name, 'network'],
      bits: Math.min(sendBitsPerSecond, receiveBitsPerSecond),
    })),
    ...Object.entries(cluster.directors).map(([name, { sendBitsPerSecond, receiveBitsPerSecond }]) => ({
      path: ['directors', name, 'network'],
      bits: Math.min(sendBitsPerSecond, receiveBitsPerSecond),
    })),
    ...Object.entries(cluster.links).map(([name, { bitsPerSecond }]) => ({
      path: ['links', name, 'bandwidth'],
      bits: bitsPerSecond,
    })),
  ].filter(({ bits }) => bits < Infinity);
  const calls = Object.values(cluster.clients).flatMap(({ mix }) => mix.flatMap(({ steps }) => callsIn(steps)));
  if (
    limited.length > 0 &&
    calls.length > 0 &&
    calls.every((call) => call.requestBytes === 0 && call.responseBytes === 0)
  ) {
    context.doubt(
      limited[0].path,
      'a bandwidth is given, but no request has a size: `request: 1 kB, response: 12 kB` at the clients',
    );
  }
}

function doubtTimeouts(cluster: ClusterDescription, slos: readonly Slo[], context: Context): void {
  for (const slo of slos) {
    for (const [name, clients] of Object.entries(cluster.clients)) {
      const [call] = callsIn(clients.mix[0]?.steps ?? []);
      const timeout = call?.timeout?.kind === 'deterministic' ? call.timeout.value : Infinity;
      if (
        (slo.client === null || slo.client === name) &&
        slo.metric.kind === 'percentile' &&
        timeout * (1 + (call?.retry?.times ?? 0)) < slo.limit
      ) {
        context.doubt(
          ['clients', name, 'timeout'],
          `requests give up before the limit of "${slo.text}": it can only hold`,
        );
      }
    }
  }
}

type Call = Extract<Step, { do: 'call' }>;

function callsIn(steps: readonly Step[]): Call[] {
  return steps.flatMap((step) => [...(step.do === 'call' ? [step] : []), ...innerSteps(step).flatMap(callsIn)]);
}

function targetsOf(steps: readonly Step[]): ReadonlySet<string> {
  const sends = (list: readonly Step[]): string[] =>
    list.flatMap((step) => [...(step.do === 'send' ? [step.to] : []), ...innerSteps(step).flatMap(sends)]);
  return new Set([...callsIn(steps).map((call) => call.to), ...sends(steps)]);
}

function acquiredIn(steps: readonly Step[]): ReadonlySet<string> {
  return new Set(
    steps.flatMap((step) => [
      ...(step.do === 'acquire' ? [step.pool] : []),
      ...innerSteps(step).flatMap((inner) => [...acquiredIn(inner)]),
    ]),
  );
}
