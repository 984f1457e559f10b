import type { CaseReport, JudgedFigure } from '../analysis/reference/suite.ts';
import { bucketOf } from '../analysis/reference/validation.ts';
import type { Counts, Validation } from '../analysis/reference/validation.ts';

/** The words of a validation that screen, page and summary share. */

/** `196 passed, 0 failed, 20 not expressible`. */
export function countsSentence({ passed, failed, notExpressible }: Counts): string {
  return `${passed} passed, ${failed} failed, ${notExpressible} not expressible`;
}

export function howSentence({ version, seed, widthMax, events }: Validation): string {
  const width = widthMax === 1 ? 'as narrow as the reference asks' : `up to ${widthMax} times as wide as it asks`;
  return `windtunnel ${version}, seed ${seed}, ${(events / 1e6).toFixed(1)} M events; intervals ${width}.`;
}

export function failedCases({ cases }: Validation): CaseReport[] {
  return cases.filter((one) => bucketOf(one) === 'failed');
}

/** Cases that nothing judged, and figures that no run could, by suite and reason. */
export function unjudgedGroups({
  cases,
}: Validation): { readonly suite: string; readonly reason: string; readonly ids: string[] }[] {
  const groups = new Map<string, { suite: string; reason: string; ids: string[] }>();
  const list = (suite: string, reason: string, id: string): void => {
    const key = `${suite}/${reason}`;
    const group = groups.get(key) ?? { suite, reason, ids: [] };
    group.ids.push(id);
    groups.set(key, group);
  };
  for (const one of cases) {
    const { suite, id, verdict, reason = '', figures } = one;
    for (const { name, undecidable } of figures)
      if (undecidable !== undefined) list(suite, undecidable, `${id} ${name}`);
    if (bucketOf(one) !== 'notExpressible') continue;
    list(suite, verdict === 'not expressible' ? reason : verdict, id);
  }
  return [...groups.values()];
}

type Value = JudgedFigure['expected'] | undefined | null;

/**
 * A reference or an answer as it may stand in a line: six digits, lists and texts cut; null is a number that there is none
 * of, after its journey from a thread. @param other what it stands beside: of long texts the part is shown where they part.
 */
export function valueText(value: Value, other?: Value): string {
  if (value === undefined || value === null) return '-';
  if (typeof value === 'string') return cut(value, typeof other === 'string' ? whereTheyPart(value, other) : 0);
  if (typeof value === 'number') return numberText(value);
  const shown = value
    .slice(0, 4)
    .map((entry) => (typeof entry === 'number' ? numberText(entry) : JSON.stringify(entry)));
  return `[${shown.join(', ')}${value.length > 4 ? ', …' : ''}]`;
}

const TEXT_MOST = 40;
/** Characters that are shown before the first that differs. */
const ALIKE_SHOWN = 16;

function cut(text: string, from: number): string {
  if (text.length <= TEXT_MOST) return text;
  const start = from < TEXT_MOST - ALIKE_SHOWN / 2 ? 0 : from - ALIKE_SHOWN;
  const end = start + TEXT_MOST - 1;
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`;
}

/** Place of the first character that is not the same; 0 where all are. */
function whereTheyPart(one: string, other: string): number {
  for (let place = 0; place < Math.max(one.length, other.length); place++)
    if (one[place] !== other[place]) return place;
  return 0;
}

/** After a value: a blank and its unit, where it has one. */
export function unitText(unit: string): string {
  return unit === '' || unit === '-' ? '' : ` ${unit}`;
}

/** The interval after a value, where there is chance. */
export function intervalText({ found: { low, high } }: JudgedFigure): string {
  return Number.isFinite(low) && high > low ? ` (${numberText(low)} to ${numberText(high)})` : '';
}

function numberText(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : '-';
}
