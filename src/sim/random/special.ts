/**
 * The special functions behind distributions and intervals: normal law, gamma function, incomplete gamma and beta.
 *
 * Built on `elementary.ts`, so they too have the same bits in every engine. Only `normalQuantile` is meant for the hot
 * path. Relative errors are below 1e-12, mostly 1e-14, checked against 40-digit values; where a function comes in two
 * tails ask for the small one.
 */
import { bisect } from './bisect.ts';
import { exp, ln, log1p } from './elementary.ts';

/** P(Z <= z) of the standard normal law; for an upper tail ask `normalCdf(-z)`. */
export function normalCdf(z: number): number {
  return z < 0 ? gammaQ(0.5, 0.5 * z * z) / 2 : (1 + gammaP(0.5, 0.5 * z * z)) / 2;
}

/** Density of the standard normal law. */
export function normalDensity(z: number): number {
  return ROOT_TWO_PI_INVERSE * exp(-0.5 * z * z);
}

/**
 * The z with P(Z <= z) = p, p in [0, 1]; 0 and 1 give -Infinity and Infinity. Error some 1e-16.
 * Source: M. Wichura, algorithm AS 241 (PPND16), Applied Statistics 37, 1988.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const r = 0.180625 - q * q;
    const s = r * r * r * r;
    const top =
      cubic(r, 3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946) +
      s * cubic(r, 45921.95393154987, 67265.7709270087, 33430.57558358813, 2509.0809287301227);
    const bottom =
      cubic(r, 1, 42.31333070160091, 687.1870074920579, 5394.196021424751) +
      s * cubic(r, 21213.794301586597, 39307.89580009271, 28729.085735721943, 5226.495278852546);
    return (q * top) / bottom;
  }
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : NaN;
  const root = Math.sqrt(-ln(q < 0 ? p : 1 - p));
  const size = root <= 5 ? normalTail(root - 1.6) : normalFarTail(root - 5);
  return q < 0 ? -size : size;
}

/** Logarithm of the gamma function, x > 0. Error below 1e-14, absolute or relative, whichever is larger. */
export function lnGamma(x: number): number {
  if (!(x > 0)) return NaN;
  // Stirling's series holds from 12 up; below, by gamma(x + 1) = x gamma(x).
  let product = 1;
  let y = x;
  while (y < STIRLING_MIN) product *= y++;
  return lnGammaMain(y) + stirlingSeries(y) - ln(product);
}

/** Regularised lower incomplete gamma function P(a, x), a > 0, x >= 0: the cdf of a gamma law of shape a, scale 1. */
export function gammaP(a: number, x: number): number {
  if (!(x > 0)) return x <= 0 ? 0 : NaN;
  if (x === Infinity) return 1;
  return x < a + 1 ? gammaSeries(a, x) : 1 - gammaFraction(a, x);
}

/** Regularised upper incomplete gamma function Q(a, x) = 1 - P(a, x), without loss where it is small. */
export function gammaQ(a: number, x: number): number {
  if (!(x > 0)) return x <= 0 ? 1 : NaN;
  if (x === Infinity) return 0;
  return x < a + 1 ? 1 - gammaSeries(a, x) : gammaFraction(a, x);
}

/** Density of ln X at w, for X of the gamma law of shape a, scale 1: x^a e^-x / gamma(a) at x = e^w. */
export function lnGammaDensity(a: number, w: number): number {
  return gammaFront(a, exp(w), w);
}

/**
 * ln of the x with P(a, x) = p and Q(a, x) = q, for p + q = 1; p and q both given so that neither tail loses digits.
 * The logarithm, because for small a the value itself may be below the smallest double.
 */
export function lnGammaPInverse(a: number, p: number, q = 1 - p): number {
  if (!(p > 0)) return p === 0 ? -Infinity : NaN;
  if (!(q > 0)) return q === 0 ? Infinity : NaN;
  const leading = (ln(p) + lnGamma(a + 1)) / a; // P(a, x) = x^a / gamma(a + 1) for x near 0
  if (leading < -40) return leading;
  // ln P and ln Q are concave in w = ln x (the law of ln X is log-concave): Newton converges from anywhere.
  const lower = p <= q;
  const target = ln(lower ? p : q);
  let w = lower ? leading : ln(-target); // from outside: the law of shape a <= 1 lies below the exponential
  const root = 1 - 1 / (9 * a) + (lower ? normalQuantile(p) : -normalQuantile(q)) / (3 * Math.sqrt(a));
  if (a >= 0.5 && root > 0.3) w = ln(a) + 3 * ln(root); // nearer: the cube root is almost normal (Wilson, Hilferty)
  for (let step = 0; step < 100; step++) {
    const x = exp(w);
    const tail = lower ? gammaP(a, x) : gammaQ(a, x);
    const change = ((target - ln(tail)) * tail) / (lower ? gammaFront(a, x, w) : -gammaFront(a, x, w));
    w += change;
    if (Math.abs(change) <= 1e-8 * (1 + Math.abs(w))) break; // the next change would be the square of that
  }
  return w;
}

/** The x with P(a, x) = p. */
export function gammaPInverse(a: number, p: number, q = 1 - p): number {
  return exp(lnGammaPInverse(a, p, q));
}

