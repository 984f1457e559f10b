import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Result } from '../../src/analysis/result.ts';
import { commandPath, ownFolder, shell, shellCommand, windtunnel, type Ended } from './windtunnel.ts';

const folder = ownFolder();

/** Two queues, one holding its worker while it calls the other; a minute of it, quick to simulate. */
const scenario = `
title: Two queues
clients: { all: { rate: 60 req/s, to: first } }
services:
  first: { workers: 1, work: [ { call: second }, { compute: { exponential: 5 ms } } ] }
  second: { workers: 1, work: [ { compute: { exponential: 5 ms } } ] }
slos: [ "p(95) < 200 ms" ]
time: { duration: 60 s, warmup: 5 s }
`;
writeFileSync(join(folder, 'two.yaml'), scenario);

const run = (...args: string[]) => windtunnel(['run', 'two.yaml', '--replications', '3', ...args], { cwd: folder });
const result = (ended: Ended) => JSON.parse(ended.stdout) as Result;

describe('the streams', () => {
  let plain: Ended;
  beforeAll(() => {
    plain = run();
  });

  test('the estimate goes to stdout, the verdict first, nothing over 80 columns', () => {
    expect(plain.code).toBe(0);
    const lines = plain.stdout.split('\n');
    expect(lines[0]).toContain('Two queues');
    expect(lines[2]).toMatch(/^HOLDS {2}p\(95\) < 200 ms/);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(plain.stdout).toContain('npx windtunnel explain two.yaml');
  });

  test('stderr stays empty where it is no terminal, and no colour comes', () => {
    expect(plain.stderr).toBe('');
    expect(plain.stdout).not.toContain('\u001b');
  });

  test('the commands named as next ones exist', () => {
    const named = [...plain.stdout.matchAll(/npx windtunnel (\w+)/g)].map(([, name]) => name);
    expect(named).toContain('init');
    for (const name of named) expect(windtunnel([name, '--help']).code).toBe(0);
  });
});

describe('--json', () => {
  test('is the result alone, the same bytes twice', () => {
    const first = run('--json');
    expect(result(first).format).toBe('windtunnel-result/1');
    expect(result(first).method.replications).toBe(3);
    expect(run('--json').stdout).toBe(first.stdout);
  });

  test('knows seed, level, warm-up and --set', () => {
    const other = run('--json', '--seed', 'other', '--level', '99%', '--warmup', '2s', '--set', 'title=Changed');
    expect(result(other)).toMatchObject({
      seed: 'other',
      method: { level: 0.99, warmup: 2, warmupMethod: 'given' },
      scenario: { title: 'Changed' },
    });
    expect(result(other).total.response.p95.value).not.toBe(result(run('--json')).total.response.p95.value);
  });
});

describe('the exit code', () => {
  test('99 where an SLO is missed', () => {
    const { code, stdout } = run('--set', 'slos=[ "p(95) < 1 ms" ]');
    expect(stdout).toContain('MISSED');
    expect(code).toBe(99);
  });

  test('3 where the interval straddles the limit', () => {
    const p95 = result(run('--json')).total.response.p95.value;
    const { code, stdout } = run('--set', `slos=[ "p(95) < ${p95 * 1000} ms" ]`);
    expect(stdout).toContain('NOT DECIDED');
    expect(code).toBe(3);
  });

  test('3, without any figure, where an input is missing', () => {
    const answers = ['--front', 'nginx', '--servers', '4 x 8', '--rate', '800', '--cpu', '?', '--response', '120 ms'];
    expect(windtunnel(['init', 'missing.yaml', ...answers], { cwd: folder }).code).toBe(0);
    const { code, stdout } = windtunnel(['run', 'missing.yaml'], { cwd: folder });
    expect(stdout).toMatch(/^NOT DECIDED: .*CPU.* is unknown\.\n {2}certain {4}.*800 req\/s/);
    expect(stdout).toContain('  needed     ');
    expect(stdout).not.toMatch(/would end at|HOLDS/);
    expect(code).toBe(3);
    const json = windtunnel(['run', 'missing.yaml', '--json'], { cwd: folder });
    expect(JSON.parse(json.stdout)).toMatchObject({ format: 'windtunnel-not-decided/1', missing: [{}] });
    expect(json.code).toBe(3);
  });
});

