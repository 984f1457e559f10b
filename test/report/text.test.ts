import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clip, displayWidth, padEnd, padStart, printable, wrap } from '../../src/report/text.ts';

test('a Chinese character takes two columns', () => {
  expect(displayWidth('直接路由')).toBe(8);
  expect(padEnd('会话', 6)).toBe('会话  ');
  expect(padStart('会话', 6)).toBe('  会话');
  expect(clip('直接路由', 5)).toBe('直接…');
});

test('a percentage is not torn', () => {
  expect(wrap('about 95 % of it', 8)).toEqual(['about', '95 % of', 'it']);
});

test('wrapped lines fit, and say the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 120 }), fc.integer({ min: 4, max: 40 }), (text, width) => {
      const lines = wrap(text, width);
      expect(lines.every((line) => displayWidth(line) <= width)).toBe(true);
      expect(lines.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
    }),
    { seed: 7 },
  );
});

test('control characters of a title do not reach the terminal', () => {
  expect(printable('a\u001b[31mred\r\nb\u202e')).toBe('a [31mred b');
});
