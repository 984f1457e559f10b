/** Detection times of a hundred servers, each with a phase of its own (keepalived and HAProxy as recorded). */
import { describe, expect, test } from 'vitest';
import type { CheckDescription, FaultDescription } from '../../../src/models/description.ts';
import { call, director, service } from '../random-cluster.ts';
import { cluster, play, trace, wait } from '../hand-made.ts';

const SERVERS = 100;
const check = { every: 2, timeout: 1, fall: 3, rise: 2 };

/** Seconds from `since` to each decision of this kind. */
function detections(
  faults: readonly FaultDescription[],
  decision: 'takes out' | 'puts back',
  since: number,
  more: Partial<CheckDescription> = {},
): number[] {
  const { run } = play(
    cluster({
      clients: { c: trace([0], [call('d')]) },
      directors: {
        d: director({
          members: Array.from({ length: SERVERS }, (_, server) => ({
            service: 's',
            server,
            weight: 1,
            limit: Infinity,
          })),
          check: { ...check, ...more },
        }),
      },
      services: { s: service({ count: SERVERS, work: { '*': [] } }) },
      faults,
    }),
    { until: 100 },
  );
  return run.log
    .filter(({ kind, text }) => kind === 'detection' && text.includes(decision))
    .map(({ at, until }) => {
      expect(until).toBe(at);
      return at - since;
    });
}

/** All within [least, most], and spread evenly over it. */
function expectEven(times: readonly number[], least: number, most: number): void {
  expect(times).toHaveLength(SERVERS);
  const mean = times.reduce((sum, time) => sum + time, 0) / SERVERS;
  expect(Math.min(...times)).toBeGreaterThanOrEqual(least - 1e-9);
  expect(Math.max(...times)).toBeLessThanOrEqual(most + 1e-9);
  expect(Math.abs(mean - (least + most) / 2)).toBeLessThan((3.3 * (most - least)) / Math.sqrt(12 * SERVERS));
}

const lasting = { for: Infinity, factor: 1 };
const crash = { at: 10, do: 'crash', target: 's', ...lasting } as const;
const hang = { at: 10, do: 'hang', target: 's', ...lasting } as const;
const restore = { at: 30, do: 'restore', target: 's', ...lasting } as const;

describe('a member is taken out', () => {
  test('that refuses: after U(0, every) + (fall - 1) every', () => {
    expectEven(detections([crash], 'takes out', 10), 4, 6);
  });

  test('that is silent: after U(0, every) + fall timeout + (fall - 1) every', () => {
    expectEven(detections([hang], 'takes out', 10), 3 * 1 + 2 * 2, 3 * 1 + 2 * 2 + 2);
  });

  test('but not for a failure that is over before it has failed `fall` times', () => {
    expect(detections([{ ...crash, for: 3.9 }], 'takes out', 10)).toEqual([]);
    expect(detections([], 'takes out', 0)).toEqual([]);
  });

  test('and failures do not add up over successes', () => {
    const short = (at: number): FaultDescription => ({ ...crash, at, for: 3.9 });
    expect(detections([short(10), short(16.1), short(22.2)], 'takes out', 10)).toEqual([]);
  });
});

describe('products', () => {
  test('fastinter: from the first failure, and from the first success', () => {
    const fast = { failing: 0.5, rising: 0.5 };
    expectEven(detections([crash], 'takes out', 10, fast), 2 * 0.5, 2 + 2 * 0.5);
    expectEven(detections([crash, restore], 'puts back', 30, fast), 0.5, 2 + 0.5);
  });

  test('downinter while it is down', () => {
    const slow = { failing: 0.5, rising: 0.5, down: 8 };
    // out at U(11, 13), then probed every 8 s: at U(35, 37) it is well again
    expectEven(detections([crash, restore], 'puts back', 30, slow), 5 + 0.5, 7 + 0.5);
  });

  test('keepalived: retry 2, delay_before_retry 1 s, back at the first success', () => {
    const keepalived = { every: 6, failing: 1, fall: 3, rise: 1 };
    expectEven(detections([crash], 'takes out', 10, keepalived), 2 * 1, 6 + 2 * 1);
    expectEven(detections([crash, restore], 'puts back', 30, keepalived), 0, 6);
  });

  test('Kubernetes: periods from beginning to beginning, whatever a silent probe takes', () => {
    expectEven(detections([hang], 'takes out', 10, { schedule: 'rate' }), 2 * 2 + 1, 2 * 2 + 1 + 2);
  });

  test('members that start out are in after their first successes', () => {
    const { run } = play(
      cluster({
        clients: { c: trace([0.1, 9], [call('d')]) },
        directors: {
          d: director({
            members: [{ service: 's', server: 0, weight: 1, limit: Infinity }],
            check: { ...check, startsDown: true },
          }),
        },
        services: { s: service({ work: { '*': [] } }) },
        faults: [{ ...crash, at: 100 }],
      }),
      { until: 20 },
    );
    const [first] = run.log;
    expect(first.text).toBe('d puts back s.1');
    expect(first.at).toBeLessThanOrEqual(4);
    expect(run.reading().clients.c.outcomes.slice(0, 6)).toEqual([1, 0, 0, 0, 0, 1]);
  });
});

