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
