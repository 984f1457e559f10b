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
  /**
   * When the integral of the rate has grown by `amount` since `time`; Infinity = never. The search stops after a while,
   * since a rate may be 0 for good: then what is `left` to grow from that time on is > 0.
   */
  after(time: number, amount: number): { readonly time: number; readonly left: number };
}

/** Longest step, in seconds, of the search for the next evenly spaced arrival under a varying rate. */
const STEP = 0.1;
/** Steps of one search. */
const STEPS_MAX = 10_000;

export function rateShape(shape: RateShape): RateFunction {
  switch (shape.kind) {
    case 'constant': {
      const { rate } = shape;
      return {
        at: () => rate,
        max: rate,
        constant: true,
        until: rate > 0 ? Infinity : 0,
        after: (time, amount) => ({ time: time + amount / rate, left: 0 }),
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
  return { at, max, constant: false, until, after: (time, amount) => evenly(at, max, until, time, amount) };
}

/** Integrates the rate by the midpoint rule until it has grown by `amount`. */
function evenly(
  at: (time: number) => number,
  max: number,
  until: number,
  from: number,
  amount: number,
): { readonly time: number; readonly left: number } {
  let time = from;
  let left = amount;
  const step = Math.min(STEP, 0.25 / max);
  for (let steps = 0; time < until; steps++) {
    if (steps === STEPS_MAX) return { time, left };
    const added = at(time + step / 2) * step;
    if (added >= left) return { time: time + (left / added) * step, left: 0 };
    left -= added;
    time += step;
  }
  return { time: Infinity, left: 0 };
}
