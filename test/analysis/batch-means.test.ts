import { describe, expect, test } from 'vitest';
import { pairs } from '../../src/analysis/batch-run.ts';
import type * as BatchRunModule from '../../src/analysis/batch-run.ts';
import { pooledTraffic, trafficWindow } from '../../src/analysis/observations.ts';
import { planOf } from '../../src/analysis/replication-plan.ts';
import type { ReplicationOutcome } from '../../src/analysis/replicate.ts';
import type { Result } from '../../src/analysis/result.ts';
import type { RawRow, SimulateOptions } from '../../src/analysis/simulate.ts';
import { areIndependent, correlationFactor } from '../../src/analysis/statistics/index.ts';
import type * as Windtunnel from '../../src/index.ts';
import { Streams } from '../../src/sim/random/stream.ts';
import { asShipped } from '../support/as-shipped.ts';

const { loadScenario, simulate } = await asShipped<typeof Windtunnel>('src/index.ts');
const { BatchRun } = await asShipped<typeof BatchRunModule>('src/analysis/batch-run.ts');

/** M/M/1 at 50 %: mean response 2 ms, p95 5.99 ms, p99 9.21 ms. */
const halfLoaded = `
clients: { all: { rate: 500 req/s, to: s } }
services: { s: { workers: 1, queue: unlimited, work: [ { compute: { exponential: 1 ms } } ] } }
measure: [ { wait: s } ]
`;

const load = (text: string, ...set: string[]) => loadScenario(text, { name: 'test', set });

function run(options: SimulateOptions, ...set: string[]): Promise<Result> {
  return simulate(load(halfLoaded, ...set).scenario!, { eventBudget: 600_000, method: 'batch-means', ...options });
}

