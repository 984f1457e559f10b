import { describe, expect, test } from 'vitest';
import { halfWidth } from '../../src/analysis/figure.ts';
import { express } from '../../src/analysis/reference/theory/kinds.ts';
import { judge } from '../../src/analysis/reference/theory/judge.ts';
import type { Evidence } from '../../src/analysis/reference/theory/judge.ts';
import type { Observed } from '../../src/analysis/reference/theory/observed.ts';
import { number } from '../../src/analysis/reference/theory/quantity.ts';
import type { TheoryCase } from '../../src/analysis/reference/theory/theory-file.ts';
import { reference } from './reference.ts';

test('a model of a kind that nobody knows is not expressed, and says so', () => {
  const strange: TheoryCase = { id: 'strange', family: 'strange', model: { kind: 'oracle' }, expect: {} };
  expect(express(strange)).toEqual({
    by: 'nothing',
    reason: 'nothing simulates or works out models of kind "oracle" yet',
  });
});

test('a case of which one quantity is not known is not judged by the others', () => {
  const known = reference.cases.find(({ id }) => id === 'mm1-rho50')!;
  const more: TheoryCase = { ...known, expect: { ...known.expect, mood: { value: 1, unit: '1', tol: 'exact' } } };
  expect(express(known).by).toBe('simulation');
  expect(express(more)).toEqual({ by: 'nothing', reason: 'not computed: mood' });
});

test('very many backends settle the sooner the less there is to do and the more are asked', () => {
  // the mean-field equations solved in another program
  const settles = (id: string): number => {
    const expressed = express(reference.cases.find((one) => one.id === id)!);
    return expressed.by === 'simulation' ? expressed.experiment.settles! : NaN;
  };
  const solved = { 'meanfield-d2-rho50': 14.4, 'meanfield-d2-rho95': 159.5, 'meanfield-d3-rho90': 53.6 };
  for (const [id, time] of Object.entries(solved)) expect(Math.abs(settles(id) - time)).toBeLessThan(0.2);
});

describe('judging', () => {
  /** Replications in which the quantity has these values, and their mean together. */
  function evidence(values: readonly number[]): Evidence {
    const seen = (ok: number): Observed => ({ seconds: ok }) as unknown as Observed;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return { pooled: seen(mean), each: values.map(seen), percentile: -1, widthMax: 1 };
  }

  function judged(value: number, tol: string, values: readonly number[]) {
    const one: TheoryCase = {
      id: 'one',
      family: 'one',
      model: { kind: 'open-station' },
      expect: { x: { value, unit: '1', tol } },
    };
    const x = number(({ seconds }) => seconds);
    return judge(one, 'x', x, reference.tolerance_classes[tol], evidence(values));
  }

  const spread = [9.9, 10.1, 9.9, 10.1, 9.9, 10.1, 9.9, 10.1];

  test('an interval must contain the value', () => {
    const half = halfWidth(10, spread, 0.99);
    expect(judged(10 + 0.99 * half, 'ci2', spread).passed).toBe(true);
    expect(judged(10 + 1.01 * half, 'ci2', spread).passed).toBe(false);
  });

  test('what has no spread is narrow, also where nothing is allowed', () => {
    expect(judged(0, 'ci1', [0, 0])).toMatchObject({ passed: true, width: 0 });
  });

  test('and it must be narrow', () => {
    expect(judged(10, 'ci2', spread)).toMatchObject({ passed: true });
    expect(judged(10, 'ci1', spread)).toMatchObject({ passed: false });
    expect(judged(10, 'ci1', spread).width).toBeCloseTo(halfWidth(10, spread, 0.99) / 0.1, 12);
  });

  test('what is zero by construction, tiny, or free of chance has a band', () => {
    expect(judged(0, 'zero', [0, 0]).passed).toBe(true);
    expect(judged(0, 'zero', [1e-9, 1e-9]).passed).toBe(false);
    expect(judged(1e-10, 'tiny', [0.00005, 0.00005]).passed).toBe(true);
    expect(judged(1e-10, 'tiny', [0.0002, 0.0002]).passed).toBe(false);
    expect(judged(2, 'formula', [2 + 1e-9]).passed).toBe(true);
    expect(judged(2, 'formula', [2 + 3e-9]).passed).toBe(false);
    expect(judged(18, 'exact', [18, 18]).passed).toBe(true);
    expect(judged(18, 'exact', [19, 19]).passed).toBe(false);
  });

  test('replications that agree on a wrong value do not pass', () => {
    expect(judged(10, 'ci1', [10.01, 10.01, 10.01]).passed).toBe(false);
  });
});
