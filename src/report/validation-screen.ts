import type { CaseReport } from '../analysis/reference/suite.ts';
import type { Counts, Validation } from '../analysis/reference/validation.ts';
import { claimLines } from './claims-screen.ts';
import { displayWidth, padEnd, padStart, printable, wrap } from './text.ts';
import {
  countsSentence,
  failedCases,
  howSentence,
  intervalText,
  unitText,
  unjudgedGroups,
  valueText,
} from './validation-text.ts';

/**
 * A validation on a terminal: how many of each family passed, every failure with what was expected and found (or, of published
 * claims alone, every claim), what nothing judges and why, and the counts as the last line.
 */

export interface ScreenOptions {
  /** Columns; no line is longer. At least 60. */
  readonly width: number;
  /** ANSI colours. */
  readonly color: boolean;
}

const TITLES = ['passed', 'failed', 'not expressible'];

/** As text, its lines ended by `\n`. */
export function validationScreen(validation: Validation, { width, color }: ScreenOptions): string {
  const bad = color ? (text: string) => `\u001b[1;31m${text}\u001b[0m` : (text: string) => text;
  const parts = [
    table(validation, bad),
    ...(claimsAlone(validation) ? claimLines(validation, width, bad) : [failures(validation, width, bad)]),
    unjudged(validation, width),
    [...wrap(howSentence(validation), width), countsSentence(validation.counts)],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line.trimEnd()}\n`).join(''))
    .join('\n');
}

/** Nothing but published claims: each has its row, misses too. */
function claimsAlone({ cases }: Validation): boolean {
  return cases.every(({ suite }) => suite === 'published');
}

function table({ suites }: Validation, bad: (text: string) => string): string[] {
  const names = suites.flatMap(({ name, families }) => [
    name,
    ...families.map((family) => `  ${printable(family.name)}`),
  ]);
  const first = Math.max(...names.map(displayWidth)) + 2;
  const cells = ({ passed, failed, notExpressible }: Counts) =>
    [passed, failed, notExpressible]
      .map((count, k) => {
        const text = padStart(count === 0 ? '-' : String(count), TITLES[k].length + 2);
        return k === 1 && count > 0 ? bad(text) : text;
      })
      .join('');
  return [
    padEnd('', first) + TITLES.map((title) => `  ${title}`).join(''),
    ...suites.flatMap(({ name, counts, families }) => [
      padEnd(name, first) + cells(counts),
      ...families.map((family) => padEnd(`  ${printable(family.name)}`, first) + cells(family.counts)),
    ]),
  ];
}

function failures(validation: Validation, width: number, bad: (text: string) => string): string[] {
  return failedCases(validation).flatMap((one) => [
    `${bad(one.verdict)}  ${printable(one.id)}  (${one.suite}, ${printable(one.family)})`,
    ...(one.reason === undefined ? [] : wrap(printable(one.reason), width - 4).map((line) => `    ${line}`)),
    ...misses(one, width),
  ]);
}

function misses({ figures }: CaseReport, width: number): string[] {
  return figures
    .filter(({ passed }) => !passed)
    .flatMap((figure) => {
      const { name, expected, found, tolerance, note } = figure;
      const unit = unitText(figure.unit);
      const line = `${printable(name)}: expected ${valueText(expected, found.value)}${unit}, found ${valueText(found.value, expected)}${intervalText(figure)}; ${tolerance}${note === undefined ? '' : `; ${note}`}`;
      return wrap(printable(line), width - 4).map((text, k) => `${k === 0 ? '  - ' : '    '}${text}`);
    });
}

function unjudged(validation: Validation, width: number): string[] {
  const alone = claimsAlone(validation);
  const groups = unjudgedGroups(validation).filter(({ reason }) => !alone || reason !== 'contradicts itself');
  if (groups.length === 0) return [];
  return [
    alone ? 'not judged' : 'not expressible',
    ...groups.flatMap(({ suite, reason, ids }) => [
      ...wrap(`${suite}, ${ids.length}: ${printable(reason)}`, width - 2).map((line, k) =>
        `${k === 0 ? '  ' : '    '}${line}`.slice(0, width),
      ),
      ...wrap(ids.map(printable).join(', '), width - 4).map((line) => `    ${line}`),
    ]),
  ];
}
