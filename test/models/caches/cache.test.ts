/** Lookups one by one, against a cache kept as a plain list; expiry, coalesced loads, and what becomes of those who wait. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Cache } from '../../../src/models/caches/cache.ts';
import type { CacheDescription, ServiceDescription, Step } from '../../../src/models/description.ts';
import { plainCache } from '../../../src/models/plain.ts';
import { Rank } from '../../../src/sim/rank.ts';
import { Streams } from '../../../src/sim/random/stream.ts';
import { Simulation } from '../../../src/sim/simulation.ts';
import { call, service } from '../random-cluster.ts';
import { clients, cluster, compute, expectTimes, open, play, trace, wait } from '../hand-made.ts';

/** A cache whose clock the test sets. */
function lone(given: Partial<CacheDescription>, items = 20, existing = items) {
  const simulation = new Simulation();
  const cache = new Cache('c', plainCache(given), simulation, items, existing, true, new Streams(1, 0).stream('c'));
  const on = { on: () => undefined };
  const address = simulation.register(on);
  const at = (time: number) => {
    simulation.at(time, address, 0, Rank.arrival);
    simulation.run({ time });
  };
  return { cache, at };
}

const law = fc.record({
  evict: fc.constantFrom('lru' as const, 'fifo' as const, 'random' as const),
  size: fc.integer({ min: 1, max: 12 }),
  ttl: fc.constantFrom(Infinity, 3, 10),
  renew: fc.boolean(),
  start: fc.constantFrom('cold' as const, 'warm' as const, 'together' as const),
  asked: fc.array(fc.tuple(fc.integer({ min: 0, max: 19 }), fc.double({ min: 0, max: 2, noNaN: true })), {
    maxLength: 200,
  }),
});

test('never holds more than its size, counts every lookup, and knows what is alive', () => {
  fc.assert(
    fc.property(law, ({ asked, renew, ttl, ...given }) => {
      const { cache, at } = lone({ ...given, ttl, renew: renew && ttl < Infinity });
      let time = 0;
      for (const [item, pause] of asked) {
        time += pause;
        at(time);
        if (!cache.lookup(item)) cache.store(item);
        expect(cache.held).toBeLessThanOrEqual(given.size);
        expect(cache.lookup(item)).toBe(true); // what was stored is there
      }
      expect(cache.hits + cache.misses).toBe(2 * asked.length);
      expect(cache.stores).toBe(cache.misses);
      const all = cache.held;
      if (ttl === Infinity) {
        expect(Array.from({ length: 20 }, (_, item) => cache.lookup(item)).filter(Boolean).length).toBe(all);
        cache.clear();
        expect([cache.held, cache.lookup(asked[0]?.[0] ?? 0)]).toEqual([0, false]);
        return;
      }
      expect(cache.byItem!.lookups.reduce((sum, n) => sum + n, 0)).toBe(2 * asked.length);
      expect(cache.byItem!.hits.reduce((sum, n) => sum + n, 0)).toBe(cache.hits);
    }),
  );
});

test('LRU and FIFO evict what a plain list would', () => {
  fc.assert(
    fc.property(law, ({ evict, size, asked }) => {
      fc.pre(evict !== 'random');
      const { cache } = lone({ evict, size });
      let list: number[] = []; // the next to go first
      for (const [item] of asked) {
        const there = list.includes(item);
        expect(cache.lookup(item)).toBe(there);
        if (there && evict === 'fifo') continue;
        list = list.filter((one) => one !== item);
        if (!there && list.length >= size) list.shift();
        list.push(item);
        if (!there) cache.store(item);
      }
      for (let item = 0; item < 20; item++) expect(cache.lookup(item)).toBe(list.includes(item));
    }),
  );
});

