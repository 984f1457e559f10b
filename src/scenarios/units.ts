/**
 * Values with a unit: `20 ms`, `1 Gbit/s`, `800 req/s`, `45 %`, `12 kB`, and ranges of them, `8..12 ms`.
 *
 * The unit algebra is mathjs's; this file decides which names are allowed, which dimension a field takes, and what to
 * say when it does not fit. Results are SI: seconds, bytes, bits/s, 1/s, share 0..1; the decimal that was written is
 * the double that is returned (`20 ms` is exactly 0.02). Left out: sums and products of quantities.
 */
import { create, unitDependencies } from 'mathjs';
import type { Unit } from 'mathjs';

export type Dimension = 'time' | 'size' | 'bandwidth' | 'rate' | 'share';

export type QuantityResult =
  | {
      readonly ok: true;
      /** SI; the middle of a range. */
      readonly value: number;
      /** Set where a range was written. */
      readonly range: { readonly low: number; readonly high: number } | null;
    }
  | { readonly ok: false; readonly rule: string; readonly hint: string };

/**
 * Reads a quantity.
 * @param text a number and a unit, or two numbers with `..` between and a unit.
 * @returns its value in SI units, finite and >= 0, or what is wrong with it.
 */
export function parseQuantity(text: string, dimension: Dimension): QuantityResult {
  const trimmed = text.trim();
  const match = QUANTITY.exec(trimmed);
  if (match === null) {
    return wrong(`must be ${article[dimension]}, got ${quote(text)}`, unreadable(trimmed, dimension));
  }
  const [, first, second, unit] = match;
  if (unit === '') {
    return wrong(`needs a unit, got ${quote(text)}`, bareNumberHint(Number(first), dimension));
  }
  const factor = factorOf(unit, dimension);
  if (typeof factor === 'string') {
    return wrong(`must be ${article[dimension]}, got ${quote(text)}`, factor);
  }
  const low = scaled(first, factor);
  const high = second === undefined ? low : scaled(second, factor);
  if (low < 0 || high < 0) {
    return wrong(`must not be negative, got ${quote(text)}`, '');
  }
  if (!Number.isFinite(low) || !Number.isFinite(high)) {
    return wrong(`must be finite, got ${quote(text)}`, '');
  }
  if (second === undefined) {
    return { ok: true, value: low, range: null };
  }
  return low < high
    ? { ok: true, value: low + (high - low) / 2, range: { low, high } }
    : wrong(`a range goes from the smaller to the larger, got ${quote(text)}`, `for example ${examples[dimension][1]}`);
}

/** A quantity in the unit that people would choose; `parseQuantity` gives the same double back. */
export function formatQuantity(value: number, dimension: Dimension): string {
  for (const unit of preferred[dimension]) {
    const factor = factorOf(unit, dimension);
    if (typeof factor === 'string' || value < scaled('1', factor)) {
      continue;
    }
    const count = Number((factor.divide ? value * factor.by : value / factor.by).toPrecision(15));
    if (scaled(String(count), factor) === value && String(count).length <= 12) {
      return `${count} ${unit}`;
    }
  }
  return dimension === 'share' ? percentText(value) : `${value} ${baseUnit(dimension)}`;
}

/** A quantity for people: rounded to so many digits, in the unit that reads best. */
export function displayQuantity(value: number, dimension: Dimension, digits = 4): string {
  const units = preferred[dimension];
  for (const unit of units) {
    const factor = factorOf(unit, dimension);
    if (typeof factor !== 'string' && value >= scaled('1', factor)) {
      return `${Number((factor.divide ? value * factor.by : value / factor.by).toPrecision(digits))} ${unit}`;
    }
  }
  return value === 0 ? `0 ${baseUnit(dimension)}` : `${Number(value.toPrecision(digits))} ${baseUnit(dimension)}`;
}

/** What to write instead of a number without a unit. */
export function bareNumberHint(value: number, dimension: Dimension): string {
  const number = Number.isFinite(value) ? String(Math.abs(value)) : '5';
  if (dimension === 'share') {
    return `write "${number} %"${value > 0 && value <= 1 ? `, or "${percentText(value)}"` : ''}`;
  }
  const [one, other] = common[dimension];
  return `write "${number} ${one}" or "${number} ${other}"`;
}

/** What a field of this dimension looks like: the first is plain, the second a range. */
export const examples: Readonly<Record<Dimension, readonly [string, string]>> = {
  time: ['20 ms', '8..12 ms'],
  size: ['12 kB', '8..12 kB'],
  bandwidth: ['1 Gbit/s', '0.8..1 Gbit/s'],
  rate: ['800 req/s', '700..900 req/s'],
  share: ['45 %', '40..50 %'],
};

