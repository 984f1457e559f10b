import { expect } from 'vitest';
import { loadScenario } from '../../src/scenarios/load.ts';
import type { LoadOptions } from '../../src/scenarios/load.ts';
import type { Scenario } from '../../src/scenarios/scenario.ts';

/** A number that is this one but for rounding. */
export const near = (value: number, digits = 12): number => expect.closeTo(value, digits) as number;

/** A text that contains, or matches. */
export const saying = (words: string | RegExp): string =>
  (typeof words === 'string' ? expect.stringContaining(words) : expect.stringMatching(words)) as string;

/** The scenario of a text that has no problems. */
export function loaded(text: string, options: Partial<LoadOptions> = {}): Scenario {
  const { scenario, problems } = loadScenario(text, { name: 'test', ...options });
  expect(problems).toEqual([]);
  return scenario!;
}
