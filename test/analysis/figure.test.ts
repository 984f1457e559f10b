import { describe, expect, test } from 'vitest';
import { meanFigure, quantileFigure } from '../../src/analysis/figure.ts';
import type * as FigureModule from '../../src/analysis/figure.ts';
import { Histogram } from '../../src/sim/stats/histogram.ts';
import { Moments } from '../../src/sim/stats/moments.ts';
import { Streams } from '../../src/sim/random/stream.ts';

type Replication = { readonly histogram: Histogram; readonly moments: Moments };

function replications(values: readonly (readonly number[])[]): { pooled: Replication; each: readonly Replication[] } {
  const pooled = { histogram: new Histogram(), moments: new Moments() };
  const each = values.map((list) => {
    const one = { histogram: new Histogram(), moments: new Moments() };
    for (const value of list) {
      one.histogram.record(value);
      one.moments.record(value);
    }
    pooled.histogram.merge(one.histogram);
    pooled.moments.merge(one.moments);
    return one;
  });
  return { pooled, each };
}

function p99(values: readonly (readonly number[])[], precision: FigureModule.Precision) {
  const { pooled, each } = replications(values);
  const histograms = each.map(({ histogram }) => histogram);
  return quantileFigure(0.99, pooled.histogram, histograms, 's', precision);
}

const plain = { level: 0.95, relative: Infinity };

describe('the interval of a percentile', () => {
  test('misses it on either side as seldom as it says', () => {
    const stream = new Streams('figure', 0).stream('values');
    const truth = Math.log(100);
    let below = 0;
    let above = 0;
    const runs = 500;
    for (let run = 0; run < runs; run++) {
      const exponential = (): number => -Math.log(1 - stream.uniform());
      const { low, high } = p99(
        Array.from({ length: 20 }, () => Array.from({ length: 100 }, exponential)),
        plain,
      );
      if (high < truth) below++;
      if (low > truth) above++;
    }
    expect(below / runs).toBeLessThan(0.035);
    // with the spread at the estimate alone it is 3.3 %
    expect(above / runs).toBeLessThan(0.027);
    expect((below + above) / runs).toBeGreaterThan(0.01);
  });

  test('ends at the largest value where it may be beyond all that was seen', () => {
    const few = Array.from({ length: 10 }, (_, k) => [1, 1.1, 1.2, 1.3, 1.4 + 0.01 * k]);
    const { low, value, high } = p99(few, plain);
    expect(low).toBeLessThan(value);
    expect(high).toBeLessThanOrEqual(1.49);
    expect(high).toBeGreaterThanOrEqual(value);
  });
});

test('a run that stops when its intervals are narrow has them wider by the guard', () => {
  const values = Array.from({ length: 12 }, (_, k) =>
    Array.from({ length: 300 }, (_, i) => 1 + ((k * 7 + i * i) % 97)),
  );
  const { pooled, each } = replications(values);
  const moments = each.map((one) => one.moments);
  const fixed = meanFigure(pooled.moments, moments, 's', plain);
  const sequential = meanFigure(pooled.moments, moments, 's', { ...plain, guard: 1.5 });
  expect(sequential.high - sequential.value).toBeCloseTo(1.5 * (fixed.high - fixed.value), 12);
  expect(sequential.value - sequential.low).toBeCloseTo(1.5 * (fixed.value - fixed.low), 12);
  expect(p99(values, { ...plain, guard: 1.5 }).high).toBeGreaterThanOrEqual(p99(values, plain).high);
});
