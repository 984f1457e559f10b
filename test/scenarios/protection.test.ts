/** Breakers, hedging, budgets, rules: as people write them, and what they do to a cluster. */
import { describe, expect, test } from 'vitest';
import type * as Build from '../../src/models/build.ts';
import type { CallStep } from '../../src/models/description.ts';
import { explainScenario } from '../../src/scenarios/describe.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import { asShipped } from '../support/as-shipped.ts';
import { loaded } from './loaded.ts';

const { build } = await asShipped<typeof Build>('src/models/build.ts');

const calling = (rest: string): string => `clients: { all: { rate: 10 req/s, to: shop } }
services:
  shop: { work: [ { call: stock${rest} } ] }
  stock: { work: [ { compute: 1 ms } ] }
`;
const stockCall = (rest: string): CallStep => loaded(calling(rest)).cluster.services.shop.work['*'][0] as CallStep;
const problems = (rest: string): string[] =>
  loadScenario(calling(rest), { name: 'x' }).problems.map(({ path, rule }) => `${path}: ${rule}`);
const explained = (text: string): string => explainScenario(loaded(text)).replace(/\s+/g, ' ');

describe('rules', () => {
  const ruled = (
    rule: string,
    work = '[ { when: save, do: [ { compute: 1 ms } ], otherwise: [ { compute: 5 ms } ] } ]',
  ): string =>
    `clients: { all: { rate: 10 req/s, to: web } }
services: { web: { count: 10, cores: 1, work: ${work} } }
rules: { save: { ${rule} } }
`;
  const wrong = (rule: string, work?: string): string[] =>
    loadScenario(ruled(rule, work), { name: 'x' }).problems.map(({ path, rule: words }) => `${path}: ${words}`);

  test('watch a figure, and have what hangs on them', () => {
    const { cluster } = loaded(
      ruled('watch: { p99: web }, above: 800 ms, back: 200 ms, for: 5 s, servers: { web: 70 % }'),
    );
    expect(cluster.rules!.save).toEqual({
      watch: { figure: 'time', of: 'web', level: 0.99 },
      over: 10,
      every: 1,
      above: 0.8,
      back: 0.2,
      holds: 5,
      rests: 0,
      countsShed: false,
      admit: {},
      servers: { web: 0.7 },
    });
    expect(cluster.services.web.work['*'][0]).toMatchObject({ do: 'when', rule: 'save' });
    expect(explained(ruled('watch: { errors: all }, above: 5 %, back: never, admit: { web: 70 % }'))).toContain(
      'rule save: with errors of all above 5 % over 10 s, and for ever after, web lets 70 % of its requests in.',
    );
  });

  test('are refused, and doubted, where they make no sense', () => {
    expect(wrong('watch: { errors: all }, above: 800 ms')).toEqual([
      'rules.save.above: must be a share, since it limits errors',
    ]);
    expect(wrong('watch: { errors: al }, above: 5 %')).toEqual([
      'rules.save.watch: there is no client or service "al"',
    ]);
    expect(wrong('watch: { cpu: web }, above: 70 %, back: 80 %')).toEqual([
      'rules.save.back: must not be more than above',
    ]);
    expect(wrong('watch: { errors: all }, above: 5 %, over: 1 s, every: 2 s')).toEqual([
      'rules.save.over: must be 1 to 600 times every',
    ]);
    expect(wrong('watch: { errors: all }, above: 5 %', '[ { when: safe, do: [] } ]')).toEqual([
      'services.web.work[0].when: there is no rule "safe"',
    ]);
    const doubts = (rule: string): string[] => loadScenario(ruled(rule), { name: 'x' }).doubts.map(({ text }) => text);
    expect(doubts('watch: { errors: all }, above: 5 %, countShed: true, admit: { web: 70 % }')).toEqual([
      'while this rule is on it makes 30 % errors itself, more than it goes off at: it stays on',
    ]);
  });
});

describe('retries', () => {
  const budget = (text: string): unknown => stockCall(`, retry: { times: 2, budget: ${text} }`).retry!.budget;

  test('have a budget in the terms of the product', () => {
    expect(budget('20 %')).toBe(0.2);
    expect(budget('{}')).toEqual({ kind: 'recent', share: 0.2, ttl: 10, perSecond: 10 });
    expect(budget('{ share: 10 %, ttl: 5 s, least: 2 req/s }')).toEqual({
      kind: 'recent',
      share: 0.1,
      ttl: 5,
      perSecond: 2,
    });
    expect(budget('{ inProgress: 20 % }')).toEqual({ kind: 'in-progress', share: 0.2, least: 3 });
  });

  const directed = (retry: string): string => `clients: { all: { rate: 1 req/s, to: vip } }
directors: { vip: { upstream: web, retry: ${retry} } }
services: { web: { count: 3, work: [ { compute: 1 ms } ] } }`;

  test('of a director say what they avoid', () => {
    const { vip } = loaded(directed('{ times: 2, other: true, avoid: always }')).cluster.directors;
    expect(vip.retry).toMatchObject({ other: true, avoid: 'always' });
    expect(loadScenario(directed('{ times: 2, avoid: last }'), { name: 'x' }).problems.map(({ rule }) => rule)).toEqual(
      ['says nothing without `other: true`'],
    );
  });

  test('that avoid the servers tried find no other where `always` forbids it', () => {
    const outcomes = (avoid: string): readonly number[] => {
      const text = `clients: { all: { rate: 10 req/s, arrivals: even, to: vip } }
directors: { vip: { scheduler: lvs/rr, upstream: web, retry: { times: 5, other: true, avoid: ${avoid} } } }
services: { web: { count: 2, work: [ { compute: 1 ms } ] } }
faults: [ { at: 0 s, sick: web, share: 50 % } ]
time: { duration: 100 s }`;
      const run = build(loaded(text).cluster, { seed: 1, replication: 0 });
      run.advance({ time: 100 });
      return run.reading().clients.all.outcomes;
    };
    const failed = (avoid: string): number => {
      const counts = outcomes(avoid);
      return 1 - counts[0] / counts.reduce((a, b) => a + b, 0);
    };
    expect(Math.abs(failed('always') - 1 / 4)).toBeLessThan(0.05); // two tries
    expect(Math.abs(failed('last') - 1 / 64)).toBeLessThan(0.015); // six
  });
});

