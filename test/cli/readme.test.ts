import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ownFolder, shell, shellCommand, windtunnel } from './windtunnel.ts';

/** What a run may find without having failed: every SLO holds, one is missed, one is not decided. */
const findings = [0, 99, 3];

const folder = ownFolder();
const shims = join(folder, '.bin');
mkdirSync(shims);
writeFileSync(join(shims, 'npx'), `#!/bin/sh\n[ "$1" = windtunnel ] || exit 77\nshift\nexec ${shellCommand} "$@"\n`);
chmodSync(join(shims, 'npx'), 0o755);

/** What a reader is told to type, in order, without the line ends. */
const commandsOf = (text: string): string[] =>
  [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
    .flatMap(([, block]) => block.trimEnd().replaceAll('\\\n', '').split('\n'))
    .filter((line) => line !== '' && !line.startsWith('npm '));

const english = readFileSync('README.md', 'utf8');
const chinese = readFileSync('README.zh-CN.md', 'utf8');

describe.each([
  { name: 'README.md', text: english, commands: commandsOf(english) },
  // What both show is typed once, in the same folder.
  {
    name: 'README.zh-CN.md',
    text: chinese,
    commands: commandsOf(chinese).filter((line) => !commandsOf(english).includes(line)),
  },
])('$name', ({ text, commands }) => {
  test('shows commands', () => expect(commandsOf(text).length).toBeGreaterThan(4));

  if (commands.length > 0)
    test.each(commands)('%s', (line) => {
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
