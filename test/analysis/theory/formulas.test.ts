import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closedBounds } from '../../../src/analysis/theory/closed-bounds.ts';
import { erlangB, erlangC } from '../../../src/analysis/theory/erlang.ts';
import { mmc } from '../../../src/analysis/theory/mmc.ts';
import { NoAnswer } from '../../../src/analysis/theory/refusal.ts';
import { fewestServers, squareRootStaffing } from '../../../src/analysis/theory/sizing.ts';
import { normalCdf, normalDensity } from '../../../src/sim/random/special.ts';
import { timeQuantile } from '../../../src/analysis/theory/time-law.ts';

const near = (got: number, wanted: number, relative = 1e-9) =>
  expect(Math.abs(got - wanted)).toBeLessThanOrEqual(relative * Math.abs(wanted));
const servers = fc.integer({ min: 1, max: 60 });
const load = fc.double({ min: 0.01, max: 0.98, noNaN: true });

describe('Erlang', () => {
  test('B by recursion is the sum itself', () => {
    fc.assert(
      fc.property(servers, fc.double({ min: 0.1, max: 80, noNaN: true }), (c, a) => {
        let term = 1;
        let sum = 1;
        for (let k = 1; k <= c; k++) sum += term *= a / k;
        near(erlangB(c, a), term / sum, 1e-12);
      }),
    );
  });

  test('C lies above B, and both grow with load', () => {
    fc.assert(
      fc.property(servers, load, (c, rho) => {
        expect(erlangC(c, rho * c)).toBeGreaterThan(erlangB(c, rho * c));
        expect(erlangC(c, rho * c)).toBeGreaterThan(erlangC(c, 0.99 * rho * c));
        expect(erlangB(c, rho * c)).toBeGreaterThan(erlangB(c, 0.99 * rho * c));
      }),
    );
  });
});

describe('M/M/c', () => {
  test("Little's law, shares of time that add up, and a tail whose integral is the mean", () => {
    fc.assert(
      fc.property(servers, load, (c, rho) => {
        const answer = mmc({ rate: rho * c * 50, service: 0.02, servers: c });
        near(answer.meanNumber, answer.throughput * answer.meanResponse);
        let sum = 0;
        let number = 0;
        for (let k = 0; k < 4000; k++) {
          sum += answer.numberShare!(k);
          number += k * answer.numberShare!(k);
        }
        near(sum, 1);
        near(number, answer.meanNumber, 1e-6);
        // the response's tail by Simpson's rule
        const end = timeQuantile(answer.response!, 1 - 1e-12);
        const steps = 4000;
        const h = end / steps;
        let area = 0;
        for (let i = 0; i <= steps; i++) {
          area += answer.response!.tail(i * h) * (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2);
        }
        near((area * h) / 3, answer.meanResponse, 1e-6);
      }),
      { numRuns: 30 },
    );
  });

  test('the response is whole where the two rates meet', () => {
    // 2 servers at load 1/2: the line empties as fast as one server works
    const at = (rate: number) => mmc({ rate, service: 1, servers: 2 }).response!.tail(1.5);
    near(at(1), (at(1 - 1e-7) + at(1 + 1e-7)) / 2, 1e-12);
  });

  test('no steady state is a typed refusal, not a number', () => {
    for (const rate of [50, 60]) {
      expect(() => mmc({ rate, service: 0.02, servers: 1 })).toThrow(NoAnswer);
      expect(() => mmc({ rate, service: 0.02, servers: 1 })).toThrow(/no steady state/);
    }
    expect(() => mmc({ rate: NaN, service: 0.02, servers: 1 })).toThrow(/rate must be finite and > 0, got NaN/);
    expect(() => mmc({ rate: 1, service: 0.02, servers: 1.5 })).toThrow(/servers must be a whole number >= 1, got 1.5/);
  });
});

test('the fewest servers are enough, and one fewer are not', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.2, max: 300, noNaN: true }), load, (a, wanted) => {
      const found = fewestServers({ rate: a, service: 1 }, ({ waitShare }) => waitShare, wanted);
      expect(erlangC(found, a)).toBeLessThanOrEqual(wanted);
      if (found - 1 > a) expect(erlangC(found - 1, a)).toBeGreaterThan(wanted);
    }),
  );
});

test('square-root staffing tends to the share that Halfin and Whitt give', () => {
  const limit = 1 / (1 + normalCdf(1) / normalDensity(1));
  for (const a of [100, 10_000, 1_000_000]) {
    expect(Math.abs(erlangC(squareRootStaffing(a, 1), a) - limit)).toBeLessThan(0.2 / Math.sqrt(a));
  }
});

test('balanced-job bounds lie within the asymptotic ones', () => {
  const demands = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(servers, fc.double({ min: 0, max: 10, noNaN: true }), demands, (users, think, each) => {
      const bounds = closedBounds({ users, think, demands: each });
      const slack = 1 + 1e-12;
      expect(bounds.throughputMin).toBeLessThanOrEqual(bounds.balancedMin * slack);
      expect(bounds.balancedMin).toBeLessThanOrEqual(bounds.balancedMax * slack);
      expect(bounds.balancedMax).toBeLessThanOrEqual(bounds.throughputMax * slack);
    }),
  );
});
