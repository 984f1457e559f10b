import { InvalidArgumentError } from 'commander';
import { ASKED_FIGURES, type AskedFigure } from '../analysis/asked-figures.ts';
import { parseQuantity } from '../scenarios/units.ts';

/** Values of options. Each throws commander's `InvalidArgumentError`, so that the option is named in the message. */

/** `1%`, `1 %` or `0.01`: a share strictly between 0 and 1. */
export function share(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*(%?)\s*$/.exec(text);
  const value = match === null ? NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1);
  if (!(value > 0 && value < 1)) {
    throw new InvalidArgumentError('It must be a share above 0 and below 1, such as 1% or 0.01.');
  }
  return value;
}

/** A whole number >= 1. */
export function count(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(Number.isSafeInteger(value) && value >= 1)) {
    throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  }
  return value;
}

/** For an option that may be given several times: all values in order. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** A time with its unit, such as `60s`: seconds. */
export function duration(text: string): number {
  const time = parseQuantity(text, 'time');
  if (!time.ok) throw new InvalidArgumentError(`It ${time.rule}. ${time.hint}`);
  if (time.range !== null) throw new InvalidArgumentError('It must be one time, not a range.');
  return time.value;
}

/** Figures with commas between, such as `mean,p99`. */
export function figures(text: string): readonly AskedFigure[] {
  return text.split(',').map((word) => {
    const name = ASKED_FIGURES.find((known) => known === word.trim());
    if (name === undefined) throw new InvalidArgumentError(`The figures are ${ASKED_FIGURES.join(', ')}.`);
    return name;
  });
}
