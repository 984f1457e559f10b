import type { FaultRecord, Limit, Result, SloResult, TodayFigure, Verdict } from '../analysis/result.ts';
import { faultSentence, yearSentence } from './failover.ts';
import { formatCount, formatFigure, formatInterval, formatSpan, formatValue, isObserved } from './format.ts';
import {
  alertSentences,
  cacheSentences,
  connectionSentences,
  protectionSentences,
  scalingSentences,
  topicSentences,
  endedCount,
  endText,
  inputDoubtSentences,
  failedCount,
  failures,
  generatorSentences,
  lagSentences,
  firstLimit,
  isErrorSlo,
  loadNow,
  margin,
  methodDoubts,
  methodSentence,
  sloName,
  stuckSentences,
  trafficOf,
  verdictWord,
} from './sentences.ts';
import { boundSentences, exactRows, exactSentence, type ExactRow } from './theory.ts';
import { clip, displayWidth, padEnd, padStart, printable, wrap } from './text.ts';

/**
 * The estimate on one screen: the verdict first, then the figures it rests on, what is used and what would end it,
 * and what was assumed. Leaves out progress and the next commands, which belong to the command line.
 */

export interface TerminalOptions {
  /** Columns; no line is longer. At least 60. */
  readonly width: number;
  /** ANSI colours; the caller obeys NO_COLOR and knows whether it writes to a terminal. */
  readonly color: boolean;
  /** All limits, also those under 10 %. */
  readonly limits?: boolean;
}

/** A style of a piece of text. */
type Paint = Readonly<Record<'good' | 'bad' | 'doubt' | 'dim' | 'strong', (text: string) => string>>;

const LABEL = 11;
const BAR = 22;
const END_TITLE = 'would end at';
const FIRST = '  <- first';
/** Limits used less than this are counted, not listed. */
const WORTH_A_LINE = 0.1;

