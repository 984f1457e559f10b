/** Whatever the text: a result, never an exception, and a scenario only where there is no problem. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { builtins } from '../../src/scenarios/catalogue.ts';
import { explainScenario } from '../../src/scenarios/describe.ts';
import { loadScenario } from '../../src/scenarios/load.ts';

const words = [
  ...new Set(Object.values(builtins).flatMap((text) => text.match(/[\w.]+|[[\]{}:,#"'&*|>%-]|\s+/g) ?? [])),
  '.nan',
  '.inf',
  '-1',
  '1e999',
  '<<',
  '!!js',
  '__proto__',
  'constructor',
  '&a',
  '*a',
  '5',
  'measured',
  'null',
  '~',
  '~:',
  '\t',
  '\u0000',
];

function holds(text: string, set: readonly string[] = []): void {
  const { scenario, problems } = loadScenario(text, { name: 'fuzz', set });
  expect(scenario === null).toBe(problems.length > 0);
  for (const { rule, line, column } of problems) {
    expect(rule).not.toBe('');
    expect(line === null || (line >= 1 && column! >= 1)).toBe(true);
  }
  if (scenario !== null) {
    expect(explainScenario(scenario)).not.toMatch(/undefined|\[object/);
  }
}

test('any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => holds(text)),
    { seed: 11, numRuns: 300 },
  );
});

test('words of scenarios in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { maxLength: 60 }), (parts) => holds(parts.join(' '))),
    { seed: 12, numRuns: 500 },
  );
});

test('built-in scenarios with a part changed, moved or taken away', () => {
  const part = fc.record({
    at: fc.nat(3000),
    length: fc.nat(30),
    words: fc.array(fc.constantFrom(...words), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(builtins)),
      fc.array(part, { minLength: 1, maxLength: 3 }),
      (text, changes) => {
        const lines = text
          .split('\n')
          .filter((line) => !/^\s*#/.test(line))
          .join('\n');
        holds(
          changes.reduce((now, { at, length, words: inserted }) => {
            const start = at % now.length;
            return `${now.slice(0, start)}${inserted.join(' ')}${now.slice(start + length)}`;
          }, lines),
        );
      },
    ),
    { seed: 13, numRuns: 600 },
  );
});

test('data of any shape in the place of any value', () => {
  const anything = fc.json({ maxDepth: 3 }).map((json) => json.replace(/\n/g, ' '));
  const paths = [
    'clients',
    'clients.visitors',
    'clients.visitors.rate',
    'clients.visitors.mix',
    'directors.nginx',
    'directors.nginx.upstream',
    'services.app.work',
    'services.app.work[1]',
    'services.app.pool',
    'measured',
    'measured.app.cpu',
    'slos',
    'slos[0]',
    'faults',
    'time',
    'links',
    'measure',
    'prices',
    'seed',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...paths), anything, (path, value) => holds(builtins.shop, [`${path}=${value}`])),
    { seed: 14, numRuns: 600 },
  );
});
