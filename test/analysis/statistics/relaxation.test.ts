import { describe, expect, test } from 'vitest';
import { mser5, relaxation } from '../../../src/analysis/statistics/index.ts';
import { Streams } from '../../../src/sim/random/stream.ts';

const noise = (name: string): (() => number) => {
  const stream = new Streams('relaxation', 0).stream(name);
  // sum of 12 uniforms: near enough to a normal law
  return () => Array.from({ length: 12 }, () => stream.uniform()).reduce((sum, u) => sum + u, -6);
};

/** Autoregressive of first order: relaxation (1 + r) / (1 - r) / 2. */
function autoregressive(r: number, length: number, name: string): number[] {
  const next = noise(name);
  const values = [0];
  for (let k = 1; k < length; k++) values.push(r * values[k - 1] + next());
  return values;
}

describe('the relaxation time of a series', () => {
  test.each([
    [0, 0.5],
    [0.5, 1.5],
    [0.9, 9.5],
  ])('that remembers a share of %d from value to value is %d values', (r, expected) => {
    const found = Array.from({ length: 40 }, (_, k) => relaxation(autoregressive(r, 4000, `${r} ${k}`)));
    const mean = found.reduce((sum, one) => sum + one, 0) / found.length;
    expect(mean / expected).toBeGreaterThan(0.93);
    expect(mean / expected).toBeLessThan(1.05);
  });

  test('is at least half a value, also where nothing varies or values alternate', () => {
    expect(relaxation([3, 3, 3, 3])).toBe(0.5);
    expect(relaxation(Array.from({ length: 100 }, () => 0.1 + 0.2))).toBe(0.5);
    expect(relaxation(Array.from({ length: 100 }, (_, k) => k % 2))).toBe(0.5);
  });

  test('is a large part of the series where there is no steady state', () => {
    expect(relaxation(Array.from({ length: 400 }, (_, k) => k))).toBeGreaterThan(30);
    const next = noise('walk');
    let at = 0;
    expect(relaxation(Array.from({ length: 400 }, () => (at += next())))).toBeGreaterThan(15);
  });

  test('leaves out the beginning that it is told', () => {
    const values = [...Array.from({ length: 50 }, (_, k) => 1000 - 20 * k), ...autoregressive(0.5, 2000, 'tail')];
    expect(relaxation(values)).toBeGreaterThan(15);
    expect(relaxation(values, 50)).toBeLessThan(2.5);
  });
});

test('MSER-5 with slack cuts what matters, and hardly anything where nothing does', () => {
  let strict = 0;
  let slack = 0;
  for (let k = 0; k < 50; k++) {
    const values = autoregressive(0.5, 400, `steady ${k}`);
    strict += mser5(values).discard;
    slack += mser5(values, 0.1).discard;
  }
  expect(slack).toBeLessThan(0.5 * strict);
  const filling = autoregressive(0.5, 400, 'filling').map((value, k) => value - (k < 60 ? 60 - k : 0));
  expect(mser5(filling, 0.1).discard).toBeGreaterThanOrEqual(45);
  expect(mser5(filling, 0.1).discard).toBeLessThan(100);
});
