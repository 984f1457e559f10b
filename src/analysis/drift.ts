/**
 * Whether a steady state is one: what is in the system at the end of the windows against what was there at their beginning,
 * over all replications. It tells of what was too slow for the pilot, and of a warm-up that was given and is too short.
 */
import { displayQuantity } from '../scenarios/units.ts';
import type { ReplicationOutcome } from './replicate.ts';
import { studentCdf } from './statistics/index.ts';
import type { MovingFigure } from './steady-plan.ts';

/** Wrong warnings, of all figures looked at together, in so many runs. */
const WRONG = 1e-3;
/** A change by less than this share of what is there, or than one, is not worth a warning. */
const CHANGE_MIN = 0.05;
/** With fewer replications nothing is said. */
const REPLICATIONS_MIN = 5;

/** What the pilot saw. */
export function movingWarning({ name, unit, first, second, seconds, relaxation }: MovingFigure): string {
  const of = (value: number): string => amount(value, unit);
  const trial = `a trial run of ${displayQuantity(seconds, 'time', 3)}`;
  const changed = Math.abs(second - first) > 0.25 * Math.max(first, second);
  const what = changed
    ? `${name} went from ${of(first)} (mean of the first half of ${trial}) to ${of(second)} (second half); the load may be more than the system carries`
    : `${name} (${of(second)} on average) changes so slowly, over some ${displayQuantity(relaxation, 'time', 2)}, that ${trial} cannot tell; the intervals may be too narrow`;
  return `no steady state was seen: ${what}`;
}

/** What the windows show; null = nothing that chance could not do. */
export function driftWarning(outcomes: readonly ReplicationOutcome[]): string | null {
  if (outcomes.length < REPLICATIONS_MIN) return null;
  const levels = levelsOf(outcomes[0]);
  let worst: { readonly text: string; readonly chance: number } | null = null;
  for (const { name, of } of levels) {
    const changes = outcomes.map((outcome) => of(outcome, 'after') - of(outcome, 'before'));
    const before = mean(outcomes.map((outcome) => of(outcome, 'before')));
    const after = before + mean(changes);
    const change = Math.abs(after - before);
    if (change < 1 || change < CHANGE_MIN * Math.max(before, after)) continue;
    const chance = chanceOf(changes);
    if (chance > WRONG / levels.length || (worst !== null && chance >= worst.chance)) continue;
    const seconds = displayQuantity(mean(outcomes.map((outcome) => outcome.seconds)), 'time', 3);
    const text = `no steady state was seen: ${name} went from ${amount(before, '1')} to ${amount(after, '1')} in the ${seconds} that were measured (mean of ${outcomes.length} runs); ${
      after > before
        ? 'the load may be more than the system carries'
        : 'what is left over from the start weighs on the figures'
    }`;
    worst = { text, chance };
  }
  return worst?.text ?? null;
}

interface Level {
  readonly name: string;
  readonly of: (outcome: ReplicationOutcome, when: 'before' | 'after') => number;
}

function levelsOf({ after }: ReplicationOutcome): Level[] {
  return [
    ...Object.keys(after.clients).map((name): Level => ({
      name: `the number of requests of ${name} in the system`,
      of: (outcome, when) => outcome[when].clients[name].sent - outcome[when].clients[name].ended,
    })),
    ...Object.keys(after.services).map((name): Level => ({
      name: `the number of requests at ${name}`,
      of: (outcome, when) => outcome[when].services[name].reduce((sum, { present }) => sum + present, 0),
    })),
  ];
}

/** That the mean of the changes is as far from 0 by chance (Student's test, both sides). */
function chanceOf(changes: readonly number[]): number {
  const average = mean(changes);
  const squares = changes.reduce((sum, change) => sum + (change - average) * (change - average), 0);
  const error = Math.sqrt(squares / (changes.length - 1) / changes.length);
  return error === 0 ? 0 : 2 * (1 - studentCdf(Math.abs(average) / error, changes.length - 1));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function amount(value: number, unit: 's' | '1'): string {
  return unit === 's' ? displayQuantity(value, 'time', 3) : String(Number(value.toPrecision(3)));
}
