import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { inlineRunner } from '../analysis/inline-runner.ts';
import { jobs, type Jobs } from '../analysis/jobs.ts';
import type { Runner } from '../analysis/runner.ts';
import { VERSION } from '../analysis/version.ts';
import { keeping } from '../runners/kept.ts';
import { threads } from '../runners/threads.ts';
import { mustBeWritableFolder } from './files.ts';
import { count } from './quantities.ts';
import { tellPerson } from './terminal.ts';

/** Options of every command that simulates. */
export interface WorkerOptions {
  readonly workers?: number;
  readonly keep?: string;
  readonly out?: string;
  readonly quiet?: true;
}

/** Adds the options above, but `--out` and `--quiet`, which mean more than this. */
export function takesWorkers(command: Command): Command {
  return command
    .optionsGroup('How it is simulated:')
    .option('--workers <n>', 'threads that simulate (default: one a core); they change nothing but the time', count)
    .option('--keep <dir>', 'keep each finished run there, and go on from those that are there');
}

export interface Workers {
  readonly runner: Runner<Jobs>;
  /**
   * Ends the threads.
   * @param done the command has all that it wanted: what was kept in case it were broken off is deleted.
   */
  readonly end: (done: boolean) => Promise<void>;
}

/**
 * Who does the jobs of a command: this thread alone where one worker is asked for, else worker threads. With `--keep`
 * finished jobs stay in that folder; with `--out` alone they are kept beside the results until those are there, so that the
 * same command goes on where it was broken off.
 */
export async function workersOf({ workers, keep, out, quiet }: WorkerOptions): Promise<Workers> {
  if (keep !== undefined) mustBeWritableFolder(keep);
  const runner = await runnerOf(workers);
  const folder = keep ?? (out === undefined ? null : join(out, 'unfinished'));
  if (folder === null) return { runner, end: () => runner.close() };
  let found = 0;
  const kept = keeping(runner, {
    folder,
    program: programDigest(),
    onTrouble: tellPerson,
    onFound: () => found++,
  });
  return {
    runner: kept,
    end: async (done) => {
      await runner.close();
      if (found > 0 && quiet !== true) tellPerson(`${found} finished pieces of work were found in ${folder}`);
      if (done && keep === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** This thread alone where one worker is asked for, else worker threads. */
export async function runnerOf(workers = availableParallelism()): Promise<Runner<Jobs>> {
  if (workers === 1) return inlineRunner(jobs);
  return threads({
    workers,
    onLoss: ({ reason, lost }) =>
      tellPerson(`a worker thread was lost (${reason}); its work is done again. Lost so far: ${lost}`),
  });
}

/** The version, and the bytes of the program itself (the command is one file): other code may find other answers. */
function programDigest(): string {
  const code = readFileSync(fileURLToPath(import.meta.url));
  return `${VERSION} ${createHash('sha256').update(code).digest('hex')}`;
}
