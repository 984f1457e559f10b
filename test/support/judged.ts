/** Simulated figures against exact values, by the rule of `reference/README.md`. */
import { expect } from 'vitest';
import type { Figure } from '../../src/analysis/result.ts';

export interface Known {
  readonly name: string;
  /** At a level of 99 %. */
  readonly simulated: Figure;
  readonly exact: number;
}

/**
 * The 99 % interval contains the exact value. What fails is simulated again under two fresh seeds, and fails if it fails in
 * both: a right figure does so once in a million. Every interval must be narrow.
 * @param run the figures under a seed, the same ones each time.
 * @param widest half-width, as a share of the exact value.
 */
export async function expectKnown(
  run: (seed: string) => Promise<readonly Known[]>,
  { seed, widest }: { readonly seed: string; readonly widest: number },
): Promise<void> {
  const missed = async (under: string): Promise<string[]> => {
    const known = await run(under);
    expect(known.length).toBeGreaterThan(0);
    return known.flatMap(({ name, simulated: { low, high, level }, exact }) => {
      expect(level, name).toBe(0.99);
      expect((high - low) / 2, `${name}: ${low} to ${high} is too wide for ${exact}`).toBeLessThan(widest * exact);
      return low <= exact && exact <= high ? [] : [`${name}: ${exact} is not in ${low} to ${high}`];
    });
  };
  let failing = await missed(seed);
  const names = (texts: readonly string[]): string[] => texts.map((text) => text.split(':')[0]);
  for (const fresh of [`${seed}, fresh`, `${seed}, afresh`]) {
    if (failing.length === 0) return;
    const again = new Set(names(failing));
    failing = (await missed(fresh)).filter((text) => again.has(text.split(':')[0]));
  }
  expect(failing).toEqual([]);
}