/** What a field of this dimension is, with its article. */
export const article: Readonly<Record<Dimension, string>> = {
  time: 'a time such as "20 ms"',
  size: 'a size such as "12 kB"',
  bandwidth: 'a bandwidth such as "1 Gbit/s"',
  rate: 'a rate such as "800 req/s"',
  share: 'a share such as "45 %"',
};

/** A regular expression (JSON Schema's dialect) that every quantity matches. */
export const quantityPattern =
  '^\\s*[+]?[0-9.]+([eE][+-]?[0-9]+)?(\\.\\.[0-9.]+([eE][+-]?[0-9]+)?)?\\s*[^0-9\\s.+-].*$';

// ------------------------------------------------------------------------------------------------------------ helpers

const NUMBER = '[+-]?(?:\\d+(?:\\.\\d+)?|\\.\\d+)(?:[eE][+-]?\\d+)?';
const QUANTITY = new RegExp(`^(${NUMBER})(?:\\s*\\.\\.\\s*(${NUMBER}))?\\s*((?:[a-zA-Z%/µμ][a-zA-Z%/µμ1 ]*)?)$`);

/** A unit as a factor: SI value = count * by, or count / by where the factor is a small fraction. */
interface Factor {
  readonly by: number;
  readonly divide: boolean;
  /** Where the factor is a power of ten: its exponent. Then the decimal's own exponent is moved, without rounding. */
  readonly exponent: number | null;
}

const math = create({ unitDependencies });
const known = new Map<string, Factor | string>();

const inMathjs: Readonly<Record<Dimension, string>> = {
  time: 's',
  size: 'B',
  bandwidth: 'b/s',
  rate: 's^-1',
  share: '',
};
const common: Readonly<Record<Dimension, readonly [string, string]>> = {
  time: ['ms', 's'],
  size: ['kB', 'MB'],
  bandwidth: ['Mbit/s', 'Gbit/s'],
  rate: ['req/s', 'req/min'],
  share: ['%', '%'],
};
const preferred: Readonly<Record<Dimension, readonly string[]>> = {
  time: ['d', 'h', 'min', 's', 'ms', 'us', 'ns'],
  size: ['GB', 'MB', 'kB', 'B'],
  bandwidth: ['Gbit/s', 'Mbit/s', 'kbit/s', 'bit/s'],
  rate: ['req/s', 'req/min', 'req/h', 'req/d'],
  share: ['%'],
};

/** Every name that may stand in a unit, and what mathjs calls it. `1` is a thing that is counted. */
const names: ReadonlyMap<string, string> = new Map([
  ...spelt('s', 's sec secs second seconds'),
  ...spelt('ms', 'ms msec millisecond milliseconds'),
  ...spelt('us', 'us µs μs usec microsecond microseconds'),
  ...spelt('ns', 'ns nanosecond nanoseconds'),
  ...spelt('minute', 'min mins minute minutes'),
  ...spelt('hour', 'h hr hrs hour hours'),
  ...spelt('day', 'd day days'),
  ...spelt('week', 'week weeks'),
  ...spelt('1', '1 req reqs request requests query queries call calls visit visits conn connections packet packets'),
  ...spelt('B', 'B byte bytes'),
  ...spelt('kB', 'kB KB'),
  ...['MB', 'GB', 'TB', 'KiB', 'MiB', 'GiB', 'TiB'].map((name) => [name, name] as const),
  ...spelt('b', 'b bit bits'),
  ...spelt('kb', 'kb kbit Kbit kbits'),
  ...spelt('Mb', 'Mb Mbit Mbits'),
  ...spelt('Gb', 'Gb Gbit Gbits'),
  ...spelt('Tb', 'Tb Tbit'),
]);

/** Words that stand for a quotient. */
const quotients: ReadonlyMap<string, string> = new Map([
  ...['rps', 'qps', 'tps'].map((name) => [name, 's^-1'] as const),
  ['rpm', 'minute^-1'],
  ['bps', 'b/s'],
  ...['k', 'M', 'G', 'T'].map((prefix) => [`${prefix}bps`, `${prefix}b/s`] as const),
]);

/** What people write and mean otherwise. */
const slips: ReadonlyMap<string, string> = new Map([
  ['m', 'm is metres; write min for minutes, ms for milliseconds'],
  ['M', 'M is no unit; write min for minutes'],
  ['S', 'S is siemens; write s for seconds'],
  ['H', 'H is henry; write h for hours'],
  ['D', 'write d for days'],
  ['Ms', 'Ms is megaseconds; write ms for milliseconds'],
  ['mS', 'mS is millisiemens; write ms for milliseconds'],
  ['MS', 'write ms for milliseconds'],
  ['k', 'write the number out, and its unit'],
  ['K', 'K is kelvin; write kB'],
  ['G', 'write GB or Gbit/s'],
  ['mb', 'mb is millibits; write MB or Mbit/s'],
  ['gb', 'write GB or Gbit/s'],
  ['kB/s', 'write kbit/s (1 kB/s is 8 kbit/s)'],
  ['hz', 'write req/s'],
  ['Hz', 'write req/s'],
]);

