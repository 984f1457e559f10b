/** Weibull: times to failure; shape < 1 has more long times than exponential, shape > 1 fewer. */
import { bisect } from './bisect.ts';
import type { Distribution } from './distribution.ts';
import { exp, expm1, ln, pow } from './elementary.ts';
import { requirePositive } from './require.ts';
import { lnGamma } from './special.ts';

export type WeibullOptions =
  | { readonly mean: number; readonly cv: number }
  | { readonly mean: number; readonly shape: number }
  | { readonly shape: number; readonly scale: number };

/**
 * Mean scale * gamma(1 + 1/shape).
 * @throws RangeError if a parameter is not finite and > 0, the shape outside 0.1 .. 1000 or the cv outside 0.0013 .. 429.
 */
export function weibull(options: WeibullOptions): Distribution {
  requirePositive('weibull', { ...options });
  const shape = 'cv' in options ? shapeOf(options.cv) : options.shape;
  if (!(shape >= SHAPE_MIN && shape <= SHAPE_MAX)) {
    throw new RangeError(`weibull: shape must be from ${SHAPE_MIN} to ${SHAPE_MAX}, got ${shape}`);
  }
  const unitMean = exp(lnGamma(1 + 1 / shape));
  const scale = 'scale' in options ? options.scale : options.mean / unitMean;
  const mean = scale * unitMean;
  const power = 1 / shape;
  const quantile = (u: number): number => scale * pow(-ln(1 - u), power);
  const cdf = (x: number): number => (x > 0 ? -expm1(-pow(x / scale, shape)) : 0);
  return { mean, variance: mean * mean * squaredCv(shape), quantile, sample: quantile, cdf };
}

const SHAPE_MIN = 0.1;
const SHAPE_MAX = 1000;

function squaredCv(shape: number): number {
  return expm1(lnGamma(1 + 2 / shape) - 2 * lnGamma(1 + 1 / shape));
}

/** The shape with a given coefficient of variation, which falls as the shape grows. */
function shapeOf(cv: number): number {
  const scv = cv * cv;
  if (!(scv <= squaredCv(SHAPE_MIN) && scv >= squaredCv(SHAPE_MAX))) {
    throw new RangeError(`weibull: cv must be from 0.0013 to 429, got ${cv}`);
  }
  return bisect(SHAPE_MIN, SHAPE_MAX, (shape) => squaredCv(shape) <= scv);
}
