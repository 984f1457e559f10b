import type { Result } from '../analysis/result.ts';
import { FAILOVER_HEADER, faultRow, yearSentence } from './failover.ts';
import { formatCount, formatFigure, formatFigureWithInterval, formatInterval, formatValue } from './format.ts';
import {
  alertSentences,
  cacheSentences,
  connectionSentences,
  protectionSentences,
  scalingSentences,
  topicSentences,
  endText,
  failures,
  firstLimit,
  generatorSentences,
  lagSentences,
  limitSentence,
  inputDoubtSentences,
  margin,
  methodDoubts,
  methodSentence,
  reproduceCommand,
  sloName,
  stuckSentences,
  todaySentence,
  verdictSentence,
  verdictWord,
} from './sentences.ts';
import { printable } from './text.ts';
import { boundSentences, exactRows, exactSentence } from './theory.ts';

/**
 * The summary for a pull request or a CI job page: GitHub-flavoured Markdown, verdict first, short enough to be read
 * in the thread. Leaves out charts and what the HTML report has in full.
 */

const LIMITS_SHOWN = 5;

export function markdownSummary(result: Result): string {
  const { scenario, version, total, limits, today, assumptions } = result;
  const blocks = [
    `## ${verdictWord(result.verdict)}: ${escaped(scenario.title === '' ? scenario.name : scenario.title)}`,
    verdictSentence(result),
    ...[...generatorSentences(result), ...stuckSentences(result)].map(escaped),
    bullets([
      ...connectionSentences(result),
      ...protectionSentences(result),
      ...cacheSentences(result),
      ...lagSentences(result),
      ...alertSentences(result),
      ...scalingSentences(result),
      ...topicSentences(result),
    ]),
    slos(result),
    figures(result),
    failures(total).length === 0 ? '' : errors(result),
    limits.length === 0 ? '' : limitTable(result),
    faultCosts(result),
    today.length === 0 ? '' : escaped(todaySentence(today)),
    escaped(
      boundSentences(result.theory.bounds)
        .map((sentence) => `Bound: ${sentence}.`)
        .join(' '),
    ),
    result.theory.exact === null ? '' : exact(result),
    bullets([...inputDoubtSentences(result), ...methodDoubts(result), ...result.warnings]),
    details('Assumed, not measured', [
      bullets(assumptions.filter(({ kind }) => kind === 'assumed' || kind === 'fitted').map(assumption)),
    ]),
    details('How to reproduce', [
      `${codeSpan(reproduceCommand(result))}, version ${escaped(version)}, digest ${codeSpan(scenario.digest)}`,
      escaped(methodSentence(result)),
    ]),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function slos({ slos: all }: Result): string {
  if (all.length === 0) return '';
  return table(
    ['', 'SLO', 'figure', 'interval', ''],
    all.map((slo) => [
      `**${verdictWord(slo.verdict)}**`,
      escaped(sloName(slo)),
      formatFigure(slo.figure),
      formatInterval(slo.figure),
      margin(slo),
    ]),
  );
}

function figures({ total }: Result): string {
  const { p50, p95, p99, p999 } = total.response;
  return table(
    ['throughput', 'p50', 'p95', 'p99', 'p99.9', 'errors'],
    [[total.throughput, p50, p95, p99, p999, total.errors].map(formatFigureWithInterval)],
  );
}

function errors({ total }: Result): string {
  return table(
    ['cause', 'requests', 'of all sent'],
    failures(total).map(({ cause, count, share }) => [cause, formatCount(count), formatValue(share, 'share')]),
  );
}

function faultCosts(result: Result): string {
  const { failover } = result;
  if (failover === null) return '';
  const year = yearSentence(result);
  return [
    table(
      FAILOVER_HEADER,
      failover.faults.map((fault) => faultRow(fault).map(escaped)),
    ),
    bullets([...failover.faults.map(({ why }) => why).filter((why) => why !== ''), ...(year === null ? [] : [year])]),
  ].join('\n\n');
}

function limitTable(result: Result): string {
  const first = firstLimit(result.limits);
  const rows = result.limits
    .filter((limit, rank) => rank < LIMITS_SHOWN || limit === first)
    .map((limit) => [
      escaped(limit.name),
      formatFigureWithInterval(limit.used),
      `${endText(limit)}${limit === first ? ' (first)' : ''}`,
    ]);
  return `${escaped(limitSentence(result))}\n\n${table(['limit', 'used', 'would end at'], rows)}`;
}

function exact({ theory }: Result): string {
  const rows = exactRows(theory).map((row) => [
    escaped(row.name),
    row.exact,
    `${row.simulated} ${row.interval}`,
    row.mark,
  ]);
  return `${escaped(exactSentence(theory))}\n\n${table(['figure', 'exact', 'simulated', ''], rows)}`;
}

function assumption({ path, value, text }: Result['assumptions'][number]): string {
  return `${text === path ? '' : `${text}: `}${path}${value === '' ? '' : ` = ${value}`}`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function bullets(texts: readonly string[]): string {
  return texts.map((text) => `- ${escaped(text)}`).join('\n');
}

function details(summary: string, blocks: readonly string[]): string {
  const filled = blocks.filter((block) => block !== '');
  if (filled.length === 0) return '';
  return [`<details><summary>${summary}</summary>`, ...filled, '</details>'].join('\n\n');
}

/** Text that Markdown, HTML and mentions leave alone: every character that could start something is an entity. */
function escaped(text: string): string {
  return printable(text).replace(/[&<>|`*_[\]\\@#~!]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Code as HTML, since a code span in Markdown cannot hold a back-quote and a table bar at once. */
function codeSpan(text: string): string {
  return `<code>${escaped(text)}</code>`;
}
