/** The recorded clusters: a quick part of them as `windtunnel validate recorded` judges them, and what is judged how. */
import { describe, expect, test } from 'vitest';
import type * as Queue from '../../src/analysis/reference/recorded/queue.ts';
import type { CaseReport, ReferenceCase } from '../../src/analysis/reference/suite.ts';
import { parseRecordedTrace } from '../../src/analysis/reference/recorded/trace-file.ts';
import { asShipped } from '../support/as-shipped.ts';
import { referenceFiles } from '../support/reference-files.ts';

const { queue } = await asShipped<typeof Queue>('src/analysis/reference/recorded/queue.ts');
const all = queue.cases(referenceFiles('real/queue/'));

const judge = (one: ReferenceCase): Promise<CaseReport> => queue.judge(one, { seed: 'recorded', widthMax: 2 });
const misses = ({ figures }: CaseReport): string[] => figures.filter(({ passed }) => !passed).map(({ name }) => name);

function caseOf(id: string): ReferenceCase {
  return all.find((one) => one.id === id)!;
}

/** A case as if it had been recorded so. */
function altered(id: string, change: Record<string, unknown>, load: Record<string, unknown> = {}): ReferenceCase {
  const one = caseOf(id);
  const data = one.data as { recording: { case: { load: object }; runs: readonly object[] }; trace: string };
  const recorded = data.recording.case;
  const recording = { ...data.recording, case: { ...recorded, ...change, load: { ...recorded.load, ...load } } };
  return { ...one, data: { ...data, recording } };
}

test('every recording is a case of its mode', () => {
  expect(all.length).toBe(26);
  expect(all.filter(({ unexpressible }) => unexpressible !== undefined)).toEqual([]);
  const counted = queue.families.map((family) => [family, all.filter((one) => one.family === family).length] as const);
  expect(Object.fromEntries(counted.filter(([, count]) => count > 0))).toEqual({
    'queue burst': 2,
    'queue closed': 3,
    'queue crash': 4,
    'queue direct': 1,
    'queue heterogeneous': 3,
    'queue open': 9,
    'queue retry': 3,
    'queue stall': 1,
  });
});

describe('inside the tolerances that the recordings call honest', () => {
  test.each([
    'open-nginx-rr-exp-0.5',
    'het-nginx-rr-equal-0.45',
    'open-haproxy-maxconn2-central-exp-0.9',
    'closed-nginx-least_conn-N50',
    'burst-haproxy-maxconn2-n300-det',
    'burst-nginx-rr-n200-exp',
    'crash-nginx-noretry',
    'crash-haproxy-check1s-fall3-redispatch',
    'retry-nginx-rr-rho1.05-timeout200-r2',
  ])('%s', async (id) => {
    const report = await judge(caseOf(id));
    expect(misses(report)).toEqual([]);
    expect(report.figures.length).toBeGreaterThan(1);
  });
});

describe('a cluster that is not the recorded one misses', () => {
  const server = (name: string, more: object = {}): object => ({ name, c: 2, ...more });
  const four = ['b1', 'b2', 'b3', 'b4'];

  test('with one slot fewer', async () => {
    const backends = four.map((name) => server(name, name === 'b1' ? { c: 1 } : {}));
    expect(misses(await judge(altered('open-nginx-rr-exp-0.5', { backends })))).toContain('replayed mean');
  });

  test('with other weights', async () => {
    const backends = four.map((name) => server(name, name === 'b1' ? { weight: 2 } : {}));
    expect(misses(await judge(altered('open-nginx-rr-exp-0.5', { backends })))).toContain('replayed, share of b1');
  });

  test('with another rate', async () => {
    const found = misses(await judge(altered('open-nginx-rr-exp-0.5', {}, { rate: 420 })));
    expect(found).toEqual(['own throughput']);
  });

  test('with passive checks that never leave a server out', async () => {
    const backends = four.map((name) => server(name, { opts: 'max_fails=0' }));
    expect(misses(await judge(altered('crash-nginx-noretry', { backends })))).toContain(
      'replayed, requests that failed',
    );
  });

  test('with clients that wait as long as it takes', async () => {
    const found = misses(await judge(altered('retry-nginx-rr-rho1.05-timeout200-r2', {}, { timeout: 60e6 })));
    expect(found).toContain('replayed, fate at the end');
  });
});

