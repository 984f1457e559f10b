/**
 * A rate over time, for arrivals: constant, linear between points, or an expression of `t`.
 */
import type { RateShape } from '../../description.ts';
import { compileExpression } from './expression.ts';

export interface RateFunction {
  /** requests/s at a time in seconds, 0 <= at <= max. */
  at(time: number): number;
  /** Bound of the rate, > 0 unless nothing ever comes. */
  readonly max: number;
  readonly constant: boolean;
  /** The rate is 0 from here on; Infinity if not known. */
  readonly until: number;
  /** When the next of evenly spaced arrivals comes: the time at which the integral of the rate has grown by 1. */
  after(time: number): number;
}

/** Longest step, in seconds, of the search for the next evenly spaced arrival under a varying rate. */
const STEP = 0.1;

export function rateShape(shape: RateShape): RateFunction {
  switch (shape.kind) {
    case 'constant': {
      const { rate } = shape;
      return {
        at: () => rate,
        max: rate,
        constant: true,
        until: rate > 0 ? Infinity : 0,
        after: (time) => time + 1 / rate,
      };
    }
    case 'points': {
      const points = shape.points.map(({ at, rate }) => ({ at, value: rate }));
      const at = linear(points);
      const max = points.reduce((most, { value }) => Math.max(most, value), 0);
      const last = points[points.length - 1];
      return varying(at, max, last.value === 0 ? last.at : Infinity);
    }
    case 'expression': {
      const value = compileExpression(shape.expression);
      return varying((time) => Math.min(shape.max, Math.max(0, value(time))), shape.max, Infinity);
    }
  }
}

/** Linear between points sorted by time; constant before the first and after the last. Two at one time make a step. */
export function linear(points: readonly { readonly at: number; readonly value: number }[]): (time: number) => number {
  let hint = 0;
  return (time) => {
    if (hint > 0 && points[hint - 1].at > time) hint = 0;
    while (hint < points.length && points[hint].at <= time) hint++;
    if (hint === 0) return points[0].value;
    if (hint === points.length) return points[points.length - 1].value;
    const low = points[hint - 1];
    const high = points[hint];
    return low.value + ((time - low.at) / (high.at - low.at)) * (high.value - low.value);
  };
}

function varying(at: (time: number) => number, max: number, until: number): RateFunction {
  return { at, max, constant: false, until, after: (time) => evenly(at, max, until, time) };
}

/** Integrates the rate by the midpoint rule until one more request is due. */
function evenly(at: (time: number) => number, max: number, until: number, from: number): number {
  let time = from;
  let due = 0;
  const step = Math.min(STEP, 0.25 / max);
  while (due < 1 && time < until) {
    const added = at(time + step / 2) * step;
    if (added > 0 && due + added >= 1) return time + ((1 - due) / added) * step;
    due += added;
    time += step;
  }
  return Infinity;
}
