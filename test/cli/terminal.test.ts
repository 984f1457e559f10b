import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { onTerminal, ownFolder, shellCommand } from './windtunnel.ts';

/** What changes where a person's terminal is on the other end. */

const folder = ownFolder();
writeFileSync(
  join(folder, 'one.yaml'),
  `clients: { all: { rate: 60 req/s, to: s } }
services: { s: { workers: 1, work: [ { compute: { exponential: 5 ms } } ] } }
slos: [ "p(95) < 200 ms" ]
time: { duration: 60 s, warmup: 5 s }
`,
);
const run = `${shellCommand} run one.yaml --replications 3`;
const color = '\u001b[1;32m';

describe('colour', () => {
  test('comes on a terminal', () => expect(onTerminal(run, { cwd: folder }).stdout).toContain(color));

  test.each([
    ['--no-color', `${run} --no-color`, {}],
    ['NO_COLOR', run, { NO_COLOR: '1' }],
    ['a dumb terminal', run, { TERM: 'dumb' }],
    ['a file', `${run} 2> err.txt > out.txt; cat out.txt`, {}],
  ])('stays away with %s', (_, line, env) => {
    expect(onTerminal(line, { cwd: folder, env }).stdout).not.toContain(color);
  });

  test('comes where NO_COLOR is empty', () => {
    expect(onTerminal(run, { cwd: folder, env: { NO_COLOR: '' } }).stdout).toContain(color);
  });
});

describe('progress', () => {
  test('is drawn on stderr, and taken away', () => {
    const { stdout } = onTerminal(`${run} > out.txt`, { cwd: folder });
    expect(stdout).toContain('simulating [');
    expect(stdout).toContain('ETA');
    expect(readFileSync(join(folder, 'out.txt'), 'utf8')).not.toContain('simulating');
  });

  test('stays away with --quiet', () => {
    expect(onTerminal(`${run} --quiet > out.txt`, { cwd: folder }).stdout).toBe('');
  });
});

describe('init asks', () => {
  test('the eight questions, with "?" as an answer', () => {
    const answers = 'nginx\n4 x 8\n800\n45 %\n120 ms\nmysql 25 %\n?\np95 200 ms, errors 0.1 %\n';
    const { code, stdout } = onTerminal(`${shellCommand} init asked.yaml`, { cwd: folder, input: answers });
    expect(stdout).toMatch(/1 What stands in front\?[\s\S]*8 What is promised\?/);
    expect(stdout).toMatch(/wrote asked\.yaml: \d+ figures measured, \d+ assumed/);
    expect(code).toBe(0);
    expect(existsSync(join(folder, 'asked.yaml'))).toBe(true);
  });
});
