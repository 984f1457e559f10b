import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compileExpression,
  ExpressionError,
  expressionBounds,
} from '../../../../src/models/clients/shapes/expression.ts';

describe('expressions', () => {
  test.each<[string, number]>([
    ['300 * (1 + 0.5 * sin(2 * pi * t / 86400))', 300 * (1 + 0.5 * Math.sin((2 * Math.PI * 7) / 86_400))],
    ['2 ^ 3 ^ 2', 512],
    ['-t % 5', 3],
    ['t % 5', 2],
    ['min(t, 3) + max(1, 2, t)', 10],
    ['sqrt(abs(-t - 2)) + floor(1.5) + ceil(1.5)', 6],
    ['exp(log(t))', 7],
    ['cos(0) * e', Math.E],
    ['1e3 + .5', 1000.5],
  ])('%s at t = 7', (text, value) => {
    expect(compileExpression(text)(7)).toBeCloseTo(value, 9);
  });

  test.each([
    'import(1)',
    'config({number: "BigNumber"})',
    'createUnit("x")',
    'evaluate("1")',
    'parse("1")',
    'simplify("1")',
    'random()',
    'factorial(1e6)',
    't.constructor',
    'cos.constructor("x")',
    '[1, 2]',
    '{a: 1}',
    '"text"',
    'x = 3',
    'f(x) = x',
    '1; 2',
    '1\n2',
    't!',
    't > 3',
    't ? 1 : 2',
    "t'",
    '3 m',
    '2 pi',
    'true',
    'i',
    'process',
    '__proto__',
    'toString',
    'sin',
    'sin()',
    'sin(1, 2)',
    'min(1)',
    '1:3',
    '',
    '1 +',
    '(',
    ')',
    't and t',
    'not t',
    't | 1',
    '~t',
    't .* t',
    '5 to ms',
    'NaN',
    'Infinity',
    '1e999',
    `${'('.repeat(200)}t${')'.repeat(200)}`,
    't+'.repeat(2000) + 't',
  ])('refuses %j', (text) => {
    expect(() => compileExpression(text)).toThrow(ExpressionError);
  });

  test('bounds hold wherever the value is looked at', () => {
    const formula = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('t', 'pi', '2', '0.5', '-3'),
        fc
          .tuple(fc.constantFrom('+', '-', '*', '/', '%'), tie('node'), tie('node'))
          .map(([operator, a, b]) => `(${a} ${operator} ${b})`),
        fc
          .tuple(fc.constantFrom('sin', 'cos', 'abs', 'floor', 'ceil', 'sqrt', 'exp'), tie('node'))
          .map(([name, a]) => `${name}(${a})`),
        fc.tuple(fc.constantFrom('min', 'max'), tie('node'), tie('node')).map(([name, a, b]) => `${name}(${a}, ${b})`),
        tie('node').map((a) => `(${a} ^ 2)`),
      ),
    })).node;
    fc.assert(
      fc.property(formula, fc.double({ min: 0, max: 100, noNaN: true }), (text, t) => {
        const value = compileExpression(text)(t);
        const { low, high } = expressionBounds(text, 0, 100);
        const slack = 1e-9 * (1 + Math.abs(value));
        expect(
          Number.isNaN(value) || (value >= low - slack && value <= high + slack),
          `${text} = ${value} in [${low}, ${high}]`,
        ).toBe(true);
      }),
      { seed: 5, numRuns: 1000 },
    );
  });

  test('bounds of a daily curve are tight', () => {
    expect(expressionBounds('300 * (1 + 0.5 * sin(2 * pi * t / 86400))', 0, Infinity)).toEqual({ low: 150, high: 450 });
    expect(expressionBounds('10 * t', 0, Infinity).high).toBe(Infinity);
  });
});
