/**
 * A scenario's text as a YAML document: its data, where each value stands, changes by `--set`, and the text again
 * with its comments. JSON is YAML. Hostile texts (huge, binary, deeply nested, alias bombs, tags) end as problems.
 */
import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Node, YAMLMap, YAMLSeq, Document } from 'yaml';
import type { Path, Place, Problem } from './problem.ts';
import { pathText, shortValue } from './problem.ts';

/** Longest text in characters. A scenario is a page; long traces come from `--trace`. */
export const TEXT_LIMIT = 5_000_000;
const DEPTH_LIMIT = 60;
const NODE_LIMIT = 200_000;

export interface ScenarioDocument {
  readonly file: string;
  readonly yaml: Document.Parsed | Document;
  readonly lines: LineCounter;
  /** Values given by `--set`, with the option as it was typed. */
  readonly setBy: WeakMap<Node, string>;
}

/** A value with the comment at the end of its line. */
export interface CommentedValue {
  readonly path: Path;
  readonly comment: string;
  /** undefined for maps and lists. */
  readonly value: unknown;
}

/** Reads the text; `document` is null where there is nothing to go on with. */
export function readDocument(
  text: string,
  file: string,
): { readonly document: ScenarioDocument | null; readonly problems: readonly Problem[] } {
  const whole = (rule: string, hint: string) => ({
    document: null,
    problems: [{ file, line: 1, column: 1, path: '', rule, value: '', hint }],
  });
  if (text.length > TEXT_LIMIT) {
    const size = `${Math.round(text.length / 1e5) / 10} MB`;
    return whole(`is ${size} long; a scenario may have 5 MB`, 'long traces come from a file: --trace NAME=file.csv');
  }
  const control = BINARY.exec(text);
  if (control !== null) {
    const before = text.slice(0, control.index).split('\n');
    const place = { line: before.length, column: before[before.length - 1].length + 1 };
    const { document, problems } = whole('is not a text file', 'a scenario is a YAML or JSON text in UTF-8');
    return { document, problems: [{ ...problems[0], ...place }] };
  }
  if (nesting(text) > DEPTH_LIMIT) {
    return whole(`is nested more than ${DEPTH_LIMIT} levels deep`, 'a scenario needs about ten');
  }
  const lines = new LineCounter();
  let yaml: Document.Parsed;
  try {
    yaml = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: true,
      merge: false,
      logLevel: 'error',
    });
  } catch (error) {
    if (error instanceof RangeError) {
      return whole('is nested too deeply', 'a scenario needs about ten levels');
    }
    throw error;
  }
  const document = { file, yaml, lines, setBy: new WeakMap<Node, string>() };
  const found = [...yaml.errors, ...yaml.warnings].map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return {
      file,
      line,
      column: col,
      path: '',
      value: '',
      ...plainWords(error.code, error.message, text, error.pos[0]),
    };
  });
  if (found.length > 0) {
    const once = new Map(found.map((problem) => [`${problem.line} ${problem.rule}`, problem]));
    return { document: yaml.errors.length > 0 ? null : document, problems: [...once.values()].slice(0, 20) };
  }
  return { document, problems: shapeProblems(document) };
}

/** The document as plain data. */
export function dataOf({ yaml }: ScenarioDocument): unknown {
  return yaml.toJS({ maxAliasCount: 100 });
}

