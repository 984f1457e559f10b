/** Parts of which the reference models are put together: laws, stations, calls, clients. Everything else is absent. */
import type { ClosedLoad, OpenLoad, ServiceDescription, Step } from '../../../models/description.ts';
import { plainService } from '../../../models/plain.ts';
import { law } from '../../theory/given-law.ts';
import type { Law } from '../../theory/given-law.ts';
import type { Arrivals, Discipline, Servers } from './theory-file.ts';

/** A queueing station: first come, first served by its workers, or all at once on its shared cores. */
export function station(
  servers: Servers,
  discipline: Discipline,
  work: ServiceDescription['work'],
  options: Partial<ServiceDescription> = {},
): ServiceDescription {
  const number = servers === 'infinite' ? Infinity : servers;
  if (discipline === 'ps') return plainService({ cores: number, work, ...options });
  return plainService({ workers: number, order: discipline, work, ...options });
}

/** Room for so many requests in all, of `station`'s. */
export function roomFor(capacity: number, servers: Servers, discipline: Discipline): Partial<ServiceDescription> {
  // who shares the cores holds a place, and there is no line
  if (discipline === 'ps' || servers === 'infinite') return { workers: capacity, queue: 0 };
  return { workers: Math.min(servers, capacity), queue: Math.max(0, capacity - servers) };
}

export function compute(time: Law): Step {
  return { do: 'compute', time: law(time) };
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