describe('an entry', () => {
  test('lives for its ttl from its store; with renew, from its last hit', () => {
    for (const renew of [false, true]) {
      const { cache, at } = lone({ ttl: 10, renew });
      cache.store(3);
      at(9);
      expect(cache.lookup(3)).toBe(true);
      at(11);
      expect(cache.lookup(3)).toBe(renew);
      at(30);
      expect(cache.lookup(3)).toBe(false);
      expect(cache.aliveArea).toBe(renew ? 10 + 9 + 2 : 10);
    }
  });

  test('that is there already is not stored again: the first load began its life', () => {
    const { cache, at } = lone({ ttl: 10 });
    cache.store(3);
    at(5);
    cache.store(3);
    at(10.5);
    expect(cache.lookup(3)).toBe(false);
    expect(cache.stores).toBe(1);
  });

  test('has a life shortened by jitter, never lengthened', () => {
    const { cache, at } = lone({ ttl: 10, jitter: 0.5, start: 'together' }, 1000);
    at(4.99);
    const alive = () => Array.from({ length: 1000 }, (_, item) => cache.lookup(item)).filter(Boolean).length;
    expect(alive()).toBe(1000);
    at(7.5);
    expect(alive()).toBeGreaterThan(400);
    expect(alive()).toBeLessThan(600);
    at(10.01);
    expect(alive()).toBe(0);
  });

  test('of the start: the most popular, at different ages or all together', () => {
    const many = (start: 'warm' | 'together') => {
      const { cache, at } = lone({ ttl: 10, size: 500, start }, 1000);
      expect(cache.lookup(499)).toBe(true);
      expect(cache.lookup(500)).toBe(false);
      at(5);
      return Array.from({ length: 500 }, (_, item) => cache.lookup(item)).filter(Boolean).length;
    };
    expect(many('together')).toBe(500);
    expect(many('warm')).toBeGreaterThan(200);
    expect(many('warm')).toBeLessThan(300);
  });

  test('of a given hit ratio is there so often, and never while the cache is down', () => {
    const { cache } = lone({ hit: 0.9 });
    let found = 0;
    for (let k = 0; k < 10_000; k++) if (cache.lookup(k)) found++;
    expect(found).toBeGreaterThan(8900);
    expect(found).toBeLessThan(9100);
    cache.up = false;
    expect(Array.from({ length: 100 }, (_, k) => cache.lookup(k)).some(Boolean)).toBe(false);
  });

  test('of what does not exist: loaded each time, remembered, or known at once', () => {
    const loads = (given: Partial<CacheDescription>) => {
      const { cache, at } = lone({ ttl: 60, ...given }, 20, 10);
      let count = 0;
      for (const time of [0, 1, 2, 3, 4]) {
        at(time);
        if (cache.lookup(15)) continue;
        count++;
        cache.store(15);
      }
      return count;
    };
    expect(loads({})).toBe(5);
    expect(loads({ absent: 'kept', absentTtl: 2.5 })).toBe(2);
    expect(loads({ absent: 'filtered' })).toBe(0);
  });
});

const hot: Partial<ServiceDescription> = { work: { '*': [{ do: 'lookup', cache: 'c', miss: [call('db')] }] } };

function fleet(
  given: Partial<CacheDescription>,
  at: readonly number[],
  db: Partial<ServiceDescription> = {},
  miss?: readonly Step[],
) {
  return cluster({
    clients: { c: { ...trace(at, [call('s')]), keys: { items: 1, popularity: { zipf: 0 }, absent: 0 } } },
    services: {
      s: service(miss === undefined ? hot : { work: { '*': [{ do: 'lookup', cache: 'c', miss }] } }),
      db: service({ work: { '*': [compute(1)] }, ...db }),
    },
    caches: { c: plainCache(given) },
  });
}

describe('a load', () => {
  test('stampede: everyone who misses loads; the first to end is kept', () => {
    const { ends, run } = play(fleet({ ttl: 5 }, [0, 0.5, 0.9, 1.5, 5.9, 6.1]));
    expectTimes(ends, [1, 1.5, 1.9, 1.5, 5.9, 7.1]);
    expect(run.reading().caches.c).toMatchObject({ hits: 2, misses: 4, delayed: 0, stores: 2 });
  });

  test('single flight: one loads, the others wait for it and take no worker of the database', () => {
    const { ends, run } = play(fleet({ ttl: 5, singleFlight: true }, [0, 0.5, 0.9, 1.5]));
    expectTimes(ends, [1, 1, 1, 1.5]);
    expect(run.reading().caches.c).toMatchObject({ hits: 1, misses: 3, delayed: 2, stores: 1 });
    expect(run.reading().services.db[0].calls).toBe(1);
  });

  test('that asks for the same item again on its way loads it itself, instead of waiting for itself', () => {
    const inner: Step = { do: 'lookup', cache: 'c', miss: [call('db')] };
    const { ends, run } = play(fleet({ singleFlight: true }, [0, 0.5], {}, [inner]));
    expectTimes(ends, [1, 1]);
    expect(run.reading().services.db[0].calls).toBe(1);
  });

  test('that fails lets those who wait fail with it; the next one loads again', () => {
    const description = fleet({ singleFlight: true }, [0, 0.5, 2], {}, [
      { ...call('db'), timeout: { kind: 'deterministic', value: 0.8 } },
    ]);
    const { ends, outcomes, run } = play(description);
    expect(outcomes).toEqual(['timeout', 'timeout', 'timeout']);
    expectTimes(ends, [0.8, 0.8, 2.8]);
    expect(run.parts.execution.calls.live).toBe(0);
  });

  test('whose server dies lets those who wait elsewhere fail; one who waits may give up', () => {
    const description = cluster({
      clients: {
        c: { ...trace([0], [call('s.1')]), keys: { items: 1, popularity: { zipf: 0 }, absent: 0 } },
        d: {
          ...trace([0.1, 0.2], [call('s.2', { timeout: { kind: 'deterministic', value: 0.35 } })]),
          keys: { items: 1, popularity: { zipf: 0 }, absent: 0 },
        },
        e: { ...trace([0.3], [call('s.2')]), keys: { items: 1, popularity: { zipf: 0 }, absent: 0 } },
      },
      services: {
        s: service({ count: 2, speeds: [1, 1], ...hot }),
        db: service({ work: { '*': [compute(1)] } }),
      },
      caches: { c: plainCache({ singleFlight: true }) },
      faults: [{ at: 0.5, do: 'crash', target: 's.1', for: Infinity, factor: 1 }],
    });
    const { rows, run } = play(description);
    const of = (client: string) =>
      rows.filter((row) => row.client === client).map(({ end, outcome }) => [end, outcome]);
    expect(of('c')).toEqual([[0.5, 4]]);
    expect(of('d').map(([end]) => end)).toEqual([expect.closeTo(0.45, 9), 0.5]);
    expect(of('d').map(([, outcome]) => outcome)).toEqual([1, 4]);
    expect(of('e')).toEqual([[0.5, 4]]);
    expect(run.parts.execution.calls.live).toBe(0);
  });

  test('a cache that crashes is empty when it is back', () => {
    const description = {
      ...fleet({}, [0, 2, 3.5, 6, 8]),
      faults: [{ at: 3, do: 'crash' as const, target: 'c', for: 2, factor: 1 }],
    };
    expectTimes(play(description).ends, [1, 2, 4.5, 7, 8]);
  });
});