/** The text again: comments and order as they were, with what `applySet` changed. */
export function writeBack({ yaml }: ScenarioDocument): string {
  return yaml.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** Where the value at `path` stands, or the nearest thing above it. `key` asks for the key instead of the value. */
export function placeOf(document: ScenarioDocument, path: Path, key?: string): Place {
  let node: unknown = document.yaml.contents;
  let start: number | undefined = rangeStart(node);
  let option: string | undefined;
  const enter = (next: unknown, keyNode: unknown, preferKey: boolean) => {
    start = (preferKey ? rangeStart(keyNode) : rangeStart(next)) ?? rangeStart(keyNode) ?? start;
    option = (isNode(next) ? document.setBy.get(next) : undefined) ?? option;
    node = next;
  };
  for (const step of path) {
    const pair = childOf(document, node, step);
    if (pair === null) {
      break;
    }
    enter(pair.value, pair.key, false);
  }
  if (key !== undefined) {
    const pair = childOf(document, node, key);
    if (pair !== null) {
      enter(pair.value, pair.key, true);
    }
  }
  const text = pathText(key === undefined ? path : [...path, key]);
  if (option !== undefined || start === undefined) {
    return { file: option ?? document.file, line: null, column: null, path: text };
  }
  const { line, col } = document.lines.linePos(start);
  return { file: document.file, line: Math.max(1, line), column: Math.max(1, col), path: text };
}

/** Comments at the end of a value's own line, by path: `rate: 3  # assumed: ...`. */
export function commentedValues({ yaml }: ScenarioDocument): readonly CommentedValue[] {
  const found: CommentedValue[] = [];
  const walk = (node: unknown, path: Path): void => {
    if (isMap(node)) {
      for (const pair of node.items) {
        walk(pair.value, [...path, keyText(pair.key)]);
      }
    } else if (isSeq(node)) {
      node.items.forEach((item, index) => walk(item, [...path, index]));
    }
    if (isNode(node) && typeof node.comment === 'string') {
      found.push({ path, comment: node.comment.trim(), value: isScalar(node) ? node.value : undefined });
    }
  };
  walk(yaml.contents, []);
  return found;
}

/**
 * Gives a field another value, as `--set services.app.pool.size=20` does: the value is YAML, maps in between are
 * made, list items are `slos[0]`, names with dots are found where the file has them.
 */
export function applySet(document: ScenarioDocument, option: string): readonly Problem[] {
  const file = `--set ${option.length > 70 ? `${option.slice(0, 67)}...` : option}`;
  const problem = (path: string, rule: string, hint: string): readonly Problem[] => [
    { file, line: null, column: null, path, rule, value: '', hint },
  ];
  const equals = option.indexOf('=');
  const pathPart = equals < 0 ? option : option.slice(0, equals).trim();
  if (equals < 0 || pathPart === '') {
    return problem('', 'must be path=value', 'for example --set services.app.pool.size=20');
  }
  const segments = splitPath(pathPart);
  if (segments === null || segments.length > DEPTH_LIMIT) {
    return problem(pathPart, 'is no path', 'names with points between, list items as slos[0]');
  }
  const read = readDocument(option.slice(equals + 1).trim(), file);
  if (read.document === null || read.problems.length > 0) {
    return read.problems.map((found) => ({ ...found, line: null, column: null, path: pathPart }));
  }
  const value = document.yaml.createNode(dataOf(read.document)) as Node | null;
  if (isNode(value)) {
    document.setBy.set(value, file);
  }
  return setAt(document, segments, value, (path, rule, hint) => problem(path, rule, hint));
}

// ------------------------------------------------------------------------------------------------------------ helpers

/** Characters that no text has: controls other than tab and line ends, and what broken UTF-8 is read as. */

const BINARY = /[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\ufffd]/;

/** Depth of brackets and of `- - -`, before the parser sees them. */
function nesting(text: string): number {
  let depth = 0;
  let most = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5b || code === 0x7b) {
      most = Math.max(most, ++depth);
    } else if (code === 0x5d || code === 0x7d) {
      depth = Math.max(0, depth - 1);
    }
  }
  const dashes = /(?:^|\n)[ ]*((?:[-?] +){60,})/.exec(text);
  return dashes === null ? most : Math.max(most, dashes[1].length / 2);
}