describe('--out', () => {
  test('writes four files that agree with stdout', () => {
    const ended = run('--json', '--out', 'deep/report');
    const files = readdirSync(join(folder, 'deep/report')).sort();
    expect(files).toEqual(['report.html', 'result.json', 'summary.md', 'timeline.csv']);
    const read = (name: string) => readFileSync(join(folder, 'deep/report', name), 'utf8');
    expect(read('result.json')).toBe(ended.stdout);
    expect(read('summary.md')).toContain('Two queues');
    expect(read('timeline.csv')).toMatch(/^time \(s\),/);
    expect(read('report.html')).toMatch(/^<!doctype html>/i);
  });

  test('names the report on the screen', () => {
    expect(run('--out', 'named').stdout).toContain('Report   named/report.html');
  });

  test('leaves nothing half-written where one file cannot be', () => {
    mkdirSync(join(folder, 'half/report.html/in-the-way'), { recursive: true });
    const { code, stderr } = run('--out', 'half');
    expect(stderr).toContain('cannot write');
    expect(code).toBe(2);
    expect(readdirSync(join(folder, 'half')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

test('--raw writes a line for every request', () => {
  const ended = run('--json', '--raw', 'requests.csv');
  const [header, ...rows] = readFileSync(join(folder, 'requests.csv'), 'utf8').trimEnd().split('\n');
  expect(header.split(',').length).toBeGreaterThan(4);
  expect(rows.every((row) => row.split(',').length === header.split(',').length)).toBe(true);
  expect(rows.length).toBeGreaterThanOrEqual(result(ended).total.sent);
});

test('--limits and --explain assumptions add to the screen', () => {
  expect(run('--explain', 'assumptions').stdout).toMatch(/defaults of windtunnel\n {2}\S+ = /);
  expect(run('--limits').code).toBe(0);
});

test('--trace replays recorded requests, in whatever unit and order', () => {
  writeFileSync(join(folder, 'trace.csv'), 'i,start_us,svc_us\n1,20000,5000\n0,10000,4000\n2,30000,6000\n');
  writeFileSync(
    join(folder, 'replay.yaml'),
    `clients: { replay: { trace: replay, to: web } }\nservices: { web: { workers: 1, work: [ { compute: demand } ] } }\n`,
  );
  const ended = windtunnel(['run', 'replay.yaml', '--json', '--trace', 'replay=trace.csv', '--replications', '1'], {
    cwd: folder,
  });
  expect(ended.stderr).toBe('');
  expect(result(ended).total).toMatchObject({ sent: 3, ok: 3, response: { mean: { value: 0.005 } } });
});

test('a closed pipe ends the command quietly', () => {
  const ended = shell(`${shellCommand} schema | head -n 1; echo "\${PIPESTATUS[0]}"`);
  expect(ended.stderr).toBe('');
  expect(ended.stdout).toMatch(/^\{\n0\n$/);
});

test('Ctrl-C shows what has finished, and exits 130', async () => {
  const started = spawn(
    process.execPath,
    [commandPath, 'run', 'two.yaml', '--replications', '1000000', '--raw', 'endless.csv', '--json'],
    { cwd: folder, env: { PATH: process.env.PATH } },
  );
  const output = { stdout: '', stderr: '' };
  started.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  started.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => started.on('close', resolve));
  const temporary = join(folder, `endless.csv.${started.pid}.tmp`);
  while (!existsSync(temporary) || !/^1,/m.test(readFileSync(temporary, 'utf8'))) await pause(20);
  started.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(output.stderr).toContain('stopping');
  const partial = JSON.parse(output.stdout) as Result;
  expect(partial.method.partial).toBe(true);
  expect(partial.method.replications).toBeGreaterThanOrEqual(1);
});
