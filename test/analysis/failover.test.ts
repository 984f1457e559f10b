/** What each fault cost, where it can be worked out on paper. */
import { describe, expect, test } from 'vitest';
import type * as Simulate from '../../src/analysis/simulate.ts';
import type { FailoverResult, FaultResult, Result } from '../../src/analysis/result.ts';
import { loaded } from '../scenarios/loaded.ts';
import { asShipped } from '../support/as-shipped.ts';

const { simulate } = await asShipped<typeof Simulate>('src/analysis/simulate.ts');

/** Two servers that answer at once, in turn; 100 requests a second, evenly. */
function run(
  faults: string,
  { director = '', more = '', duration = 60, replications = 6, rate = '100 req/s' } = {},
): Promise<Result> {
  const scenario = loaded(`clients: { all: { rate: ${rate}, arrivals: even, to: vip, timeout: 2 s, connect: none } }
directors: { vip: { mode: nat, scheduler: lvs/rr, upstream: web${director} } }
services: { web: { count: 2, work: [ { wait: 1 ms } ] } }
faults: [ ${faults} ]
time: { duration: ${duration} s }
${more}`);
  return simulate(scenario, { replications });
}

const check = ', check: { every: 2 s, fall: 3, rise: 1 }';

async function first(faults: string, options = {}): Promise<{ one: FaultResult; all: FailoverResult }> {
  const { failover } = await run(faults, options);
  return { one: failover!.faults[0], all: failover! };
}

describe('a server that only passive checks notice', () => {
  test('nginx: the second failure of max_fails 2 detects it, requests are lost until then', async () => {
    const { one } = await first('{ at: 20 s, crash: web.1, for: 10 s }', {
      director: ', maxFails: 2, failTimeout: 60 s',
    });
    expect(one.detectedBy).toBe('max_fails of vip');
    expect(one.detected!.value).toBeGreaterThan(0.009);
    expect(one.detected!.value).toBeLessThan(0.041); // every second request, 10 ms apart
    expect(one.takeover).toEqual(one.detected);
    expect(one.lost.value).toBe(2);
  });

  test('Envoy: five in a row', async () => {
    const { one } = await first('{ at: 20 s, crash: web.1, for: 5 s }', {
      director: ', outlier: { consecutive: 5, baseEjectionTime: 30 s }',
    });
    expect(one.detectedBy).toBe('outlier ejection of vip');
    expect(one.detected!.value).toBeGreaterThan(0.07);
    expect(one.detected!.value).toBeLessThan(0.101);
    expect(one.lost.value).toBe(5);
  });

  test('an active check that is faster is named instead', async () => {
    const { one } = await first('{ at: 20 s, crash: web.1, for: 10 s }', {
      director: ', maxFails: 200, check: { every: 100 ms, fall: 1, rise: 1 }',
    });
    expect(one.detectedBy).toBe('health check of vip');
  });
});

test('data that is lost comes back from a backup: size over rate, without what was written since', async () => {
  const { one } = await first(
    '{ at: 25 s, crash: web, backup: { every: 10 s, size: 1 GB, rate: 800 Mbit/s, begin: 2 s } }',
  );
  const { rto, rpo, writes } = one.restore!;
  expect([rto.value, rto.unit, rpo.value, rpo.unit]).toEqual([12, 's', 5, 's']);
  expect(Math.abs(writes.value - 500)).toBeLessThan(1.1);
  expect(writes.unit).toBe('1');
  expect(Math.abs(one.recovered!.value - 12)).toBeLessThan(0.6);
  expect((await first('{ at: 25 s, crash: web, for: 1 s }')).one.restore).toBeUndefined();
});

describe('a server that refuses', () => {
  test('without a check: nobody but its clients notice, half of the requests are lost while it lasts', async () => {
    const { one } = await first('{ at: 20 s, crash: web.1, for: 10 s }');
    expect(one).toMatchObject({
      text: 'crash web.1',
      at: 20,
      occurrences: 1,
      detectedBy: 'clients',
      takeover: null,
      recovers: 'recovered',
    });
    expect(one.detected!.value).toBeLessThan(0.021);
    expect(one.lost.value).toBeCloseTo(500, -1);
    expect(Math.abs(one.recovered!.value - 10)).toBeLessThan(0.6);
    expect(Object.keys(one.causes)[0]).toBe('refused');
    expect(one.why).toMatch(
      /^web\.1 refuses at once, so lvs\/rr of vip sends it 50 % of the requests and nothing takes it out\.$/,
    );
  });

  test('with one: noticed after U(4, 6) s, back then', async () => {
    const { one } = await first('{ at: 20 s, crash: web.1, for: 20 s }', { director: check, replications: 30 });
    expect(one.detectedBy).toBe('health check of vip');
    expect(Math.abs(one.detected!.value - 5)).toBeLessThan((3.3 * 2) / Math.sqrt(12 * 30));
    expect(one.takeover).toEqual(one.detected);
    expect(one.detected!.low).toBeLessThan(one.detected!.value);
    expect(Math.abs(one.lost.value - 50 * one.detected!.value)).toBeLessThan(3);
    // the mean of all is at 95 % when all but a tenth have noticed
    expect(Math.abs(one.recovered!.value - 5.8)).toBeLessThan(0.5);
    expect(one.why).toMatch(/until the health check of vip takes it out after [45]\.\d+ s\.$/);
  });
});

