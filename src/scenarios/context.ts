/**
 * What resolving a scenario collects on its way: problems, doubts, assumptions, uncertain and missing inputs; and the
 * readers that turn a checked value into a number. One context lives for one pass over the file.
 */
import type { Step } from '../models/description.ts';
import type { Path } from './problem.ts';
import { pathText, shortValue } from './problem.ts';
import type { Assumption, Missing, UncertainInput } from './scenario.ts';
import { parseQuantity } from './units.ts';
import type { Dimension } from './units.ts';

/** A problem whose place in the file is not looked up yet. */
export interface FoundProblem {
  readonly path: Path;
  /** Set where the key is wrong, not its value. */
  readonly key?: string;
  readonly rule: string;
  readonly value?: unknown;
  readonly hint: string;
}

export interface FoundDoubt {
  readonly path: Path;
  readonly text: string;
}

/** A call or message that a step makes, with where it stands. */
export interface FoundCall {
  readonly path: Path;
  readonly to: string;
  /** Who makes it: the steps of a class of clients or of a service (`*`: of every class not named). */
  readonly from: { readonly kind: 'clients' | 'service'; readonly name: string };
}

/** Stands for every name, in a set of broken things. No thing can be named so. */
export const ANY = '*';

export class Context {
  readonly calls: FoundCall[] = [];
  readonly lookups: { readonly path: Path; readonly cache: string }[] = [];
  readonly publishes: { readonly path: Path; readonly topic: string }[] = [];
  /** How requests publish, by topic: known before the steps are resolved. */
  publishing: ReadonlyMap<string, readonly Step[]> = new Map();
  /** Metrics that read the lag of a topic. */
  readonly lags: { readonly path: Path; readonly topic: string; readonly group: string }[] = [];
  /** Length of a run; NaN where the file does not give it. */
  seconds = NaN;
  readonly whens: { readonly path: Path; readonly rule: string }[] = [];
  readonly problems: FoundProblem[] = [];
  readonly doubts: FoundDoubt[] = [];
  readonly assumptions: Assumption[] = [];
  readonly uncertain: UncertainInput[] = [];
  readonly missing: Missing[] = [];

  /** @param broken names of things that the schema refused (`ANY`: a whole section): nothing is said about references to them. */
  constructor(private readonly broken: ReadonlySet<string> = new Set()) {}

  /** Whether something of that name is in the file, but could not be read. */
  isBroken(name: string): boolean {
    return this.broken.has(name) || this.broken.has(ANY);
  }

  problem(path: Path, rule: string, hint = '', value?: unknown): void {
    this.problems.push({ path, rule, hint, value });
  }

  doubt(path: Path, text: string): void {
    this.doubts.push({ path, text });
  }

  assume(path: Path, kind: Assumption['kind'], value: string, source: string, text: string): void {
    this.assumptions.push({ path: pathText(path), kind, value, source, text });
  }

  /** The value given, or `value` with a note that it is a default. */
  fallback<T>(path: Path, given: T | undefined, value: T, { shown, source, text }: Default): T {
    if (given !== undefined) {
      return given;
    }
    this.assume(path, 'default', shown ?? shortValue(value).replaceAll('"', ''), source ?? 'windtunnel default', text);
    return value;
  }

  /** A quantity in SI; a range is kept as uncertain and its middle used. Texts are checked before, by the schema. */
  quantity(text: string, dimension: Dimension, path: Path): number {
    const read = parseQuantity(text, dimension);
    if (!read.ok) {
      this.problem(path, read.rule, read.hint, text);
      return 1;
    }
    if (read.range !== null) {
      this.uncertain.push({ path: pathText(path), ...read.range, value: read.value, dimension });
    }
    return read.value;
  }

  /** As `quantity`, Infinity where nothing is given. */
  limit(text: string | undefined, dimension: Dimension, path: Path): number {
    return text === undefined ? Infinity : this.quantity(text, dimension, path);
  }
}

/** How a default is told. */
export interface Default {
  /** The value in words; by itself where absent. */
  readonly shown?: string;
  readonly source?: string;
  readonly text: string;
}

/** A count as written, `unlimited` as Infinity. */
export function unlimited(count: number | 'unlimited'): number {
  return count === 'unlimited' ? Infinity : count;
}
