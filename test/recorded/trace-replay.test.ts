import { describe, expect, test } from 'vitest';
import { parseRecordedTrace } from '../../src/analysis/reference/recorded/trace-file.ts';
import {
  OVERHEAD,
  closedAgain,
  differences,
  recording,
  replay,
  replayAll,
  samePicks,
  shareDifference,
} from './replay.ts';
import type { Replayed } from './replay.ts';

/** Largest relative difference of the mean and of the three percentiles. */
function worst(replayed: readonly Replayed[]): number {
  const { mean, p50, p95, p99 } = differences(replayed);
  return Math.max(...[mean, p50, p95, p99].map(Math.abs));
}

describe('nginx round robin, request by request', () => {
  test.each([
    'open-nginx-rr-exp-0.5',
    'open-nginx-rr-exp-0.8',
    'open-nginx-rr-exp-0.9',
    'het-nginx-rr-matched-1124-0.8',
    'het-nginx-rr-equal-0.45',
  ])('%s: every pick, latencies within 3 percent, the median request within 0.3 ms', (id) => {
    const replayed = replay(id);
    expect(samePicks(replayed)).toBe(1);
    expect(worst(replayed)).toBeLessThan(0.03);
    expect(differences(replayed).medianPerRequest).toBeLessThan(0.0003);
  });
});

test('open-direct-mm4-0.8: one backend with a slot for each of eight, within 3 percent', () => {
  const replayed = replay('open-direct-mm4-0.8');
  expect(worst(replayed)).toBeLessThan(0.03);
  expect(differences(replayed).medianPerRequest).toBeLessThan(0.0003);
});

// The tolerances are those that the recordings' findings call honest: from one tie that falls otherwise on, picks by
// load differ, so that requests cannot be compared one by one any more.
describe('picks by load, central queue and bursts', () => {
  test.each([
    ['open-nginx-least_conn-exp-0.8', 0.06, 0.01],
    ['open-nginx-least_conn-exp-0.9', 0.06, 0.01],
    ['open-nginx-random2-exp-0.9', 0.06, 0.01],
    ['het-nginx-least_conn-speed-1-1-2-0.8', 0.06, 0.02],
    ['open-haproxy-maxconn2-central-exp-0.9', 0.06, 0.01],
    ['open-haproxy-rr-h2-0.8', 0.03, 0.001],
    ['burst-haproxy-maxconn2-n300-det', 0.06, 0.01],
    ['burst-nginx-rr-n200-exp', 0.06, 0.001],
  ])('%s: latencies within %d, shares within %d', (id, latency, share) => {
    const replayed = replay(id);
    expect(worst(replayed)).toBeLessThan(latency);
    expect(shareDifference(replayed)).toBeLessThanOrEqual(share);
  });
});

describe('closed loops, run again with random numbers of the model', () => {
  test.each(['closed-nginx-least_conn-N10', 'closed-nginx-least_conn-N50', 'closed-nginx-least_conn-N200'])(
    '%s: throughput within 3 percent, mean within 6 percent',
    (id) => {
      const { runs } = recording(id);
      const real = (of: string): number => runs.reduce((sum, run) => sum + run[of], 0) / runs.length;
      const { throughput, mean } = closedAgain(id, 5);
      expect(Math.abs(throughput / real('throughput_rps') - 1)).toBeLessThan(0.03);
      expect(Math.abs((1000 * mean) / real('mean_ms') - 1)).toBeLessThan(0.06);
    },
  );
});

describe('the fate of clients that time out', () => {
  const goodput = (replayed: readonly Replayed[], from: number, to: number): { real: number; model: number } => {
    const window = replayed.filter(({ recorded }) => recorded.start >= from && recorded.start < to);
    const share = (good: (one: Replayed) => boolean): number => window.filter(good).length / window.length;
    return { real: share(({ recorded }) => recorded.status === 200), model: share(({ ok }) => ok) };
  };

  test('below saturation retries do no harm', () => {
    const { real, model } = goodput(replayAll('retry-nginx-rr-rho0.85-timeout150-r3'), 0, 30);
    expect(real).toBe(1);
    expect(model).toBeGreaterThan(0.999);
  });

  test.each(['retry-nginx-rr-rho1.05-timeout200-r0', 'retry-nginx-rr-rho1.05-timeout200-r2'])(
    '%s: goodput falls to nothing within seconds, with retries or without',
    (id) => {
      const replayed = replayAll(id);
      const first = goodput(replayed, 0, 3);
      expect(Math.abs(first.model - first.real)).toBeLessThan(0.05);
      expect(goodput(replayed, 6, 20)).toEqual({ real: 0, model: 0 });
    },
  );

  test('a stall of a second is never recovered from', () => {
    const id = 'stall-nginx-rr-rho0.7-timeout200-r2';
    const faults = recording(id).case.backends.map(
      ({ name }) => ({ at: 8, do: 'hang', target: name, for: 1, factor: 1 }) as const,
    );
    const replayed = replayAll(id, { overhead: OVERHEAD, faults });
    expect(goodput(replayed, 0, 7.5)).toEqual({ real: 1, model: 1 });
    expect(goodput(replayed, 10, 30)).toEqual({ real: 0, model: 0 });
  });
});

test('a trace that cannot be read is refused with its row', () => {
  expect(() => parseRecordedTrace('i,start_us,svc_us,end_us,status\n0,1,2,3,200\n')).toThrow('row 1: attempts');
});
