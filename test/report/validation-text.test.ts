import { describe, expect, test } from 'vitest';
import { valueText } from '../../src/report/validation-text.ts';

describe('a reference and an answer in a line', () => {
  const recorded = 'a b c '.repeat(30);

  test('of long texts the part is shown where they part', () => {
    const found = `${recorded.slice(0, 100)}X${recorded.slice(101)}`;
    const [expected, other] = [valueText(recorded, found), valueText(found, recorded)];
    expect(other).toMatch(/^….{16}X.*…$/);
    expect(expected.indexOf(recorded[100])).toBeGreaterThan(0);
    expect([expected.length, other.length]).toEqual([41, 41]);
  });

  test('of texts that part early, and of a text alone, the beginning', () => {
    expect(valueText(recorded, `X${recorded}`)).toBe(`${recorded.slice(0, 39)}…`);
    expect(valueText(recorded)).toBe(`${recorded.slice(0, 39)}…`);
  });

  test('a text that ends sooner parts from the other at its end', () => {
    expect(valueText(recorded.slice(0, 90), recorded)).toBe(`…${recorded.slice(74, 90)}`);
  });

  test('a short text stands whole, a number has six digits, a list four entries', () => {
    expect(valueText('a>b:200', 'a>b:500')).toBe('a>b:200');
    expect(valueText(1 / 3)).toBe('0.333333');
    expect(valueText([1, 2, 3, 4, 5])).toBe('[1, 2, 3, 4, …]');
    expect(valueText(null)).toBe('-');
  });
});
