/** How many connections were opened by whoever keeps them, and how many requests found one open. */
import type { ConnectionsReading, Reading } from '../models/reading.ts';
import { estimate } from './observations.ts';
import { figure } from './figure.ts';
import type { Precision } from './figure.ts';
import type { ReplicationOutcome } from './replicate.ts';
import type { ConnectionsResult } from './result.ts';

interface Window {
  readonly seconds: number;
  readonly opened: number;
  readonly reused: number;
}

/** @returns clients first, then directors; nothing where nobody keeps connections. */
export function connectionsOf(
  outcomes: readonly ReplicationOutcome[],
  precision: Precision,
): { readonly connections?: readonly ConnectionsResult[] } {
  const results = (['clients', 'directors'] as const).flatMap((part) =>
    Object.entries(outcomes[0].after[part]).flatMap(([name, { connections }]) =>
      connections === undefined ? [] : [connectionsResult(part, name, outcomes, precision)],
    ),
  );
  return results.length === 0 ? {} : { connections: results };
}

function connectionsResult(
  part: 'clients' | 'directors',
  name: string,
  outcomes: readonly ReplicationOutcome[],
  precision: Precision,
): ConnectionsResult {
  const counted = (reading: Reading): ConnectionsReading => reading[part][name].connections!;
  const each = outcomes.map(({ seconds, before, after }): Window => ({
    seconds,
    opened: counted(after).opened - counted(before).opened,
    reused: counted(after).reused - counted(before).reused,
  }));
  const sum = (of: keyof Window): number => each.reduce((all, window) => all + window[of], 0);
  const pooled: Window = { seconds: sum('seconds'), opened: sum('opened'), reused: sum('reused') };
  const of = (unit: '1/s' | 'share', statistic: (window: Window) => number) =>
    figure(estimate(pooled, each, statistic), unit, precision);
  return {
    keeper: name,
    kind: part === 'clients' ? 'client' : 'director',
    opened: of('1/s', ({ opened, seconds }) => opened / seconds),
    reused: of('share', ({ opened, reused }) => reused / (opened + reused)),
  };
}
