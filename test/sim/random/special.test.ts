import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  betaI,
  betaIInverse,
  gammaP,
  gammaPInverse,
  gammaQ,
  lnGamma,
  lnGammaDensity,
  lnGammaPInverse,
  normalCdf,
  normalDensity,
  normalQuantile,
} from '../../../src/sim/random/special.ts';

const options = { seed: 20260002, numRuns: 300 };
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });

// 17 digits, from an arbitrary-precision computation
describe('reference values', () => {
  test.each([
    ['normal cdf of -1.96', normalCdf(-1.96), 0.024997895148220436],
    ['normal cdf of -5', normalCdf(-5), 2.8665157187919391e-7],
    ['normal cdf of 1', normalCdf(1), 0.84134474606854295],
    ['normal cdf of -0.1', normalCdf(-0.1), 0.46017216272297102],
    ['normal quantile of 0.975', normalQuantile(0.975), 1.9599639845400539],
    ['normal quantile of 0.6', normalQuantile(0.6), 0.25334710313579974],
    ['normal quantile of 0.001', normalQuantile(0.001), -3.0902323061678135],
    ['normal quantile of 1e-20', normalQuantile(1e-20), -9.2623400897984076],
    ['normal quantile of 0.0000001', normalQuantile(0.0000001), -5.1993375821928169],
    ['ln gamma of 0.5', lnGamma(0.5), 0.57236494292470009],
    ['ln gamma of 0.01', lnGamma(0.01), 4.5994798780420217],
    ['ln gamma of 3.7', lnGamma(3.7), 1.4280723266653881],
    ['ln gamma of 50', lnGamma(50), 144.56574394634489],
    ['ln gamma of 100000', lnGamma(100000), 1051287.7089736569],
    ['P(0.5, 0.2)', gammaP(0.5, 0.2), 0.47291074313446193],
    ['Q(0.5, 0.2)', gammaQ(0.5, 0.2), 0.52708925686553807],
    ['P(4, 3)', gammaP(4, 3), 0.35276811121776874],
    ['Q(4, 3)', gammaQ(4, 3), 0.64723188878223126],
    ['P(4, 12)', gammaP(4, 12), 0.99770820879220858],
    ['Q(4, 12)', gammaQ(4, 12), 0.0022917912077914222],
    ['P(100, 90)', gammaP(100, 90), 0.15822098918643017],
    ['Q(100, 90)', gammaQ(100, 90), 0.84177901081356983],
    ['P(100, 130)', gammaP(100, 130), 0.99724959163269347],
    ['Q(100, 130)', gammaQ(100, 130), 0.0027504083673065263],
    ['P(10000, 9900)', gammaP(10000, 9900), 0.15865119219356466],
    ['Q(10000, 9900)', gammaQ(10000, 9900), 0.84134880780643534],
    ['I_0.3(0.5, 4.5)', betaI(0.5, 4.5, 0.3), 0.91887381115415935],
    ['I_0.1(11, 90)', betaI(11, 90, 0.1), 0.41684448773350827],
    ['I_0.45(200, 300)', betaI(200, 300, 0.45), 0.98814634562026288],
    ['I_0.99(3, 2)', betaI(3, 2, 0.99), 0.99940797],
  ])('%s', (_, actual, expected) => {
    expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-13);
  });
});

describe('identities', () => {
  test('normalQuantile undoes normalCdf', () => {
    fc.assert(
      fc.property(real(-8, 0), (z) => Math.abs(normalQuantile(normalCdf(z)) - z) < 1e-13 * (1 + Math.abs(z))),
      options,
    );
  });
  test('the density is the slope of the cdf', () => {
    const step = 1e-4;
    const slope = (normalCdf(-1 + step) - normalCdf(-1 - step)) / (2 * step);
    expect(slope).toBeCloseTo(normalDensity(-1), 8);
    const byLogarithm = (gammaP(3, 2 + 2 * step) - gammaP(3, 2 - 2 * step)) / (2 * step);
    expect(byLogarithm).toBeCloseTo(lnGammaDensity(3, Math.log(2)), 7);
  });
  test('gamma(x + 1) = x gamma(x)', () => {
    fc.assert(
      fc.property(real(1e-3, 1e5), (x) => {
        const scale = Math.max(1, Math.abs(lnGamma(x)));
        return Math.abs(lnGamma(x + 1) - lnGamma(x) - Math.log(x)) < 2e-14 * scale;
      }),
      options,
    );
  });
  test('P + Q = 1', () => {
    fc.assert(
      fc.property(real(0.01, 500), real(0, 1000), (a, x) => Math.abs(gammaP(a, x) + gammaQ(a, x) - 1) < 1e-14),
      options,
    );
  });
  test('the inverse of P, in both tails and for shapes whose quantiles are below the smallest double', () => {
    fc.assert(
      fc.property(real(0.05, 2000), real(1e-12, 1 - 1e-12), (a, p) => {
        const x = gammaPInverse(a, p);
        return x === 0 || Math.abs(gammaP(a, x) - p) < 1e-12;
      }),
      options,
    );
    // x^a / gamma(a + 1) = p, where x is 1e-3000 and nothing else counts
    expect(lnGammaPInverse(0.001, 0.001)).toBeCloseTo(1000 * (Math.log(0.001) + lnGamma(1.001)), 8);
  });
  test('I_x(a, b) = 1 - I_(1-x)(b, a), and its inverse', () => {
    fc.assert(
      fc.property(real(0.5, 300), real(0.5, 300), real(0.01, 0.99), (a, b, x) => {
        const p = betaI(a, b, x);
        const mirrored = Math.abs(p + betaI(b, a, 1 - x) - 1) < 1e-13;
        return mirrored && Math.abs(betaI(a, b, betaIInverse(a, b, p)) - p) < 1e-13;
      }),
      options,
    );
  });
});

test('ends of the range', () => {
  expect([normalQuantile(0), normalQuantile(1), normalQuantile(0.5)]).toEqual([-Infinity, Infinity, 0]);
  expect([normalQuantile(-1), normalQuantile(NaN), lnGamma(0), gammaP(1, NaN)]).toEqual([NaN, NaN, NaN, NaN]);
  expect([gammaP(2, 0), gammaP(2, Infinity), gammaQ(2, 0), gammaQ(2, Infinity)]).toEqual([0, 1, 1, 0]);
  expect([gammaPInverse(2, 0), gammaPInverse(2, 1)]).toEqual([0, Infinity]);
  expect([betaI(2, 3, 0), betaI(2, 3, 1), betaIInverse(2, 3, 0), betaIInverse(2, 3, 1)]).toEqual([0, 1, 0, 1]);
});
