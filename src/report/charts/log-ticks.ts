/** Where a logarithmic axis is labelled: 1, 2, 5 and their tenfolds within the domain, or 1 alone where that is enough. */
export function logTicks([low, high]: readonly number[]): number[] {
  const steps = high / low > 1000 ? [1] : [1, 2, 5];
  const values: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const step of steps) {
      const value = Number(`${step}e${power}`);
      if (value >= low && value <= high) values.push(value);
    }
  }
  return values;
}
