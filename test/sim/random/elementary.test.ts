import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HIGH, LOW, double, words } from '../../../src/sim/random/double-bits.ts';
import { cos, exp, expm1, ln, log1p, pow, sin } from '../../../src/sim/random/elementary.ts';

const SEED = 20260001;
const finite = { noNaN: true, noDefaultInfinity: true };

/** Relative distance; 0 where both are the same special value. */
function error(actual: number, expected: number): number {
  return Object.is(actual, expected) || actual === expected ? 0 : Math.abs(actual / expected - 1);
}

describe('against the engine, whose own error is below 1e-15', () => {
  test('ln, from the smallest to the largest double and close to 1', () => {
    const any = fc.double({ ...finite, min: 5e-324 });
    const nearOne = fc.double({ ...finite, min: 0.99, max: 1.01 });
    fc.assert(
      fc.property(fc.oneof(any, nearOne), (x) => error(ln(x), Math.log(x)) < 1e-15),
      { seed: SEED, numRuns: 5000 },
    );
  });
  test('exp', () => {
    const x = fc.double({ ...finite, min: -708, max: 709.7 });
    fc.assert(
      fc.property(x, (x) => error(exp(x), Math.exp(x)) < 1e-15),
      { seed: SEED, numRuns: 5000 },
    );
  });
  test('expm1 and log1p, down to the smallest arguments', () => {
    const x = fc.double({ ...finite, min: -0.999, max: 50 });
    fc.assert(
      fc.property(x, (x) => error(expm1(x), Math.expm1(x)) < 2e-15 && error(log1p(x), Math.log1p(x)) < 2e-15),
      { seed: SEED, numRuns: 5000 },
    );
  });
  test('sin and cos, absolute, to a million', () => {
    const x = fc.double({ ...finite, min: -1e6, max: 1e6 });
    fc.assert(
      fc.property(x, (x) => Math.abs(sin(x) - Math.sin(x)) < 5e-16 && Math.abs(cos(x) - Math.cos(x)) < 5e-16),
      { seed: SEED, numRuns: 5000 },
    );
  });
  test('sin beyond a million is the sine of a neighbour', () => {
    const x = fc.double({ ...finite, min: 1e6, max: 1e15 });
    fc.assert(
      fc.property(x, (x) => Math.abs(sin(x) - Math.sin(x)) <= 2.3e-16 * x),
      { seed: SEED, numRuns: 1000 },
    );
  });
  test('pow', () => {
    const base = fc.double({ ...finite, min: 1e-5, max: 1e5 });
    const power = fc.double({ ...finite, min: -20, max: 20 });
    fc.assert(
      fc.property(base, power, (x, y) => error(pow(x, y), Math.pow(x, y)) < 1e-13),
      { seed: SEED, numRuns: 5000 },
    );
  });
});

describe('against 20-digit constants', () => {
  test.each([
    ['ln 2', ln(2), 0.6931471805599453],
    ['ln 10', ln(10), 2.302585092994046],
    ['ln (1 + 2^-20)', ln(1 + 2 ** -20), 9.536738616591883e-7],
    ['e', exp(1), 2.718281828459045],
    ['e^-1', exp(-1), 0.36787944117144233],
    ['e^0.5', exp(0.5), 1.6487212707001282],
    ['e^1e-10 - 1', expm1(1e-10), 1.00000000005e-10],
    ['ln(1 + 1e-10)', log1p(1e-10), 9.9999999995e-11],
    ['sin 1', sin(1), 0.8414709848078965],
    ['cos 1', cos(1), 0.5403023058681398],
    ['2^0.5', pow(2, 0.5), 1.4142135623730951],
  ])('%s', (_, actual, expected) => {
    expect(error(actual, expected)).toBeLessThan(3e-16);
  });
  test('powers by a whole number are products', () => {
    expect(pow(1.1, 2)).toBe(1.1 * 1.1);
    expect(pow(10, 15)).toBe(1e15);
    expect(pow(2, -3)).toBe(0.125);
  });
});

describe('special values are those of Math', () => {
  const specials = [0, -0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, 101, -101, 1e300, 1e-300, 5e-324, Infinity, -Infinity, NaN];
  test.each([
    ['ln', ln, Math.log],
    ['exp', exp, Math.exp],
    ['expm1', expm1, Math.expm1],
    ['log1p', log1p, Math.log1p],
  ])('%s', (_, ours, theirs) => {
    for (const x of [...specials, 709.9, 710, -720, -745.2, -746]) {
      const [actual, expected] = [ours(x), theirs(x)];
      const normal = Number.isFinite(expected) && Math.abs(expected) > 1e-305;
      if (normal) expect(error(actual, expected)).toBeLessThan(1e-15);
      else expect(Object.is(actual, expected) || Math.abs(actual - expected) <= 5e-324).toBe(true);
    }
  });
  test('sin and cos', () => {
    for (const x of [Infinity, -Infinity, NaN]) expect([sin(x), cos(x)]).toEqual([NaN, NaN]);
    expect([sin(0), cos(0)]).toEqual([0, 1]);
  });
  test('pow', () => {
    for (const x of specials) {
      for (const y of [...specials, 1.5, -1.5, 65, -65, 66]) {
        const [actual, expected] = [pow(x, y), Math.pow(x, y)];
        const same = Object.is(actual, expected) || error(actual, expected) < 1e-12;
        if (!same) throw new Error(`pow(${x}, ${y}) is ${actual}, expected ${expected}`);
      }
    }
  });
});

test('the bits are these, in every engine', () => {
  let hash = 0;
  const add = (x: number): void => {
    double[0] = x;
    hash = Math.imul(hash ^ words[LOW], 0x01000193);
    hash = Math.imul(hash ^ words[HIGH], 0x01000193);
  };
  for (let i = 1; i <= 20_000; i++) {
    const x = i / 1024;
    for (const f of [ln, expm1, log1p, sin, cos]) add(f(x));
    add(exp(x - 10));
    add(pow(x, 1.7));
  }
  expect(hash >>> 0).toBe(2622988862);
});
