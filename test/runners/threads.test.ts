import { afterAll, describe, expect, test } from 'vitest';
import { InvariantBreach } from '../../src/sim/invariant.ts';
import { UnusableOptions } from '../../src/analysis/refusals.ts';
import type { Runner } from '../../src/analysis/runner.ts';
import type { Result } from '../../src/analysis/result.ts';
import type { SimulateJobs } from '../../src/analysis/simulate-jobs.ts';
import type * as Windtunnel from '../../src/index.ts';
import { threads, WorkerLost, type Loss } from '../../src/runners/threads.ts';
import type { Scenario, SteadyMethod } from '../../src/scenarios/scenario.ts';
import { asShipped } from '../support/as-shipped.ts';
import { workerFile } from '../support/worker-file.ts';
import type { LossyJobs } from './lossy-worker.ts';

const { loadScenario, simulate } = await asShipped<typeof Windtunnel>('src/index.ts');
const lossy = await workerFile('test/runners/lossy-worker.ts');
const losses: Loss[] = [];
const runner = await threads<LossyJobs>({ workers: 2, workerFile: lossy, onLoss: (loss) => losses.push(loss) });
afterAll(() => runner.close());

const counter = (): Int32Array => new Int32Array(new SharedArrayBuffer(4));

describe('a runner on threads', () => {
  test('gives back plain data, typed arrays too', async () => {
    const data = { a: [1, Infinity, NaN], b: new Float64Array([1, 2]), c: { d: null } };
    expect(await runner.run('echo', data)).toEqual(data);
  });

  test('answers each question with its own answer', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, (_, k) => runner.run('echo', k)));
    expect(answers).toEqual(Array.from({ length: 200 }, (_, k) => k));
  });

  test.each(['exit', 'throw'] as const)('does a job again whose thread was lost (%s)', async (how) => {
    const before = losses.length;
    const begun = counter();
    const others = Promise.all(Array.from({ length: 20 }, (_, k) => runner.run('echo', k)));
    expect(await runner.run('deadly', { begun, deaths: 2, how })).toBe('done');
    expect(begun[0]).toBe(3);
    expect(losses.length - before).toBe(2);
    expect(losses.at(-1)!.reason).toContain(how === 'exit' ? 'code 7' : 'outside of any job');
    expect(await others).toHaveLength(20);
  });

  test('gives up on a job that always loses its thread, and says so; others are served', async () => {
    const begun = counter();
    const lost = runner.run('deadly', { begun, deaths: 1000, how: 'exit' });
    await expect(lost).rejects.toThrow(WorkerLost);
    await expect(lost).rejects.toThrow('lost its worker thread 3 times');
    expect(begun[0]).toBe(3);
    expect(await runner.run('echo', 'still here')).toBe('still here');
  });

  test("a job's own error comes back with its type, and is not tried again", async () => {
    const before = losses.length;
    const failure = (kind: string, begun = counter()): Promise<unknown> =>
      runner.run('failing', { begun, kind }).catch((error: unknown) => error);
    const begun = counter();
    const breach = await failure('InvariantBreach', begun);
    expect(breach).toBeInstanceOf(InvariantBreach);
    expect(breach).toMatchObject({ name: 'InvariantBreach', invariant: 'busy <= workers', time: 1.5, seed: 'seed' });
    expect((breach as Error).message).toBe('busy <= workers: web.1: 3 of 2');
    expect((breach as Error).stack).toContain('worker');
    expect(begun[0]).toBe(1);
    expect(await failure('UnusableOptions')).toBeInstanceOf(UnusableOptions);
    expect(await failure('RangeError')).toBeInstanceOf(RangeError);
    expect(await failure('Error')).toMatchObject({ name: 'Error', message: 'plain' });
    expect(losses.length).toBe(before);
  });

  test('an input that cannot be sent is an error at once', async () => {
    const before = losses.length;
    await expect(runner.run('echo', () => 1)).rejects.toThrow(/could not be cloned/);
    expect(losses.length).toBe(before);
  });

  test('a signal stops its job alone, at work or waiting', async () => {
    const signals = [0, 1, 2].map(() => ({ aborted: false }));
    const begun = counter();
    const jobs = signals.map((signal) => runner.run('endless', { begun }, signal));
    while (Atomics.load(begun, 0) < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(begun[0]).toBe(2);
    signals[0].aborted = true;
    expect(await jobs[0]).toBeNull();
    signals[2].aborted = true;
    expect(await jobs[2]).toBeNull();
    signals[1].aborted = true;
    expect(await jobs[1]).toBeNull();
  });

  test('closing ends jobs at work; they answer null', async () => {
    const own = await threads<LossyJobs>({ workers: 1, workerFile: lossy, onLoss: (loss) => losses.push(loss) });
    const before = losses.length;
    const begun = counter();
    const jobs = [own.run('endless', { begun }), own.run('echo', 1)];
    while (Atomics.load(begun, 0) < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    await own.close();
    expect(await Promise.all(jobs)).toEqual([null, null]);
    expect(await own.run('echo', 1)).toBeNull();
    expect(losses.length).toBe(before);
  });

  test('a worker that cannot begin is said, not waited for', async () => {
    await expect(threads({ workerFile: '/nowhere/worker.js' })).rejects.toThrow('is missing');
    const broken = await threads<LossyJobs>({
      workers: 2,
      workerFile: await workerFile('test/runners/broken-worker.ts'),
      onLoss: () => undefined,
    });
    await expect(Promise.all([1, 2, 3].map((k) => broken.run('echo', k)))).rejects.toThrow('it cannot begin');
    await broken.close();
  });
});

