/** Birth-death processes: shares of time by the balance of neighbours, from the most likely state outwards. */

/** Weights below this share of the largest are left out. */
const CUT = 1e-40;

/**
 * @param up rate from k to k + 1. @param down rate from k to k - 1.
 * @param top the last state; Infinity where births die out or deaths win.
 * @returns shares that add up to 1, `shares[k]`; of an endless process as far as they are above 1e-40 of the largest.
 */
export function birthDeath(up: (k: number) => number, down: (k: number) => number, top: number): number[] {
  let mode = 0;
  while (mode < top && up(mode) > down(mode + 1)) mode++;
  const shares = new Array<number>(mode + 1).fill(0);
  shares[mode] = 1;
  for (let k = mode; k > 0; k--) shares[k - 1] = (shares[k] * down(k)) / up(k - 1);
  for (let k = mode; k < top; k++) {
    const weight = (shares[k] * up(k)) / down(k + 1);
    if (weight < CUT) break;
    shares.push(weight);
  }
  const total = shares.reduce((sum, weight) => sum + weight, 0);
  return shares.map((weight) => weight / total);
}

/** Mean of k over shares. */
export function meanOf(shares: readonly number[], value: (k: number) => number = (k) => k): number {
  return shares.reduce((sum, share, k) => sum + share * value(k), 0);
}
