import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Result } from '../../src/analysis/result.ts';
import { commandPath, ownFolder, windtunnel } from './windtunnel.ts';

const folder = ownFolder();
writeFileSync(
  join(folder, 'two.yaml'),
  `
clients: { all: { rate: 60 req/s, to: first } }
services:
  first: { workers: 1, work: [ { call: second }, { compute: { exponential: 5 ms } } ] }
  second: { workers: 1, work: [ { compute: { exponential: 5 ms } } ] }
time: { duration: 200 s, warmup: 5 s }
`,
);
const args = ['run', 'two.yaml', '--json', '--replications', '60', '--raw', 'rows.csv'];
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const kept = (name: string): string[] => {
  const path = join(folder, name);
  return existsSync(path) ? readdirSync(path).filter((file) => file.endsWith('.kept')) : [];
};

/** Starts far more replications than are wanted, and ends them by a signal once the first ones are kept. */
async function brokenOff(signal: NodeJS.Signals, where: string, ...more: string[]): Promise<number | null> {
  const started = spawn(process.execPath, [commandPath, ...args, '--replications', '100000', ...more], {
    cwd: folder,
    stdio: 'ignore',
  });
  const ended = new Promise<number | null>((resolve) => started.on('close', resolve));
  while (kept(where).length < 8) await pause(5);
  started.kill(signal);
  return ended;
}

const whole = windtunnel([...args, '--workers', '1'], { cwd: folder });
const rows = read('rows.csv');

describe('a run that was broken off', () => {
  test('by SIGKILL goes on where it was, and ends with the same bytes', async () => {
    expect(whole.code).toBe(0);
    expect(await brokenOff('SIGKILL', 'killed/unfinished', '--out', 'killed', '--workers', '2')).toBeNull();
    expect(existsSync(join(folder, 'killed/result.json'))).toBe(false);
    const again = windtunnel([...args, '--out', 'killed', '--workers', '2'], { cwd: folder });
    const [, number] = /^(\d+) finished pieces of work were found in killed\/unfinished\n$/.exec(again.stderr)!;
    expect(Number(number)).toBeGreaterThanOrEqual(8);
    expect(again.stdout).toBe(whole.stdout);
    expect(read('rows.csv')).toBe(rows);
    expect(read('killed/result.json')).toBe(whole.stdout);
    expect(existsSync(join(folder, 'killed/unfinished'))).toBe(false);
  });

  test('by Ctrl-C shows what there is, and goes on from there', async () => {
    expect(await brokenOff('SIGINT', 'stopped/unfinished', '--out', 'stopped')).toBe(130);
    const partial = JSON.parse(read('stopped/result.json')) as Result;
    expect(partial.method.partial).toBe(true);
    const again = windtunnel([...args, '--out', 'stopped'], { cwd: folder });
    expect(again.stdout).toBe(whole.stdout);
  });
});

test('--keep serves later runs that ask for more; a damaged file is said and not used', () => {
  const few = [...args.slice(0, 3), '--replications', '3', '--keep', 'kept'];
  const first = windtunnel(few, { cwd: folder });
  expect(first.stderr).toBe('');
  const files = kept('kept').map((name) => join(folder, 'kept', name));
  // a pilot run and at least three replications
  expect(files.length).toBeGreaterThanOrEqual(4);
  for (const path of files.filter((name) => name.includes('replicate')).slice(0, 1)) {
    const bytes = readFileSync(path);
    bytes[bytes.length - 20] ^= 1;
    writeFileSync(path, bytes);
  }
  const again = windtunnel(few, { cwd: folder });
  expect(again.stdout).toBe(first.stdout);
  expect(again.stderr).toContain('is damaged; it is ignored');
  const other = windtunnel([...few, '--seed', 'other'], { cwd: folder });
  expect(other.stderr).toBe('');
  expect(other.stdout).not.toBe(first.stdout);
});
