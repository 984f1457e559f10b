/**
 * Laplace transforms of laws at complex points, E[e^(-sX)], and tails from transforms.
 * Source of the inversion: J. Abate and W. Whitt, "Numerical inversion of Laplace transforms of probability
 * distributions", ORSA J. Computing 7 (1995): the Fourier series, summed by Euler's method. Some 9 digits where the tail
 * is smooth, 6 near its kinks.
 */
import { cos, exp, expm1, ln, pow, sin } from '../../sim/random/elementary.ts';
import { distribution } from '../../sim/random/index.ts';
import type { DistributionSpec } from '../../sim/random/index.ts';
import { boundedParetoShare, hyperexponentialPhases } from './law-moments.ts';

export interface Complex {
  readonly re: number;
  readonly im: number;
}

export type Transform = (s: Complex) => Complex;

export const ONE: Complex = { re: 1, im: 0 };

export function plus(a: Complex, b: Complex): Complex {
  return { re: a.re + b.re, im: a.im + b.im };
}

export function minus(a: Complex, b: Complex): Complex {
  return { re: a.re - b.re, im: a.im - b.im };
}

export function times(a: Complex, b: Complex): Complex {
  return { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re };
}

export function scaled(a: Complex, factor: number): Complex {
  return { re: a.re * factor, im: a.im * factor };
}

export function over(a: Complex, b: Complex): Complex {
  const size = b.re * b.re + b.im * b.im;
  return { re: (a.re * b.re + a.im * b.im) / size, im: (a.im * b.re - a.re * b.im) / size };
}

function exponential({ re, im }: Complex): Complex {
  const size = exp(re);
  return { re: size * cos(im), im: size * sin(im) };
}

/** For re > 0. */
function logarithm({ re, im }: Complex): Complex {
  return { re: 0.5 * ln(re * re + im * im), im: arctangent(im / re) };
}

/** Source: three halvings, arctan x = 2 arctan(x / (1 + sqrt(1 + x²))), then the series. */
export function arctangent(x: number): number {
  if (x === Infinity || x === -Infinity) return x > 0 ? HALF_PI : -HALF_PI;
  let small = x;
  for (let halving = 0; halving < 4; halving++) small /= 1 + Math.sqrt(1 + small * small);
  const square = small * small;
  let sum = 0;
  for (let k = 25; k >= 1; k -= 2) sum = 1 / k - square * sum;
  return 16 * small * sum;
}

const HALF_PI = 1.5707963267948966;

/** The transform for re s > 0; null where it is not worked out. */
export function lawTransform(law: DistributionSpec): Transform | null {
  switch (law.kind) {
    case 'deterministic':
      return (s) => exponential(scaled(s, -law.value));
    case 'exponential':
      return (s) => over(ONE, plus(ONE, scaled(s, law.mean)));
    case 'erlang':
    case 'gamma': {
      const { mean, variance } = distribution(law);
      const shape = (mean * mean) / variance;
      return (s) => exponential(scaled(logarithm(plus(ONE, scaled(s, mean / shape))), -shape));
    }
    case 'hyperexponential': {
      const phases = hyperexponentialPhases(law);
      return (s) =>
        phases.reduce<Complex>(
          (sum, { share, mean }) => plus(sum, over({ re: share, im: 0 }, plus(ONE, scaled(s, mean)))),
          { re: 0, im: 0 },
        );
    }
    case 'uniform': {
      const { low, high } = law;
      if (!(high > low)) return (s) => exponential(scaled(s, -low));
      return (s) => over(minus(exponential(scaled(s, -low)), exponential(scaled(s, -high))), scaled(s, high - low));
    }
    case 'lognormal': {
      const { mean, variance } = distribution(law);
      const square = ln(1 + variance / (mean * mean));
      return lognormalTransform(ln(mean) - square / 2, Math.sqrt(square));
    }
    case 'pareto': {
      const { mean } = distribution(law);
      const { alpha } = law;
      if (!(mean < Infinity)) return null;
      const minimum = (mean * (alpha - 1)) / alpha;
      return (s) => paretoPart(alpha, minimum, s);
    }
    case 'bounded-pareto': {
      const { alpha, low, high } = law;
      const { ratio, inside } = boundedParetoShare(alpha, low, high);
      return (s) => scaled(minus(paretoPart(alpha, low, s), scaled(paretoPart(alpha, high, s), ratio)), 1 / inside);
    }
    case 'mixture': {
      const total = law.parts.reduce((sum, { weight }) => sum + weight, 0);
      const parts = law.parts.map(({ weight, of }) => ({ share: weight / total, of: lawTransform(of) }));
      if (parts.some(({ of }) => of === null)) return null;
      return (s) => parts.reduce<Complex>((sum, { share, of }) => plus(sum, scaled(of!(s), share)), { re: 0, im: 0 });
    }
    case 'shifted': {
      const of = lawTransform(law.of);
      return of === null ? null : (s) => times(exponential(scaled(s, -law.by)), of(s));
    }
    default:
      return null;
  }
}

