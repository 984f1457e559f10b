/**
 * Elementary functions with the same bits in every engine.
 *
 * `Math.log`, `exp`, `pow`, `sin` and their like are left to the engine by ECMAScript, and Node and Chromium differ in
 * the last digit. These use only + - * /, the bits of the double and integers, which the standard fixes. The tables are
 * computed in fixed-point integers when the module loads (about 2 ms).
 *
 * Measured against 50-digit values: `ln`, `exp`, `expm1`, `log1p` err by less than 2 units in the last place, `sin` and
 * `cos` by less than 3e-16 absolute, `pow` by less than 4e-16 * (1 + |y ln x|) relative. Special values (0, negative,
 * infinite, NaN, subnormal) are those of `Math`.
 *
 * Left out: tan, the arcs, log2, log10, the hyperbolics. `Math.sqrt` is exact by IEEE 754 and may be used.
 */
import { HIGH, LOW, double, words } from './double-bits.ts';

/** Natural logarithm. Negative gives NaN, 0 gives -Infinity. */
export function ln(x: number): number {
  double[0] = x;
  let high = words[HIGH];
  let exponent = -1023;
  if ((high - 0x00100000) >>> 0 >= 0x7fe00000) {
    if (!(x > 0)) return x === 0 ? -Infinity : NaN;
    if (x === Infinity) return Infinity;
    x *= TWO_54; // subnormal
    double[0] = x;
    high = words[HIGH];
    exponent = -1077;
  }
  const biased = high >> 20;
  exponent += biased;
  // x = 2^exponent * m, m in [1, 2), by a product: to write half of the bits and read all of them stalls a processor.
  // The nearest c = 1 + i/256; m = c * (1 + r) with |r| <= 1/512.
  const i = ((high & 0x000fffff) + 0x800) >> 12;
  const r = (x * toOneAndTwo[biased] - (1 + i * 0.00390625)) * reciprocal[i];
  const tail = r * r * (-0.5 + r * (1 / 3 + r * (-0.25 + r * (0.2 + r * (-1 / 6)))));
  // The high parts are multiples of 2^-40, so their sum is exact, and exactly 0 on both sides of x = 1.
  return exponent * LN2_HIGH + lnHigh[i] + (r + (tail + (exponent * LN2_LOW + lnLow[i])));
}

/** e to the power x. */
export function exp(x: number): number {
  if (x > -708 && x < 709) return scaledExp(x, 0);
  if (x !== x) return NaN;
  if (x >= 709.782712893384) return Infinity;
  if (x <= -745.1332191019412) return 0;
  // Near the ends of the range 2^k is not a double: go there in two steps.
  return x > 0 ? scaledExp(x, -512) * TWO_512 : scaledExp(x, 512) / TWO_512;
}

/** e to the power x, less 1, without loss for small x. */
export function expm1(x: number): number {
  if (!(x > -40 && x < 40)) return exp(x) - 1;
  const n = Math.floor(x * STEPS_PER_UNIT + 0.5);
  const r = x - n * STEP_HIGH - n * STEP_LOW;
  if (n === 0) return x === 0 ? x : expm1Series(r);
  const j = n & 255;
  const base = expHigh[j];
  words[LOW] = 0;
  words[HIGH] = ((n >> 8) + 1023) << 20;
  const scale = double[0];
  return base * scale - 1 + (base * expm1Series(r) + expLow[j]) * scale;
}

/** ln(1 + x), without loss for small x. */
export function log1p(x: number): number {
  const sum = 1 + x;
  if (sum === 1 || !(sum > 0 && sum < Infinity)) return sum === 1 ? x : ln(sum);
  return ln(sum) + (x - (sum - 1)) / sum;
}

/** x to the power y. Whole |y| up to 64 is by repeated multiplication, so `pow(x, 2)` is `x * x`; else exp(y ln x). */
export function pow(x: number, y: number): number {
  if (y >= -64 && y <= 64 && y === Math.trunc(y)) return wholePower(x, y);
  if (x !== x || y !== y) return NaN;
  if (x > 0) return x === 1 && (y === Infinity || y === -Infinity) ? NaN : exp(y * ln(x));
  return powOfNonPositive(x, y);
}

/**
 * Sine of x radians. Beyond |x| = 1e6 it is the sine of a number within one unit in the last place of x.
 */
export function sin(x: number): number {
  return quarterWave(x, 0);
}

/** Cosine of x radians; as `sin` beyond 1e6. */
export function cos(x: number): number {
  return quarterWave(x, 1);
}

// ---- tables, from fixed-point integers with 100 binary places

const PLACES = 100n;
const ONE = 1n << PLACES;
const TWO_54 = 18014398509481984;
const TWO_40 = 1099511627776;
const TWO_60 = 1152921504606846976;
const TWO_512 = 1.3407807929942597e154;

/** 1 / c, ln c in a high part (a multiple of 2^-40) and a low one, for c = 1 + i/256, i = 0..256. */
const reciprocal = new Float64Array(257);
const lnHigh = new Float64Array(257);
const lnLow = new Float64Array(257);
/** 2^(j/256) as the nearest double and the rest, j = 0..255. */
const expHigh = new Float64Array(256);
const expLow = new Float64Array(256);

/** 2^-exponent by the biased exponent of a double, 1..2046: the factor that brings it into [1, 2). */
const toOneAndTwo = new Float64Array(2047);

const ln2 = fillLogarithms();
const LN2_HIGH = lnHigh[256];
const LN2_LOW = lnLow[256];
const STEPS_PER_UNIT = 256 / (LN2_HIGH + LN2_LOW);
/** ln2/256; the high part has 32 bits, so that n of them are exact over the whole range of `exp`. */
const [STEP_HIGH, STEP_LOW] = highAndLow(ln2 / 256n);
fillPowersOfTwo();
fillScales();

