/**
 * The smallest double in (low, high] where `reached` holds, by halving until no double lies between. `reached` must be
 * false up to some point and true from there; it is not asked at `high`. About 60 calls, more for a wide range near 0.
 */
export function bisect(low: number, high: number, reached: (x: number) => boolean): number {
  for (;;) {
    const middle = low + (high - low) / 2;
    if (!(middle > low && middle < high)) return high;
    if (reached(middle)) high = middle;
    else low = middle;
  }
}
