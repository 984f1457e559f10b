/** `windtunnel validate` as it is shipped: filters, references of one's own, bad input, exit codes, files. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Validation } from '../../src/analysis/reference/validation.ts';
import { ownFolder, windtunnel } from './windtunnel.ts';

const folder = ownFolder();
const reference = fileURLToPath(new URL('../../reference/', import.meta.url));

interface File {
  schema: string;
  tolerance_classes: object;
  cases: {
    id: string;
    family: string;
    model: Record<string, unknown>;
    expect: Record<string, { value: number | string; unit: string; tol: string }>;
  }[];
}

/** A reference file of one's own, from cases of the project's. */
function ownFile(name: string, ids: readonly string[], change: (file: File) => void = () => {}): string {
  const file = JSON.parse(readFileSync(join(reference, 'theory.json'), 'utf8')) as File;
  file.cases = file.cases.filter(({ id }) => ids.includes(id));
  expect(file.cases).toHaveLength(ids.length);
  change(file);
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(file, null, 1));
  return path;
}

describe('what it says', () => {
  test('every suite is listed in full; what nothing judges has a reason; the counts are the last line', () => {
    const { code, stdout, stderr } = windtunnel([
      'validate',
      'theory',
      '--family',
      'pick_sequence',
      '--family',
      'usl',
      '--json',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { format, counts, suites, cases } = JSON.parse(stdout) as Validation;
    expect(format).toBe('windtunnel-validation/1');
    expect(suites.map(({ name, families }) => [name, families.map((family) => family.name)])).toEqual([
      ['theory', ['pick_sequence', 'usl']],
    ]);
    expect(counts.passed + counts.failed + counts.notExpressible).toBe(cases.length);
    expect(counts.passed).toBeGreaterThanOrEqual(22);
    for (const one of cases) {
      if (one.verdict === 'not expressible') expect(one.reason).toMatch(/\w/);
      else expect(one.figures.length).toBeGreaterThan(0);
    }
    const screen = windtunnel(['validate', 'theory', '--family', 'pick_sequence']).stdout;
    expect(screen.trimEnd().split('\n').at(-1)).toBe('22 passed, 0 failed, 0 not expressible');
    for (const line of screen.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('the same bytes for any number of workers', () => {
    const few = ['--family', 'trace', '--family', 'fork_join', '--family', 'pick_from_state'];
    const asked = ['validate', 'theory', ...few, '--quick', '--json', '--workers'];
    const one = windtunnel([...asked, '1']);
    expect(one.code).toBe(0);
    expect(windtunnel([...asked, '3']).stdout).toBe(one.stdout);
  });

  test('a scenario file is for `check`', () => {
    const { code, stderr } = windtunnel(['validate', 'shop.yaml']);
    expect(code).toBe(2);
    expect(stderr).toContain('you mean: windtunnel check shop.yaml');
  });

  test('--out writes the three files, whole', () => {
    const out = join(folder, 'out');
    const { code, stdout } = windtunnel(['validate', 'recorded', '--family', 'picks', '--out', out, '--json']);
    expect(code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['summary.md', 'validation.html', 'validation.json']);
    expect(readFileSync(join(out, 'validation.json'), 'utf8')).toBe(stdout);
    const page = readFileSync(join(out, 'validation.html'), 'utf8');
    expect(page).toContain('windtunnel against its references');
    expect(page).not.toMatch(/(?:src|href)="http/);
    expect(readFileSync(join(out, 'summary.md'), 'utf8')).toMatch(/^## \d+ passed, 0 failed, \d+ not expressible\n/);
  });
});

describe("cases of one's own", () => {
  test('a wrong answer fails, after two fresh seeds, with exit code 99', () => {
    const path = ownFile('wrong.json', ['mm1-rho10', 'swrr-5-1-1'], ({ cases }) => {
      cases[0].expect.mean_response.value = 0.00166667;
      cases[1].expect.seq_picks.value = 'a a a a a b c a a a a a b c';
    });
    const { code, stdout, stderr } = windtunnel(['validate', '--reference', path, '--quick']);
    expect({ code, stderr }).toEqual({ code: 99, stderr: '' });
    expect(stdout).toContain('failed  mm1-rho10  (theory, mm1)');
    expect(stdout).toMatch(/mean_response: expected 0\.00166667 s, found 0\.0011\d+ \(/);
    expect(stdout.replace(/\s+/g, ' ')).toContain('failed under three seeds');
    expect(stdout).toContain('failed  swrr-5-1-1  (theory, pick_sequence)');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('0 passed, 2 failed, 0 not expressible');
  });

  test('a kind of model that nobody knows is listed with its reason', () => {
    const path = ownFile('strange.json', ['mm1-rho10'], ({ cases }) => {
      cases[0].model = { kind: 'oracle' };
    });
    const { code, stdout } = windtunnel(['validate', '--reference', path]);
    expect(code).toBe(0);
    expect(stdout).toContain('theory, 1: nothing simulates or works out models of kind "oracle" yet');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('0 passed, 0 failed, 1 not expressible');
  });

  test('a folder like reference/real, with a compressed recording', () => {
    const real = join(folder, 'real');
    mkdirSync(join(real, 'queue'), { recursive: true });
    const picks = JSON.parse(readFileSync(join(reference, 'real/picks.json'), 'utf8')) as Record<string, unknown>;
    writeFileSync(join(real, 'picks.json'), JSON.stringify({ mine: picks['nginx-wrr-5-1-1'] }));
    writeFileSync(join(real, 'queue/x.csv.gz'), gzipSync('i,start_us\n'));
    const { code, stdout } = windtunnel(['validate', '--reference', real]);
    expect({ code, last: stdout.trimEnd().split('\n').at(-1) }).toEqual({
      code: 0,
      last: '1 passed, 0 failed, 0 not expressible',
    });
  });
});

describe('bad input', () => {
  const bad = (args: readonly string[]) => {
    const { code, stdout, stderr } = windtunnel(['validate', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    return stderr;
  };

  test('unknown suite, family, case, path', () => {
    expect(bad(['theroy'])).toContain('you mean: windtunnel validate theory');
    expect(bad(['--family', 'mmc1'])).toContain('--family mmc1: there is no such case here');
    expect(bad(['theory', '--case', 'mm1-rho5'])).toContain('you mean: --case mm1-rho50');
    expect(bad(['--reference', join(folder, 'nowhere')])).toContain('no such file');
    expect(bad(['--workers', '0'])).toContain('--workers');
  });

  test('a file that is no reference file, or no JSON, or damaged', () => {
    const path = join(folder, 'text.json');
    writeFileSync(path, '{"cases": []}');
    expect(bad(['--reference', path])).toContain('is no reference file');
    writeFileSync(path, '{\n"schema": "windtunnel-theory/1",\n"cases": [\n}');
    expect(bad(['--reference', path])).toContain(`${path}:4:2: is not JSON here`);
    const real = join(folder, 'damaged');
    mkdirSync(real);
    writeFileSync(join(real, 'picks.json'), '{}');
    writeFileSync(join(real, 'x.csv.gz'), 'no gzip');
    expect(bad(['--reference', real])).toContain('x.csv.gz cannot be unpacked');
  });

  test('all problems of a file at once, with line and path', () => {
    const path = ownFile('problems.json', ['mm1-rho10', 'mm1-rho90'], ({ cases }) => {
      delete cases[0].model.service;
      cases[0].model.serivce = {};
      cases[1].expect.mean_response.tol = 'ci7';
    });
    const said = bad(['--reference', path]);
    expect(said).toMatch(/problems\.json:\d+:\d+ cases\[1\]\.expect\.mean_response\.tol: "ci7" is no tolerance class/);
    const second = ownFile('problems.json', ['mm1-rho10'], ({ cases }) => {
      cases[0].model.servers = -1;
      cases[0].model.setups = {};
    });
    const { code, stdout, stderr } = windtunnel(['validate', '--reference', second]);
    expect(code).toBe(2);
    expect(stderr).toContain('problems.json: 2 problems');
    expect(stderr).toMatch(/problems\.json:\d+:\d+ cases\[0\]\.model\.setups: unknown key "setups"/);
    expect(stderr).toMatch(/cases\[0\]\.model\.servers: /);
    expect(stdout.replace(/\s+/g, ' ')).toContain('malformed: model.servers: ');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('0 passed, 0 failed, 1 not expressible');
  });

  test('a malformed model costs its own case only', () => {
    const path = ownFile('one-of-two.json', ['bounds-3', 'natdr-api-1k'], ({ cases }) => {
      delete cases[0].model.demands;
    });
    const { code, stdout, stderr } = windtunnel(['validate', '--reference', path]);
    expect(code).toBe(2);
    expect(stderr).toContain('"demands" is missing');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('1 passed, 0 failed, 1 not expressible');
  });
});
