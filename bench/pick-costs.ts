/**
 * What a pick costs, scheduler by scheduler, at 10 to 10,000 servers (pick-cost.ts measures one, in a process of its own, as a
 * simulation has one rule and not all of them compiled into one). Growth is taken inside each round, largest size over
 * smallest, and its median over the rounds stands beside the medians of the costs.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { schedulerKinds } from '../src/models/directors/schedulers/index.ts';

export const SIZES = [10, 100, 1000, 10_000] as const;
/** Growth from the smallest to the largest size that a rule should stay within. */
const GROWTH_MAX = 1.3;

/** Options beside the defaults that change the rule. */
const variants: readonly (readonly [string, object])[] = [
  ['nginx/hash', { consistent: true }],
  ['nginx/random', { two: 'least_conn' }],
  ['haproxy/uri', { type: 'consistent' }],
];

/** Rules that do not allow it, and why. */
const whyNot: Readonly<Record<string, string>> = {};

export interface PickCost {
  readonly name: string;
  /** CPU nanoseconds a pick at each size: medians over the rounds. */
  readonly nanoseconds: readonly number[];
  /** Median over the rounds of the cost at the largest size by that at the smallest. */
  readonly growth: number;
  readonly within: boolean;
  readonly why?: string;
}

/** @param only names of rules, all where it is empty. */
export function pickCosts(
  { built, picks, rounds, only = [] }: { built: string; picks: number; rounds: number; only?: readonly string[] },
  told: (name: string) => void,
): PickCost[] {
  const rules = schedulerKinds
    .map(({ name }): readonly [string, object] => [name, {}])
    .concat(variants)
    .filter(([name]) => only.length === 0 || only.includes(name));
  return rules.map(([rule, given]) => {
    const name = Object.keys(given).length === 0 ? rule : `${rule} ${JSON.stringify(given)}`;
    told(name);
    const args = [join(built, 'pick-cost.js'), rule, JSON.stringify(given), String(picks), String(rounds)];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${name}: ${stderr}`);
    const measured = JSON.parse(stdout) as number[][];
    const growth = median(measured.map((round) => round[SIZES.length - 1] / round[0]));
    return {
      name,
      nanoseconds: SIZES.map((_, size) => median(measured.map((round) => round[size]))),
      growth,
      within: growth <= GROWTH_MAX,
      ...(name in whyNot && { why: whyNot[name] }),
    };
  });
}

export function pickTable(costs: readonly PickCost[]): string {
  const width = Math.max(...costs.map(({ name }) => name.length));
  const sizes = SIZES.map((size) => String(size).padStart(8)).join('');
  const lines = costs.map(({ name, nanoseconds, growth, within, why }) => {
    const figures = nanoseconds.map((each) => each.toFixed(0).padStart(8)).join('');
    const verdict = within ? 'within' : why === undefined ? 'MISSED' : 'over';
    return `${name.padEnd(width)} ${figures} ${growth.toFixed(2).padStart(8)}  ${verdict.padEnd(7)} ${why ?? ''}`.trimEnd();
  });
  const met = costs.filter(({ within }) => within).length;
  return [
    `${'ns a pick at n servers'.padEnd(width)} ${sizes}   growth  <= ${GROWTH_MAX}  why not`,
    ...lines,
    `${met} of ${costs.length} within ${GROWTH_MAX}`,
  ].join('\n');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
