import type { CaseReport, JudgedFigure, ReferenceCase } from '../suite.ts';

/** What became of a recorded case: passed where every figure did. @param reasonOf what explains the figures that missed. */
export function caseReport(
  { suite, id, family }: ReferenceCase,
  { figures, events }: { readonly figures: readonly JudgedFigure[]; readonly events: number },
  reasonOf: (misses: readonly JudgedFigure[]) => string = notes,
): Promise<CaseReport> {
  const misses = figures.filter(({ passed }) => !passed);
  const isGood = figures.length > 0 && misses.length === 0;
  return Promise.resolve({
    suite,
    id,
    family,
    verdict: isGood ? 'passed' : 'failed',
    ...(misses.length === 0 ? {} : { reason: reasonOf(misses) }),
    figures,
    events,
  });
}

function notes(misses: readonly JudgedFigure[]): string {
  return [...new Set(misses.map(({ name, note }) => note ?? name))].join('; ');
}
