/** Alerts on a timeline, against times worked out by hand; and on a scenario, as written and as meant. */
import { describe, expect, test } from 'vitest';
import { alertResults } from '../../src/analysis/alerts.ts';
import type { Method, Timeline } from '../../src/analysis/result.ts';
import { simulate } from '../../src/analysis/simulate.ts';
import { alertSentences } from '../../src/report/sentences.ts';
import { markdownSummary } from '../../src/report/markdown.ts';
import { terminalReport } from '../../src/report/terminal.ts';
import type { Alert } from '../../src/scenarios/kinds/alerts.ts';
import { explainScenario } from '../../src/scenarios/describe.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import { loaded } from '../scenarios/loaded.ts';

/** Pieces of 10 s: requests a second that succeed and fail, and their response seconds a second. */
function timeline(rows: readonly (readonly [ok: number, failed: number, seconds: number])[]): Timeline {
  const plain = rows.map(() => null);
  return {
    bucketSeconds: 10,
    at: rows.map((_, k) => 10 * k),
    sent: rows.map(([ok, failed]) => ok + failed),
    ok: rows.map(([ok]) => ok),
    failed: rows.map(([, failed]) => failed),
    responseSeconds: rows.map(([, , seconds]) => seconds),
    p50: plain,
    p95: plain,
    p99: plain,
    services: {},
  };
}

const method = (kind: Method['kind'], warmup = 0): Method => ({
  kind,
  intervals: 'replications',
  warmup,
  replications: 1,
  level: 0.95,
  precision: 0.01,
  figures: [],
  precisionReached: true,
  warmupMethod: 'none',
  duration: 100,
  events: 1,
  partial: false,
});

const alert = (text: string, over: number, held: number): Alert =>
  loaded(
    `clients: { a: { rate: 1 req/s, to: s } }\nservices: { s: { work: [ { wait: 1 ms } ] } }\nalerts: { x: { when: ${text}, over: ${over} s, for: ${held} s } }`,
  ).alerts![0];

const firing = (text: string, over: number, held: number, line: Timeline, kind: Method['kind'] = 'terminating') =>
  alertResults([alert(text, over, held)], line, method(kind))[0].firing;

describe('an alert', () => {
  // 100 req/s; mean 0.1 s, then 1 s from 30 s to 70 s, then 0.1 s again
  const slow = timeline([10, 10, 10, 100, 100, 100, 100, 10, 10, 10].map((seconds) => [100, 0, seconds]));

  test('fires when its expression has held for so long, and stops when it does not hold', () => {
    expect(firing('mean > 500 ms', 10, 0, slow)).toEqual([{ from: 40, until: 80 }]);
    expect(firing('mean > 500 ms', 10, 30, slow)).toEqual([{ from: 70, until: 80 }]);
    expect(firing('mean > 500 ms', 10, 40, slow)).toEqual([]);
  });

  test('begins to count again after every piece in which its expression did not hold', () => {
    const twice = timeline([100, 100, 10, 100, 100, 10, 100, 100, 100].map((seconds) => [100, 0, seconds]));
    expect(firing('mean > 500 ms', 10, 20, twice)).toEqual([{ from: 90, until: null }]);
  });

  test('is taken over its window', () => {
    // over 40 s: (3 x 10 + 100) / 400 = 0.325 at 40 s, 0.55 at 50 s ... 0.55 at 90 s, 0.325 at 100 s
    expect(firing('mean > 500 ms', 40, 0, slow)).toEqual([{ from: 50, until: 100 }]);
    expect(firing('mean >= 1 s', 40, 0, slow)).toEqual([{ from: 70, until: 80 }]);
  });

  test('on what is in progress is the sum without the count', () => {
    expect(firing('in progress > 99', 10, 0, slow)).toEqual([{ from: 40, until: 80 }]);
    expect(firing('in progress > 0.5', 10, 50, slow)).toEqual([{ from: 60, until: null }]);
  });

  test('on errors and throughput; without requests there is no mean to hold', () => {
    const line = timeline([
      [90, 10, 5],
      [0, 0, 0],
      [50, 50, 5],
      [99, 1, 5],
    ]);
    expect(firing('errors > 5 %', 10, 0, line)).toEqual([
      { from: 10, until: 20 },
      { from: 30, until: 40 },
    ]);
    expect(firing('throughput < 60 req/s', 10, 10, line)).toEqual([{ from: 30, until: 40 }]);
    expect(firing('mean > 0 s', 10, 0, line)).toEqual([
      { from: 10, until: 20 },
      { from: 30, until: null },
    ]);
  });

  test('of a steady state holds or does not, whatever the run is long', () => {
    const line = timeline([
      [100, 0, 1000],
      [100, 0, 60],
      [100, 0, 60],
    ]);
    const [found] = alertResults([alert('mean > 500 ms', 60, 300)], line, method('steady state', 0));
    expect(found.firing).toEqual([{ from: 300, until: null }]);
    const [later] = alertResults([alert('mean > 601 ms', 60, 300)], line, method('steady state', 10));
    expect(later.firing).toEqual([]);
    const [just] = alertResults([alert('mean > 599 ms', 60, 300)], line, method('steady state', 10));
    expect(just.firing).toEqual([{ from: 310, until: null }]);
  });
});

