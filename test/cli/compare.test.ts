import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Comparison } from '../../src/analysis/compare.ts';
import { ownFolder, windtunnel } from './windtunnel.ts';

const folder = ownFolder();
const scenario = (count: number): string => `
clients: { all: { rate: 60 req/s, to: web } }
services: { web: { count: ${count}, workers: 1, work: [ { compute: { exponential: 20 ms } } ] } }
slos: [ "p(95) < 200 ms" ]
time: { duration: 60 s, warmup: 5 s }
`;
writeFileSync(join(folder, 'two.yaml'), scenario(2));
writeFileSync(join(folder, 'three.yaml'), scenario(3));
writeFileSync(join(folder, 'four.yaml'), scenario(4));

const compare = (...args: string[]) =>
  windtunnel(['compare', ...args, '--replications', '12', '--quiet'], { cwd: folder });
const found = (text: string): Comparison => JSON.parse(text) as Comparison;

test('two files and a --set say the same, whatever the number of workers', () => {
  const files = compare('two.yaml', 'three.yaml', '--json', '--workers', '1');
  expect(files.code).toBe(0);
  const { comparisons, sides } = found(files.stdout);
  expect(sides.map(({ name }) => name)).toEqual(['two.yaml', 'three.yaml']);
  expect(comparisons[0].figures[0]).toMatchObject({ name: 'mean', verdict: 'real' });
  const set = compare('two.yaml', '--set', 'services.web.count=3', '--json', '--workers', '2');
  expect(found(set.stdout).comparisons[0].figures).toEqual(comparisons[0].figures);
});

test('variants of one scenario stand against the first of them', () => {
  const { stdout, code } = compare('two.yaml', '--set', 'services.web.count=2,3,4');
  expect(code).toBe(0);
  expect(stdout).toContain('services.web.count=3, compared with services.web.count=2');
  expect(stdout).toContain('services.web.count=4, compared with services.web.count=2');
  expect(stdout).toContain('REAL');
  const markdown = compare(
    'two.yaml',
    '--set',
    'services.web.work=[ { compute: 10 ms } ],[ { compute: 12 ms } ]',
    '--markdown',
  );
  expect(markdown.stdout.match(/^### /gm)).toHaveLength(1);
});

test('every further file stands against the first; exits as run does for the worst of them', () => {
  const { stdout, code } = compare('three.yaml', 'four.yaml', 'two.yaml', '--set', 'slos=[ "p(95) < 70 ms" ]');
  expect(code).toBe(99);
  expect(stdout).toContain('four.yaml, compared with three.yaml');
  expect(stdout).toContain('two.yaml, compared with three.yaml');
});

test('what it needs is said', () => {
  const nothing = compare('two.yaml');
  expect(nothing.code).toBe(2);
  expect(nothing.stderr).toContain('needs two scenarios');
  const two = compare('two.yaml', '--set', 'services.web.count=2,3', '--set', 'services.web.workers=1,2');
  expect(two.code).toBe(2);
  expect(two.stderr).toContain('only one --set may have several values');
});
