import { describe, expect, test } from 'vitest';
import { editDistance, hintFor, nearest } from '../../src/scenarios/suggest.ts';

describe('suggestions', () => {
  test('count insertions, deletions, replacements and swaps', () => {
    expect(editDistance('wlc', 'wcl')).toBe(1);
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('abcdefgh', 'zyxwvuts', 3)).toBe(3);
  });

  test('take the nearest word, whatever its case and separators, and none that is far', () => {
    expect(nearest('wieght', ['width', 'weight', 'height'])).toBe('weight');
    expect(nearest('Stop_When_Empty', ['stopWhenEmpty'])).toBe('stopWhenEmpty');
    expect(nearest('serv', ['s', 'server'])).toBe('server');
    expect(nearest('t', ['s'])).toBeNull();
    expect(nearest('banana', ['weight', 'limit'])).toBeNull();
  });

  test("know the other products' words, but trust a near known word of the same spelling", () => {
    expect(hintFor('max_connections', ['count', 'connections'])).toContain('`connections`');
    expect(hintFor('Target Group', ['upstream'])).toContain('`upstream`');
    expect(hintFor('banana', ['weight'])).toBe('known here: weight');
  });
});