/** Regularised incomplete beta function I_x(a, b), a, b > 0, x in [0, 1]. `y` is 1 - x, given where x is near 1. */
export function betaI(a: number, b: number, x: number, y = 1 - x): number {
  if (!(x > 0)) return x <= 0 ? 0 : NaN;
  if (!(y > 0)) return 1;
  return x * (a + b + 2) < a + 1 ? betaFraction(a, b, x, y) : 1 - betaFraction(b, a, y, x);
}

/** The x with I_x(a, b) = p, by halving: some 60 evaluations, for reports. */
export function betaIInverse(a: number, b: number, p: number): number {
  if (!(p > 0 && p < 1)) return p === 0 ? 0 : p === 1 ? 1 : NaN;
  return bisect(0, 1, (x) => betaI(a, b, x) >= p);
}

// ---- helpers

const HALF_LN_TWO_PI = 0.9189385332046727;
/** 1 / sqrt(2 pi). */
const ROOT_TWO_PI_INVERSE = 0.3989422804014327;
/** From here on the terms left out of `stirlingSeries` are below 3e-18. */
const STIRLING_MIN = 12;
/** Continued fractions stop when a step changes less; 2^-52 is the least that a product next to 1 can show. */
const FRACTION_TOLERANCE = 3e-16;

function cubic(r: number, c0: number, c1: number, c2: number, c3: number): number {
  return c0 + r * (c1 + r * (c2 + r * c3));
}

/** root = sqrt(-ln(tail)), r = root - 1.6, root <= 5. */
function normalTail(r: number): number {
  const s = r * r * r * r;
  const top =
    cubic(r, 1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045) +
    s * cubic(r, 1.2704582524523684, 0.2417807251774506, 0.022723844989269184, 0.0007745450142783414);
  const bottom =
    cubic(r, 1, 2.053191626637759, 1.6763848301838038, 0.6897673349851) +
    s * cubic(r, 0.14810397642748008, 0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-9);
  return top / bottom;
}

/** r = sqrt(-ln(tail)) - 5. */
function normalFarTail(r: number): number {
  const s = r * r * r * r;
  const top =
    cubic(r, 6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487) +
    s * cubic(r, 0.026532189526576124, 0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7);
  const bottom =
    cubic(r, 1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615) +
    s * cubic(r, 0.0007868691311456133, 1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15);
  return top / bottom;
}

/** The main part of Stirling's formula for ln gamma(a). */
function lnGammaMain(a: number): number {
  return (a - 0.5) * ln(a) - a + HALF_LN_TWO_PI;
}

/** The rest of it, as a series for a >= STIRLING_MIN. */
function stirlingSeries(a: number): number {
  const s = 1 / (a * a);
  const tail = 1 / 1680 - s * (1 / 1188 - s * (691 / 360360 - s / 156));
  return (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * tail))) / a;
}

/** ln gamma(a) - lnGammaMain(a), any a > 0. */
function stirlingRest(a: number): number {
  return a < STIRLING_MIN ? lnGamma(a) - lnGammaMain(a) : stirlingSeries(a);
}

/** x^a e^-x / gamma(a), from the distance of x and a, so that nothing large cancels. */
function gammaFront(a: number, x: number, lnX = ln(x)): number {
  const excess = (x - a) / a;
  const lnRatio = excess > -0.5 ? log1p(excess) : lnX - ln(a);
  return Math.sqrt(a) * ROOT_TWO_PI_INVERSE * exp(a * (lnRatio - excess) - stirlingRest(a));
}

/** x^a y^b / B(a, b) for x + y = 1, likewise. */
function betaFront(a: number, b: number, x: number, y: number): number {
  const sum = a + b;
  const distance = x < 0.5 ? x * sum - a : b - y * sum;
  const lnX = distance > -0.5 * a ? log1p(distance / a) : ln((x * sum) / a);
  const lnY = distance < 0.5 * b ? log1p(-distance / b) : ln((y * sum) / b);
  const rest = stirlingRest(sum) - stirlingRest(a) - stirlingRest(b);
  return Math.sqrt((a / sum) * b) * ROOT_TWO_PI_INVERSE * exp(a * lnX + b * lnY + rest);
}

function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = a + 1; term > sum * 1e-17; n++) {
    term *= x / n;
    sum += term;
  }
  return sum * gammaFront(a, x);
}

/** Continued fraction of Q(a, x), by the method of Lentz. */
function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let value = d;
  for (let i = 1; i < 100_000; i++) {
    const numerator = i * (a - i);
    b += 2;
    d = 1 / nonZero(numerator * d + b);
    c = nonZero(b + numerator / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < FRACTION_TOLERANCE) break;
  }
  return value * gammaFront(a, x);
}

/** Continued fraction of I_x(a, b), by the method of Lentz; quick for x < (a + 1) / (a + b + 2). */
function betaFraction(a: number, b: number, x: number, y: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < FRACTION_TOLERANCE) break;
  }
  return (value * betaFront(a, b, x, y)) / a;
}

function nonZero(x: number): number {
  return x > -1e-300 && x < 1e-300 ? 1e-300 : x;
}
