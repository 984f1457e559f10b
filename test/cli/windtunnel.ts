import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

/** The built command, as it is shipped. */
export const commandPath = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
}

/** Runs the command with nothing of a terminal about it. */
export function windtunnel(args: readonly string[], { cwd, env, input = '' }: Surroundings = {}): Ended {
  return ended(
    spawnSync(process.execPath, [commandPath, ...args], {
      cwd,
      input,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...env },
      maxBuffer: 1e9,
    }),
  );
}

/** Runs a line of bash. */
export function shell(line: string, { cwd, env, input = '' }: Surroundings = {}): Ended {
  return ended(
    spawnSync('bash', ['--norc', '-c', line], {
      cwd,
      input,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...env },
      maxBuffer: 1e9,
    }),
  );
}

/** Runs a shell line on a pseudo-terminal (util-linux `script`); both streams come back as stdout. */
export function onTerminal(line: string, { cwd, env, input = '' }: Surroundings = {}): Ended {
  return ended(
    spawnSync('script', ['--quiet', '--return', '--command', `stty cols 80; ${line}`, '/dev/null'], {
      cwd,
      input,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, TERM: 'xterm', ...env },
    }),
  );
}

/** The command as a word of a shell line. */
export const shellCommand = `'${process.execPath}' '${commandPath}'`;

/** A folder of the test file's own, gone at its end. */
export function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'windtunnel-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function ended({ status, stdout, stderr, error }: ReturnType<typeof spawnSync>): Ended {
  if (error !== undefined) throw error;
  return { code: status, stdout: String(stdout), stderr: String(stderr) };
}
