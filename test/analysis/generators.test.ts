/** A load generator that is busy: response times count from when requests were due, and the report says whose they are. */
import { describe, expect, test } from 'vitest';
import { simulate } from '../../src/analysis/simulate.ts';
import type { Result } from '../../src/analysis/result.ts';
import { generatorSentences } from '../../src/report/sentences.ts';
import { markdownSummary } from '../../src/report/markdown.ts';
import { terminalReport } from '../../src/report/terminal.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import { formatProblems } from '../../src/scenarios/problem.ts';

async function run(text: string, set: readonly string[] = []): Promise<Result> {
  const { scenario, problems } = loadScenario(text, { name: 'test', set });
  if (scenario === null) throw new Error(formatProblems(problems));
  return simulate(scenario, { seed: '1', replications: 1 });
}

/** One thread: 200 ms to make a request, then it waits 50 ms for the answer. Requests are due every 100 ms. */
const ONE_THREAD = `
clients: { plan: { rate: 10 req/s, arrivals: even, first: 0 s, requests: 10, to: jmeter, generator: jmeter } }
services:
  jmeter: { workers: 1, work: [ { wait: 200 ms }, { call: web } ] }
  web: { workers: 4, work: [ { wait: 50 ms } ] }
time: { duration: 3 s }
`;

describe('a generator of one thread', () => {
  test('sends request k 150 ms later than the one before it, after 200 ms', async () => {
    const { total, clients, generators, limits } = await run(ONE_THREAD);
    // due at 0.1 k, begun at 0.25 k, sent at 0.25 k + 0.2, answered at 0.25 k + 0.25; over at 2.5 s
    expect(total.ok).toBe(10);
    expect(total.response.mean.value).toBeCloseTo(0.15 * 4.5 + 0.25, 9);
    expect(total.response.max.value).toBeCloseTo(0.15 * 9 + 0.25, 9);
    for (const of of ['mean', 'max'] as const) expect(total.fromSend[of].value).toBeCloseTo(0.05, 9);
    expect(clients.plan.fromSend.p99.value).toBeCloseTo(0.05, 3);
    const [generator] = generators!;
    expect(generator).toMatchObject({ clients: 'plan', service: 'jmeter', bound: true });
    expect(generator.late.value).toBeCloseTo(0.15 * 4.5 + 0.2, 9);
    expect(generator.busiest?.name).toBe('generator jmeter workers');
    expect(generator.busiest?.used.value).toBeCloseTo(1, 9);
    expect(generator.tested?.name).toBe('web workers');
    expect(generator.tested?.used.value).toBeCloseTo(0.5 / 2.5 / 4, 9);
    expect(limits[0].name).toBe('generator jmeter workers');
  });

  test('is called the bound of the test, on screen and in the summary', async () => {
    const result = await run(ONE_THREAD);
    const sentence =
      'The test of plan is generator-bound: generator jmeter workers is 100 % used, while nothing of what it tests is used ' +
      'more than 5.0 % (web workers). Requests leave 875 ms late on average: response times count from when a request was ' +
      'due (p95 1.60 s); from when it was sent p95 is 50.0 ms.';
    expect(generatorSentences(result)).toEqual([sentence]);
    const screen = terminalReport(result, { width: 80, color: false });
    expect(screen.replace(/\s+/g, ' ')).toContain(`generator ${sentence}`);
    expect(markdownSummary(result).replaceAll('&#95;', '_')).toContain('The test of plan is generator-bound');
  });

  test('is late too where the system under test is full, but that is not its fault', async () => {
    const result = await run(ONE_THREAD, [
      'services.web.workers=1',
      'services.web.work=[ { wait: 20 s } ]',
      'time.duration=200 s',
    ]);
    expect(result.limits[0].used.value).toBeGreaterThan(0.95);
    expect(result.generators?.[0].bound).toBe(false);
    // begun every 20.2 s: nine are answered, sent at 20.2 k + 0.2
    expect(result.generators?.[0].late.value).toBeCloseTo(20.1 * 4 + 0.2, 9);
    expect(generatorSentences(result)[0]).toMatch(/^Requests of plan leave jmeter 80\.6 s late on average/);
  });

  test('with threads enough sends every request 200 ms after it was due', async () => {
    const { total, generators } = await run(ONE_THREAD, ['services.jmeter.workers=3']);
    expect(total.response.max.value).toBeCloseTo(0.25, 9);
    expect(total.fromSend.max.value).toBeCloseTo(0.05, 9);
    expect(generators?.[0].bound).toBe(false);
  });

  test('counts the first of several calls, in a loop and in branches, as the send', async () => {
    const loop = 'services.jmeter.work=[ { loop: 3, do: [ { call: web }, { wait: 10 ms } ] } ]';
    const looped = await run(ONE_THREAD, ['services.jmeter.workers=10', loop]);
    expect(looped.total.fromSend.max.value).toBeCloseTo(0.18, 9);
    const branches =
      'services.jmeter.work=[ { wait: 30 ms }, { parallel: [ [ { wait: 10 ms }, { call: web } ], [ { wait: 20 ms }, { call: web } ] ] } ]';
    const forked = await run(ONE_THREAD, ['services.jmeter.workers=10', branches]);
    expect(forked.total.response.max.value).toBeCloseTo(0.1, 9);
    expect(forked.total.fromSend.max.value).toBeCloseTo(0.06, 9);
  });

  test('counts the first attempt of a request that is tried again', async () => {
    const again = { timeout: 'clients.plan.timeout=240 ms', retry: 'clients.plan.retry={ times: 1 }' };
    const result = await run(ONE_THREAD, [
      'services.jmeter.workers=20',
      'services.web.work=[ { choice: [ { weight: 1, do: [ { wait: 39 ms } ] } ] } ]',
      again.timeout,
      again.retry,
    ]);
    expect(result.total.ok).toBe(10);
    expect(result.total.fromSend.max.value).toBeCloseTo(0.039, 9);
  });
});

test('clients without a generator are never late', async () => {
  const { total, generators } = await run(
    'clients: { users: { rate: 5 req/s, to: web } }\nservices: { web: { workers: 1, work: [ 20 ms ] } }\ntime: { duration: 10 s }'.replace(
      '[ 20 ms ]',
      '[ { wait: 20 ms } ]',
    ),
  );
  expect(total.fromSend).toEqual(total.response);
  expect(generators).toBeUndefined();
});

test.each([
  ['generator: nobody', 'to: nobody', 'there is no service "nobody"'],
  ['generator: jmeter', 'to: web', 'must be where all of these requests go first'],
])('%s, %s: %s', (generator, to, problem) => {
  const text = `clients: { plan: { rate: 1 req/s, ${to}, ${generator} } }\nservices: { jmeter: { work: [ { call: web } ] }, web: { work: [ { wait: 1 ms } ] } }`;
  const { problems } = loadScenario(text, { name: 'test' });
  expect(problems.map(({ path, rule }) => `${path} ${rule}`)).toContainEqual(`clients.plan.generator ${problem}`);
});