describe('what a probe sees', () => {
  const sick = { ...crash, do: 'sick' } as const;
  const unplug = { ...crash, do: 'unplug' } as const;
  const refuse = { ...crash, do: 'refuse' } as const;

  test('an error is a failure at once, for a check that asks', () => {
    expectEven(detections([sick], 'takes out', 10), 4, 6);
    expect(detections([sick], 'takes out', 10, { kind: 'tcp' })).toEqual([]);
  });

  test('where errors count at once the first one is enough, a refusal is not', () => {
    const atOnce = { errorsAtOnce: true };
    expectEven(detections([sick], 'takes out', 10, atOnce), 0, 2);
    expectEven(detections([crash], 'takes out', 10, atOnce), 4, 6);
    expectEven(detections([hang], 'takes out', 10, atOnce), 3 * 1 + 2 * 2, 3 * 1 + 2 * 2 + 2);
  });

  test('a connection that is accepted is enough for a TCP check, and a refusal is not', () => {
    expect(detections([hang], 'takes out', 10, { kind: 'tcp' })).toEqual([]);
    expectEven(detections([refuse], 'takes out', 10, { kind: 'tcp' }), 4, 6);
  });

  test('nothing, from a server whose cable is pulled', () => {
    expectEven(detections([unplug], 'takes out', 10, { kind: 'tcp' }), 3 + 4, 3 + 4 + 2);
  });
});

test('a member that is back is put back after U(0, every) + (rise - 1) every', () => {
  expectEven(detections([crash, restore], 'puts back', 30), 2, 4);
});

test('no request goes to a member that is out; all out is unavailable', () => {
  const at = [1, 10.5, 17, 31, 35];
  const { outcomes } = play(
    cluster({
      clients: { c: trace(at, [call('d')]) },
      directors: { d: director({ members: [{ service: 's', server: 0, weight: 1, limit: Infinity }], check }) },
      services: { s: service({ work: { '*': [wait(0.1)] } }) },
      faults: [crash, restore],
    }),
    { until: 40 },
  );
  expect(outcomes).toEqual(['ok', 'refused', 'unavailable', 'unavailable', 'ok']);
});

test('what a probe costs is work of the processor, beside the requests; none of a server that is down', () => {
  const { run } = play(
    cluster({
      clients: { c: trace([0, 5], [call('d')]) },
      directors: {
        d: director({
          members: [0, 1].map((server) => ({ service: 's', server, weight: 1, limit: Infinity })),
          check: { ...check, cost: 0.01 },
        }),
      },
      services: { s: service({ count: 2, cores: 1, work: { '*': [] } }) },
      faults: [{ ...crash, target: 's.2', at: 50.5, for: 1e9 }],
    }),
    { until: 100.5 },
  );
  const busy = run.reading().services.s.map(({ computeArea }) => computeArea);
  expect(busy[0]).toBeCloseTo(0.5, 1); // 50 probes
  expect(busy[1]).toBeCloseTo(0.25, 1);
  const quiet = play(
    cluster({
      clients: { c: trace([99], [call('d')]) },
      directors: {
        d: director({
          members: [{ service: 's', server: 0, weight: 1, limit: Infinity }],
          check: { ...check, cost: 0.01 },
        }),
      },
      services: { s: service({ cores: 1, work: { '*': [] } }) },
    }),
    { until: 100 },
  );
  expect(quiet.run.reading().services.s[0].computeArea).toBeCloseTo(0.5, 1); // also where nothing fails
});
