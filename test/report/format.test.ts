import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatCount,
  formatDuration,
  formatFigure,
  formatFigureWithInterval,
  formatInterval,
  formatMoment,
  formatSpan,
  formatValue,
} from '../../src/report/format.ts';
import { exact, figure } from './fixture.ts';

describe('formatValue', () => {
  test.each([
    [0.12, 's', '120 ms'],
    [0.0512, 's', '51.2 ms'],
    [0.000015, 's', '15 µs'],
    [1.34, 's', '1.34 s'],
    [0, 's', '0 ms'],
    [1778, '1/s', '1,778 req/s'],
    [0.45, 'share', '45 %'],
    [0.0071, 'share', '0.71 %'],
    [85_300_000, 'bit/s', '85.3 Mbit/s'],
    [1200, 'B', '1.2 kB'],
    [12_400, 'packets/s', '12,400 pkt/s'],
    [-3.5, '1', '-3.5'],
    [-0.0000001, '1', '-0.0000001'],
    [Infinity, '1/s', '∞ req/s'],
  ] as const)('%d %s is %s', (value, unit, text) => {
    expect(formatValue(value, unit)).toBe(text);
  });

  test('null is a dash', () => {
    expect(formatValue(null, 's')).toBe('-');
  });

  test('the integer part is never cut', () => {
    expect(formatValue(1_234_567, '1/s')).toBe('1,234,567 req/s');
  });
});

describe('a figure', () => {
  test('stands with the digits that its interval supports', () => {
    expect(formatFigureWithInterval(figure(0.12, 0.0004, 's'))).toBe('120 ms (119.6 to 120.4)');
    expect(formatFigureWithInterval(figure(0.12026, 0.00002, 's'))).toBe('120.26 ms (120.24 to 120.28)');
    expect(formatFigure(figure(0.12026, 0.00002, 's'), 3)).toBe('120 ms');
    expect(formatFigureWithInterval(figure(9.04, 0.63, 's'))).toBe('9.0 s (8.4 to 9.7)');
    expect(formatFigureWithInterval(figure(17.2, 3.1, 's'))).toBe('17 s (14 to 20)');
  });

  test('and its interval are in the unit of the value', () => {
    expect(formatInterval({ value: 0.99, low: 0.97, high: 1.01, level: 0.95, unit: 's' })).toBe('(970 to 1,010)');
  });

  test('whose interval is invisible counts as exact, in the unit that its digits ask for', () => {
    const rounding = {
      value: 0.0009999999999902,
      low: 0.00099999999999,
      high: 0.000999999999991,
      level: 0.95,
    } as const;
    expect(formatFigureWithInterval({ ...rounding, unit: 's' })).toBe('1.00 ms (exact)');
    expect(formatFigureWithInterval(figure(21.02488, 0.000009, 's'))).toBe('21.0 s (exact)');
    expect(formatFigureWithInterval(figure(21.02488, 0.0005, 's'))).toBe('21.025 s (21.0244 to 21.0254)');
    expect(formatValue(0.99999, 's')).toBe('1 s');
    expect(formatValue(999.96, 'bit/s')).toBe('1 kbit/s');
  });

  test('that was never seen has an upper bound', () => {
    expect(formatInterval({ value: 0, low: 0, high: 0.000001, level: 0.95, unit: 'share' })).toBe('(below 0.0001 %)');
  });

  test('without an interval says why', () => {
    expect(formatInterval(exact(3, '1'))).toBe('(exact)');
    expect(formatInterval({ value: 3, low: 3, high: 3, level: null, unit: '1' })).toBe('(one run: no interval)');
    expect(formatInterval({ ...exact(0, 's'), note: 'no observations' })).toBe('(no observations)');
    expect(formatFigure({ ...exact(0, 's'), note: 'no observations' })).toBe('-');
  });

  test('lies within its printed interval, whose ends differ', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-6, max: 0.5, noNaN: true }),
        (value, share) => {
          const printed = formatFigureWithInterval(figure(value, value * share, '1/s')).replaceAll(',', '');
          const [middle, low, high] = printed.match(/[\d.]+/g)!.map(Number);
          expect(low).toBeLessThan(high);
          expect(middle).toBeGreaterThanOrEqual(low);
          expect(middle).toBeLessThanOrEqual(high);
          expect(Math.abs(middle - value)).toBeLessThanOrEqual(value * share * 1.001);
        },
      ),
      { seed: 5 },
    );
  });
});

test('counts have separators', () => {
  expect([0, 999, 1000, 3_600_000].map(formatCount)).toEqual(['0', '999', '1,000', '3,600,000']);
});

test('lengths and moments of simulated time', () => {
  expect([0.5, 30, 90, 375, 7200].map(formatDuration)).toEqual(['500 ms', '30 s', '90 s', '6.3 min', '2 h']);
  expect([0, 9, 59.96, 60, 183.1, 3723].map(formatMoment)).toEqual(['0:00', '0:09', '1:00', '1:00', '3:03.1', '62:03']);
});

test('what has no length is a moment', () => {
  expect(formatSpan(180, 360)).toBe('3:00 to 6:00');
  expect(formatSpan(183.2, 183.2)).toBe('3:03.2');
  expect(formatSpan(183.2, null)).toBe('3:03.2');
});
