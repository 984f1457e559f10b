import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { builtins } from '../scenarios/catalogue.ts';
import { Complaint } from './complaint.ts';
import { asComplaint } from './files.ts';
import { nearest } from '../scenarios/suggest.ts';
import { wrap } from '../report/text.ts';
import { WIDTH } from './terminal.ts';

/** Where a scenario came from. */
export interface ScenarioSource {
  /** A built-in's name, or the file's without its ending. */
  readonly name: string;
  /** As the user wrote it, for messages; absent for a built-in. */
  readonly file?: string;
  readonly text: string;
}

/** Scenario files are read by people; a larger one is not a scenario. */
export const maxScenarioBytes = 5_000_000;

/**
 * SCENARIO of the command line: a built-in's name, a file (YAML or JSON), or `-` for standard input. What has a slash
 * or an ending is a file; a bare name is a built-in first, then a file.
 * @throws Complaint when nothing of that name can be read as text.
 */
export function readScenario(argument: string): ScenarioSource {
  if (argument === '-') return { name: 'stdin', file: 'stdin', text: readText(0, 'standard input') };
  const builtin = Object.hasOwn(builtins, argument) ? builtins[argument] : undefined;
  if (builtin !== undefined) return { name: argument, text: builtin };
  if (!looksLikeFile(argument) && statSync(argument, { throwIfNoEntry: false }) === undefined) {
    throw new Complaint(
      `there is no built-in scenario "${argument}" and no file of that name`,
      `${builtinsHint(argument)}\nA file: its path, such as ./${argument}.yaml`,
    );
  }
  return { name: nameOf(argument), file: argument, text: readFile(argument) };
}

/** The built-in that was probably meant, or all of them. */
export function builtinsHint(word: string): string {
  const near = nearest(word, Object.keys(builtins));
  return near === null
    ? wrap(`Built in: ${Object.keys(builtins).join(', ')}`, WIDTH - 4).join('\n  ')
    : `did you mean "${near}"? \`windtunnel list\` has all that are built in`;
}

function looksLikeFile(argument: string): boolean {
  return /[/\\]|\.(ya?ml|json)$/i.test(argument);
}

function nameOf(path: string): string {
  return basename(path).replace(/\.(ya?ml|json)$/i, '');
}

function readFile(path: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw asComplaint(error, 'cannot read');
  }
  try {
    return readText(descriptor, path);
  } finally {
    closeSync(descriptor);
  }
}

function readText(descriptor: number, name: string): string {
  const status = fstatSync(descriptor);
  if (status.isDirectory()) throw new Complaint(`${name} is a folder, not a scenario file`);
  if (status.size > maxScenarioBytes) throw tooLarge(name, status.size);
  let bytes: Buffer;
  try {
    bytes = readFileSync(descriptor);
  } catch (error) {
    throw asComplaint(error, `cannot read ${name}`);
  }
  if (bytes.length > maxScenarioBytes) throw tooLarge(name, bytes.length);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Complaint(`${name} is not text (UTF-8)`, 'A scenario is a YAML or JSON file.');
  }
}

function tooLarge(name: string, bytes: number): Complaint {
  return new Complaint(
    `${name} has ${(bytes / 1e6).toFixed(1)} MB; a scenario has at most ${maxScenarioBytes / 1e6} MB`,
    'Recorded requests come as CSV files: --trace NAME=file.csv',
  );
}