test('coalesced loads under kills, timeouts and hangs: nothing is left', () => {
  const cases = fc.record({
    seed: fc.integer({ min: 1, max: 1000 }),
    singleFlight: fc.boolean(),
    cancel: fc.boolean(),
    nested: fc.boolean(),
    at: fc.double({ min: 0.1, max: 1.8, noNaN: true }),
  });
  fc.assert(
    fc.property(cases, ({ seed, singleFlight, cancel, nested, at }) => {
      const load = call('db', {
        timeout: { kind: 'exponential', mean: 0.05 },
        abandon: cancel ? 'cancel' : 'keep',
        retry: {
          times: 1,
          backoff: { base: 0, factor: 1, max: 0, jitter: 'none' },
          on: ['timeout', 'reset'],
          other: false,
          budget: Infinity,
        },
      });
      const inner: Step = { do: 'lookup', cache: 'inner', miss: [load] };
      const description = cluster({
        clients: {
          c: clients(
            open({ rate: { kind: 'constant', rate: 300 } }),
            [call('s', { timeout: { kind: 'exponential', mean: 0.1 }, abandon: cancel ? 'cancel' : 'keep' })],
            { keys: { items: 30, popularity: { zipf: 0.8 }, absent: 0.1 } },
          ),
        },
        services: {
          s: service({
            count: 2,
            speeds: [1, 1],
            workers: 20,
            queue: 50,
            work: { '*': [{ do: 'lookup', cache: 'c', miss: nested ? [inner, wait(0.001)] : [load] }, compute(0.001)] },
          }),
          db: service({ workers: 3, work: { '*': [{ do: 'compute', time: { kind: 'exponential', mean: 0.03 } }] } }),
        },
        caches: {
          c: plainCache({ ttl: 0.2, singleFlight, size: 12 }),
          inner: plainCache({ ttl: 0.3, jitter: 0.5, singleFlight, absent: 'kept', absentTtl: 0.1 }),
        },
        faults: [
          { at, do: 'crash', target: 's.1', for: 0.2, factor: 1 },
          { at: at + 0.05, do: 'hang', target: 's.2', for: 0.1, factor: 1 },
          { at: at + 0.1, do: 'crash', target: 'db', for: 0.1, factor: 1 },
          { at: at + 0.2, do: 'crash', target: 'c', for: 0.1, factor: 1 },
        ],
      });
      const { run } = play(description, { until: 2, seed });
      run.end();
      run.advance({ time: 30 });
      run.check();
      expect(run.parts.execution.calls.live).toBe(0);
      for (const [, cache] of run.parts.caches) expect(cache.flights.every((flight) => flight === 0)).toBe(true);
      const { traffic } = run.parts.clients.get('c')!;
      expect(traffic.ended).toBe(traffic.sent);
    }),
    { numRuns: 40 },
  );
});
