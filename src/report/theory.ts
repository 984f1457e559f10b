/** Theory in words and rows: the bounds a run must obey, and the exact answer beside what was simulated. */
import type { TheoryResult } from '../analysis/result.ts';
import type { TheoryOfScenario } from '../analysis/theory/beside.ts';
import { formatFigure, formatInterval, formatValue } from './format.ts';

export interface ExactRow {
  readonly name: string;
  readonly exact: string;
  readonly simulated: string;
  readonly interval: string;
  /** `within`, `outside`, or nothing where there is no interval. */
  readonly mark: string;
}

export function exactRows({ exact }: TheoryResult): readonly ExactRow[] {
  return (exact?.figures ?? []).map(({ name, value, unit, simulated, covered }) => ({
    name,
    exact: formatValue(value, unit, 4),
    simulated: formatFigure(simulated),
    interval: formatInterval(simulated),
    mark: covered === null ? '' : covered ? 'within' : 'outside',
  }));
}

/** `M/M/1: 9 of 9 exact figures lie within the simulated intervals`. */
export function exactSentence({ exact }: TheoryResult): string {
  if (exact === null) return '';
  const judged = exact.figures.filter(({ covered }) => covered !== null);
  if (judged.length === 0) return `${exact.model} has an exact answer`;
  const within = judged.filter(({ covered }) => covered === true).length;
  const level = judged[0].simulated.level!;
  const chance = within < judged.length ? `; by chance 1 in ${Math.round(1 / (1 - level))} lies outside` : '';
  return `${exact.model}: ${within} of ${judged.length} exact figures lie within the simulated ${formatValue(level, 'share')} intervals${chance}`;
}

type Bounds = TheoryOfScenario['bounds'];

/** One sentence for each client: the narrowest bound of each kind, with what it comes from. */
export function boundSentences(bounds: Bounds): readonly string[] {
  const clients = [...new Set(bounds.map(({ client }) => client))];
  return clients.flatMap((client) => {
    const own = bounds.filter((bound) => bound.client === client);
    const of = (figure: string, operator: string) =>
      own
        .filter((bound) => bound.figure === figure && bound.operator === operator)
        .sort((a, b) => (operator === '<=' ? a.limit - b.limit : b.limit - a.limit))[0] as Bounds[number] | undefined;
    const most = of('throughput', '<=');
    const least = of('throughput', '>=');
    const response = of('response', '>=');
    const parts = [
      ...(most === undefined ? [] : [`at most ${formatValue(most.limit, '1/s', 4)} (${most.because})`]),
      ...(least === undefined ? [] : [`at least ${formatValue(least.limit, '1/s', 4)} (${least.because})`]),
      ...(response === undefined ? [] : [`a request takes ${formatValue(response.limit, 's')} at least`]),
    ];
    return parts.length === 0 ? [] : [clients.length > 1 ? `${client}: ${parts.join('; ')}` : parts.join('; ')];
  });
}

/** For `explain`: the exact answer of a scenario that has one, without a run; empty where it has none. */
export function exactText({ exact }: TheoryOfScenario): string {
  if (exact === null) return '';
  const names = Math.max(...exact.figures.map(({ name }) => name.length));
  const rows = exact.figures.map(
    ({ name, value, unit }) => `    ${name.padEnd(names)}  ${formatValue(value, unit, 4)}`,
  );
  return [`EXACT ANSWER (no simulation: ${exact.model})`, ...rows, `  Source: ${exact.source}`].join('\n');
}
