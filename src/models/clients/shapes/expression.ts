/**
 * A rate as an expression of time, `300 * (1 + 0.5 * sin(2 * pi * t / 86400))`, t in seconds.
 *
 * Scenario files are data: mathjs only parses, its evaluator is not in the program. The tree is walked against a white
 * list and becomes closures on our own elementary functions, so that every engine computes the same bits (about 50 ns
 * a call). Allowed: numbers, t, pi, e, + - * / % ^, brackets, sin cos exp log sqrt min max abs floor ceil. `log` is
 * natural; `a % b` has the sign of b. Left out: everything else that mathjs reads (units, matrices, assignments).
 */
import { create, parseDependencies } from 'mathjs/number';
import type { MathNode } from 'mathjs';
import { cos, exp, ln, pow, sin } from '../../../sim/random/elementary.ts';

/** What is wrong with an expression, in the words of its author. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * Compiles an expression to a function of t in seconds.
 * @param text at most 1,000 characters.
 * @throws ExpressionError where it is no expression, or uses what is not on the white list.
 */
export function compileExpression(text: string): (t: number) => number {
  return compile(parseTree(text)).at;
}

/**
 * Bounds of an expression that hold for every t in [from, to], by interval arithmetic; they need not be tight, and may
 * be infinite. @throws ExpressionError as `compileExpression`.
 */
export function expressionBounds(text: string, from: number, to: number): Range {
  return compile(parseTree(text)).bounds(from, to);
}

// ------------------------------------------------------------------------------------------------------------ helpers

interface Expression {
  readonly at: (t: number) => number;
  readonly bounds: (from: number, to: number) => Range;
}

const LENGTH_LIMIT = 1000;
const DEPTH_LIMIT = 100;

const { parse } = create({ parseDependencies });

/** The parts of mathjs's nodes that the white list looks at. */
interface Tree {
  readonly type: string;
  readonly value?: unknown;
  readonly name?: string;
  /** Of an operator its word, of a function call the node that names it. */
  readonly fn?: string | Tree;
  readonly args?: readonly Tree[];
  readonly content?: Tree;
  readonly implicit?: boolean;
}

/** What an operation does to numbers, and to bounds. */
interface Operation {
  readonly arity: readonly [number, number];
  value(a: number, b: number): number;
  range(a: Range, b: Range): Range;
}

const operators: ReadonlyMap<string, Operation> = new Map(
  Object.entries<Operation>({
    unaryPlus: { arity: [1, 1], value: (a) => a, range: (a) => a },
    unaryMinus: { arity: [1, 1], value: (a) => -a, range: (a) => ({ low: -a.high, high: -a.low }) },
    add: { arity: [2, 2], value: (a, b) => a + b, range: (a, b) => ({ low: a.low + b.low, high: a.high + b.high }) },
    subtract: {
      arity: [2, 2],
      value: (a, b) => a - b,
      range: (a, b) => ({ low: a.low - b.high, high: a.high - b.low }),
    },
    multiply: { arity: [2, 2], value: (a, b) => a * b, range: product },
    divide: {
      arity: [2, 2],
      value: (a, b) => a / b,
      range: (a, b) => (b.low <= 0 && b.high >= 0 ? anything : product(a, { low: 1 / b.high, high: 1 / b.low })),
    },
    mod: {
      arity: [2, 2],
      value: (a, b) => a - b * Math.floor(a / b),
      range: (_, b) => ({ low: Math.min(0, b.low), high: Math.max(0, b.high) }),
    },
    pow: { arity: [2, 2], value: pow, range: powerRange },
  }),
);

const functions: ReadonlyMap<string, Operation> = new Map(
  Object.entries<Operation>({
    sin: { arity: [1, 1], value: sin, range: () => ({ low: -1, high: 1 }) },
    cos: { arity: [1, 1], value: cos, range: () => ({ low: -1, high: 1 }) },
    exp: rising(exp),
    log: rising(ln, 0),
    sqrt: rising(Math.sqrt, 0),
    floor: rising(Math.floor),
    ceil: rising(Math.ceil),
    abs: {
      arity: [1, 1],
      value: Math.abs,
      range: (a) => ({
        low: a.low <= 0 && a.high >= 0 ? 0 : Math.min(Math.abs(a.low), Math.abs(a.high)),
        high: Math.max(Math.abs(a.low), Math.abs(a.high)),
      }),
    },
    min: {
      arity: [2, 8],
      value: (a, b) => Math.min(a, b),
      range: (a, b) => ({ low: Math.min(a.low, b.low), high: Math.min(a.high, b.high) }),
    },
    max: {
      arity: [2, 8],
      value: (a, b) => Math.max(a, b),
      range: (a, b) => ({ low: Math.max(a.low, b.low), high: Math.max(a.high, b.high) }),
    },
  }),
);

const constants: ReadonlyMap<string, number> = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
]);

