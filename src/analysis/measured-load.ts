/**
 * The scenario as it was measured: the same cluster in a steady state under the load at which the dashboard was read. A
 * scenario may ask what happens at another load, or when something fails; what was measured must be explained at its own.
 */
import type { ClientsDescription } from '../models/description.ts';
import type { RunTime, Scenario } from '../scenarios/scenario.ts';

/** Relative difference of rates below which they are the same. */
const SAME = 1e-6;

const STEADY: RunTime = { kind: 'steady', duration: null, warmup: null, stopWhenEmpty: false, lastChange: 0 };

/**
 * The scenario at the measured load: the same object where it is at that load already (or no rate was measured), null
 * where the measured rate cannot be told apart among several clients whose load is not a constant rate.
 */
export function atMeasuredLoad(scenario: Scenario): Scenario | null {
  const { rate, client } = scenario.measured;
  if (rate === null) return scenario;
  const names = Object.keys(scenario.cluster.clients);
  const measured = client === null ? names : [client];
  const now = measured.reduce((sum, name) => sum + constantRate(scenario.cluster.clients[name]), 0);
  const same = Math.abs(rate / now - 1) < SAME;
  if (same && scenario.time.kind === 'steady') return scenario;
  if (Number.isNaN(now) && measured.length > 1) return null;
  const clients = { ...scenario.cluster.clients };
  for (const name of measured) {
    const share = measured.length > 1 ? constantRate(clients[name]) / now : 1;
    clients[name] = {
      ...clients[name],
      load: { kind: 'open', rate: { kind: 'constant', rate: rate * share }, arrivals: 'poisson' },
    };
  }
  return { ...scenario, time: STEADY, cluster: { ...scenario.cluster, clients, faults: [] } };
}

/** requests/s; NaN where it is not one number. */
function constantRate({ load }: ClientsDescription): number {
  return load.kind === 'open' && load.rate.kind === 'constant' ? load.rate.rate : NaN;
}