function shapeProblems(document: ScenarioDocument): readonly Problem[] {
  const { yaml, file } = document;
  if (yaml.contents === null || (isScalar(yaml.contents) && yaml.contents.value === null)) {
    const hint = 'the shortest scenario is `clients: { all: { rate: 900 req/s, to: s } }` and `services: { s: ... }`';
    return [{ file, line: 1, column: 1, path: '', rule: 'is empty', value: '', hint }];
  }
  let nodes = 0;
  let lastAlias: Node | null = null;
  const problems: Problem[] = [];
  const at = (node: unknown, rule: string, hint: string) => {
    const { line, col } = document.lines.linePos(rangeStart(node) ?? 0);
    problems.push({ file, line, column: col, path: '', rule, value: '', hint });
  };
  visit(yaml, (key, node, path) => {
    nodes++;
    if (nodes > NODE_LIMIT || path.length > 4 * DEPTH_LIMIT) {
      return visit.BREAK;
    }
    if (isPair(node) && isScalar(node.key) && node.key.value === '<<') {
      at(node.key, 'merge keys (<<) are not read', 'write the keys out, or use a preset');
    } else if (isPair(node) && isScalar(node.key) && node.key.value === '__proto__') {
      at(node.key, '"__proto__" cannot be a name', 'use another word');
    } else if (isAlias(node)) {
      lastAlias = node;
      if (node.resolve(yaml) === undefined) {
        at(node, `*${node.source} points nowhere`, 'an alias *name needs an anchor &name before it');
      }
    } else if (isPair(node) && !isScalar(node.key)) {
      at(node.key, 'a key must be a word', 'maps and lists cannot be keys');
    } else if (isNode(node) && node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:') && key !== 'key') {
      at(node, `tags such as ${shortValue(node.tag)} are not read`, 'write the value without the tag');
    }
    return undefined;
  });
  if (nodes > NODE_LIMIT) {
    at(null, `has more than ${NODE_LIMIT} values`, 'long traces come from a file: --trace NAME=file.csv');
  }
  if (problems.length === 0 && lastAlias !== null) {
    try {
      dataOf(document);
    } catch (error) {
      if (!(error instanceof ReferenceError)) {
        throw error;
      }
      // yaml refuses to resolve aliases of aliases without end
      at(lastAlias, 'uses aliases (&name, *name) that grow too large', 'write the values out');
    }
  }
  return problems;
}

/** The parser's message in the words of a person who does not read YAML's grammar. */
function plainWords(code: string, message: string, text: string, position: number): { rule: string; hint: string } {
  const line = message.split('\n')[0];
  if (line.includes('call stack')) {
    return { rule: 'is nested too deeply', hint: 'a scenario needs about ten levels' };
  }
  switch (code) {
    case 'DUPLICATE_KEY':
      return { rule: `the key ${keyAt(text, position)} stands twice in one map`, hint: 'remove one of them' };
    case 'TAB_AS_INDENT':
      return { rule: 'a tab is used to indent', hint: 'YAML is indented with spaces' };
    case 'BAD_ALIAS':
      return { rule: line, hint: 'an alias *name needs an anchor &name before it' };
    case 'TAG_RESOLVE_FAILED':
      return { rule: line, hint: 'tags (!name) are not read; write the value without the tag' };
    case 'MULTIPLE_DOCS':
      return { rule: 'has several documents (---)', hint: 'a file holds one scenario' };
    case 'MISSING_CHAR':
    case 'BAD_INDENT':
    case 'UNEXPECTED_TOKEN':
    case 'MULTILINE_IMPLICIT_KEY':
      return {
        rule: `is not YAML here: ${line}`,
        hint: 'look at brackets, quotes and indentation of this line and the one before',
      };
    default:
      return { rule: `is not YAML here: ${line}`, hint: '' };
  }
}

function keyAt(text: string, position: number): string {
  return JSON.stringify(/^[^:\s,{}[\]]{1,40}/.exec(text.slice(position, position + 40))?.[0] ?? '');
}

function childOf(
  document: ScenarioDocument,
  parent: unknown,
  step: string | number,
): { key: unknown; value: unknown } | null {
  const node = isAlias(parent) ? parent.resolve(document.yaml) : parent;
  if (isMap(node)) {
    return node.items.find((pair) => keyText(pair.key) === String(step)) ?? null;
  }
  if (isSeq(node) && typeof step === 'number') {
    const value = node.items[step];
    return value === undefined ? null : { key: null, value };
  }
  return null;
}

function keyText(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function isNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value);
}

function rangeStart(value: unknown): number | undefined {
  return isNode(value) ? (value.range?.[0] ?? undefined) : undefined;
}

