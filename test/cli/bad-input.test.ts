import { chmodSync, mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ownFolder, windtunnel } from './windtunnel.ts';

const folder = ownFolder();
const file = (name: string, content: string | Buffer) => writeFileSync(join(folder, name), content);

file('binary.yaml', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe, 0x00, 0x01]));
file('zeros.yaml', Buffer.alloc(100));
file('huge.yaml', '');
truncateSync(join(folder, 'huge.yaml'), 100_000_000);
file('empty.yaml', '');
file('broken.yaml', 'clients: { all: { rate: 900, to: s }\n');
file(
  'wrong.yaml',
  'clients: { all: { rate: 900, to: s }, more: { rate: 1 req/s, to: nobody } }\nservices: { s: { wrokers: 1, work: [ { compute: 1 ms } ] } }\n',
);
mkdirSync(join(folder, 'folder.yaml'));
symlinkSync('circle.yaml', join(folder, 'circle.yaml'));

const bad: readonly (readonly [argument: string, words: string])[] = [
  ['no-such-file.yaml', 'no such file'],
  ['no-such-name', 'there is no built-in scenario "no-such-name"'],
  ['__proto__', 'there is no built-in scenario'],
  ['folder.yaml', 'is a folder'],
  ['circle.yaml', 'circle of symbolic links'],
  ['binary.yaml', 'not text'],
  ['zeros.yaml', 'not a text file'],
  ['huge.yaml', '100.0 MB'],
  ['empty.yaml', 'empty.yaml'],
  ['broken.yaml', 'broken.yaml:'],
  ['wrong.yaml', 'did you mean "workers"'],
  ['', 'no built-in scenario ""'],
];

describe.each([
  ['check', bad],
  ['run', bad.slice(-3)],
  ['explain', bad.slice(-3)],
] as const)('%s with bad input', (command, inputs) => {
  test.each(inputs)('%s', (argument, words) => {
    const { code, stdout, stderr } = windtunnel([command, argument], { cwd: folder });
    expect(stdout + stderr).toContain(words);
    expect(stdout + stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
    if (command !== 'check') expect(stdout).toBe('');
  });
});

test('all problems come at once, with file, line and column', () => {
  const { code, stdout } = windtunnel(['check', 'wrong.yaml'], { cwd: folder });
  expect(code).toBe(2);
  expect(stdout).toMatch(/wrong\.yaml:1:25 .*rate/);
  expect(stdout).toMatch(/wrong\.yaml:1:\d+ .*nobody/);
  expect(stdout).toMatch(/wrong\.yaml:2:\d+ .*wrokers/);
});

test('nothing is written when a run fails', () => {
  const before = readdirSync(folder).sort();
  for (const argument of ['wrong.yaml', 'huge.yaml', 'no-such-file.yaml']) {
    windtunnel(['run', argument, '--out', 'report', '--raw', 'raw.csv'], { cwd: folder });
  }
  expect(readdirSync(folder).sort()).toEqual(before);
});

test('a folder that may not be written is named before the run', () => {
  if (process.getuid?.() === 0) return;
  mkdirSync(join(folder, 'closed'));
  chmodSync(join(folder, 'closed'), 0o500);
  const { code, stderr } = windtunnel(['run', 'mm1', '--out', 'closed/report'], { cwd: folder });
  expect(stderr).toContain('permission denied');
  expect(code).toBe(2);
});

test('a scenario comes through standard input, too', () => {
  const { code, stderr } = windtunnel(['run', '-'], { input: 'services: [1]\n' });
  expect(stderr).toContain('stdin:1:');
  expect(code).toBe(2);
});
