import type { TopLevelSpec } from 'vega-lite';

/**
 * A picture of a result: the sentence that it should be read for, and its Vega-Lite specification. Data in it is
 * aggregated; it refers to nothing outside itself.
 */
export interface Chart {
  /** Usable as an HTML id; the same for the same chart of any result. */
  readonly id: string;
  readonly title: string;
  /** Computed from the data; also the text alternative. */
  readonly sentence: string;
  /** As wide as its container; colours for a light ground, which `darkColors` maps to those for a dark one. */
  readonly spec: TopLevelSpec;
}
