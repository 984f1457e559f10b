/**
 * Requests that hold one thing while they wait for another. With stations of its own, the script is an application with
 * threads and a pool of connections; without, each thing that is held is the workers of a tier that calls the next.
 */
import type { ClusterDescription, PoolDescription, ServiceDescription, Step } from '../../../../models/description.ts';
import type { Experiment } from '../experiment.ts';
import { plainCall as call, plainClients as clients, plainCluster as cluster, plainService as service } from '../../../../models/plain.ts';
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
  const built = stations === undefined ? tiers(pools, script) : application(pools, stations, script);
  return scripted(built, { clients: clients(closedLoad(users, think!), [call(built.first)]) });
}

/** Poisson arrivals, with room for so many requests in the system. */
export function scriptedOpen({ arrivals, capacity, pools, script }: OpenScriptModel): Experiment {
  const built = tiers(pools, script);
  const first = built.services[built.first];
  const services = { ...built.services, [built.first]: { ...first, queue: capacity - first.workers } };
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

function scripted({ services, gates, quantities }: Built, of: ClusterDescription['clients']): Experiment {
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
      prob_block: number(({ traffic }) => (traffic.ended - traffic.ok) / traffic.ended),
      ...together(Object.entries(gates).map(([pool, { gate, size }]) => ofPool(pool, gate, size))),
      ...quantities,
    },
    prepare: () => ({ cluster: described, watches: [] }),
  };
}

/** Threads are the workers of the application, further pools are its own, stations are services it calls. */
function application(
  pools: Readonly<Record<string, number>>,
  stations: readonly StationModel[],
  script: readonly ScriptStep[],
): Built {
  const [threads, ...others] = Object.keys(pools);
  const own: Record<string, PoolDescription> = {};
  for (const pool of others) own[pool] = { size: pools[pool], patience: Infinity };
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
    return [call(what, { requestClass: typeof step === 'string' ? undefined : classes.get(step[1]) })];
  });
  return {
    first: APPLICATION,
    services: { [APPLICATION]: service({ workers: pools[threads], pools: own, work: { '*': steps } }), ...services },
    gates: Object.fromEntries(
      Object.entries(pools).map(([pool, size]) => [
        pool,
        { gate: pool === threads ? APPLICATION : `${APPLICATION}.${pool}`, size },
      ]),
    ),
    quantities: Object.fromEntries(
      stations.map(({ name, servers }) => [
        `utilisation_${name}`,
        number((observed) => utilisation(observed.services[name], servers)),
      ]),
    ),
  };
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
  const one = pool.slice(0, -1);
  const all = pool === 'connections' ? 'pool' : pool;
  const levels = `in-use ${gate}`;
  return {
    [`mean_wait_${one}`]: number((observed) => meanWaitOfServed(observed, gate)),
    [`mean_hold_${one}`]: number(
      ({ services }) => services[name].gates[own].busyArea / services[name].gates[own].returns,
    ),
    [`utilisation_${all}`]: number(({ services, seconds }) => services[name].gates[own].busyArea / seconds / size),
    [`dist_${all}_in_use`]: levelShares(levels),
    [`prob_all_${pool}_busy`]: number((observed) => (observed.levels[levels][size] ?? 0) / observed.seconds),
  };
}