describe('a simulation on threads', () => {
  const text = `
clients: { all: { rate: 250 req/s, to: web, timeout: 1 s } }
services: { web: { workers: 4, work: [ { call: db }, { compute: { exponential: 4 ms } } ] }, db: { workers: 2, work: [ { compute: { lognormal: { mean: 2 ms, p99: 10 ms } } } ] } }
slos: [ "p(95) < 40 ms" ]
`;
  const { scenario } = loadScenario(text, { name: 'test' });
  const bytes = async (
    using: Runner<SimulateJobs> | undefined,
    more: { readonly method?: SteadyMethod; readonly of?: Scenario } = {},
  ): Promise<string> => {
    const rows: string[] = [];
    const onRaw = (row: unknown): number => rows.push(JSON.stringify(row));
    const { method, of = scenario! } = more;
    const options = { eventBudget: 100_000, precision: 0.02, runner: using, onRaw, method };
    return `${JSON.stringify(await simulate(of, options))}\n${rows.join('\n')}`;
  };

  test('has the same bytes on 1, 2 and 7 threads and on none, rows in their order', async () => {
    const alone = await bytes(undefined);
    const { method } = JSON.parse(alone.split('\n')[0]) as Result;
    expect(method.precisionReached).toBe(true);
    expect(method.replications).toBeGreaterThan(10);
    const file = await workerFile();
    for (const workers of [1, 2, 7]) {
      const many = await threads<SimulateJobs>({ workers, workerFile: file });
      expect(await bytes(many)).toBe(alone);
      await many.close();
    }
  });

  test('batch means too: one run in this thread, whatever the workers do beside it', async () => {
    const batched = (using: Runner<SimulateJobs> | undefined): Promise<string> =>
      bytes(using, { method: 'batch-means' });
    const alone = await batched(undefined);
    expect((JSON.parse(alone.split('\n')[0]) as Result).method.intervals).toBe('batch means');
    const file = await workerFile();
    for (const workers of [2, 7]) {
      const many = await threads<SimulateJobs>({ workers, workerFile: file });
      expect(await batched(many)).toBe(alone);
      await many.close();
    }
  });

  test('has the same bytes when threads are lost in its middle', async () => {
    const marks = new Int32Array(new SharedArrayBuffer(4 * 8));
    marks[1] = marks[4] = 1;
    const before = losses.length;
    const marked = { ...scenario!, cluster: { ...scenario!.cluster, marks } };
    const interrupted = await bytes(runner, { of: marked });
    expect(losses.length - before).toBe(2);
    expect(Array.from(marks)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(interrupted).toBe(await bytes(undefined, { of: marked }));
  });
});
