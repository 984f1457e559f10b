/**
 * What is wrong with a scenario, in the words of the person who wrote it: all problems at once, each with its place.
 * A problem stops the scenario; a doubt does not.
 */

/** Steps from the top of the file to a value: `['directors', 'vip', 'nodes', 'a']`, list items by index. */
export type Path = readonly (string | number)[];

export interface Place {
  /** The file's name, or the `--set` option that gave the value. */
  readonly file: string;
  /** From 1; null where the value stands in no file. */
  readonly line: number | null;
  readonly column: number | null;
  /** `directors.vip.nodes.a`, `slos[0]`; empty for the whole file. */
  readonly path: string;
}

export interface Problem extends Place {
  /** What must hold, and what was found instead. */
  readonly rule: string;
  /** The value found, shortened; empty where there is none. */
  readonly value: string;
  /** What to do; empty where the rule says it. */
  readonly hint: string;
}

export interface Doubt extends Place {
  readonly text: string;
}

/** Several lines for a terminal: a heading, then each problem with its place, rule and hint. */
export function formatProblems(problems: readonly Problem[]): string {
  const files = new Set(problems.map((problem) => problem.file));
  const name = files.size === 1 ? [...files][0] : 'scenario';
  const lines = [`${name}: ${problems.length} problem${problems.length === 1 ? '' : 's'}`];
  for (const problem of problems) {
    lines.push(`  ${placeText(problem)}${problem.rule}`);
    if (problem.hint !== '') {
      lines.push(`      ${problem.hint}`);
    }
  }
  return lines.join('\n');
}

/** One line for each doubt, with its place. */
export function formatDoubts(doubts: readonly Doubt[]): string {
  return doubts.map((doubt) => `  ${placeText(doubt)}${doubt.text}`).join('\n');
}

/** `directors.vip.nodes.a`; list items as `slos[0]`. */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`),
    '',
  );
}

/** A value as it may stand in a message: one line, at most 60 characters. */
export function shortValue(value: unknown): string {
  let text: string;
  if (value === undefined) {
    text = '';
  } else if (typeof value === 'number' || typeof value === 'bigint') {
    text = String(value);
  } else if (Array.isArray(value)) {
    text = `a list of ${value.length}`;
  } else if (typeof value === 'object' && value !== null) {
    text = `a map with ${Object.keys(value).slice(0, 4).join(', ') || 'no keys'}`;
  } else {
    text = JSON.stringify(value);
  }
  const printable = text.replace(/[\p{Cc}\p{Cf}]/gu, '?');
  return printable.length > 60 ? `${printable.slice(0, 57)}...` : printable;
}

function placeText({ file, line, column, path }: Place): string {
  const place = line === null ? file : `${file}:${line}:${column}`;
  return path === '' ? `${place}: ` : `${place} ${path}: `;
}
