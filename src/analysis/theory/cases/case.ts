/** A reference case as theory answers it. */
export type CaseAnswer = Readonly<Record<string, number | string | readonly number[]>>;

export const PERCENTILES: readonly (readonly [name: string, level: number])[] = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p95', 0.95],
  ['p99', 0.99],
  ['p999', 0.999],
];

/** `response_p50` and so on. */
export function percentilesOf(name: string, quantile: (level: number) => number): CaseAnswer {
  return Object.fromEntries(PERCENTILES.map(([percentile, level]) => [`${name}_${percentile}`, quantile(level)]));
}
