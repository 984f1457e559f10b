/**
 * What every scheduler promises, whatever its rule; and a way to compare one with a naive version of its rule.
 */
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { describe, expect, test } from 'vitest';
import { Change, nothingTried, Upstream } from '../../src/models/directors/scheduler.ts';
import type { Scheduler, SchedulerKind } from '../../src/models/directors/scheduler.ts';
import { TriedServers } from '../../src/models/directors/tried.ts';

/** An upstream with these weights, all idle and eligible. */
export function upstreamOf(weights: readonly number[]): Upstream {
  const upstream = new Upstream(weights.length);
  weights.forEach((weight, server) => upstream.weigh(server, weight));
  return upstream;
}

/** The scheduler with its default options, unless others are given, drawing from a stream of its own. */
export function makeScheduler(kind: SchedulerKind, upstream: Upstream, options: unknown = {}): Scheduler {
  return kind.make(kind.options.parse(options), upstream, { uniform: seedrandom('scheduler') });
}

/** The first picks on an idle upstream where every request ends before the next one comes. */
export function idlePicks(kind: SchedulerKind, weights: readonly number[], count: number): number[] {
  const scheduler = makeScheduler(kind, upstreamOf(weights));
  return Array.from({ length: count }, () => scheduler.pick(0, nothingTried));
}

/** How often each of `length` servers was picked. */
export function tally(picks: readonly number[], length: number): number[] {
  const counts = new Array<number>(length).fill(0);
  for (const server of picks) {
    counts[server] += 1;
  }
  return counts;
}

/** One thing that happens to an upstream. `server` is taken modulo the number of servers. */
export type Happening =
  | { readonly do: 'pick'; readonly key: number; readonly avoid: readonly number[]; readonly keep: boolean }
  | { readonly do: 'release'; readonly server: number; readonly ok: boolean; readonly linger: boolean }
  | { readonly do: 'expire'; readonly server: number }
  | { readonly do: 'failed'; readonly server: number; readonly lost: number }
  | { readonly do: 'weight'; readonly server: number; readonly weight: number }
  | { readonly do: 'eligible'; readonly server: number; readonly eligible: boolean; readonly full: boolean };

const anyServer = fc.nat({ max: 99 });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('pick' as const),
      key: fc.nat({ max: 30 }),
      avoid: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(anyServer, { maxLength: 4 })),
      keep: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('release' as const),
      server: anyServer,
      ok: fc.boolean(),
      linger: fc.boolean(),
    }),
  },
  fc.record({ do: fc.constant('expire' as const), server: anyServer }),
  fc.record({ do: fc.constant('failed' as const), server: anyServer, lost: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ do: fc.constant('weight' as const), server: anyServer, weight: fc.nat({ max: 4 }) }),
  fc.record({
    do: fc.constant('eligible' as const),
    server: anyServer,
    eligible: fc.boolean(),
    full: fc.boolean(),
  }),
);
const script = fc.record({
  weights: fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 9 }),
  happenings: fc.array(happening, { minLength: 20, maxLength: 120 }),
});