const cluster = (alerts: string) =>
  `clients: { a: { users: 40, think: none, to: s } }\nservices: { s: { workers: 10, work: [ { wait: 100 ms } ] } }\nalerts: { ${alerts} }\ntime: { duration: 60 s }`;
const BOTH =
  'Printed: { when: in progress > 0.5, over: 10 s, for: 20 s }, Meant: { when: mean > 500 ms, over: 10 s, for: 20 s }';

test('40 users of 0.4 s: the rule as printed fires, the one that is meant does not; all reports say so', async () => {
  // nothing has ended for 0.1 s; from then on 100 requests/s of 0.4 s are 40 in progress
  const scenario = loaded(`${cluster(BOTH)}\nfaults: [ { at: 59 s, crash: s } ]`);
  const result = await simulate(scenario, { seed: '1', replications: 1 });
  const { bucketSeconds } = result.timeline;
  const [printed, meant] = result.alerts!;
  expect(meant.firing).toEqual([]);
  expect(printed.firing).toHaveLength(1);
  expect(printed.firing[0].from).toBeCloseTo(20 + bucketSeconds, 9);
  expect(result.timeline.responseSeconds[30]).toBeCloseTo(40, 6);
  const sentences = alertSentences(result);
  expect(sentences[0]).toMatch(/^Printed \(in progress > 0\.5 for 20 s\) fires from 21 s to the end$/);
  expect(sentences[1]).toBe('Meant (mean > 500 ms for 20 s) does not fire');
  expect(terminalReport(result, { width: 80, color: false })).toMatch(/\nalerts {5}Printed \(in progress/);
  expect(markdownSummary(result)).toContain('Meant (mean &#62; 500 ms for 20 s) does not fire');
  expect(explainScenario(scenario)).toContain('Meant: mean > 500 ms, over 10 s, for 20 s.');
});

test('what holds whatever happens, and what cannot fire, is doubted', () => {
  const { doubts } = loadScenario(cluster(`${BOTH}, Never: { when: errors > 5 %, for: 1 min }`), { name: 'test' });
  expect(doubts.map(({ path, text }) => `${path}: ${text}`)).toEqual([
    `alerts.Printed.when: "in progress > 0.5" holds at all times: this load keeps at least 40 requests in progress (Little's law); a mean response is meant? mean > 500 ms`,
    'alerts.Never.for: is as long as the run: it cannot fire',
  ]);
});

test.each([
  ['mean', 'alerts.x.when: is no alert: "mean"'],
  ['p(95) > 200 ms', 'alerts.x.when: unknown metric "p(95)"'],
  ['mean > 5', 'alerts.x.when: mean: the limit'],
  ['in progress > many', 'alerts.x.when: in progress: the limit must be a number >= 0, got many'],
])('%s: %s', (when, problem) => {
  const { problems } = loadScenario(cluster(`x: { when: ${JSON.stringify(when)} }`), { name: 'test' });
  expect(problems).toHaveLength(1);
  expect(`${problems[0].path}: ${problems[0].rule}`).toContain(problem);
});
