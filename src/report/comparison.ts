import type { ComparedFigure, Comparison } from '../analysis/compare.ts';
import type { Figure } from '../analysis/result.ts';
import { formatCount, formatDuration, formatFigure, formatValue, isObserved } from './format.ts';
import { sloName, verdictWord } from './sentences.ts';
import { padEnd, printable, wrap } from './text.ts';

/**
 * A comparison as text: for a terminal, and as Markdown for a pull request. What is real comes with its size; what was not
 * seen says how large it could still be.
 */

const WORDS: Readonly<Record<ComparedFigure['verdict'], string>> = {
  same: 'the same',
  real: 'REAL',
  perhaps: 'perhaps',
  'none seen': 'none seen',
};

/** @param width columns; no line is longer, unless a figure's own cells are. At least 60. */
export function terminalComparison(comparison: Comparison, width: number): string {
  const { sides, comparisons } = comparison;
  const parts = comparisons.map(({ side, figures }) => {
    const head = `${printable(side)}, compared with ${printable(sides[0].name)}`;
    const rows = [['', 'first', 'this', 'difference', '', ''], ...figures.map(cells)];
    const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
    const wide = widths.reduce((sum, one) => sum + one + 2, 0) <= width;
    const lines = rows.flatMap((row) => {
      const [name, first, other, ...rest] = row.map((cell, column) => padEnd(cell, widths[column]));
      const values = `  ${name}  ${first}  ${other}`;
      if (wide) return [`${values}  ${rest.join('  ')}`];
      return row === rows[0]
        ? [values]
        : [
            values,
            `    ${row
              .slice(3)
              .filter((cell) => cell !== '')
              .join('  ')}`,
          ];
    });
    return [...wrap(head, width), ...lines].map((line) => `${line.trimEnd()}\n`).join('');
  });
  const slos = sides.flatMap(({ name, slos }) =>
    slos.flatMap((slo) =>
      hanging(`${verdictWord(slo.verdict)}  ${printable(name)}: ${sloName(slo)}  ${formatFigure(slo.figure)}`, width),
    ),
  );
  return [...parts, ...(slos.length > 0 ? [`${slos.join('\n')}\n`] : []), notes(comparison, width)].join('\n');
}

/** Lines of at most the width; the second and further ones are indented. */
function hanging(text: string, width: number): string[] {
  if (text.length <= width) return [text];
  return wrap(text, width - 4).map((line, k) => (k === 0 ? line : `    ${line}`));
}

export function markdownComparison(comparison: Comparison): string {
  const { sides, comparisons } = comparison;
  const blocks = comparisons.flatMap(({ side, figures }) => {
    const rows = figures.map((figure) => `| ${cells(figure).map(escaped).join(' | ')} |`);
    const header = `| | ${escaped(sides[0].name)} | ${escaped(side)} | difference | | |\n|---|---|---|---|---|---|`;
    return [`### ${escaped(side)} against ${escaped(sides[0].name)}`, [header, ...rows].join('\n')];
  });
  return `${[...blocks, notes(comparison, Infinity)].join('\n\n')}\n`;
}

/** Name, both values, the difference with its interval, its share of the first, and whether it is real. */
function cells({ name, first, other, difference, verdict }: ComparedFigure): string[] {
  if (!isObserved(first) || !isObserved(other)) return [name, formatFigure(first), formatFigure(other), '-', '', ''];
  const values = [name, formatFigure(first, 4), formatFigure(other, 4)];
  if (verdict === 'same') return [...values, '0', '', WORDS.same];
  const relative = first.value > 0 ? relativeText(difference.value / first.value) : '';
  return [...values, differenceText(difference), relative, WORDS[verdict]];
}

/** `-1.82 ms (-1.9 to -1.75)`: value and interval share the unit that the magnitude of the widest asks for. */
function differenceText(difference: Figure): string {
  const { value, low, high, unit, level } = difference;
  const sign = value < 0 ? '-' : '+';
  const size = sizeText(value, unit);
  if (level === null) return `${sign}${size} (one run: no interval)`;
  const end = (bound: number): string => `${bound < 0 ? '-' : '+'}${sizeText(bound, unit)}`;
  return `${sign}${size} (${end(low)} to ${end(high)})`;
}

/** Without its sign; the difference of two shares is in points. */
function sizeText(value: number, unit: Figure['unit']): string {
  return formatValue(Math.abs(value), unit).replace('%', 'points');
}

/** `-1.8 %` of the first; from ten times as much on, `12 times`. */
function relativeText(share: number): string {
  return share >= 9 ? `${formatValue(share + 1, '1', 3)} times` : `${signed(100 * share, 3)} %`;
}

function signed(value: number, digits: number): string {
  const text = String(Number(value.toPrecision(digits)));
  return value > 0 ? `+${text}` : text;
}

function notes({ method, comparisons, warnings, seed }: Comparison, width: number): string {
  const { replications, level, levelOfReal, warmup, duration, events, precisionReached, precision, partial } = method;
  const gains = comparisons.flatMap(({ figures }) =>
    figures.flatMap(({ name, gain }) => (name === 'mean' && gain !== null ? [gain] : [])),
  );
  const lines = [
    `${replications} ${replications === 1 ? 'pair' : 'pairs'} of runs under the same chance, seed ${printable(seed)}: ${formatDuration(warmup)} left out, ${formatDuration(duration)} measured; ${formatCount(events)} events. Intervals at ${formatValue(level, 'share')}; REAL at ${formatValue(levelOfReal, 'share', 5)}, so that all claims together are wrong in at most ${formatValue(1 - level, 'share')} of comparisons.`,
    ...(gains.length > 0 && Math.max(...gains) >= 1.05
      ? [
          `Without pairing, the mean's difference would need ${gains.map((gain) => Number(gain.toPrecision(2))).join(', ')} times as many runs.`,
        ]
      : []),
    ...(partial ? ['Broken off: the figures are of what had finished.'] : []),
    ...(precisionReached || partial
      ? []
      : [`The budget ended before the differences were known to ${formatValue(precision, 'share')} of the first.`]),
    ...warnings,
  ];
  return lines
    .flatMap((line) => wrap(line, width))
    .map((line) => `${line}\n`)
    .join('');
}

function escaped(text: string): string {
  return text.replace(/[|<>&*_`[\]\\]/g, (character) => `\\${character}`);
}
