/**
 * Maglev's lookup table: each backend prefers the slots in an order of its own, and they take turns until every slot has
 * an owner. Shares are even to within a slot a backend, and a backend that goes away moves few slots of the others.
 *
 * Source: D. Eisenbud and others, "Maglev: a fast and reliable software network load balancer", NSDI 2016, section 3.4.
 */
export interface MaglevPlace {
  /** First slot of the backend's order, 0 to size - 1. */
  readonly offset: number;
  /** Step to its next one, 1 to size - 1, without common divisor with the size (a prime size has none). */
  readonly skip: number;
  /** Slots taken at each turn: a weight. 1 by default; 0 = takes none (drained or down). */
  readonly turns?: number;
}

/**
 * @param size slots; a prime, well above the number of backends.
 * @returns for each slot the index of its backend; -1 everywhere where no backend takes any.
 * @throws RangeError where a backend's order does not reach every slot.
 */
export function maglevTable(size: number, places: readonly MaglevPlace[]): Int32Array {
  const table = new Int32Array(size).fill(-1);
  const at = places.map(({ offset, skip }) => {
    if (commonDivisor(size, skip) !== 1)
      throw new RangeError(`maglev: skip ${skip} does not reach all of ${size} slots`);
    return offset % size;
  });
  if (!places.some(({ turns = 1 }) => turns > 0)) return table;
  for (let filled = 0; ;) {
    for (let backend = 0; backend < places.length; backend++) {
      const { skip, turns = 1 } = places[backend];
      for (let turn = 0; turn < turns; turn++) {
        let slot = at[backend];
        while (table[slot] !== -1) slot = (slot + skip) % size;
        table[slot] = backend;
        at[backend] = (slot + skip) % size;
        if (++filled === size) return table;
      }
    }
  }
}

function commonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