test('what never ends is never back, and what is never felt never fell', async () => {
  const { one } = await first('{ at: 20 s, sick: web }');
  expect([one.recovers, one.recovered, one.causes]).toEqual([
    'never',
    null,
    { error: expect.closeTo(4000, -2) as number },
  ]);
  const drained = await first('{ at: 20 s, drain: web.1, for: 10 s }');
  expect(drained.one).toMatchObject({ recovers: 'never fell', detected: null, detectedBy: null });
  expect(drained.one.lost.value).toBe(0);
  expect(drained.one.why).toBe('No request was lost.');
});

test('goodput is held against what it was since the load last changed', async () => {
  const points = (rate: string) => `{ points: [ ${rate} ] }`;
  const surge = points('{ at: 0 s, rate: 300 req/s }, { at: 15 s, rate: 300 req/s }, { at: 15 s, rate: 100 req/s }');
  const fault = '{ at: 30 s, drain: web.1, for: 10 s }';
  expect((await first(fault, { rate: surge })).one.recovers).toBe('never fell');
  const half = '{ at: 30 s, sick: web, for: 10 s, share: 50 % }';
  const rising = points('{ at: 0 s, rate: 10 req/s }, { at: 15 s, rate: 100 req/s }, { at: 40 s, rate: 100 req/s }');
  const { one } = await first(half, { rate: rising });
  expect(Math.abs(one.recovered!.value - 10)).toBeLessThan(1);
});

test('a node dies: VRRP notices, and what came meanwhile is counted', async () => {
  const director = ', nodes: { a: { priority: 100 }, b: { priority: 100 } }';
  const { one } = await first('{ at: 20 s, crash: vip.a, for: 20 s }', { director, replications: 30 });
  expect(one.detectedBy).toBe('VRRP of vip');
  // 3 adverts and the skew after the last one: U(2, 3) s and 156/256
  expect(Math.abs(one.takeover!.value - 2.5 - 156 / 256)).toBeLessThan(3.3 / Math.sqrt(12 * 30));
  expect(one.why).toMatch(/^vip\.a is gone and nobody is told/);
  expect(Object.keys(one.causes)).toEqual(['timeout']);
});

test('faults one after the other are told apart; a request in progress belongs to the fault that hit it', async () => {
  const { failover } = await run('{ at: 20 s, crash: web, for: 5 s }, { at: 40 s, sick: web, for: 5 s }', {});
  expect(failover!.faults.map(({ causes }) => Object.keys(causes).sort())).toEqual([
    expect.arrayContaining(['refused']) as string[],
    ['error'],
  ]);
  for (const { lost } of failover!.faults) expect(Math.abs(lost.value - 500)).toBeLessThan(5);
});

test('the budget of an SLO over 30 days, and a year of faults with their mtbf', async () => {
  const { one, all } = await first(
    '{ at: 20 s, crash: web, for: 10 s, mtbf: 100 d }, { at: 40 s, crash: web, for: 5 s, mtbf: 50 d }',
    {
      more: 'slos: [ "errors < 0.1 %" ]',
    },
  );
  const allowed = 0.001 * 100 * 30 * 86_400;
  expect(one.budget!.slo).toBe('errors < 0.1 %');
  expect(one.budget!.share.value).toBeCloseTo(one.lost.value / allowed, 12);
  expect(one.lost.value / 1000).toBeCloseTo(1, 1);
  const unavailable = 10 / (100 * 86_400) + 5 / (50 * 86_400);
  expect((1 - all.year!.availability.value) / unavailable).toBeCloseTo(1, 1);
  expect(all.year!.minutes / (unavailable * 365 * 24 * 60)).toBeCloseTo(1, 1);
});

test('what is still failing at the end goes on until the repair', async () => {
  const { all } = await first('{ at: 20 s, crash: web.1, mtbf: 100 d, mttr: 1 h }');
  expect((1 - all.year!.availability.value) / ((0.5 * 3600) / (100 * 86_400))).toBeCloseTo(1, 1);
});

test('faults at random: means over occurrences', async () => {
  const { one } = await first('{ every: { exponential: 40 s }, crash: web, for: 4 s, together: true }', {
    duration: 400,
  });
  expect(one.at).toBeNull();
  expect(Math.abs(one.occurrences - 400 / 44)).toBeLessThan(3.3 * Math.sqrt(9 / 6));
  expect(Math.abs(one.lost.value - 400)).toBeLessThan(15);
});

test('nothing fails: no section', async () => {
  const scenario = loaded('clients: { a: { rate: 10 req/s, to: s } }\nservices: { s: { work: [ { wait: 1 ms } ] } }');
  expect((await simulate(scenario, { replications: 2 })).failover).toBeNull();
});