describe('batch means', () => {
  test('agree with theory and with replications, and say what they are', async () => {
    const one = await run({ precision: 0.03, level: 0.999, eventBudget: 300_000 });
    const many = await run({ precision: 0.03, level: 0.999, eventBudget: 300_000, method: 'replications' });
    expect(one.method).toMatchObject({
      kind: 'steady state',
      intervals: 'batch means',
      replications: expect.any(Number) as number,
    });
    expect(many.method.intervals).toBe('replications');
    expect(one.method.replications).toBeGreaterThanOrEqual(32);
    expect(one.method.replications).toBeLessThan(64);
    for (const { total, services } of [one, many]) {
      for (const [figure, truth] of [
        [total.response.mean, 0.002],
        [total.response.p95, 0.002 * 2.995732],
        [total.response.p99, 0.002 * 4.60517],
        [services.s.utilisation!, 0.5],
        [services.s.wait, 0.001],
      ] as const) {
        expect(figure.low).toBeLessThan(truth);
        expect(figure.high).toBeGreaterThan(truth);
        expect(figure.high - figure.low).toBeLessThan(0.25 * truth);
      }
    }
  });

  test('are one run: nothing is lost or counted twice where batches meet', async () => {
    const set = ['time.duration=40 s', 'time.warmup=2 s'];
    const one = await run({}, ...set);
    const whole = await run({ method: 'replications', replications: 1 }, ...set);
    expect(one.method.replications).toBe(32);
    expect(one.total.ok).toBe(whole.total.ok);
    expect(one.total.sent).toBe(whole.total.sent);
    expect(one.total.inFlight).toBe(whole.total.inFlight);
    expect(one.total.response.p99.value).toBe(whole.total.response.p99.value);
    expect(one.total.response.mean.value).toBeCloseTo(whole.total.response.mean.value, 12);
    expect(one.services.s.present.value).toBeCloseTo(whole.services.s.present.value, 9);
    const waits = ({ probes }: Result) => (probes['wait s'] as { readonly p95: { readonly value: number } }).p95.value;
    expect(waits(one)).toBe(waits(whole));
    expect(one.timeline.ok).toEqual(whole.timeline.ok);
  });

  test('joined two and two they are the same run', async () => {
    const { scenario } = load(halfLoaded);
    const plan = planOf(1, 8, { seed: 'joined' });
    const batches: ReplicationOutcome[] = [];
    const batchRun = new BatchRun(scenario!.cluster, plan, 0.5, false, null);
    for (let k = 0; k < 8; k++) batches.push((await batchRun.next())!.outcome);
    const windows = (list: readonly ReplicationOutcome[]) =>
      pooledTraffic(list.map((one) => trafficWindow(one, ['all'])));
    const fine = windows(batches);
    const joined = pairs(batches);
    const coarse = windows(joined);
    expect(joined.map(({ seconds }) => seconds)).toEqual([1, 1, 1, 1]);
    expect(coarse).toMatchObject({ sent: fine.sent, ok: fine.ok, ended: fine.ended });
    expect(coarse.response.quantile(0.95)).toBe(fine.response.quantile(0.95));
    expect(coarse.responseMoments.mean).toBeCloseTo(fine.responseMoments.mean, 12);
    const waits = (list: readonly ReplicationOutcome[]): number =>
      list.reduce((sum, { probes }) => {
        const probe = probes['wait s'];
        return sum + (probe.kind === 'waits' ? probe.histogram.counts.reduce((all, count) => all + count, 0) : NaN);
      }, 0);
    expect(waits(joined)).toBe(waits(batches));
  });

  test('the raw rows are the requests that are counted', async () => {
    const rows: RawRow[] = [];
    const { total } = await run({ precision: 0.1, eventBudget: 100_000, onRaw: (row) => rows.push(row) });
    expect(rows.length).toBe(total.ok);
  });

  test('one that is broken off shows the batches so far, and says that it was', async () => {
    const signal = { aborted: false };
    const { method, total } = await run({
      signal,
      onProgress: ({ replications }) => {
        signal.aborted = replications === 12;
      },
    });
    expect(method).toMatchObject({ partial: true, replications: 12, intervals: 'batch means' });
    expect(total.response.mean.low).toBeLessThan(0.002);
  });

  test('the file may ask for them too', async () => {
    const { method } = await run({ method: undefined, eventBudget: 100_000 }, 'time.method=batch-means');
    expect(method.intervals).toBe('batch means');
  });

  test('what has a beginning and an end is refused, with what to do instead', async () => {
    const faults = ['time.duration=60 s', 'faults=[{ at: 1 s, crash: s }]'];
    const { problems } = load(halfLoaded, ...faults, 'time.method=batch-means');
    expect(problems).toHaveLength(1);
    expect(problems[0].path).toBe('time.method');
    expect(problems[0].hint).toContain('leave it out');
    await expect(run({}, ...faults)).rejects.toMatchObject({
      name: 'UnusableOptions',
      hint: expect.stringContaining('leave it out') as string,
    });
    await expect(run({ replications: 5 })).rejects.toMatchObject({ name: 'UnusableOptions' });
  });

  test('batches that are too short to be independent are said to be, and their intervals are wider', async () => {
    const { warnings } = await run(
      { eventBudget: 60_000 },
      'clients.all.rate=950 req/s',
      'time.duration=4 s',
      'time.warmup=1 s',
    );
    expect(warnings.join()).toContain('still correlated');
  });
});

describe('what is left of a correlation', () => {
  const autoregressive = (r: number, name: string): number[] => {
    const stream = new Streams('batch means', 0).stream(name);
    const values: number[] = [];
    let at = 0;
    for (let k = 0; k < 64; k++) values.push((at = r * at + stream.uniform() - 0.5));
    return values;
  };
  const share = (r: number): number =>
    Array.from({ length: 300 }, (_, k) => areIndependent(autoregressive(r, `${r} ${k}`))).filter((is) => is).length /
    300;

  test('is seen where there is one, and in one of ten tests where there is none', () => {
    expect(share(0)).toBeGreaterThan(0.84);
    expect(share(0)).toBeLessThan(0.95);
    expect(share(0.5)).toBeLessThan(0.03);
    expect(areIndependent([1, 1, 1, 1])).toBe(true);
    expect(areIndependent([1, 2])).toBe(false);
  });

  test('widens by sqrt((1 + r) / (1 - r)), never narrows', () => {
    const mean = (r: number): number =>
      Array.from({ length: 200 }, (_, k) => correlationFactor(autoregressive(r, `${r} ${k}`))).reduce(
        (a, b) => a + b,
        0,
      ) / 200;
    expect(mean(0.5)).toBeGreaterThan(1.45);
    expect(mean(0.5)).toBeLessThan(1.8);
    expect(mean(-0.5)).toBe(1);
    expect(mean(0)).toBeLessThan(1.04);
    expect(correlationFactor([2, 2, 2])).toBe(1);
    expect(correlationFactor(Array.from({ length: 1000 }, (_, k) => k))).toBeCloseTo(Math.sqrt(19), 9);
  });
});