/** The report as text, its lines ended by `\n`. */
export function terminalReport(result: Result, options: TerminalOptions): string {
  const width = Math.max(60, options.width);
  const paint = options.color ? ansi : plain;
  const sections = [
    heading(result, width, paint),
    verdicts(result, width, paint),
    figures(result, width, paint),
    connectionSentences(result).flatMap((sentence, row) =>
      labelled(row === 0 ? 'opened' : '', printable(sentence), width),
    ),
    protectionSentences(result).flatMap((sentence, row) =>
      labelled(row === 0 ? 'protected' : '', printable(sentence), width),
    ),
    cacheSentences(result).flatMap((sentence, row) => labelled(row === 0 ? 'caches' : '', printable(sentence), width)),
    generatorSentences(result).flatMap((sentence) => labelled('generator', printable(sentence), width, paint.doubt)),
    scalingSentences(result).flatMap((sentence, row) =>
      labelled(row === 0 ? 'servers' : '', printable(sentence), width),
    ),
    topicSentences(result).flatMap((sentence, row) => labelled(row === 0 ? 'records' : '', printable(sentence), width)),
    stuckSentences(result).flatMap((sentence) => labelled('stays full', printable(sentence), width, paint.bad)),
    limits(result, width, options.limits === true, paint),
    theory(result, width, paint),
    lagSentences(result).flatMap((sentence, row) => labelled(row === 0 ? 'replicas' : '', printable(sentence), width)),
    alertSentences(result).flatMap((sentence, row) => labelled(row === 0 ? 'alerts' : '', printable(sentence), width)),
    faults(result.faults, width),
    faultCosts(result, width),
    doubtsAboutInputs(result, width),
    assumed(result, width),
    method(result, width, paint),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line.trimEnd()}\n`).join(''))
    .join('\n');
}

function heading({ scenario }: Result, width: number, paint: Paint): string[] {
  const title = printable(scenario.title);
  const name = printable(scenario.name);
  const named = title.toLowerCase().startsWith(name.toLowerCase());
  return wrap(title === '' ? name : named ? title : `${name}: ${title}`, width).map(paint.strong);
}

function verdicts(result: Result, width: number, paint: Paint): string[] {
  const rows = result.slos.map((slo) => ({
    verdict: slo.verdict,
    cells: [verdictWord(slo.verdict), printable(sloName(slo)), ...verdictFigure(result, slo)],
  }));
  const columns = [0, 1, 2, 3].map((column) => Math.max(...rows.map(({ cells }) => displayWidth(cells[column]))));
  const short = columns[0] + columns[1] + columns[2] + columns[3] + 6 <= width;
  return rows.flatMap(({ verdict, cells }) => {
    const word = paint[verdictPaint(verdict)](padEnd(cells[0], columns[0]));
    const figure = `${padEnd(cells[2], columns[2])}  ${cells[3]}`;
    const indent = ' '.repeat(columns[0] + 2);
    if (short) {
      const line = `${word}  ${padEnd(cells[1], columns[1])}  ${figure}`;
      return place(line, cells[4], width, columns[0] + columns[1] + 4);
    }
    const name = wrap(cells[1], width - columns[0] - 2);
    return [
      `${word}  ${name[0]}`,
      ...name.slice(1).map((line) => indent + line),
      ...place(`${indent}${clip(figure, width - indent.length)}`, cells[4], width, indent.length),
    ];
  });
}

/** The figure, its interval and the distance to the limit. */
function verdictFigure(result: Result, slo: SloResult): [string, string, string] {
  if (!isErrorSlo(slo) || !isObserved(slo.figure)) {
    return [formatFigure(slo.figure), formatInterval(slo.figure), margin(slo)];
  }
  const traffic = trafficOf(result, slo);
  const failed = failedCount(traffic.failed);
  if (failed > 0) return [formatFigure(slo.figure), formatInterval(slo.figure), margin(slo)];
  const counted = `0 of ${formatCount(endedCount(traffic))}`;
  return [counted, formatInterval(slo.figure), slo.verdict === 'holds' ? '' : margin(slo)];
}

function figures(result: Result, width: number, paint: Paint): string[] {
  const { total } = result;
  const { p50, p95, p99, p999 } = total.response;
  const percentiles = Object.entries({ p50, p95, p99, 'p99.9': p999 });
  const response = percentiles.map(([name, figure]) => `${name} ${formatFigure(figure, 3)}`).join('   ');
  const offered = `offered ${formatFigure(total.offered, 3)}`;
  return [
    ...labelled('response', response, width),
    ...labelled(
      'throughput',
      `${formatFigure(total.throughput)}  ${formatInterval(total.throughput)}   ${offered}`,
      width,
    ),
    ...errors(result, width, paint),
    ...today(result.today, width, paint),
  ];
}

function errors({ total }: Result, width: number, paint: Paint): string[] {
  const all = failures(total);
  if (all.length === 0) return [];
  const causes = all.map(
    ({ cause, count, share }) => `${cause} ${formatCount(count)} (${formatValue(share, 'share', 2)})`,
  );
  return labelled('errors', `${formatFigure(total.errors, 2)}: ${causes.join(', ')}`, width, paint.bad);
}

function today(all: readonly TodayFigure[], width: number, paint: Paint): string[] {
  if (all.length === 0) return [];
  const value = (figure: TodayFigure, which: 'model' | 'measured') =>
    which === 'model' ? formatFigure(figure.model, 2) : formatValue(figure.measured, figure.unit);
  const list = (which: 'model' | 'measured') =>
    all.map((figure) => `${printable(figure.name)} ${value(figure, which)}`);
  const line = `model ${list('model').join(', ')}  |  measured ${list('measured').join(', ')}`;
  const fitted = all.some((figure) => figure.fitted);
  const agrees = all.every((figure) => figure.agrees);
  if (agrees && !fitted && LABEL + line.length + 8 <= width) {
    return place(`${padEnd('today', LABEL)}${line}`, 'agrees', width, LABEL);
  }
  const names = Math.min(24, Math.max(...all.map(({ name }) => displayWidth(printable(name)))));
  const models = Math.max(...all.map((figure) => displayWidth(value(figure, 'model'))));
  const measured = Math.max(...all.map((figure) => displayWidth(value(figure, 'measured'))));
  return all.flatMap((figure, row) => {
    const cells = [
      padEnd(row === 0 ? 'today' : '', LABEL),
      padEnd(clip(printable(figure.name), names), names),
      `  model ${padStart(value(figure, 'model'), models)}`,
      `   measured ${padStart(value(figure, 'measured'), measured)}`,
    ].join('');
    const verdict = figure.agrees ? `agrees${figure.fitted ? ' (set from it)' : ''}` : paint.bad('differs');
    const fits = displayWidth(cells) + 3 + displayWidth(verdict) <= width;
    return fits ? [`${cells}   ${verdict}`] : [cells, `${' '.repeat(LABEL + names + 2)}${verdict}`];
  });
}

function limits({ limits: all, load }: Result, width: number, everything: boolean, paint: Paint): string[] {
  if (all.length === 0) return [];
  const first = firstLimit(all);
  const shown = everything
    ? all
    : all.filter((limit, rank) => rank === 0 || limit === first || limit.used.value >= WORTH_A_LINE);
  const share = (limit: Limit) => formatFigure(limit.used, 2);
  const end = endText;
  const shares = Math.max(...shown.map((limit) => share(limit).length));
  const ends = Math.max(END_TITLE.length, ...shown.map((limit) => end(limit).length));
  const room = width - ends - FIRST.length - shares - 7;
  const bars = Math.min(BAR, Math.floor(room / 2));
  const names = Math.min(room - bars, Math.max(...shown.map(({ name }) => displayWidth(printable(name)))));
  const title = Number.isFinite(load.value) ? `used at ${loadNow(load)}` : 'used';
  const lines = shown.map((limit) => {
    const used = `${padStart(share(limit), shares)}  ${bar(limit.used.value, bars)}`;
    const ending = limit === first ? padEnd(end(limit), ends) + FIRST : end(limit);
    const name = padEnd(clip(printable(limit.name), names), names);
    return `  ${name} ${limit === first ? paint.strong(used) : used}  ${ending}`;
  });
  const hidden = all.length - shown.length;
  const more = `  ${hidden} more ${hidden === 1 ? 'limit' : 'limits'} below ${formatValue(WORTH_A_LINE, 'share')}: --limits`;
  return [padEnd(title, names + shares + bars + 7) + END_TITLE, ...lines, ...(hidden > 0 ? [paint.dim(more)] : [])];
}

/** The bounds, and the exact answer figure by figure where there is one. */
function theory({ theory: known }: Result, width: number, paint: Paint): string[] {
  const rows = exactRows(known);
  const column = (of: (row: ExactRow) => string) => Math.max(0, ...rows.map((row) => displayWidth(of(row))));
  const names = column(({ name }) => printable(name));
  const exacts = column(({ exact }) => exact);
  const values = column(({ simulated }) => simulated);
  const intervals = column(({ interval }) => interval);
  const marks = column(({ mark }) => mark);
  const room = width - exacts - values - intervals - marks - 10;
  return [
    ...boundSentences(known.bounds).flatMap((sentence, k) =>
      labelled(k === 0 ? 'bounds' : '', printable(sentence), width),
    ),
    ...(rows.length === 0 ? [] : labelled('exact', exactSentence(known), width)),
    ...rows.map((row) => {
      const name = padEnd(clip(printable(row.name), Math.min(names, room)), Math.min(names, room));
      const cells = `  ${name}  ${padStart(row.exact, exacts)}  ${padStart(row.simulated, values)}`;
      if (row.mark === '') return `${cells}  ${row.interval}`;
      const mark = row.mark === 'outside' ? paint.doubt(row.mark) : paint.dim(row.mark);
      return `${cells}  ${padEnd(row.interval, intervals)}  ${mark}`;
    }),
  ];
}

function bar(share: number, width: number): string {
  const filled = Math.min(width, Math.max(0, Math.round((Number.isFinite(share) ? share : 0) * width)));
  return '#'.repeat(filled) + '.'.repeat(width - filled);
}

function faults(records: readonly FaultRecord[], width: number): string[] {
  if (records.length === 0) return [];
  const times = records.map(({ at, until }) => formatSpan(at, until));
  const moments = Math.max(...times.map(displayWidth));
  const kinds = Math.max(...records.map(({ kind }) => kind.length));
  const indent = 2 + moments + 2 + kinds + 2;
  const lines = records.flatMap(({ kind, text }, row) => {
    const [head = '', ...rest] = wrap(printable(text), width - indent);
    return [
      `  ${padStart(times[row], moments)}  ${padEnd(kind, kinds)}  ${head}`,
      ...rest.map((line) => ' '.repeat(indent) + line),
    ];
  });
  return ['what happened (minutes:seconds of simulated time)', ...lines];
}

/** What each fault cost and why, and what all of them cost in a year. */
function faultCosts(result: Result, width: number): string[] {
  const { failover } = result;
  if (failover === null) return [];
  const year = yearSentence(result);
  return [
    'what each fault cost',
    ...failover.faults.flatMap((fault) => [
      ...hanging(faultSentence(fault), width, 2),
      ...(fault.why === '' ? [] : hanging(fault.why, width, 4)),
    ]),
    ...(year === null ? [] : wrap(printable(year), width)),
  ];
}

/** A sentence whose first line is indented, and the others two more. */
function hanging(sentence: string, width: number, indent: number): string[] {
  const [first = '', ...rest] = wrap(printable(sentence), width - indent - 2);
  return [' '.repeat(indent) + first, ...rest.map((line) => ' '.repeat(indent + 2) + line)];
}

/** What is not known of the inputs, beside what chance does to the same figure. */
function doubtsAboutInputs(result: Result, width: number): string[] {
  return inputDoubtSentences(result).flatMap((sentence, row) =>
    labelled(row === 0 ? 'how sure' : '', printable(sentence), width, (text) => text),
  );
}

function assumed({ assumptions }: Result, width: number): string[] {
  const guessed = assumptions.filter(({ kind }) => kind === 'assumed' || kind === 'fitted');
  const given = assumptions.length - guessed.length;
  if (assumptions.length === 0) return [];
  const defaults = `${formatCount(given)} ${given === 1 ? 'default' : 'defaults'}`;
  if (guessed.length === 0) return wrap(`assumed: nothing but ${defaults}: --explain assumptions`, width);
  const texts = guessed.slice(0, 5).map(({ text }) => printable(text));
  const more = guessed.length > texts.length ? ` and ${guessed.length - texts.length} more` : '';
  const others = given > 0 ? ` Also ${defaults}.` : '';
  const hint = '--explain assumptions';
  return wrap(`assumed (not measured): ${texts.join(', ')}${more}.${others} ${hint}`, width);
}

function method(result: Result, width: number, paint: Paint): string[] {
  return [
    ...methodDoubts(result).flatMap((doubt) => labelled('note', doubt, width, paint.doubt)),
    ...result.warnings.flatMap((warning) => labelled('warning', printable(warning), width, paint.doubt)),
    ...wrap(methodSentence(result), width).map(paint.dim),
  ];
}

/** A label in the first column and a text that continues under itself. */
function labelled(
  label: string,
  text: string,
  width: number,
  paint: (text: string) => string = (same) => same,
): string[] {
  const lines = displayWidth(text) <= width - LABEL ? [text] : wrap(text, width - LABEL);
  return lines.map((line, row) => paint(padEnd(row === 0 ? label : '', LABEL)) + line);
}

/** Puts a remark at the right end of the line, or on a line of its own, indented, where it does not fit. */
function place(line: string, remark: string, width: number, indent: number): string[] {
  if (remark === '') return [line];
  const room = width - displayWidth(line) - displayWidth(remark);
  if (room >= 2) return [line + ' '.repeat(room) + remark];
  return [line, ' '.repeat(Math.max(0, Math.min(indent, width - displayWidth(remark)))) + clip(remark, width)];
}

function verdictPaint(verdict: Verdict): 'good' | 'bad' | 'doubt' {
  return verdict === 'holds' ? 'good' : verdict === 'missed' ? 'bad' : 'doubt';
}

const plain: Paint = {
  good: (text) => text,
  bad: (text) => text,
  doubt: (text) => text,
  dim: (text) => text,
  strong: (text) => text,
};

const ansi: Paint = {
  good: sgr(1, 32),
  bad: sgr(1, 31),
  doubt: sgr(1, 33),
  dim: sgr(2),
  strong: sgr(1),
};

/** Select Graphic Rendition (ECMA-48 8.3.117): switches the style on and all styles off. */
function sgr(...codes: number[]): (text: string) => string {
  return (text) => `\u001b[${codes.join(';')}m${text}\u001b[0m`;
}
