import { expect } from 'vitest';
import { loadScenario } from '../../src/scenarios/load.ts';
import type { LoadOptions } from '../../src/scenarios/load.ts';
import type { Scenario } from '../../src/scenarios/scenario.ts';

/** The scenario of a text that has no problems. */
export function loaded(text: string, options: Partial<LoadOptions> = {}): Scenario {
  const { scenario, problems } = loadScenario(text, { name: 'test', ...options });
  expect(problems).toEqual([]);
  return scenario!;
}