/** Plays a script and returns the picks; `seen` is shown each one, before it counts. */
export function play(
  make: (upstream: Upstream) => Scheduler,
  { weights, happenings }: { readonly weights: readonly number[]; readonly happenings: readonly Happening[] },
  seen: (pick: number, upstream: Upstream, tried: TriedServers) => void = () => {},
): number[] {
  const upstream = upstreamOf(weights);
  const scheduler = make(upstream);
  const tried = new TriedServers(upstream.length);
  const picks: number[] = [];
  for (const event of happenings) {
    const server = 'server' in event ? event.server % upstream.length : -1;
    switch (event.do) {
      case 'pick': {
        tried.clear();
        event.avoid.forEach((avoided) => tried.add(avoided % upstream.length));
        const pick = scheduler.pick(event.key, tried.size === 0 ? nothingTried : tried);
        seen(pick, upstream, tried);
        picks.push(pick);
        if (pick >= 0 && event.keep) {
          upstream.active[pick] += 1;
          scheduler.changed(pick, Change.load);
        }
        break;
      }
      case 'release':
        if (upstream.active[server] > 0) {
          upstream.active[server] -= 1;
          upstream.inactive[server] += event.linger ? 1 : 0;
          scheduler.changed(server, Change.load);
          scheduler.released?.(server, 0.01, event.ok);
        }
        break;
      case 'expire':
        upstream.inactive[server] = 0;
        scheduler.changed(server, Change.load);
        break;
      case 'failed':
        upstream.effective[server] = Math.max(upstream.effective[server] - event.lost, 0);
        scheduler.changed(server, Change.effective);
        break;
      case 'weight':
        upstream.weigh(server, event.weight);
        scheduler.changed(server, Change.weight);
        break;
      case 'eligible':
        upstream.eligible[server] = event.eligible ? 1 : 0;
        upstream.full[server] = !event.eligible && event.full ? 1 : 0;
        scheduler.changed(server, Change.eligibility);
        break;
    }
  }
  return picks;
}

/** Checks that on random scripts two makers of schedulers pick the same, one for one. */
export function expectSamePicks(
  make: (upstream: Upstream) => Scheduler,
  naive: (upstream: Upstream) => Scheduler,
): void {
  fc.assert(
    fc.property(script, (story) => {
      expect(play(make, story)).toEqual(play(naive, story));
    }),
    { seed: 20_240_501, numRuns: 300 },
  );
}

export interface ContractOptions {
  /** The product's rule may pick nobody although somebody is usable (it says so in its header). */
  readonly mayGiveUp?: boolean;
}

export function schedulerContract(
  kind: SchedulerKind,
  options: unknown = {},
  { mayGiveUp = false }: ContractOptions = {},
): void {
  const make = (upstream: Upstream): Scheduler => makeScheduler(kind, upstream, options);

  describe(`${kind.name} ${JSON.stringify(options)} keeps the contract of schedulers`, () => {
    test('it picks a usable server that was not tried, and none only when there is none', () => {
      let picked = 0;
      fc.assert(
        fc.property(script, (story) => {
          play(make, story, (pick, upstream, tried) => {
            const isCandidate = (server: number): boolean =>
              upstream.eligible[server] === 1 && upstream.weight[server] > 0 && !tried.has(server);
            const wrong =
              pick < 0 ? !mayGiveUp && upstream.weight.some((_, server) => isCandidate(server)) : !isCandidate(pick);
            if (wrong) throw new Error(`picked ${pick}`);
            if (pick >= 0) picked += 1;
          });
        }),
        { seed: 7, numRuns: 200 },
      );
      expect(picked).toBeGreaterThan(2000);
    });

    test('the same story and stream give the same picks', () => {
      fc.assert(
        fc.property(script, (story) => {
          expect(play(make, story)).toEqual(play(make, story));
        }),
        { seed: 8, numRuns: 20 },
      );
    });

    test('it leaves the upstream as it is', () => {
      const upstream = upstreamOf([3, 0, 1, 2]);
      upstream.active.set([1, 0, 0, 0]);
      upstream.eligible[3] = 0;
      const before = structuredClone({ ...upstream });
      const scheduler = make(upstream);
      for (let pick = 0; pick < 20; pick++) {
        scheduler.pick(pick, nothingTried);
      }
      expect({ ...upstream }).toEqual(before);
    });

    test('it needs no usable server to start with', () => {
      const upstream = upstreamOf([0, 1]);
      upstream.eligible[1] = 0;
      const scheduler = make(upstream);
      expect(scheduler.pick(0, nothingTried)).toBe(-1);
      upstream.weigh(0, 2);
      scheduler.changed(0, Change.weight);
      expect(scheduler.pick(0, nothingTried)).toBe(0);
    });

    test('its options refuse what they do not know', () => {
      expect(() => kind.options.parse({ nonsense: 1 })).toThrow();
    });
  });
}
