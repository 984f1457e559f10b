/** The bits of a double, through one scratch number: write `double[0]`, read `words[HIGH]`, or the other way round. */
export const double = new Float64Array(1);
export const words = new Int32Array(double.buffer);
/** The half with sign, exponent and the top 20 bits of the mantissa: 1 on little-endian machines, 0 on others. */
export const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0];
export const LOW = 1 - HIGH;
