/** An array for numbers from 0 to `bound` - 1, as small as may be: it is what a draw waits for. */
export function numbersBelow(bound: number, length: number): Uint16Array | Int32Array {
  return bound <= 65_536 ? new Uint16Array(length) : new Int32Array(length);
}
