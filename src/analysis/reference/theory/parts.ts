/** Parts of which the reference models are put together: laws, stations, calls, clients. Everything else is absent. */
import type {
  CallStep,
  ClientsDescription,
  ClosedLoad,
  ClusterDescription,
  OpenLoad,
  ServiceDescription,
  Step,
} from '../../../models/description.ts';
import type { DistributionSpec } from '../../../sim/random/index.ts';
import type { Arrivals, Discipline, Law, Servers } from './theory-file.ts';

export function law(of: Law): DistributionSpec {
  switch (of.dist) {
    case 'exponential':
      return { kind: 'exponential', mean: of.mean };
    case 'deterministic':
      return { kind: 'deterministic', value: of.value };
    case 'erlang':
      return { kind: 'erlang', phases: of.k, mean: of.mean };
    case 'hyperexponential':
      return { kind: 'hyperexponential', probabilities: of.probs, means: of.means };
    case 'lognormal':
      return { kind: 'lognormal', mu: of.mu_log, sigma: of.sigma_log };
    case 'uniform':
      return { kind: 'uniform', low: of.low, high: of.high };
    case 'pareto':
      return { kind: 'pareto', alpha: of.alpha, minimum: of.xm };
    case 'bounded-pareto':
      return { kind: 'bounded-pareto', alpha: of.alpha, low: of.low, high: of.high };
  }
}

/** One server with every limit off. */
export function service(options: Partial<ServiceDescription>): ServiceDescription {
  const { count = 1 } = options;
  return {
    count,
    speeds: new Array<number>(count).fill(1),
    workers: Infinity,
    holds: 'request',
    queue: Infinity,
    order: 'fifo',
    full: 'refuse',
    connections: Infinity,
    cores: Infinity,
    sharing: 'processor',
    sharingLimit: Infinity,
    pools: {},
    work: {},
    sendBitsPerSecond: Infinity,
    receiveBitsPerSecond: Infinity,
    tables: [],
    ...options,
  };
}

/** A queueing station: first come, first served by its workers, or all at once on its shared cores. */
export function station(
  servers: Servers,
  discipline: Discipline,
  work: ServiceDescription['work'],
  options: Partial<ServiceDescription> = {},
): ServiceDescription {
  const number = servers === 'infinite' ? Infinity : servers;
  return service({ ...(discipline === 'ps' ? { cores: number } : { workers: number }), work, ...options });
}

export function compute(time: Law): Step {
  return { do: 'compute', time: law(time) };
}

export function call(to: string, options: Partial<CallStep> = {}): CallStep {
  return { do: 'call', to, requestBytes: 0, responseBytes: 0, abandon: 'keep', ...options };
}

export function clients(
  load: ClientsDescription['load'],
  steps: readonly Step[],
  name = 'request',
): ClientsDescription {
  return {
    load,
    mix: [{ name, share: 1, priority: 0, steps }],
    sources: Infinity,
    keep: 'request',
    tables: [],
  };
}

export function openLoad(arrivals: Arrivals): OpenLoad {
  switch (arrivals.process) {
    case 'poisson':
      return { kind: 'open', rate: { kind: 'constant', rate: arrivals.rate }, arrivals: 'poisson' };
    case 'renewal':
      // the interarrival law alone decides
      return { kind: 'open', rate: { kind: 'constant', rate: 1 }, arrivals: law(arrivals.interarrival) };
    case 'batch-poisson':
      return {
        kind: 'open',
        rate: { kind: 'constant', rate: arrivals.batch_rate },
        arrivals: 'poisson',
        batch: { kind: 'deterministic', value: arrivals.batch_size },
      };
    case 'nonhomogeneous-poisson': {
      const { rate_mean: mean, relative_amplitude: amplitude, period, phase } = arrivals;
      const expression = `${mean} * (1 + ${amplitude} * sin(2 * pi * t / ${period} + ${phase}))`;
      return { kind: 'open', rate: { kind: 'expression', expression, max: mean * (1 + amplitude) }, arrivals: 'poisson' };
    }
  }
}

export function closedLoad(users: number, think: Law): ClosedLoad {
  return {
    kind: 'closed',
    users: { kind: 'constant', users },
    think: law(think),
    start: { kind: 'think' },
    iterations: Infinity,
    again: {},
  };
}

export function cluster(
  parts: Pick<ClusterDescription, 'clients' | 'services'> & Partial<ClusterDescription>,
): ClusterDescription {
  return { directors: {}, links: {}, faults: [], probes: [], ...parts };
}
