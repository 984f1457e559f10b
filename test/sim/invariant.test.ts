import { expect, test } from 'vitest';
import { invariant, InvariantBreach } from '../../src/sim/invariant.ts';

test('an invariant that holds does not build its message', () => {
  invariant(true, 'busy <= workers', () => {
    throw new Error('built');
  });
});

test('a breach says which invariant and what was found', () => {
  const breach = (): void => invariant(false, 'busy <= workers', () => '9 of 8');
  expect(breach).toThrow(InvariantBreach);
  expect(breach).toThrow(/^busy <= workers: 9 of 8$/);
  expect(breach).toThrow(expect.objectContaining({ invariant: 'busy <= workers', name: 'InvariantBreach' }));
});
