/** Calibrated values stand in the scenario files as listed, and no holdout figure stands there. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { calibrated } from '../../../../src/analysis/reference/published/calibrated.ts';
import type { ClaimRecord } from '../../../../src/analysis/reference/published/claims.ts';
import { builtins } from '../../../../src/scenarios/catalogue.ts';

const file = readFileSync(new URL('../../../../reference/published.json', import.meta.url), 'utf8');
const { records } = JSON.parse(file) as { readonly records: readonly ClaimRecord[] };

test.each(calibrated.flatMap(({ at, value, fittedTo }) => at.map((place) => [place, value, fittedTo] as const)))(
  '%s is %s',
  (place, value, fittedTo) => {
    const [name, path] = place.split(': ');
    const found = path
      .split('.')
      .reduce<unknown>((thing, key) => (thing as Record<string, unknown>)[key], parse(builtins[name]));
    expect(found).toBe(value);
    for (const id of fittedTo) expect(records.find((record) => record.id === id)?.role, id).toBe('calibration');
  },
);

/** Values of a scenario: numbers, and texts that begin with one, as numbers. */
function numbersIn(thing: unknown): number[] {
  if (typeof thing === 'number') return [thing];
  if (typeof thing === 'string') return /^\d/.test(thing) ? [parseFloat(thing)] : [];
  if (typeof thing !== 'object' || thing === null) return [];
  return Object.values(thing).flatMap(numbersIn);
}

test('no holdout figure is a value of a scenario', () => {
  const prefixes = { mysql: 'mycat', mycat: 'mycat', metersphere: 'ms', locust: 'locust' } as const;
  for (const [name, text] of Object.entries(builtins)) {
    const prefix = prefixes[name.split('-')[0] as keyof typeof prefixes];
    if (prefix === undefined) continue;
    const used = new Set(numbersIn(parse(text)));
    for (const { id, role, claimed, unit } of records) {
      if (role !== 'holdout' || !id.startsWith(`${prefix}-`) || unit === 'threads' || unit === 'ratio') continue;
      for (const figure of [claimed].flat()) {
        if (typeof figure === 'number' && figure > 10) expect(used.has(figure), `${name} has ${figure}, of ${id}`).toBe(false);
      }
    }
  }
});