/** Fills the logarithms and returns ln 2 in fixed point: ln((n+1)/n) = 2 atanh(1/(2n+1)), summed from n = 256. */
function fillLogarithms(): bigint {
  let sum = 0n;
  for (let i = 0; i <= 256; i++) {
    reciprocal[i] = 256 / (256 + i);
    [lnHigh[i], lnLow[i]] = highAndLow(sum);
    if (i < 256) sum += 2n * inverseHyperbolicTangent(BigInt(2 * (256 + i) + 1));
  }
  return sum;
}

/** A multiple of 2^-40 and the rest. */
function highAndLow(fixed: bigint): [high: number, low: number] {
  return [Number(fixed >> 60n) / TWO_40, Number(fixed & ((1n << 60n) - 1n)) / Number(ONE)];
}

/** atanh(1/n) in fixed point. */
function inverseHyperbolicTangent(n: bigint): bigint {
  let power = ONE / n;
  let sum = 0n;
  for (let k = 1n; power > 0n; k += 2n) {
    sum += power / k;
    power /= n * n;
  }
  return sum;
}

function fillScales(): void {
  let scale = TWO_512 * (TWO_512 * 0.5);
  for (let biased = 0; biased < toOneAndTwo.length; biased++) {
    toOneAndTwo[biased] = scale;
    scale *= 0.5;
  }
}

function fillPowersOfTwo(): void {
  const step = ln2 / 256n;
  let root = 0n; // 2^(1/256) by the series of e^step
  for (let term = ONE, k = 1n; term > 0n; k++) {
    root += term;
    term = ((term * step) >> PLACES) / k;
  }
  let value = ONE;
  for (let j = 0; j < 256; j++) {
    expHigh[j] = Number(value) / Number(ONE);
    expLow[j] = Number(value - BigInt(expHigh[j] * TWO_60) * (ONE >> 60n)) / Number(ONE);
    value = (value * root) >> PLACES;
  }
}

// ---- helpers

/** e^r - 1 for |r| <= ln2/512. */
function expm1Series(r: number): number {
  return r + r * r * (0.5 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720)))));
}

/** e^x * 2^shift, where that is an ordinary double. */
function scaledExp(x: number, shift: number): number {
  // x = (256 k + j) ln2/256 + r, |r| <= ln2/512
  const n = Math.floor(x * STEPS_PER_UNIT + 0.5);
  const r = x - n * STEP_HIGH - n * STEP_LOW;
  const j = n & 255;
  const base = expHigh[j];
  words[LOW] = 0;
  words[HIGH] = ((n >> 8) + shift + 1023) << 20;
  return (base + (base * expm1Series(r) + expLow[j])) * double[0];
}

function wholePower(x: number, y: number): number {
  let product = 1;
  let square = x;
  for (let rest = Math.abs(y); rest > 0; rest >>= 1) {
    if ((rest & 1) === 1) product *= square;
    square *= square;
  }
  return y < 0 ? 1 / product : product;
}

function powOfNonPositive(x: number, y: number): number {
  if (y === Infinity || y === -Infinity) {
    const size = Math.abs(x);
    if (size === 1) return NaN;
    return size > 1 === y > 0 ? Infinity : 0;
  }
  const whole = y === Math.trunc(y);
  const odd = whole && Math.abs(y % 2) === 1;
  if (!whole && x !== 0 && x !== -Infinity) return NaN;
  const size = x === 0 ? (y > 0 ? 0 : Infinity) : exp(y * ln(-x));
  return odd && (x < 0 || Object.is(x, -0)) ? -size : size;
}

/** pi/2 in three parts; the first two have 33 bits, so that n times them is exact for n < 2^20. */
const HALF_PI_1 = 1.5707963267341256;
const HALF_PI_2 = 6.077100506303966e-11;
const HALF_PI_3 = 2.0222662487959506e-21;
const TWO_PI = 6.283185307179586;

/** sin(x + quarters * pi/2). */
function quarterWave(x: number, quarters: number): number {
  if (!(x > -Infinity && x < Infinity)) return NaN;
  const turned = x > 1e6 || x < -1e6 ? x % TWO_PI : x;
  const n = Math.floor(turned / (HALF_PI_1 + HALF_PI_2) + 0.5);
  const r = turned - n * HALF_PI_1 - n * HALF_PI_2 - n * HALF_PI_3;
  const quadrant = (n + quarters) & 3;
  const value = (quadrant & 1) === 0 ? sineSeries(r) : cosineSeries(r);
  return quadrant < 2 ? value : -value;
}

/** |r| <= pi/4. Taylor, whose next term is below 1e-18. */
function sineSeries(r: number): number {
  const s = r * r;
  const tail = s * (-1 / 39916800 + s * (1 / 6227020800 + s * (-1 / 1307674368000 + s * (1 / 355687428096000))));
  return r + r * s * (-1 / 6 + s * (1 / 120 + s * (-1 / 5040 + s * (1 / 362880 + tail))));
}

/** |r| <= pi/4. Taylor, whose next term is below 3e-18. */
function cosineSeries(r: number): number {
  const s = r * r;
  const tail = s * (-1 / 3628800 + s * (1 / 479001600 + s * (-1 / 87178291200 + s * (1 / 20922789888000))));
  const rest = s * s * (1 / 24 + s * (-1 / 720 + s * (1 / 40320 + tail)));
  const half = 0.5 * s;
  const main = 1 - half;
  return main + (1 - main - half + rest);
}
