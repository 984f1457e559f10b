/** Envoy's ejection of outliers. */
import { describe, expect, test } from 'vitest';
import { OutlierDetection } from '../../../src/models/directors/outlier-detection.ts';

const rule = { consecutive: 5, interval: 10, baseEjectionTime: 30, maxEjectionTime: 300, maxEjectionPercent: 10 };

function detecting(hosts: number, options: Partial<typeof rule> = {}, phase = 0) {
  const clock = { now: 0 };
  const out = new Set<number>();
  const detection = new OutlierDetection(hosts, { ...rule, ...options }, clock, phase, (host, ejected) =>
    ejected ? out.add(host) : out.delete(host),
  );
  const at = (time: number): void => {
    clock.now = time;
    if (time >= detection.wakeAt) detection.wake();
  };
  const fail = (host: number, times = 5): void => {
    for (let k = 0; k < times; k++) detection.released(host, true);
  };
  return { detection, out, at, fail };
}

describe('outlier detection', () => {
  test('failures in a row eject at once; one success starts the count again', () => {
    const { detection, out, fail } = detecting(4);
    fail(1, 4);
    detection.released(1, false);
    fail(1, 4);
    expect(out.size).toBe(0);
    fail(1, 1);
    expect([...out]).toEqual([1]);
  });

  test('comes back at the first sweep after base x times ejected, at most the longest', () => {
    const { out, at, fail } = detecting(4, { maxEjectionTime: 70 });
    at(3);
    fail(0);
    at(39.9);
    expect(out.has(0), 'the sweep at 30 s is 27 s after').toBe(true);
    at(40);
    expect(out.has(0)).toBe(false);
    fail(0); // the second time: 60 s
    at(99.9);
    expect(out.has(0)).toBe(true);
    at(100);
    expect(out.has(0)).toBe(false);
    fail(0); // the third: 70 s, not 90
    at(170);
    expect(out.has(0)).toBe(false);
  });

  test('sweeps without an ejection forget the times one by one', () => {
    const { detection, out, at, fail } = detecting(4);
    fail(0);
    at(30);
    at(45); // the sweep at 40 s takes one off
    expect(detection.wakeAt, 'nothing to do any more').toBe(Infinity);
    fail(0);
    at(80);
    expect(out.has(0), 'base again: from 45 s to the sweep at 80 s').toBe(false);
  });

  test('no more than the percentage may be out, but always one', () => {
    const few = detecting(4);
    few.fail(0);
    few.fail(1);
    expect([...few.out]).toEqual([0]);
    const many = detecting(20);
    for (const host of [3, 4, 5]) many.fail(host);
    expect([...many.out]).toEqual([3, 4]);
    expect(many.detection.ejected).toBe(2);
  });
});
