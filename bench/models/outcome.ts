/** What one run of a model gave. */
export interface Outcome {
  /** Events executed. */
  readonly events: number;
  /** Customers, requests or hold operations done. */
  readonly units: number;
  /** A figure whose true value is known or equal on both sides, to show that the same model was run. */
  readonly check: number;
}
