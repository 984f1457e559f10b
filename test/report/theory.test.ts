import { expect, test } from 'vitest';
import { theoryOf } from '../../src/analysis/theory/beside.ts';
import { boundSentences, exactText } from '../../src/report/theory.ts';
import { builtins } from '../../src/scenarios/catalogue.ts';
import { loaded } from '../scenarios/loaded.ts';

test('explain prints the exact answer and its source without a run', () => {
  const text = exactText(theoryOf(loaded(builtins['mm1']).cluster));
  expect(text).toContain('EXACT ANSWER (no simulation: M/M/1)');
  expect(text).toMatch(/mean response {3}10 ms\n {4}p50 {13}6\.931 ms\n/);
  expect(text).toMatch(/Source: Erlang 1917/);
  expect(exactText(theoryOf(loaded(builtins['shop']).cluster))).toBe('');
});

test('bounds are said once for each client, the narrowest of each kind', () => {
  const { bounds } = theoryOf(
    loaded(`
clients:
  a: { users: 10, think: 1 s, to: s }
  b: { rate: 5 req/s, to: s }
services: { s: { workers: 2, work: [ { compute: 20 ms } ] } }`).cluster,
  );
  expect(boundSentences(bounds)).toEqual([
    'a: at most 9.804 req/s (users / (think time + least time of a request)); a request takes 20 ms at least',
    'b: at most 100 req/s (s workers, utilisation law)',
  ]);
});
