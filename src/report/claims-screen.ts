import type { CaseReport } from '../analysis/reference/suite.ts';
import type { Validation } from '../analysis/reference/validation.ts';
import {
  claimCases,
  claimedText,
  claimsSentence,
  differenceText,
  predictedInterval,
  predictedText,
  remarkText,
  short,
  tabledClaims,
  unitOf,
  verdictText,
} from './claims-text.ts';
import type { ClaimCase } from './claims-text.ts';
import { displayWidth, padEnd, padStart, printable, wrap } from './text.ts';

/**
 * Published claims on a terminal: two lines and its remark a claim, by system; how far a prediction moves with what was
 * assumed; the numbers that were fitted. Made for 80 columns, readable from 60.
 */

/** Columns: id, claimed, predicted, interval, difference, allowed. */
const ID = 10;
const CLAIMED = 13;
const PREDICTED = 10;
const INTERVAL = 20;
const DIFFERENCE = 9;
const INDENT = '    ';

type Mark = (text: string) => string;

export function claimLines(validation: Validation, width: number, bad: Mark): string[][] {
  const claims = tabledClaims(validation);
  if (claims.length === 0) return [];
  const systems = [...new Set(claims.map(({ family }) => family))];
  const numbered = claims.filter(({ claim }) => claim.predicted !== null);
  return [
    [...wrap(claimsSentence(validation), width)],
    ...(numbered.length === 0 ? [] : [[header()]]),
    ...systems.map((system) => [
      printable(system),
      ...claims.filter(({ family }) => family === system).flatMap((one) => claimRows(one, width, bad)),
    ]),
    ...claimCases(validation).flatMap((one) => sensitivityLines(one, width)),
    fittedLines(validation, width),
  ];
}

function header(): string {
  return (
    padEnd('', ID) +
    padStart('claimed', CLAIMED) +
    padStart('model', PREDICTED) +
    padEnd('  95 % interval', INTERVAL) +
    padStart('off', DIFFERENCE) +
    '  allowed'
  );
}

function claimRows(one: ClaimCase, width: number, bad: Mark): string[] {
  const { id, claim, verdict } = one;
  const word = verdict === 'missed' ? bad(verdictText(one)) : verdictText(one);
  const unit = unitOf(claim) === '' ? '' : ` [${printable(unitOf(claim))}]`;
  const remark = ['missed', 'contradicts itself'].includes(verdict) || claim.weak !== undefined ? remarkText(one) : '';
  const text = wrap(`${printable(claim.claim)}${unit}`, width - INDENT.length);
  const figures =
    padEnd(printable(id), ID) +
    padStart(printable(claimedText(claim)), CLAIMED) +
    (claim.predicted === null
      ? ''
      : padStart(predictedText(claim), PREDICTED) +
        padEnd(`  ${predictedInterval(claim)}`, INTERVAL) +
        padStart(differenceText(claim), DIFFERENCE) +
        `  ${claim.tolerance}`);
  return [
    ...(displayWidth(figures) <= width ? [figures] : wrap(figures, width)),
    ...text.map((line) => INDENT + line),
    `${INDENT}${claim.role}: ${word}`,
    ...wrap(printable(remark), width - 2 * INDENT.length).map((line) => INDENT + INDENT + line),
  ];
}

function sensitivityLines({ id, sensitivity }: CaseReport, width: number): string[][] {
  if (sensitivity === undefined) return [];
  const { sentence, columns, rows } = sensitivity;
  const cells = [columns, ...rows.map((row) => row.map(short))];
  const widths = columns.map((_, k) => Math.max(...cells.map((row) => displayWidth(row[k]))));
  return [
    [
      ...wrap(`${printable(id)}: ${printable(sentence)}`, width),
      ...cells.map((row) => `  ${row.map((cell, k) => padStart(cell, widths[k])).join('  ')}`),
    ],
  ];
}

function fittedLines({ calibrated = [] }: Validation, width: number): string[] {
  if (calibrated.length === 0) return [];
  return [
    ...wrap(
      'Numbers that were fitted, and to what; everything else in the scenarios is published, a default, or called assumed there:',
      width,
    ),
    ...calibrated.flatMap(({ what, value, fittedTo, at }) => {
      const scenarios = [...new Set(at.map((place) => place.split(':')[0]))].join(', ');
      return wrap(`${value}: ${what}; to ${fittedTo.join(', ')}; in ${scenarios}`, width - INDENT.length).map(
        (line, k) => (k === 0 ? `  ${line}` : INDENT + line),
      );
    }),
  ];
}
