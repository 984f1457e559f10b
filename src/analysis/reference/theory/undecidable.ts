/** Quantities that a case expects and no run of any length could judge by an interval. */
import type { TheoryCase } from './theory-file.ts';

/** Moments that the service time needs, so that the spread of a standard deviation of waits is finite. */
const MOMENTS = 5;

interface OpenStation {
  readonly kind: string;
  readonly discipline?: string;
  readonly service: { readonly dist: string; readonly alpha?: number };
}

/**
 * Why, by quantity. The spread of an estimated standard deviation is finite only where the fourth moment is. A wait first
 * come first served has its r-th moment only where the service time has its (r + 1)-th (J. Kiefer and J. Wolfowitz, "On the
 * characteristics of the general queueing process", Annals of Mathematical Statistics 27, 1956), and a Pareto law has
 * only those below its exponent: the sample value is then too low in nearly every run, by a heavy tail's few largest waits.
 */
export function undecidable({ model, expect }: TheoryCase): ReadonlyMap<string, string> {
  const reasons = new Map<string, string>();
  const { kind, discipline, service } = model as Partial<OpenStation>;
  if (kind !== 'open-station' || (discipline ?? 'fifo') !== 'fifo' || service === undefined) return reasons;
  if (service.dist !== 'pareto' || !((service.alpha ?? Infinity) <= MOMENTS)) return reasons;
  for (const name of Object.keys(expect)) {
    if (name.startsWith('stddev_')) {
      reasons.set(name, 'not decidable: the variance of its estimate is infinite (the wait has no fourth moment)');
    }
  }
  return reasons;
}
