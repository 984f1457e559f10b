/** Every quantity of every reference case: theory's answer to the digits of the file, or the reason why there is none. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { TheoryFile } from '../../../src/analysis/reference/theory/theory-file.ts';
import { caseAnswers } from '../../../src/analysis/theory/cases/index.ts';
import { exactAnswer } from '../../../src/analysis/theory/reference.ts';

interface Case {
  readonly id: string;
  readonly family: string;
  readonly digits: number;
  readonly model: { readonly kind: string };
  readonly expect: TheoryFile['cases'][number]['expect'];
}

const { cases } = JSON.parse(readFileSync(new URL('../../../reference/theory.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Case[];
};

/** Kinds of model, cases, or single quantities (`id quantity`) that theory does not compute. */
const NOT_COMPUTED: Readonly<Record<string, string>> = {
  balanced: 'to come',
  cache: 'to come',
  'ttl-cache': 'to come',
  burst: 'to come',
  open: 'to come',
  'bd-c1': 'to come',
  'bd-c2': 'to come',
  'bd-c4-1crew': 'to come',
  'dd1-overload': 'to come',
  'drain-1': 'to come',
  'drain-8': 'to come',
  'layered-12-6-3': 'to come',
  mtdinf: 'to come',
  'mtmc-c8': 'to come',
  'mtminf-day': 'to come',
  'srp-n10-t5-p2': 'to come',
  'srp-n20-t20-p1': 'to come',
  'srp-n50-t10-p4': 'to come',
  'srp-n80-t20-p10-db2': 'to come',
  'srp-tx-n9': 'to come',
  'tr-mm1-rho80': 'to come',
  'tr-mm2-backlog': 'to come',
  'tr-mm4-overload': 'to come',
  'pick-sequence': "a scheduler's own rule, judged by running the scheduler itself",
  'fill-sequence': "a scheduler's own rule, judged by running the scheduler itself",
  'pick-from-state': "a scheduler's own rule, judged by running the scheduler itself",
  trace: 'given arrivals and services are replayed by the simulator itself, without chance',
};

function differs(got: unknown, value: unknown, relative: number): boolean {
  if (Array.isArray(value)) {
    return !Array.isArray(got) || got.length < value.length || value.some((one, k) => differs(got[k], one, relative));
  }
  if (typeof value !== 'number' || typeof got !== 'number') return got !== value;
  return !(Math.abs(got - value) <= relative * Math.max(Math.abs(value), 1e-12));
}

const known = new Set(Object.keys(caseAnswers));
const missing = new Set<string>();
for (const one of cases) {
  if (!known.has(one.model.kind)) {
    missing.add(one.model.kind);
    continue;
  }
  const answer = exactAnswer(one);
  if (answer === null) {
    missing.add(one.id);
    continue;
  }
  test(`${one.family}: ${one.id}`, () => {
    const relative = Math.max(1e-9, 10 ** -one.digits);
    const wrong = Object.entries(one.expect).filter(
      ([name, { value }]) => name in answer && differs(answer[name], value, relative),
    );
    expect(wrong.map(([name, { value }]) => [name, answer[name], value])).toEqual([]);
  });
  for (const name of Object.keys(one.expect)) if (!(name in answer)) missing.add(`${one.id} ${name}`);
}

test('what is not computed is listed with its reason, and nothing else is', () => {
  expect([...missing].sort()).toEqual(Object.keys(NOT_COMPUTED).sort());
});