/** Steps of the trapezoidal rules; both integrands fall double-exponentially or as a normal density. */
const LOGNORMAL_STEP = 1 / 8;
const LOGNORMAL_END = 9;
const PARETO_STEP = 1 / 16;
const PARETO_POINTS = 67;

/**
 * The path of integration is turned by an angle at which s e^y is nearly real, so that nothing oscillates; a narrow law
 * allows a small angle only, but then needs a fine step: the integrand is analytic, so the rule converges exponentially.
 */
function lognormalTransform(mu: number, sigma: number): Transform {
  return (s) => {
    const angle = arctangent(s.im / s.re);
    const turn = -Math.max(-2 * sigma, Math.min(2 * sigma, angle));
    const size = Math.sqrt(s.re * s.re + s.im * s.im);
    // where the angle left over makes the integrand turn, within the law's own range, the step follows it
    const left = Math.abs(sin(angle + turn)) * size * exp(mu + 3 * sigma) * sigma;
    const step = Math.min(LOGNORMAL_STEP, 0.25 / sigma, 1 / (1 + left));
    const turned = sigma === 0 ? 0 : turn / sigma;
    let sum: Complex = { re: 0, im: 0 };
    const points = Math.ceil(LOGNORMAL_END / step);
    for (let i = -points; i <= points; i++) {
      const z = i * step;
      const reach = size * exp(mu + sigma * z);
      // exp(-s e^(mu + sigma z + i turn) - (z + i turned)² / 2)
      const exponent = {
        re: -reach * cos(angle + turn) - (z * z - turned * turned) / 2,
        im: -reach * sin(angle + turn) - z * turned,
      };
      if (exponent.re > -NOTHING_LEFT) sum = plus(sum, exponential(exponent));
    }
    return scaled(sum, step * 0.3989422804014327);
  };
}

/** e^-x is nothing beside 1. */
const NOTHING_LEFT = 45;

/** E[e^(-sX)] of a Pareto law from `low` on: e^(-s low) * alpha * integral of e^(-v) (1 + v/(s low))^(-alpha - 1) dv / (s low). */
function paretoPart(alpha: number, low: number, s: Complex): Complex {
  const scale = scaled(s, low);
  if (scale.re > NOTHING_LEFT) return { re: 0, im: 0 };
  let sum: Complex = { re: 0, im: 0 };
  for (let i = -PARETO_POINTS; i <= PARETO_POINTS; i++) {
    // v = e^(w - e^(-w)): both ends fall double-exponentially
    const w = i * PARETO_STEP;
    const inner = exp(-w);
    const v = exp(w - inner);
    const base = plus(ONE, over({ re: v, im: 0 }, scale));
    const power = exponential(scaled(logarithm(base), -alpha - 1));
    sum = plus(sum, scaled(power, exp(-v) * v * (1 + inner)));
  }
  return times(exponential(scaled(scale, -1)), over(scaled(sum, alpha * PARETO_STEP), scale));
}

/** Of the Fourier series: discretisation error e^-A, rounding e^(A/2) 2^-53. */
const A = 18.4;
const TERMS = 40;
const EULER = 40;
/** Terms of the correction, of which e^-A is taken. */
const TERMS_ROUGH = 12;
const EULER_ROUGH = 12;
/** Relative, of percentiles found from tails of 8 digits or so. */
export const RESOLUTION = 1e-11;

/**
 * Part of a tail: t > 0 of the tail whose law has this mass in all, from the transform of its density. The error of the
 * series is known, e^-A times the tail at 3t (and less at 5t), so it is taken off.
 */
export function tailFromTransform(transform: Transform, mass: number, t: number): number {
  return series(transform, mass, t, TERMS, EULER) - exp(-A) * series(transform, mass, 3 * t, TERMS_ROUGH, EULER_ROUGH);
}

function series(transform: Transform, mass: number, t: number, terms: number, euler: number): number {
  // of (mass - f(s)) / s
  const at = (k: number): number => {
    const s = { re: A / (2 * t), im: (k * Math.PI) / t };
    const rest = over(minus({ re: mass, im: 0 }, transform(s)), s).re;
    return k % 2 === 0 ? rest : -rest;
  };
  let sum = at(0) / 2;
  for (let k = 1; k <= terms; k++) sum += at(k);
  let average = 0;
  let weight = pow(2, -euler);
  for (let m = 0; m <= euler; m++) {
    average += weight * sum;
    weight *= (euler - m) / (m + 1);
    if (m < euler) sum += at(terms + m + 1);
  }
  return (exp(A / 2) / t) * average;
}

/** E[e^(-sX)] at a real s >= 0, without loss where s is small: 1 - it is `1 - transform`. */
export function realTransform(law: DistributionSpec): ((s: number) => number) | null {
  if (law.kind === 'deterministic') return (s) => exp(-s * law.value);
  if (law.kind === 'uniform') {
    const { low, high } = law;
    return (s) =>
      s * (high - low) > 0 ? (exp(-s * low) * -expm1(-s * (high - low))) / (s * (high - low)) : exp(-s * low);
  }
  const transform = lawTransform(law);
  return transform === null ? null : (s) => (s > 0 ? transform({ re: s, im: 0 }).re : 1);
}