describe('keys of requests', () => {
  test('reach a director that hashes them: a popular key is a busy server', () => {
    const shares = (keys: string, scheduler: string): number[] => {
      const text = `clients: { all: { rate: 100 req/s, to: vip${keys} } }
directors: { vip: { scheduler: ${scheduler}, upstream: web } }
services: { web: { count: 4, work: [ { compute: 1 ms } ] } }`;
      const run = build(loaded(text).cluster, { seed: 1, replication: 0 });
      run.advance({ time: 100 });
      const { share } = run.reading().directors.vip;
      const all = share.reduce((a, b) => a + b, 0);
      return share.map((one) => one / all).sort((a, b) => b - a);
    };
    for (const scheduler of ['nginx/hash', '{ nginx/hash: { consistent: true } }', 'haproxy/uri', 'envoy/ring_hash']) {
      const [busiest] = shares(', keys: { shares: [7, 1, 1, 1] }', scheduler);
      expect(busiest).toBeGreaterThan(0.67);
      const [even] = shares('', scheduler);
      expect(even).toBeLessThan(0.4); // every request a key of its own
    }
  });
});

describe('hedging', () => {
  test('is a pause, or a quantile, and a number of copies', () => {
    expect(stockCall(', hedge: 60 ms').hedge).toEqual({ copies: 1, after: { seconds: 0.06 } });
    expect(stockCall(', hedge: { after: p95, copies: 2 }').hedge).toEqual({ copies: 2, after: { level: 0.95 } });
    expect(explained(calling(', hedge: { after: p95 }'))).toContain(
      'calls stock, 1 more copy after the p95 of late each',
    );
    expect(problems(', hedge: 60 ms, breaker: 5, fallback: []')).toEqual([
      'services.shop.work[0].fallback: does not go with hedge',
    ]);
  });
});

describe('a breaker', () => {
  test('is a number of failures in a row, or its rules with the defaults of resilience4j', () => {
    expect(stockCall(', breaker: 5').breaker).toMatchObject({ consecutive: 5, share: Infinity, open: 60, trials: 1 });
    expect(stockCall(', breaker: {}').breaker).toMatchObject({
      consecutive: 0,
      share: 0.5,
      over: { calls: 100 },
      minimum: 100,
      open: 60,
      trials: 10,
    });
    expect(
      stockCall(', breaker: { slow: 2 s, slowShare: 80 %, over: 10 s, minimum: 7, on: [timeout] }').breaker,
    ).toMatchObject({ share: Infinity, slow: 2, slowShare: 0.8, over: { seconds: 10 }, minimum: 7, on: ['timeout'] });
    expect(stockCall(', breaker: 5, fallback: [ { wait: 1 ms } ]').fallback).toHaveLength(1);
    expect(explained(calling(', breaker: 5, fallback: [ { wait: 1 ms } ]'))).toContain(
      'calls stock, behind a breaker that opens for 60 s at 5 failures in a row (then: waits 1 ms)',
    );
  });

  test('is refused where it makes no sense', () => {
    expect(problems(', fallback: [ { wait: 1 ms } ]')).toEqual([
      'services.shop.work[0].fallback: is for a call with a breaker',
    ]);
    expect(problems(', breaker: { slowShare: 50 % }')).toEqual([
      'services.shop.work[0].breaker.slowShare: says nothing without `slow`',
    ]);
    expect(problems(', breaker: { over: 100 ms }')).toEqual([
      'services.shop.work[0].breaker.over: must be 1 s or more',
    ]);
    const director = `clients: { all: { rate: 1 req/s, to: vip } }
directors: { vip: { mode: dr, upstream: web, breaker: 5 } }
services: { web: { work: [ { compute: 1 ms } ] } }`;
    expect(loadScenario(director, { name: 'x' }).problems.map(({ rule }) => rule)).toEqual([
      'is for a proxy, not for mode dr',
    ]);
  });

  test('turns a retry storm around', () => {
    // as the built-in retry-storm: a stall of a second at 70 % load, clients that try twice more after 200 ms
    const storm = (breaker: string): string => `clients:
  all: { rate: 280 req/s, to: web, timeout: 200 ms, retry: { times: 2 }${breaker} }
directors: { web: { scheduler: swrr, upstream: app } }
services: { app: { count: 4, workers: 1, work: [ { compute: { exponential: 10 ms } } ] } }
faults: [ { at: 20 s, hang: app, for: 1 s } ]
time: { duration: 60 s }`;
    const goodput = (breaker: string): number => {
      const run = build(loaded(storm(breaker)).cluster, { seed: 1, replication: 0 });
      run.advance({ time: 50 });
      const { outcomes: before } = run.reading().clients.all;
      run.advance({ time: 60 });
      run.check();
      return (run.reading().clients.all.outcomes[0] - before[0]) / 10;
    };
    expect(goodput('')).toBeLessThan(60);
    expect(goodput(', breaker: { share: 50 %, over: 5 s, minimum: 20, open: 3 s }')).toBeGreaterThan(270);
  });
});
