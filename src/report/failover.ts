import type { FaultResult, Result } from '../analysis/result.ts';
import { formatCount, formatFigure, formatFigureWithInterval, formatValue } from './format.ts';

/** What each fault cost, in words and cells that every form of the report uses. */

/** One fault as a sentence: noticed, led round, back, lost, the budget. */
export function faultSentence(fault: FaultResult): string {
  const { detected, detectedBy, takeover, budget } = fault;
  const often = fault.at === null ? ` (${formatValue(fault.occurrences, '1')} times in a run)` : '';
  const noticed = detected === null ? 'nobody noticed' : `noticed after ${formatFigure(detected)} by ${detectedBy}`;
  const led =
    takeover === null || detected === null || Math.abs(takeover.value - detected.value) < 1e-9
      ? ''
      : `, led round after ${formatFigure(takeover)}`;
  const share = budget === null ? '' : `, ${formatFigure(budget.share)} of what "${budget.slo}" allows in 30 days`;
  return `${fault.text}${often}: ${noticed}${led}; ${backText(fault)}${restoreText(fault)}; ${lostText(fault)}${share}${reopenedText(fault)}.`;
}

/** Of all faults that say how often they happen; null where none does. */
export function yearSentence({ failover }: Result): string | null {
  const year = failover?.year ?? null;
  if (year === null) return null;
  const { value, low, high } = year.availability;
  const figures = [value, low, high].map(availabilityText);
  const interval = Number.isNaN(low) ? '' : ` (${figures[1]} to ${figures[2]})`;
  return `Over a year, with each fault as often as its mtbf says, ${figures[0]} of the requests succeed${interval}: as many fail as in ${formatValue(year.minutes * 60, 's')} a year.`;
}

export const FAILOVER_HEADER = [
  'fault',
  'noticed after',
  'by',
  'led round after',
  'back at 95 %',
  'requests lost',
] as const;

/** One fault as a row under `FAILOVER_HEADER`. */
export function faultRow(fault: FaultResult): readonly string[] {
  const { text, detected, detectedBy, takeover, recovered, recovers } = fault;
  return [
    text,
    detected === null ? '-' : formatFigureWithInterval(detected),
    detectedBy ?? 'nobody',
    takeover === null ? '-' : formatFigureWithInterval(takeover),
    `${recovered === null ? recovers : formatFigureWithInterval(recovered)}${restoreText(fault)}`,
    `${formatFigureWithInterval(fault.lost)}${causesText(fault)}${reopenedText(fault)}`,
  ];
}

function backText({ recovered, recovers }: FaultResult): string {
  if (recovered !== null) return `95 % of the goodput again after ${formatFigure(recovered)}`;
  return recovers === 'never' ? 'goodput never came back' : 'goodput never fell';
}

function restoreText({ restore }: FaultResult): string {
  if (restore === undefined) return '';
  const { rto, writes, rpo } = restore;
  return `; data back from the backup after ${formatFigure(rto)} (RTO) without ${formatFigureWithInterval(writes)} writes of the last ${formatFigure(rpo)} (RPO)`;
}

function lostText(fault: FaultResult): string {
  const lost = Math.round(fault.lost.value);
  if (lost === 0 && fault.lost.value > 0) return 'less than one request lost on average';
  return `${formatCount(lost)} ${lost === 1 ? 'request' : 'requests'} lost${causesText(fault)}`;
}

function reopenedText({ reopened, reopenedPeak }: FaultResult): string {
  const count = Math.round(reopened?.value ?? 0);
  if (count === 0) return '';
  const peak = Math.round(reopenedPeak?.value ?? 0);
  const most =
    count === 1 || peak === 0 ? '' : `, ${peak === count ? 'all' : `up to ${formatCount(peak)}`} within a second`;
  return `; ${formatCount(count)} ${count === 1 ? 'connection' : 'connections'} opened anew${most}`;
}

function causesText({ causes }: FaultResult): string {
  const parts = Object.entries(causes).map(([cause, count]) => `${cause} ${formatCount(Math.round(count))}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** As many nines as there are, and two digits after them. */
function availabilityText(share: number): string {
  const nines = share >= 1 ? 9 : Math.min(9, Math.max(1, Math.ceil(-Math.log10(1 - share)) - 1));
  return `${(share * 100).toFixed(nines)} %`;
}
