/** Why a fault cost what it did, in one sentence of figures that the run has shown. */
import type { FaultDescription } from '../models/description.ts';
import type { Episode } from '../models/faults/episodes.ts';
import type { FaultResult } from './result.ts';

/** Picks below which a share says nothing. */
const PICKS_MIN = 20;

export function whyText(
  fault: FaultDescription,
  episodes: readonly Episode[],
  result: Omit<FaultResult, 'why'>,
  offered: number,
): string {
  return (
    [picksText(fault, episodes, result), addressText(fault, result, offered)].find((text) => text !== '') ??
    plainText(result)
  );
}

// ------------------------------------------------------------------------------------------------------------ helpers

/** How one target answers, and how several do, as far as picks hang on it. */
const manners: Partial<Record<FaultDescription['do'], readonly [one: string, several: string]>> = {
  crash: ['refuses at once', 'refuse at once'],
  stop: ['refuses at once', 'refuse at once'],
  refuse: ['refuses at once', 'refuse at once'],
  sick: ['answers errors at once', 'answer errors at once'],
  hang: ['accepts and does not answer', 'accept and do not answer'],
  unplug: ['does not answer at all', 'do not answer at all'],
  slow: ['is slow', 'are slow'],
};

/** The share of the picks that what had failed got, and how long. */
function picksText(fault: FaultDescription, episodes: readonly Episode[], result: Omit<FaultResult, 'why'>): string {
  const picks = episodes.flatMap((episode) => episode.picks);
  if (picks.length === 0 || manners[fault.do] === undefined) return '';
  const of = picks.filter(({ director }) => director === picks[0].director);
  const total = (part: 'before' | 'during', which: 'all' | 'hit') => of.reduce((sum, one) => sum + one[part][which], 0);
  if (total('during', 'all') < PICKS_MIN) return '';
  const during = total('during', 'hit') / total('during', 'all');
  const before = total('before', 'all') > 0 ? total('before', 'hit') / total('before', 'all') : NaN;
  const [{ director, scheduler, hit }] = of;
  const [who, it] = hit.length === 1 ? [hit[0], 'it'] : [`${hit.length} servers`, 'them'];
  const manner = manners[fault.do]![hit.length === 1 ? 0 : 1];
  const how = fault.do === 'sick' && fault.answer !== undefined ? manner.replace(' at once', '') : manner;
  const noticed = result.detectedBy !== null && result.detectedBy !== 'clients' && result.detected !== null;
  const until = noticed
    ? `until the ${result.detectedBy} takes ${it} out after ${seconds(result.detected.value)}`
    : `and nothing takes ${it} out`;
  const change = Number.isNaN(before) || Math.abs(during - before) < 0.02 ? '' : ` (${percent(before)} before)`;
  return `${who} ${how}, so ${scheduler} of ${director} sends ${it} ${percent(during)} of the requests${change} ${until}.`;
}

/** The time in which nobody had the address. */
function addressText(fault: FaultDescription, result: Omit<FaultResult, 'why'>, offered: number): string {
  const { takeover, detectedBy } = result;
  if (takeover === null || detectedBy === null || !/VRRP|standby/.test(detectedBy)) return '';
  const waited =
    fault.do === 'stop' || fault.do === 'script'
      ? 'it says goodbye, so only the skew is waited'
      : 'nobody is told, so its silence must be waited for';
  const met =
    fault.do === 'kill9'
      ? 'the address answers all the while'
      : `some ${Math.round(offered * takeover.value)} requests came while nobody answered`;
  return `${fault.target} is gone and ${waited}: another has the address after ${seconds(takeover.value)} (${detectedBy}); ${met}.`;
}

function plainText({ causes, lost, recovers }: Omit<FaultResult, 'why'>): string {
  const [first] = Object.entries(causes);
  if (first !== undefined && lost.value < 0.5) return 'Hardly a request was lost.';
  if (first === undefined)
    return recovers === 'never fell' ? 'No request was lost.' : 'No request was lost, but answers came later.';
  return `Most of what was lost ended as ${first[0]}.`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

function seconds(value: number): string {
  return value < 1 ? `${Number((value * 1000).toPrecision(2))} ms` : `${Number(value.toPrecision(3))} s`;
}
