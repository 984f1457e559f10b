/**
 * An error as plain data, so that it keeps its type and message on its way from one thread or machine to another (a
 * structured clone keeps neither for classes of one's own).
 */
import { InvariantBreach } from '../sim/invariant.ts';
import { NothingFinished, UnusableOptions } from './refusals.ts';

export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** Own fields that are text or numbers: `invariant`, `time`, `seed`. */
  readonly fields: Readonly<Record<string, string | number>>;
}

export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) return { name: 'Error', message: String(thrown), stack: '', fields: {} };
  const fields: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(thrown)) {
    if (key !== 'name' && (typeof value === 'string' || typeof value === 'number')) fields[key] = value;
  }
  return { name: thrown.name, message: thrown.message, stack: thrown.stack ?? '', fields };
}

/** The error again; of its own class where that is one of ours or of the language. */
export function errorOf({ name, message, stack, fields }: Failure): Error {
  const error = (makers[name] ?? makers.Error)(message);
  Object.assign(error, fields);
  if (error.name !== name) Object.defineProperty(error, 'name', { value: name, configurable: true });
  if (stack !== '') error.stack = stack;
  error.message = message;
  return error;
}

const makers: Readonly<Record<string, (message: string) => Error>> = {
  Error: (message) => new Error(message),
  RangeError: (message) => new RangeError(message),
  TypeError: (message) => new TypeError(message),
  InvariantBreach: (message) => new InvariantBreach('', message),
  NothingFinished: (message) => new NothingFinished(message),
  UnusableOptions: (message) => new UnusableOptions(message),
};
