/**
 * Finished jobs kept in a folder, so that a run that was broken off (a crash, a power cut, Ctrl-C) goes on where it was:
 * jobs are functions of their input, so an answer that was found once need not be found again.
 *
 * A file holds one answer: a line of JSON (format, job, the SHA-256 of the question, that of the answer), then the answer
 * as Node serialises it. The question is the job's name, its whole input and the bytes of the program. A file that is not
 * what it says, or answers another question, is reported and ignored. Files are written under another name and then
 * renamed: what stands there is whole.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { JobTable, Runner } from '../analysis/runner.ts';

export interface KeptOptions {
  /** Where; made when it is first needed. */
  readonly folder: string;
  /** What tells this program from another one that might answer otherwise: version, or a digest of its code. */
  readonly program: string;
  /** Told of files that cannot be used. */
  readonly onTrouble?: (trouble: string) => void;
  /** Told of every answer that was taken from the folder. */
  readonly onFound?: () => void;
}

const FORMAT = 'windtunnel-kept/1';

/** The runner given, which keeps what it finds and does not look for what was kept. */
export function keeping<Jobs extends JobTable>(runner: Runner<Jobs>, options: KeptOptions): Runner<Jobs> {
  const kept = new Folder(options);
  return {
    workers: runner.workers,
    run: async (name, input, signal) => {
      const question = kept.question(name, input);
      const found = kept.read(name, question);
      if (found !== null) {
        options.onFound?.();
        return found.answer as never;
      }
      const answer = await runner.run(name, input, signal);
      if (answer !== null) kept.write(name, question, answer);
      return answer;
    },
    close: () => runner.close(),
  };
}

class Folder {
  /** Digests of what many inputs share: the cluster. */
  private readonly digests = new WeakMap<object, string>();
  private made = false;

  constructor(private readonly options: KeptOptions) {}

  question(name: string, input: object): string {
    const parts = Object.entries(input).map(([key, part]: [string, unknown]) => [key, this.digestOf(part)]);
    return sha256(JSON.stringify([this.options.program, name, parts]));
  }

  read(name: string, question: string): { readonly answer: unknown } | null {
    const path = this.pathOf(name, question);
    let file: Buffer;
    try {
      file = readFileSync(path);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      return this.refuse(path, 'cannot be read');
    }
    const end = file.indexOf('\n');
    const header = end < 0 ? null : parsed(file.toString('utf8', 0, end));
    if (header === null || header.format !== FORMAT) return this.refuse(path, 'is not a kept answer');
    if (header.question !== question || header.job !== name) return this.refuse(path, 'answers another question');
    const body = file.subarray(end + 1);
    if (header.answer !== sha256(body)) return this.refuse(path, 'is damaged');
    try {
      return { answer: deserialize(body) as unknown };
    } catch {
      return this.refuse(path, 'was written by another version of Node');
    }
  }

  /** A folder that cannot be written to costs the work that is lost if the run is broken off, not the run. */
  write(name: string, question: string, answer: unknown): void {
    const path = this.pathOf(name, question);
    const body = serialize(answer);
    const header = JSON.stringify({ format: FORMAT, job: name, question, answer: sha256(body) });
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      if (!this.made) mkdirSync(this.options.folder, { recursive: true });
      this.made = true;
      writeFileSync(temporary, Buffer.concat([Buffer.from(`${header}\n`), body]));
      renameSync(temporary, path);
    } catch (error) {
      this.refuse(path, `cannot be written (${error instanceof Error ? error.message : String(error)})`);
    }
  }

  private refuse(path: string, why: string): null {
    this.options.onTrouble?.(`${path} ${why}; it is ignored`);
    return null;
  }

  private pathOf(name: string, question: string): string {
    return join(this.options.folder, `${name}-${question.slice(0, 24)}.kept`);
  }

  private digestOf(part: unknown): string {
    if (typeof part !== 'object' || part === null) return sha256(textOf(part));
    let digest = this.digests.get(part);
    if (digest === undefined) {
      digest = sha256(textOf(part));
      this.digests.set(part, digest);
    }
    return digest;
  }
}

/** JSON that tells apart all numbers, and values that are absent. */
function textOf(part: unknown): string {
  return (
    JSON.stringify(part, (_, value: unknown) => {
      if (typeof value === 'number' && !Number.isFinite(value)) return { number: String(value) };
      return value;
    }) ?? 'undefined'
  );
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
