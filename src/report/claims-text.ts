import type { CaseReport, ClaimReport } from '../analysis/reference/suite.ts';
import type { Validation } from '../analysis/reference/validation.ts';

/** Published claims in words and short numbers, as screen, page and summary share them. */

/** A case that has a claim. */
export type ClaimCase = CaseReport & { readonly claim: ClaimReport };

/** All claims, in the order of the records. */
export function claimCases({ cases }: Validation): ClaimCase[] {
  return cases.filter((one): one is ClaimCase => one.claim !== undefined);
}

/** Those that a run speaks of, and those that cannot be true: what a table shows. */
export function tabledClaims(validation: Validation): ClaimCase[] {
  return claimCases(validation).filter(({ verdict }) => verdict !== 'no number published');
}

/** `13 reproduced, 27 predicted (2 weakly), 2 missed, 11 contradict themselves, 85 without a published number`. */
export function claimsSentence(validation: Validation): string {
  const claims = claimCases(validation);
  const count = (verdict: CaseReport['verdict']) => claims.filter((one) => one.verdict === verdict).length;
  const weak = claims.filter(({ claim, verdict }) => verdict === 'predicted' && claim.weak !== undefined).length;
  const parts: readonly (readonly [number, string])[] = [
    [count('reproduced'), 'reproduced'],
    [count('predicted'), weak > 0 ? `predicted (${weak} weakly identified)` : 'predicted'],
    [count('missed'), 'missed'],
    [count('contradicts itself'), count('contradicts itself') === 1 ? 'contradicts itself' : 'contradict themselves'],
    [count('no number published'), 'with no number to reproduce'],
    [count('not expressible'), 'that nothing models'],
  ];
  const said = parts.filter(([number]) => number > 0).map(([number, words]) => `${number} ${words}`);
  return `Published claims: ${said.join(', ')}.`;
}

/** `predicted, weakly` where agreement proves little. */
export function verdictText({ verdict, claim: { weak } }: ClaimCase): string {
  return weak !== undefined && verdict === 'predicted' ? 'predicted, weakly' : verdict;
}

export function claimedText({ claimed }: ClaimReport): string {
  if (typeof claimed === 'number' || typeof claimed === 'string') return short(claimed);
  return claimed.every((end) => typeof end === 'number')
    ? claimed.map(short).join(claimed.length === 2 ? ' to ' : ', ')
    : claimed.join(', ');
}

export function predictedText({ predicted }: ClaimReport): string {
  return predicted === null ? '-' : short(predicted.value);
}

/** The interval of what is predicted; empty where there is no chance. */
export function predictedInterval({ predicted }: ClaimReport): string {
  if (predicted?.low == null || predicted.high == null || !(predicted.high > predicted.low)) return '';
  return `${short(predicted.low)} to ${short(predicted.high)}`;
}

/** In the unit, and in percent of what is claimed where the tolerance is. */
export function differenceText({ difference, claimed, tolerance }: ClaimReport): string {
  if (difference === null) return '-';
  if (typeof claimed === 'number' && tolerance.endsWith('%') && claimed !== 0) {
    return `${signed(Number(((100 * difference) / Math.abs(claimed)).toFixed(1)))} %`;
  }
  return signed(difference);
}

/** Why it misses or contradicts, why it proves little, or what it hangs on. */
export function remarkText({ reason, claim: { weak, note } }: ClaimCase): string {
  return [reason, weak, note].filter((text) => text !== undefined).join('. ');
}

/** The unit, where it says more than the value. */
export function unitOf({ unit }: ClaimReport): string {
  return unit === '-' ? '' : unit;
}

/** Four digits, thousands apart, millions as such. */
export function short(value: number | string): string {
  if (typeof value === 'string') return value;
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 1e6) return `${Number((value / 1e6).toPrecision(4))} M`;
  const rounded = Number(value.toPrecision(4));
  return Math.abs(rounded) >= 1000 ? grouped(rounded) : String(rounded);
}

function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

function signed(value: number): string {
  const text = short(Number(value.toPrecision(3)));
  return value > 0 ? `+${text}` : text;
}
