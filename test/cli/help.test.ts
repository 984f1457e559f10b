import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { windtunnel } from './windtunnel.ts';

const commands = ['init', 'run', 'list', 'compare', 'check', 'explain', 'validate', 'schema'];

describe('help', () => {
  const { code, stdout, stderr } = windtunnel(['--help']);

  test('goes to stdout and lists the commands in four groups', () => {
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const groups = stdout.split('\n').filter((line) => /^(Start|Decide|Trust|Editors):$/.test(line));
    expect(groups).toEqual(['Start:', 'Decide:', 'Trust:', 'Editors:']);
    const listed = stdout
      .split('\n')
      .map((line) => /^ {2}([a-z]+)\b.* {2}/.exec(line)?.[1])
      .filter((name) => name !== undefined && name !== 'windtunnel');
    expect(listed).toEqual(commands);
  });

  test.each([[[]], [['help']]])('is the same for %j', (args) => {
    expect(windtunnel(args)).toEqual({ code: 0, stdout, stderr: '' });
  });

  test.each(commands)('of %s fits 80 columns and says how to call it', (command) => {
    const help = windtunnel([command, '--help']);
    expect(help.code).toBe(0);
    expect(help.stdout).toMatch(new RegExp(`^Usage: windtunnel ${command} `));
    expect(windtunnel(['help', command])).toEqual(help);
    expect(help.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(help.stdout).toMatch(new RegExp(`\\nExamples:\\n  windtunnel ${command} [\\s\\S]*\\nExit codes: 0 `));
  });

  test('fits 80 columns', () => {
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test("the version is the package's", () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(windtunnel(['--version']).stdout).toBe(`${version}\n`);
  });
});

test.each([
  [['list']],
  [['list', '--schedulers']],
  [['explain', 'lvs-dr']],
  [['check', 'k8s-surge']],
  [['run', 'zzzz']],
])('nothing that %j prints is wider than 80 columns', (args) => {
  const { stdout, stderr } = windtunnel(args);
  expect(`${stdout}${stderr}`.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

describe('a mistake on the command line', () => {
  test.each([
    [['validate', 'shop.yaml'], 'you mean: windtunnel check shop.yaml'],
    [['rum', 'shop'], 'you mean: windtunnel run shop'],
    [['simulate', 'shop'], 'you mean: windtunnel run shop'],
    [['shop.yaml'], 'you mean: windtunnel run shop.yaml'],
    [['ls'], 'you mean: windtunnel list'],
    [['capacity', 'shop'], 'comes with a later version'],
    [['toString'], 'windtunnel --help lists the commands'],
    [['run'], "missing required argument 'scenario'"],
    [['run', 'shop', 'mm1'], 'too many arguments'],
    [['run', 'shop', '--presicion', '1%'], 'Did you mean --precision?'],
    [['run', 'shop', '--precision', '150%'], 'above 0 and below 1'],
    [['run', 'shop', '--precision', 'fine'], 'above 0 and below 1'],
    [['run', 'shop', '--level', '0'], 'above 0 and below 1'],
    [['run', 'shop', '--replications', '0'], 'a whole number, 1 or more'],
    [['run', 'shop', '--replications', '2.5'], 'a whole number, 1 or more'],
    [['run', 'mm1', '--method', 'one'], 'Allowed choices are replications, batch-means'],
    [['run', 'lvs-dr', '--method', 'batch-means'], 'leave it out'],
    [['run', 'shop', '--warmup', '60'], '60'],
    [['run', 'shop', '--warmup', '5 m'], 'metres'],
    [['run', 'shop', '--explain', 'everything'], 'Allowed choices are assumptions'],
    [['run', 'mm1', '--trace', 'file.csv'], 'NAME=FILE'],
    [['run', 'mm1', '--trace', 'all=none.csv'], 'no such file'],
    [['run', 'mm1', '--out', 'package.json'], 'is a file, not a folder'],
    [['run', 'mm1', '--raw', 'src'], 'is a folder'],
    [['list', '--source', 'nothing'], 'Built in: '],
    [['list', '--source', 'shpo'], 'did you mean "shop"?'],
    [['run', 'lvs-rd'], 'did you mean "lvs-dr"?'],
  ])('%j', (args, words) => {
    const { code, stdout, stderr } = windtunnel(args);
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