/** `a.b[0].c` as ['a', 'b', 0, 'c']; null where it is no path. */
function splitPath(text: string): (string | number)[] | null {
  const segments: (string | number)[] = [];
  for (const part of text.split('.')) {
    const match = /^([^[\]]+)((?:\[\d{1,6}\])*)$/.exec(part);
    if (match === null) {
      return null;
    }
    segments.push(match[1], ...[...match[2].matchAll(/\d+/g)].map(([digits]) => Number(digits)));
  }
  return segments;
}

function setAt(
  document: ScenarioDocument,
  segments: readonly (string | number)[],
  value: Node | null,
  problem: (path: string, rule: string, hint: string) => readonly Problem[],
): readonly Problem[] {
  let node: unknown = document.yaml.contents;
  if (!isMap(node)) {
    return problem('', 'the scenario is no map', '');
  }
  const done: (string | number)[] = [];
  for (let rest = segments; ;) {
    const { key, length } = longestKey(node, rest);
    rest = rest.slice(length);
    const here = pathText([...done, key]);
    if (isSeq(node) && (typeof key !== 'number' || key > node.items.length)) {
      const last = node.items.length - 1;
      return problem(here, `is a list${last < 0 ? '' : ` with items [0] to [${last}]`}`, 'say which item');
    }
    if (isMap(node) && typeof key === 'number') {
      return problem(
        here,
        'is a map, not a list',
        `its keys: ${node.items.map((pair) => keyText(pair.key)).join(', ')}`,
      );
    }
    if (rest.length === 0) {
      put(document, node as YAMLMap | YAMLSeq, key, value);
      return [];
    }
    done.push(key);
    const child = childOf(document, node, key);
    let next: unknown = child?.value;
    if (isAlias(next)) {
      next = document.yaml.createNode(next.toJS(document.yaml));
      put(document, node as YAMLMap | YAMLSeq, key, next as Node);
    }
    if (child === null || (isScalar(next) && next.value === null)) {
      if (typeof rest[0] === 'number') {
        return problem(here, 'is not in the scenario', 'give the whole list as the value');
      }
      next = document.yaml.createNode({});
      put(document, node as YAMLMap | YAMLSeq, key, next as Node);
    } else if (!isMap(next) && !isSeq(next)) {
      return problem(
        here,
        `is ${shortValue(isScalar(next) ? next.value : null)}, it has no ${pathText(rest)}`,
        'give the whole value',
      );
    }
    node = next;
  }
}

function put(document: ScenarioDocument, parent: YAMLMap | YAMLSeq, key: string | number, value: Node | null): void {
  if (isSeq(parent)) {
    keepShared(document, parent.items[Number(key)]);
    parent.items[Number(key)] = value;
    return;
  }
  const pair = parent.items.find((item) => keyText(item.key) === key);
  if (pair === undefined) {
    parent.items.push(document.yaml.createPair(key, value));
    return;
  }
  keepShared(document, pair.value);
  if (isScalar(pair.value) && isNode(value)) {
    value.comment = pair.value.comment;
  }
  pair.value = value;
}

/** Before a node goes: aliases to the anchors in it become values of their own. */
function keepShared({ yaml }: ScenarioDocument, node: unknown): void {
  if (!isNode(node)) {
    return;
  }
  const going = new Set<Node>();
  visit(node, { Node: (_, inner) => void going.add(inner) });
  visit(yaml, {
    Alias: (_, alias) => {
      const shared = going.has(alias) ? undefined : alias.resolve(yaml);
      return shared !== undefined && going.has(shared) ? (yaml.createNode(shared.toJS(yaml)) as Node) : undefined;
    },
  });
}

/** The key that starts `rest`: names with points in them count where the map has them (`app.cpu`, `web.2`). */
function longestKey(node: unknown, rest: readonly (string | number)[]): { key: string | number; length: number } {
  if (isMap(node)) {
    const keys = new Set(node.items.map((pair) => keyText(pair.key)));
    for (let length = rest.length; length > 1; length--) {
      const words = rest.slice(0, length);
      if (words.every((word) => typeof word === 'string') && keys.has(words.join('.'))) {
        return { key: words.join('.'), length };
      }
    }
  }
  return { key: rest[0], length: 1 };
}
