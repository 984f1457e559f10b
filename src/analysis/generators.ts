/**
 * Load generators: whether a test shows the system under test, or what makes its load. A generator that is full sends
 * requests late; what is measured then is the generator.
 */
import type { ClusterDescription } from '../models/description.ts';
import { figure } from './figure.ts';
import type { Precision } from './figure.ts';
import { GENERATOR } from './limits.ts';
import { estimate } from './observations.ts';
import type { TrafficWindow } from './observations.ts';
import type { GeneratorResult, Limit } from './result.ts';

/** Share of a generator's resource from which on it is full. */
export const FULL = 0.95;

export interface GeneratorsInput {
  readonly cluster: ClusterDescription;
  readonly limits: readonly Limit[];
  readonly windows: (client: string) => { readonly pooled: TrafficWindow; readonly each: readonly TrafficWindow[] };
  readonly precision: Precision;
}

/** One entry for each client that has a generator. */
export function generators({ cluster, limits, windows, precision }: GeneratorsInput): GeneratorResult[] {
  const made = new Set(Object.values(cluster.clients).flatMap(({ generator }) => generator ?? []));
  const own = (limit: Limit, service: string): boolean =>
    [`${GENERATOR}${service} `, `${service}.`].some((start) => limit.name.startsWith(start));
  const tested = limits.find((limit) => ![...made].some((service) => own(limit, service))) ?? null;
  return Object.entries(cluster.clients).flatMap(([clients, { generator: service }]) => {
    if (service === undefined) return [];
    const { pooled, each } = windows(clients);
    const busiest = limits.find((limit) => own(limit, service)) ?? null;
    const late = ({ responseMoments, fromSendMoments }: TrafficWindow): number =>
      responseMoments.mean - (fromSendMoments?.mean ?? responseMoments.mean);
    return [
      {
        clients,
        service,
        busiest,
        tested,
        late: figure(estimate(pooled, each, late), 's', precision),
        bound:
          busiest !== null &&
          busiest.used.value >= FULL &&
          (tested === null || tested.used.value < Math.min(FULL, busiest.used.value)),
      },
    ];
  });
}