test('what has no model is said', () => {
  const files = (change: object, load: object = {}): ReadonlyMap<string, string> => {
    const { recording } = altered(
      'open-nginx-rr-exp-0.5',
      change as Record<string, unknown>,
      load as Record<string, unknown>,
    ).data as {
      recording: object;
    };
    return new Map([['real/queue/x.json', JSON.stringify(recording)]]);
  };
  const reason = (change: object, load?: object): string | undefined =>
    queue.cases(files(change, load))[0].unexpressible;
  expect(reason({ algo: 'fastest' })).toBe('there is no scheduler for "fastest" of nginx');
  expect(reason({}, { svc: 'pareto:3:1' })).toContain('service "pareto:3:1" is no law that is known');
  expect(reason({ backends: [] })).toContain('not in the form of a recording');
  expect(reason({ algo: 'random2' })).toBeUndefined();
});

test('a trace that cannot be read is refused with its row', () => {
  expect(() => parseRecordedTrace('i,start_us,svc_us,end_us,status\n0,1,2,3,200\n')).toThrow('row 1: attempts');
});

describe('variants of a recording', () => {
  type Case = {
    lb: string;
    algo: string;
    backends: Record<string, unknown>[];
    load: Record<string, unknown>;
    [more: string]: unknown;
  };

  /** Why the case, changed so, cannot be expressed; undefined where it can. */
  function reason(id: string, change: (recorded: Case) => void): string | undefined {
    const { recording } = structuredClone(caseOf(id).data) as { recording: { case: Case } };
    change(recording.case);
    return queue.cases(new Map([[`real/queue/${id}.json`, JSON.stringify(recording)]]))[0].unexpressible;
  }

  test.each(['least_conn', 'random', 'random2', 'random two', 'random two least_conn'])('nginx %s', (algo) => {
    expect(reason('open-nginx-rr-exp-0.5', (one) => (one.algo = algo))).toBeUndefined();
  });

  test.each(['rr', 'static-rr', 'leastconn', 'first', 'random', 'random(3)', 'random2'])('haproxy %s', (algo) => {
    expect(reason('open-haproxy-rr-h2-0.8', (one) => (one.algo = algo))).toBeUndefined();
  });

  test('what is not known is named', () => {
    const open = 'open-nginx-rr-exp-0.5';
    const crash = 'crash-haproxy-check1s-fall3-redispatch';
    expect(reason(open, (one) => (one.algo = 'p2c'))).toContain('p2c');
    expect(reason(open, (one) => (one.algo = 'ip_hash'))).toContain('ip_hash');
    expect(reason(crash, (one) => (one.algo = 'source'))).toContain('not recorded');
    expect(reason(open, (one) => (one.load.svc = 'gamma:3'))).toContain('gamma');
    expect(reason(open, (one) => (one.load.svc = 'h2:0.1:5000'))).toContain('3 numbers');
    expect(reason(open, (one) => delete one.load.rate)).toContain('open');
    expect(reason(open, (one) => (one.backends[0].opts = 'slow_start=3s'))).toContain('slow_start');
    expect(reason(crash, (one) => (one.backends[0].opts = 'agent-check'))).toContain('agent-check');
    expect(reason(crash, (one) => (one.backends[0].opts = 'check inter 3000'))).toContain('different health checks');
    expect(reason(crash, (one) => (one.events = [{ t: 1, kill: 'b9' }]))).toContain('b9');
  });

  test('users who do not think are run', async () => {
    const report = await judge(altered('closed-nginx-least_conn-N10', {}, { think: 0, dur: 4 }));
    expect(misses(report)).toContain('own throughput');
  });
});
