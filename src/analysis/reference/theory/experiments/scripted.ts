/**
 * Requests that hold one thing while they wait for another. Where what was taken last is given back first and there are no
 * stations, each thing that is held is the workers of a tier that calls the next; else the script is an application
 * with threads (what is held all the time) and pools.
 */
import type { ClusterDescription, PoolDescription, ServiceDescription, Step } from '../../../../models/description.ts';
import type { Experiment } from '../experiment.ts';
import { plainCall as call, plainClients as clients, plainCluster as cluster, plainService as service } from '../../../../models/plain.ts';
import { law } from '../../../theory/given-law.ts';
import { closedLoad, compute, openLoad, station } from '../parts.ts';
import { levelShares, number, throughput, together } from '../quantity.ts';
import type { Quantities } from '../quantity.ts';
import { meanWaitOfServed, utilisation } from '../station-quantities.ts';
import type { Law } from '../../../theory/given-law.ts';
import type { ClosedModel, OpenScriptModel, ScriptStep, StationModel } from '../theory-file.ts';

/** One application: its threads, and the pools it takes connections from. */
const APPLICATION = 'app';

/** Users who think. */
export function scriptedClosed({ users = 0, think, pools = {}, stations, script = [] }: ClosedModel): Experiment {
  const built = builtOf(pools, stations, script);
  return scripted(built, { clients: clients(closedLoad(users, think!), [call(built.first)]) });
}

/** Poisson arrivals, with room for so many requests in the system. */
export function scriptedOpen({ arrivals, capacity, pools, stations, script }: OpenScriptModel): Experiment {
  const built = builtOf(pools, stations, script);
  const first = built.services[built.first];
  const workers = Math.min(first.workers, capacity ?? Infinity);
  const room = { workers, queue: (capacity ?? Infinity) - (workers < Infinity ? workers : 0) };
  const services = { ...built.services, [built.first]: { ...first, ...room } };
  return scripted({ ...built, services }, { clients: clients(openLoad(arrivals), [call(built.first)]) });
}

interface Built {
  readonly services: Readonly<Record<string, ServiceDescription>>;
  /** The service that clients call. */
  readonly first: string;
  /** By pool: its gate, `app.connections` or `threads` for the workers of a tier, and its size. */
  readonly gates: Readonly<Record<string, { readonly gate: string; readonly size: number }>>;
  readonly quantities: Quantities;
}

function scripted({ services, first, gates, quantities }: Built, of: ClusterDescription['clients']): Experiment {
  const held = Object.values(gates).map(({ gate }) => gate);
  const described = cluster({
    clients: of,
    services,
    probes: [
      ...Object.keys(services).map((name) => ({ kind: 'wait', of: name }) as const),
      ...held.map((gate) => ({ kind: 'in-use', of: gate.includes('.') ? gate : `${gate}.workers` }) as const),
    ],
  });
  return {
    quantities: {
      throughput: number(({ traffic }) => throughput(traffic)),
      mean_response: number(({ traffic }) => traffic.responseMoments.mean),
      mean_number: number(({ services, seconds }) => services[first].presentArea / seconds),
      prob_block: number(({ traffic }) => (traffic.ended - traffic.ok) / traffic.ended),
      ...together(Object.entries(gates).map(([pool, { gate, size }]) => ofPool(pool, gate, size))),
      ...quantities,
    },
    prepare: () => ({ cluster: described, watches: [] }),
  };
}

function builtOf(
  pools: Readonly<Record<string, number>>,
  stations: readonly StationModel[] | undefined,
  script: readonly ScriptStep[],
): Built {
  return stations === undefined && nested(pools, script) ? tiers(pools, script) : application(pools, stations ?? [], script);
}

/** Whether all pools are taken once, the first at once, and are given back in the opposite order at the very end. */
function nested(pools: Readonly<Record<string, number>>, script: readonly ScriptStep[]): boolean {
  const names = Object.keys(pools);
  const words = script.map((step) => (typeof step === 'string' ? step : ''));
  const taken = words.filter((word) => word.startsWith('acquire '));
  const ends = names.map((name) => `release ${name}`).reverse();
  return (
    words[0] === taken[0] &&
    taken.join() === names.map((name) => `acquire ${name}`).join() &&
    words.slice(-ends.length).join() === ends.join() &&
    words.filter((word) => word.startsWith('release ')).length === ends.length
  );
}

