/**
 * What protects calls and services from overload has counts of what it did: circuit breakers, retries, hedges, shedding, rules of
 * operation. All are cumulative; a window is the difference of two readings.
 */
import { OUTCOMES } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Program } from '../program.ts';
import type { Tier } from '../services/server.ts';
import type { Site } from '../site.ts';
import type { Rule } from './rule.ts';

export type ProtectionReading = BreakersReading | RetriesReading | HedgesReading | SheddingReading | RuleReading;

export interface BreakersReading {
  readonly kind: 'breakers';
  /** Who calls whom: `app to db`. All breakers of the calls there together, one for each calling server. */
  readonly name: string;
  readonly breakers: number;
  /** Times one opened from closed. */
  readonly opened: number;
  /** Seconds that one was open, or tried whether to close. */
  readonly openSeconds: number;
  /** Calls refused, and those of them that the fallback answered. */
  readonly refused: number;
  readonly fallbacks: number;
}

export interface RetriesReading {
  readonly kind: 'retries';
  readonly name: string;
  readonly made: number;
  /** Left out because the budget was spent. */
  readonly overBudget: number;
  /** Of those made, by how the attempt before had ended. */
  readonly causes: Readonly<Partial<Record<Outcome, number>>>;
}

export interface HedgesReading {
  readonly kind: 'hedges';
  readonly name: string;
  readonly calls: number;
  /** Copies sent beside the first; calls that one of these answered. */
  readonly sent: number;
  readonly won: number;
}

export interface SheddingReading {
  readonly kind: 'shedding';
  /** The service. */
  readonly name: string;
  readonly turnedAway: number;
}

export interface RuleReading {
  readonly kind: 'rule';
  readonly name: string;
  /** Times it went on, and seconds that it was. */
  readonly switched: number;
  readonly onSeconds: number;
  readonly turnedAway: number;
}

export interface Protected {
  readonly execution: { readonly program: Program };
  readonly tiers: ReadonlyMap<string, Tier>;
  readonly rules: ReadonlyMap<string, Rule>;
}

export function protectionsOf({ execution, tiers, rules }: Protected, now: number): ProtectionReading[] {
  const { sites, forks } = execution.program;
  return [
    ...byName(sites.filter(({ breakers }) => breakers !== null)).map(([name, of]) => breakersOf(name, of, now)),
    ...byName(sites.filter(({ retry }) => retry !== null)).map(([name, of]) => retriesOf(name, of)),
    ...forks.flatMap(({ hedge }): HedgesReading[] => {
      if (hedge === null) return [];
      const { name, calls, sent, won } = hedge;
      return [{ kind: 'hedges', name, calls, sent, won }];
    }),
    ...[...tiers].flatMap(([name, { servers }]): SheddingReading[] => {
      const shedding = servers.flatMap((server) => server.shedding ?? []);
      return shedding.length === 0
        ? []
        : [{ kind: 'shedding', name, turnedAway: sum(shedding, (one) => one.turnedAway) }];
    }),
    ...[...rules].map(([name, rule]): RuleReading => {
      const { trips: switched, turnedAway } = rule;
      return { kind: 'rule', name, switched, onSeconds: rule.onSeconds(now), turnedAway };
    }),
  ];
}

function breakersOf(name: string, sites: readonly Site[], now: number): BreakersReading {
  const all = sites.flatMap(({ breakers }) => breakers!.all);
  return {
    kind: 'breakers',
    name,
    breakers: all.length,
    opened: sum(all, ({ trips }) => trips),
    openSeconds: sum(all, (one) => one.openSeconds(now)),
    refused: sum(all, ({ refused }) => refused),
    fallbacks: sum(sites, ({ breakers }) => breakers!.fallbacks),
  };
}

function retriesOf(name: string, sites: readonly Site[]): RetriesReading {
  const causes: Partial<Record<Outcome, number>> = {};
  OUTCOMES.forEach((outcome, code) => {
    const count = sum(sites, ({ retry }) => retry!.causes[code]);
    if (count > 0) causes[outcome] = count;
  });
  return {
    kind: 'retries',
    name,
    made: sum(sites, ({ retry }) => retry!.made),
    overBudget: sum(sites, ({ retry }) => retry!.overBudget),
    causes,
  };
}

function byName(sites: readonly Site[]): [string, Site[]][] {
  const named = new Map<string, Site[]>();
  for (const site of sites) {
    const known = named.get(site.who);
    if (known === undefined) named.set(site.who, [site]);
    else known.push(site);
  }
  return [...named];
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
