import type { Figure } from '../analysis/result.ts';

/**
 * Numbers for people: one unit for a figure and its interval, and no more digits than the interval supports.
 * Independent of locale and machine, so that the same result prints the same bytes everywhere.
 * Leaves out layout and escaping.
 */

export type Unit = Figure['unit'];

/** A unit as printed, and what a value in the result's unit is multiplied by to be printed in it. */
interface Scale {
  readonly label: string;
  readonly factor: number;
}

const DIGITS = 3;

/** A given or derived number: `80 ms`, `1,778 req/s`; `-` for null. The integer part is never cut, ending zeros are. */
export function formatValue(value: number | null, unit: Unit, digits = DIGITS): string {
  if (value === null || Number.isNaN(value)) return '-';
  const scale = scaleFor(value, unit);
  const text = fixed(value * scale.factor, decimalsFor(value * scale.factor, digits));
  return withUnit(text.includes('.') ? text.replace(/\.?0+$/, '') : text, scale);
}

/**
 * The value alone, to stand beside its interval: in the unit and with the digits that the interval supports, so that
 * it lies within it as printed. With `digits`, to stand alone: at most so many significant digits.
 */
export function formatFigure(figure: Figure, digits?: number): string {
  if (!isObserved(figure)) return '-';
  const scale = scaleFor(figure.value, figure.unit);
  return withUnit(fixed(figure.value * scale.factor, figureDecimals(figure, scale, digits)), scale);
}

/**
 * `(119.6 to 120.4)`, in the unit that `formatFigure` prints; `(below 0.0001 %)` for what was never seen; where there is
 * no interval, why: `(one run: no interval)`.
 */
export function formatInterval(figure: Figure): string {
  if (!isObserved(figure)) return '(no observations)';
  if (!hasInterval(figure)) return figure.level === null ? '(one run: no interval)' : '(exact)';
  if (figure.value === 0 && figure.low >= 0) return `(below ${formatValue(figure.high, figure.unit, 2)})`;
  const scale = scaleFor(figure.value, figure.unit);
  const decimals = intervalDecimals(figure, scale);
  return `(${fixed(figure.low * scale.factor, decimals)} to ${fixed(figure.high * scale.factor, decimals)})`;
}

/** `120 ms (119.6 to 120.4)`. */
export function formatFigureWithInterval(figure: Figure): string {
  return isObserved(figure) ? `${formatFigure(figure)} ${formatInterval(figure)}` : '-';
}

/** Whole number with thousands separators: `3,600,000`. */
export function formatCount(value: number): string {
  return fixed(value, 0);
}

/** A length of simulated time in the largest unit that keeps it short: `90 s`, `10 min`, `2 h`. Input in seconds. */
export function formatDuration(seconds: number): string {
  if (seconds >= 2 * 3600) return `${trimmed(seconds / 3600)} h`;
  if (seconds >= 120) return `${trimmed(seconds / 60)} min`;
  return formatValue(seconds, 's', 2);
}

/** A moment of simulated time as a clock that counts from the start: `3:06.5`. Input in seconds. */
export function formatMoment(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const minutes = Math.floor(tenths / 600);
  const rest = (tenths - minutes * 600) / 10;
  const text = Number.isInteger(rest) ? String(rest) : rest.toFixed(1);
  return `${minutes}:${rest < 10 ? '0' : ''}${text}`;
}

/** A moment, or where something lasts from when to when: `3:00 to 6:00`. Input in seconds. */
export function formatSpan(at: number, until: number | null): string {
  return lasts({ at, until }) ? `${formatMoment(at)} to ${formatMoment(until!)}` : formatMoment(at);
}

/** True for what has an end that is not also its beginning. */
export function lasts({ at, until }: { readonly at: number; readonly until: number | null }): boolean {
  return until !== null && until > at;
}

/** An interval narrower than this share of its value says nothing that a reader could see: the value counts as exact. */
const INVISIBLE = 1e-6;

/** True where an interval was estimated; false for a single replication and where chance moves nothing visible. */
export function hasInterval(figure: Figure): boolean {
  const { value, low, high, level } = figure;
  return isObserved(figure) && level !== null && high - low > INVISIBLE * Math.abs(value);
}

/** False where nothing was observed, so that there is no value to print. */
export function isObserved(figure: Figure): boolean {
  return figure.note !== 'no observations' && figure.value !== null && Number.isFinite(figure.value);
}

function scaleFor(value: number, unit: Unit): Scale {
  // Three digits decide: what would be printed as 1000 µs is 1 ms.
  const size = value === 0 ? 0 : Math.abs(Number(value.toPrecision(DIGITS)));
  switch (unit) {
    case 's':
      if (size >= 1) return { label: 's', factor: 1 };
      return size >= 0.001 || size === 0 ? { label: 'ms', factor: 1e3 } : { label: 'µs', factor: 1e6 };
    case 'share':
      return { label: '%', factor: 100 };
    case '1/s':
      return { label: 'req/s', factor: 1 };
    case 'packets/s':
      return { label: 'pkt/s', factor: 1 };
    case '1':
      return { label: '', factor: 1 };
    case 'bit/s':
    case 'B':
      return prefixed(size, unit);
  }
}

function prefixed(size: number, unit: string): Scale {
  if (size >= 1e9) return { label: `G${unit}`, factor: 1e-9 };
  if (size >= 1e6) return { label: `M${unit}`, factor: 1e-6 };
  return size >= 1e3 ? { label: `k${unit}`, factor: 1e-3 } : { label: unit, factor: 1 };
}

/** The value's decimals: some significant ones, but none below the leading digit of the half-width. */
function figureDecimals(figure: Figure, scale: Scale, digits?: number): number {
  const wanted = decimalsFor(figure.value * scale.factor, digits ?? DIGITS);
  if (!hasInterval(figure)) return wanted;
  const supported = Math.max(0, -exponent(halfWidth(figure) * scale.factor));
  let decimals = Math.min(wanted, supported);
  while (digits === undefined && decimals < supported && !liesWithin(figure, scale, decimals)) decimals++;
  return decimals;
}

function liesWithin({ value, low, high }: Figure, { factor }: Scale, decimals: number): boolean {
  const printed = Number((value * factor).toFixed(decimals));
  return printed >= low * factor && printed <= high * factor;
}

/** The ends' decimals: at least the value's, and enough that the width shows. */
function intervalDecimals(figure: Figure, scale: Scale): number {
  return Math.max(figureDecimals(figure, scale), -exponent(halfWidth(figure) * scale.factor), 0);
}

function halfWidth(figure: Figure): number {
  return (figure.high - figure.low) / 2;
}

/** Decimals of the rounded value: 9.999 has as many as 10.0. */
function decimalsFor(value: number, digits: number): number {
  return value === 0 ? 0 : Math.max(0, digits - 1 - exponent(Number(value.toPrecision(digits))));
}

/** Decimal exponent: 2 for 120, -3 for 0.0042. Exact, unlike a logarithm. */
function exponent(value: number): number {
  return Number(value.toExponential().split('e')[1]);
}

function fixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  const [whole, fraction] = Math.abs(value).toFixed(Math.min(decimals, 20)).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const text = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return value < 0 && /[1-9]/.test(text) ? `-${text}` : text;
}

/** At most one decimal, and only where it says something. */
function trimmed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function withUnit(text: string, scale: Scale): string {
  return scale.label === '' ? text : `${text} ${scale.label}`;
}