/** What is held from the first step to the last is the workers of the application, other pools are its own, stations are services. */
function application(
  pools: Readonly<Record<string, number>>,
  stations: readonly StationModel[],
  script: readonly ScriptStep[],
): Built {
  const threads = heldThroughout(pools, script);
  const own: Record<string, PoolDescription> = {};
  for (const pool of Object.keys(pools)) {
    if (pool !== threads) own[pool] = { size: pools[pool], patience: Infinity };
  }
  const services: Record<string, ServiceDescription> = {};
  const classes = new Map<Law, string>();
  for (const step of script) if (typeof step !== 'string') classes.set(step[1], `work${classes.size + 1}`);
  for (const { name, servers, discipline = 'fifo', service: fixed } of stations) {
    const used = script.filter((step): step is [string, Law] => typeof step !== 'string' && step[0] === `use ${name}`);
    const work = Object.fromEntries(used.map(([, time]) => [classes.get(time)!, [compute(time)]]));
    services[name] = station(servers, discipline, fixed === undefined ? work : { '*': [compute(fixed)] });
  }
  const steps = script.flatMap((step): Step[] => {
    const [verb, what] = (typeof step === 'string' ? step : step[0]).split(' ');
    if (what === threads) return [];
    if (verb === 'acquire') return [{ do: 'acquire', pool: what }];
    if (verb === 'release') return [{ do: 'release', pool: what }];
    if (verb === 'delay') return [{ do: 'wait', time: law(step[1] as Law) }];
    return [call(what, { requestClass: typeof step === 'string' ? undefined : classes.get(step[1]) })];
  });
  return {
    first: APPLICATION,
    services: { [APPLICATION]: service({ workers: threads === null ? Infinity : pools[threads], pools: own, work: { '*': steps } }), ...services },
    gates: Object.fromEntries(
      Object.entries(pools).map(([pool, size]) => [
        pool,
        { gate: pool === threads ? APPLICATION : `${APPLICATION}.${pool}`, size },
      ]),
    ),
    quantities: Object.fromEntries(
      stations.map(({ name, servers, discipline }) => [
        `utilisation_${name}`,
        number((observed) => utilisation(observed.services[name], servers, discipline)),
      ]),
    ),
  };
}

/** The pool of which a request holds one from its first step to its last; null where there is none. */
function heldThroughout(pools: Readonly<Record<string, number>>, script: readonly ScriptStep[]): string | null {
  const found = Object.keys(pools).find((pool) => {
    const uses = script.filter((step) => step === `acquire ${pool}` || step === `release ${pool}`).length;
    return uses === 2 && script[0] === `acquire ${pool}` && script[script.length - 1] === `release ${pool}`;
  });
  return found ?? null;
}

/** Each `acquire` is a call to a tier with so many workers, which keeps its caller's worker waiting. */
function tiers(pools: Readonly<Record<string, number>>, script: readonly ScriptStep[]): Built {
  const names = Object.keys(pools);
  const work = new Map<string, Step[]>();
  let tier = '';
  for (const step of script) {
    if (typeof step !== 'string') {
      work.get(tier)!.push(compute(step[1]));
      continue;
    }
    const [verb, next] = step.split(' ');
    if (verb !== 'acquire') continue; // released at the answer
    work.get(tier)?.push(call(next));
    work.set(next, []);
    tier = next;
  }
  return {
    first: names[0],
    services: Object.fromEntries(
      names.map((name) => [name, service({ workers: pools[name], work: { '*': work.get(name)! } })]),
    ),
    gates: Object.fromEntries(names.map((name) => [name, { gate: name, size: pools[name] }])),
    quantities: {},
  };
}

/** Figures of a pool under the reference's names: `mean_wait_thread`, `utilisation_threads`, `utilisation_pool`. */
function ofPool(pool: string, gate: string, size: number): Quantities {
  const [name, own = 'workers'] = gate.split('.');
  const one = pool.endsWith('s') ? pool.slice(0, -1) : pool;
  const levels = `in-use ${gate}`;
  const wait = number((observed) => meanWaitOfServed(observed, gate));
  const hold = number(({ services }) => services[name].gates[own].busyArea / services[name].gates[own].returns);
  const busy = number(({ services, seconds }) => services[name].gates[own].busyArea / seconds / size);
  return together(
    // "the pool" is that of connections
    [pool, ...(pool === 'connections' ? ['pool'] : [])].map((all) => ({
      [`mean_wait_${one}`]: wait,
      [`mean_hold_${one}`]: hold,
      [`utilisation_${all}`]: busy,
      [`dist_${all}_in_use`]: levelShares(levels),
      [`prob_all_${all}_busy`]: number((observed) => (observed.levels[levels][size] ?? 0) / observed.seconds),
    })),
  );
}