function factorOf(unit: string, dimension: Dimension): Factor | string {
  const key = `${dimension} ${unit}`;
  let factor = known.get(key);
  if (factor === undefined) {
    factor = findFactor(unit.trim(), dimension);
    if (known.size < 1000) {
      known.set(key, factor);
    }
  }
  return factor;
}

function findFactor(unit: string, dimension: Dimension): Factor | string {
  const example = `for example ${examples[dimension][0]}`;
  if (dimension === 'share') {
    return unit === '%' || unit === 'percent'
      ? { by: 100, divide: true, exponent: -2 }
      : `a share is written in %, ${example}`;
  }
  const slip = slips.get(unit);
  if (slip !== undefined && !(dimension === 'bandwidth' && unit === 'kB/s')) {
    return slip;
  }
  const [above, below, ...more] = unit.split('/').map((part) => part.trim());
  const quotient = quotients.get(unit);
  const top = above === '' ? '1' : names.get(above);
  const bottom = below === undefined ? '' : names.get(below);
  if (quotient === undefined && (top === undefined || bottom === undefined || more.length > 0)) {
    return `"${unit}" is no unit known here, ${example}`;
  }
  const expression = quotient ?? (top === '1' ? `${bottom}^-1` : bottom === '' ? top! : `${top}/${bottom}`);
  if (bottom === '' && top === '1') {
    return `"${unit}" is a number of things; ${example}`;
  }
  if (dimension === 'size' && /^[kMGT]?b$/.test(expression)) {
    return `"${unit}" counts bits, a size is in bytes, ${example}`;
  }
  const made = math.unit(1, expression);
  if (!made.equalBase(math.unit(1, inMathjs[dimension]))) {
    return mismatchHint(unit, dimension, expression, made);
  }
  const by = made.toNumber(inMathjs[dimension]);
  const inverse = Math.round(1 / by);
  const divide = by < 1 && Math.abs(inverse * by - 1) < 1e-12;
  const size = divide ? inverse : by;
  const zeros = /^10*$/.test(String(size)) ? String(size).length - 1 : null;
  return { by: size, divide, exponent: zeros === null ? null : divide ? -zeros : zeros };
}

function mismatchHint(unit: string, dimension: Dimension, expression: string, made: Unit): string {
  const example = `for example ${examples[dimension][0]}`;
  if (dimension === 'bandwidth' && /^[kMGT]?b$/.test(expression)) {
    return `"${unit}" is an amount; write "${unit}/s"`;
  }
  const measures = (Object.keys(inMathjs) as Dimension[]).find(
    (other) => other !== 'share' && made.equalBase(math.unit(1, inMathjs[other])),
  );
  return `"${unit}" measures a ${measures ?? 'thing of another kind'}, this is a ${dimension}, ${example}`;
}

function baseUnit(dimension: Dimension): string {
  return { time: 's', size: 'B', bandwidth: 'bit/s', rate: 'req/s', share: '%' }[dimension];
}

function scaled(count: string, { by, divide, exponent }: Factor): number {
  if (exponent !== null) {
    const [mantissa, power = '0'] = count.toLowerCase().split('e');
    return Number(`${mantissa}e${Number(power) + exponent}`);
  }
  return divide ? Number(count) / by : Number(count) * by;
}

function percentText(share: number): string {
  return `${Number((share * 100).toPrecision(15))} %`;
}

function unreadable(text: string, dimension: Dimension): string {
  if (/^[\d.]+[,_]\d/.test(text)) {
    return 'write the number without separators of thousands, with a point for decimals';
  }
  if (/^[+-]?\.?(nan|inf|infinity)/i.test(text)) {
    return 'a number must be finite; leave the key out where there is no limit';
  }
  const example = `for example ${examples[dimension][0]}`;
  return /^\d.*\.\..*\s?[a-zA-Z%].*\.\./.test(text) ? `a range is written ${examples[dimension][1]}` : example;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 37)}...` : text);
}

function wrong(rule: string, hint: string): QuantityResult {
  return { ok: false, rule, hint };
}

function spelt(name: string, words: string): (readonly [string, string])[] {
  return words.split(' ').map((word) => [word, name] as const);
}
