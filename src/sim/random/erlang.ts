/** Erlang: the sum of equal exponential phases; less variable than exponential, cv = 1 / sqrt(phases). */
import type { Distribution } from './distribution.ts';
import { exponential } from './exponential.ts';
import { gamma } from './gamma.ts';
import { requirePositive } from './require.ts';

export interface ErlangOptions {
  /** Whole, 1 to 1e6. */
  readonly phases: number;
  /** Mean of the sum, not of a phase; finite and > 0. */
  readonly mean: number;
}

/** Variance mean² / phases. A gamma law of whole shape: see there for `sample`. @throws RangeError on a bad parameter. */
export function erlang({ phases, mean }: ErlangOptions): Distribution {
  requirePositive('erlang', { phases, mean });
  if (!(Number.isInteger(phases) && phases <= 1e6)) {
    throw new RangeError(`erlang: phases must be a whole number from 1 to 1e6, got ${phases}`);
  }
  return phases === 1 ? exponential({ mean }) : gamma({ mean, shape: phases });
}
