import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ownFolder, shell, shellCommand, windtunnel } from './windtunnel.ts';

/** What a run may find without having failed: every SLO holds, one is missed, one is not decided. */
const findings = [0, 99, 3];

describe.each(['README.md', 'README.zh-CN.md'])('%s', (name) => {
  const text = readFileSync(name, 'utf8');
  const folder = ownFolder();
  const shims = join(folder, '.bin');
  mkdirSync(shims);
  writeFileSync(join(shims, 'npx'), `#!/bin/sh\n[ "$1" = windtunnel ] || exit 77\nshift\nexec ${shellCommand} "$@"\n`);
  chmodSync(join(shims, 'npx'), 0o755);
  const lines = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
    block.trimEnd().replaceAll('\\\n', '').split('\n'),
  );

  test('shows commands', () => expect(lines.length).toBeGreaterThan(4));

  test.each(lines.filter((line) => !line.startsWith('npm ')))('%s', (line) => {
    const { code, stdout, stderr } = shell(line, { cwd: folder, env: { PATH: `${shims}:${process.env.PATH}` } });
    expect(findings, stdout + stderr).toContain(code);
  });

  test('names only scripts that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm (?:run )?(?!ci\b|run\b)([a-z:]+)/g)].map(([, script]) => script);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });

  test('names only commands that exist', () => {
    const named = new Set([...text.matchAll(/`windtunnel ([a-z]+)/g)].map(([, command]) => command));
    for (const command of named) expect(windtunnel([command, '--help']).code, command).toBe(0);
  });
});

test('the scenario in the README is one', () => {
  const [, scenario] = /```yaml\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8'))!;
  const { code, stdout } = windtunnel(['check', '-'], { input: scenario });
  expect(stdout).toMatch(/no problems/);
  expect(code).toBe(0);
});
