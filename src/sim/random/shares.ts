/** Relative shares turned into ends of intervals of [0, 1): the composition trick with one uniform. */

/** Cumulative shares, the last exactly 1. @throws RangeError unless every share is finite and > 0. */
export function shares(name: string, relative: readonly number[]): Float64Array {
  if (relative.length === 0) throw new RangeError(`${name}: at least one is needed`);
  let total = 0;
  relative.forEach((share, i) => {
    if (!(share > 0 && share < Infinity)) {
      throw new RangeError(`${name}[${i}] must be finite and > 0, got ${share}`);
    }
    total += share;
  });
  const ends = new Float64Array(relative.length);
  let sum = 0;
  for (let i = 0; i < relative.length; i++) {
    sum += relative[i];
    ends[i] = sum / total;
  }
  return ends;
}

/** The part whose interval holds u, u in [0, 1). O(parts). */
export function pickPart(ends: Float64Array, u: number): number {
  let part = 0;
  while (u >= ends[part]) part++;
  return part;
}
