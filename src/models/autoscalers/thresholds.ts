/**
 * Threshold rules, as operators write them beside a dashboard: above 70 % CPU one server more, looked at every five
 * minutes. The first rule that holds decides. Nothing is remembered between two looks.
 */
export interface ThresholdRule {
  /** Place of its metric in the list of metrics. */
  readonly metric: number;
  readonly when: 'above' | 'below';
  /** Of the mean over the servers, in the metric's unit. */
  readonly limit: number;
  readonly do: 'out' | 'in';
  /** Servers, or a share of those there are (at least one). */
  readonly by: { readonly kind: 'servers' | 'share'; readonly value: number };
}

/** @param means of each metric; NaN where it cannot be read. @returns the rule that holds, or null. */
export function ruleThatHolds(rules: readonly ThresholdRule[], means: readonly number[]): ThresholdRule | null {
  const holds = ({ metric, when, limit }: ThresholdRule): boolean =>
    when === 'above' ? means[metric] > limit : means[metric] < limit;
  return rules.find(holds) ?? null;
}

/** Servers that a rule asks for. */
export function afterRule(current: number, { do: direction, by }: ThresholdRule): number {
  const step = by.kind === 'servers' ? by.value : Math.max(1, Math.ceil(current * by.value));
  return direction === 'out' ? current + step : current - step;
}
