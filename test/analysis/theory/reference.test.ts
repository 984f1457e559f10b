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

const POOLS = 'several resources held at once: a Markov chain of its own for every script, not built here';
const MANY_LINES = 'three or more lines that depend on each other: the chain is too wide for the band solver';
const RULE = "a scheduler's own rule, judged by running the scheduler itself";

/** Kinds of model, cases, or single quantities (`id quantity`) that theory does not compute. */
const NOT_COMPUTED: Readonly<Record<string, string>> = {
  open: POOLS,
  'srp-n10-t5-p2': POOLS,
  'srp-n20-t20-p1': POOLS,
  'srp-n50-t10-p4': POOLS,
  'srp-n80-t20-p10-db2': POOLS,
  'srp-tx-n9': POOLS,
  'layered-12-6-3': POOLS,
  'jsq-3-rho80': MANY_LINES,
  'p2c-3-rho70': MANY_LINES,
  'p2c-4-rho50': MANY_LINES,
  'mtmc-c8': 'a rate that varies at several servers: no closed form, and no solver of inhomogeneous chains here',
  'dd1-overload': 'no steady state: the first hundred arrivals are replayed by the simulator itself, without chance',
  'pick-sequence': RULE,
  'fill-sequence': RULE,
  'pick-from-state': RULE,
  trace: 'given arrivals and services are replayed by the simulator itself, without chance',
};

/** Where the reference's own method has fewer digits than the case says: relative difference allowed, and why. */
const FEWER_DIGITS: Readonly<Record<string, number>> = {
  // 6e-9 by Runge and Kutta, whose error is absolute (1e-15); uniformisation adds positive terms only
  'tr-mm2-backlog prob_empty_at': 1e-6,
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
      ([name, { value }]) =>
        name in answer && differs(answer[name], value, FEWER_DIGITS[`${one.id} ${name}`] ?? relative),
    );
    expect(wrong.map(([name, { value }]) => [name, answer[name], value])).toEqual([]);
  });
  for (const name of Object.keys(one.expect)) if (!(name in answer)) missing.add(`${one.id} ${name}`);
}

test('what is not computed is listed with its reason, and nothing else is', () => {
  expect([...missing].sort()).toEqual(Object.keys(NOT_COMPUTED).sort());
});
