/** What breakers, retries, hedges, shedding and rules of operation did: every figure with its interval. */
import type { HedgesReading, ProtectionReading } from '../models/controllers/protections.ts';
import { OUTCOMES } from '../models/outcome.ts';
import { estimate } from './observations.ts';
import { figure } from './figure.ts';
import type { Precision } from './figure.ts';
import type { ReplicationOutcome } from './replicate.ts';
import type { Figure, ProtectionResult } from './result.ts';

/** @returns in the order of the reading; nothing where a scenario has none. */
export function protectionsOf(
  outcomes: readonly ReplicationOutcome[],
  precision: Precision,
): { readonly protections?: readonly ProtectionResult[] } {
  const all = outcomes[0].after.protections.map((_, place) => protection(place, outcomes, precision));
  return all.length === 0 ? {} : { protections: all };
}

function protection(place: number, outcomes: readonly ReplicationOutcome[], precision: Precision): ProtectionResult {
  /** Of what the readings at both ends of the window have, as ratio to what of the window. */
  const of = <Kind extends ProtectionReading>(
    unit: Figure['unit'],
    count: (reading: Kind) => number,
    per: (after: Kind, before: Kind, seconds: number) => number,
  ): Figure => {
    const each = outcomes.map(({ before, after, seconds }) => {
      const [first, last] = [before.protections[place] as Kind, after.protections[place] as Kind];
      return { count: count(last) - count(first), per: per(last, first, seconds) };
    });
    const sum = (what: 'count' | 'per'): number => each.reduce((total, one) => total + one[what], 0);
    const pooled = { count: sum('count'), per: sum('per') };
    return figure(
      estimate(pooled, each, (window) => (window.count === 0 ? 0 : window.count / window.per)),
      unit,
      precision,
    );
  };
  const rate = <Kind extends ProtectionReading>(count: (reading: Kind) => number): Figure =>
    of<Kind>('1/s', count, (_after, _before, seconds) => seconds);
  const times = <Kind extends ProtectionReading>(count: (reading: Kind) => number): Figure =>
    of<Kind>('1', count, () => 1);
  const reading = outcomes[0].after.protections[place];
  const { name } = reading;
  switch (reading.kind) {
    case 'breakers':
      return {
        kind: 'breakers',
        name,
        opened: times<typeof reading>(({ opened }) => opened),
        open: of<typeof reading>(
          'share',
          ({ openSeconds }) => openSeconds,
          ({ breakers }, _, seconds) => breakers * seconds,
        ),
        refused: rate<typeof reading>(({ refused }) => refused),
        fallbacks: rate<typeof reading>(({ fallbacks }) => fallbacks),
      };
    case 'retries': {
      const causes = OUTCOMES.filter((outcome) =>
        outcomes.some(({ after }) => ((after.protections[place] as typeof reading).causes[outcome] ?? 0) > 0),
      );
      return {
        kind: 'retries',
        name,
        made: rate<typeof reading>(({ made }) => made),
        overBudget: rate<typeof reading>(({ overBudget }) => overBudget),
        causes: Object.fromEntries(
          causes.map((outcome) => [outcome, rate<typeof reading>((one) => one.causes[outcome] ?? 0)]),
        ),
      };
    }
    case 'hedges': {
      const share = (count: (one: HedgesReading) => number): Figure =>
        of<HedgesReading>('share', count, (after, before) => after.calls - before.calls);
      return {
        kind: 'hedges',
        name,
        calls: rate<typeof reading>(({ calls }) => calls),
        sent: share(({ sent }) => sent),
        won: share(({ won }) => won),
      };
    }
    case 'shedding':
      return { kind: 'shedding', name, turnedAway: rate<typeof reading>(({ turnedAway }) => turnedAway) };
    case 'rule':
      return {
        kind: 'rule',
        name,
        switched: times<typeof reading>(({ switched }) => switched),
        on: of<typeof reading>(
          'share',
          ({ onSeconds }) => onSeconds,
          (_after, _before, seconds) => seconds,
        ),
        turnedAway: rate<typeof reading>(({ turnedAway }) => turnedAway),
      };
  }
}
