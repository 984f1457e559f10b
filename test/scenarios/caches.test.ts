/** Caches as they are written, and the avalanche. */
import { describe, expect, test } from 'vitest';
import type * as Api from '../../src/index.ts';
import { cacheSentences } from '../../src/report/sentences.ts';
import { builtins } from '../../src/scenarios/catalogue.ts';
import { explainScenario } from '../../src/scenarios/describe.ts';
import { boundsOf } from '../../src/scenarios/bounds.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import { asShipped } from '../support/as-shipped.ts';
import { loaded } from './loaded.ts';

const { simulate } = await asShipped<typeof Api>('src/index.ts');

const file = (cache: string, keys = 'keys: { zipf: 0.7, items: 500 }, ') => `
clients: { a: { rate: 9 req/s, ${keys}to: web } }
services:
  web: { work: [ { lookup: hot, miss: [ { query: db } ] } ] }
  db: { workers: 2, work: [ { compute: 20 ms } ] }
caches: { hot: { ${cache} } }`;

function problemsOf(text: string): readonly string[] {
  return loadScenario(text, { name: 'x' }).problems.map(({ path, rule }) => `${path}: ${rule}`);
}

describe('the language', () => {
  test('a cache with keys, and one with a given hit ratio', () => {
    const { cluster } = loaded(
      file('size: 100, ttl: 60 s, jitter: 20 %, absent: { keep: 5 s }, start: warm, singleFlight: true'),
    );
    expect(cluster.caches!.hot).toEqual({
      size: 100,
      evict: 'lru',
      ttl: 60,
      jitter: 0.2,
      renew: false,
      singleFlight: true,
      start: 'warm',
      absent: 'kept',
      absentTtl: 5,
    });
    expect(cluster.clients.a.keys).toEqual({ items: 500, popularity: { zipf: 0.7 }, absent: 0 });
    expect(loaded(file('hit: 95 %', '')).cluster.caches!.hot).toMatchObject({ hit: 0.95 });
  });

  test('a given hit ratio enters the bounds', () => {
    const { cluster } = loaded(file('hit: 95 %', ''));
    const [bound] = boundsOf(cluster, cluster.clients.a);
    expect(bound.fullAt).toBeCloseTo(2 / (0.05 * 0.02), 6);
  });

  test('what cannot be is said with its place', () => {
    expect(problemsOf(file('ttl: 5 s', ''))).toEqual([
      'caches.hot: nobody asks for anything twice: no clients have keys',
    ]);
    expect(problemsOf(file('hit: 5 %, ttl: 5 s'))).toEqual(['caches.hot.ttl: does not go with a given hit ratio']);
    expect(problemsOf(file('jitter: 5 %'))).toEqual(['caches.hot.jitter: needs a ttl']);
    expect(problemsOf(file('ttl: 5 s', 'keys: { zipf: 1 }, '))).toEqual([
      'clients.a.keys: must say the popularity of items once',
    ]);
    expect(problemsOf(file('ttl: 5 s').replace('lookup: hot', 'lookup: hat'))).toEqual([
      'services.web.work[0].lookup: there is no cache "hat"',
    ]);
  });

  test('a crash of a cache is a fault like others; it cannot hang', () => {
    expect(problemsOf(`${file('ttl: 5 s')}\nfaults: [ { at: 5 s, crash: hot, for: 2 s } ]`)).toEqual([]);
    expect(problemsOf(`${file('ttl: 5 s')}\nfaults: [ { at: 5 s, hang: hot } ]`)).toHaveLength(1);
  });

  test('is explained', () => {
    const words = explainScenario(loaded(file('size: 100, ttl: 60 s, start: together'))).replace(/\s+/g, ' ');
    expect(words).toContain('hot: a cache of 100 items, lru goes first; an entry lives 1 min; starts filled at once');
    expect(words).toContain('asking for 500 items (Zipf 0.7)');
    expect(words).toContain('looks it up in hot, and where it is not there: calls db');
  });
});

test('an avalanche: expiring together fails requests, spread expiries and coalesced loads fail far fewer', async () => {
  const errors = async (...set: string[]) => {
    const { scenario } = loadScenario(builtins['cache-avalanche'], { name: 'x', set: [...set, 'time.duration=80 s'] });
    const result = await simulate(scenario!, { replications: 2 });
    expect(cacheSentences(result)[0]).toMatch(/^hot has [\d.]+ % of 3,?0\d\d lookups\/s|^hot has/);
    return result.total.errors.value;
  };
  const together = await errors();
  expect(together).toBeGreaterThan(0.02);
  expect(await errors('caches.hot.start=warm', 'caches.hot.jitter=50 %')).toBeLessThan(together / 5);
  expect(await errors('caches.hot.singleFlight=true')).toBeLessThan(together);
});