const anything: Range = { low: -Infinity, high: Infinity };
const nothing: Range = { low: NaN, high: NaN };

function parseTree(text: string): Tree {
  if (text.length > LENGTH_LIMIT) {
    throw new ExpressionError(`an expression has at most ${LENGTH_LIMIT} characters, this one ${text.length}`);
  }
  if (/[;\n=]/.test(text)) {
    throw new ExpressionError('an expression is one formula, without ; or =');
  }
  let depth = 0;
  for (const character of text) {
    depth += character === '(' ? 1 : character === ')' ? -1 : 0;
    if (depth > DEPTH_LIMIT) {
      throw new ExpressionError(`brackets are nested more than ${DEPTH_LIMIT} deep`);
    }
  }
  try {
    const node: MathNode = parse(text);
    return node;
  } catch (error) {
    throw new ExpressionError(`is no formula: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function compile(tree: Tree): Expression {
  switch (tree.type) {
    case 'ConstantNode':
      return constant(tree.value);
    case 'SymbolNode':
      return symbol(tree.name ?? '');
    case 'ParenthesisNode':
      return compile(tree.content!);
    case 'OperatorNode':
      return operator(tree);
    case 'FunctionNode':
      return call(tree);
    default:
      throw new ExpressionError(
        `only numbers, t, + - * / % ^ and a few functions may be used, not a ${plainType(tree.type)}`,
      );
  }
}

function constant(value: unknown): Expression {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new ExpressionError(`${String(value)} is no number`);
  }
  return { at: () => value, bounds: () => ({ low: value, high: value }) };
}

function symbol(name: string): Expression {
  if (name === 't') {
    return { at: (t) => t, bounds: (low, high) => ({ low, high }) };
  }
  const value = constants.get(name);
  if (value === undefined) {
    throw new ExpressionError(`"${name}" is not known; the names are t (seconds), pi, e`);
  }
  return constant(value);
}

function operator(tree: Tree): Expression {
  const word = typeof tree.fn === 'string' ? tree.fn : '';
  const operation = operators.get(word);
  if (operation === undefined) {
    throw new ExpressionError(`the operator ${word} may not be used; + - * / % ^ may`);
  }
  if (tree.implicit === true) {
    throw new ExpressionError('write * between the factors of a product');
  }
  return apply(operation, tree.args!.map(compile), word);
}

function call(tree: Tree): Expression {
  const name = typeof tree.fn === 'object' ? (tree.fn.name ?? '') : '';
  const operation = functions.get(name);
  if (operation === undefined) {
    throw new ExpressionError(`the function ${name} may not be used; ${[...functions.keys()].join(', ')} may`);
  }
  return apply(operation, tree.args!.map(compile), name);
}

function apply(operation: Operation, parts: readonly Expression[], name: string): Expression {
  const [least, most] = operation.arity;
  if (parts.length < least || parts.length > most) {
    throw new ExpressionError(
      `${name} takes ${least === most ? least : `${least} to ${most}`} values, got ${parts.length}`,
    );
  }
  const [a] = parts;
  if (parts.length === 1) {
    return {
      at: (t) => operation.value(a.at(t), 0),
      bounds: (from, to) => operation.range(a.bounds(from, to), nothing),
    };
  }
  return parts.slice(1).reduce<Expression>(
    (first, second) => ({
      at: (t) => operation.value(first.at(t), second.at(t)),
      bounds: (from, to) => operation.range(first.bounds(from, to), second.bounds(from, to)),
    }),
    a,
  );
}

function rising(value: (a: number) => number, least = -Infinity): Operation {
  return {
    arity: [1, 1],
    value: (a) => value(a),
    range: (a) => ({
      low: a.low <= least ? value(Math.max(least, a.low)) : value(a.low),
      high: value(Math.max(least, a.high)),
    }),
  };
}

function product(a: Range, b: Range): Range {
  // 0 * Infinity is 0 here: a bound that is never taken
  const ends = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high].map((x) => (Number.isNaN(x) ? 0 : x));
  return { low: Math.min(...ends), high: Math.max(...ends) };
}

function powerRange(a: Range, b: Range): Range {
  if (a.low >= 0) {
    const ends = [pow(a.low, b.low), pow(a.low, b.high), pow(a.high, b.low), pow(a.high, b.high)];
    const crossesOne = a.low < 1 && a.high > 1 ? [1] : [];
    return { low: Math.min(...ends, ...crossesOne), high: Math.max(...ends, ...crossesOne) };
  }
  if (b.low === b.high && Number.isInteger(b.low) && b.low >= 0) {
    const most = pow(Math.max(Math.abs(a.low), Math.abs(a.high)), b.low);
    return { low: -most, high: most };
  }
  return anything;
}

function plainType(type: string): string {
  return type.replace(/Node$/, '').toLowerCase();
}
