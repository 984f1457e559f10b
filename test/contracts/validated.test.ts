/** What README.md and docs/validation.md say of the reference cases is about those that there are. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { casesOf } from '../../src/analysis/reference/validation.ts';
import { referenceFiles } from '../support/reference-files.ts';

test.each(['theory', 'recorded', 'published'] as const)(
  'the counts of %s in README.md add up to all its cases',
  (name) => {
    const [, line] = /<!-- validated -->([^]*?)<!-- \/validated -->/.exec(readFileSync('README.md', 'utf8'))!;
    const [, said] = new RegExp(`\`${name}\` ([^;]*)`).exec(line)!;
    const counts = said.match(/\d+/g)!.map(Number);
    expect(counts).toHaveLength(3);
    const cases = casesOf(referenceFiles(), { suites: [name], families: [], ids: [] });
    expect(counts.reduce((sum, count) => sum + count)).toBe(cases.length);
    const [, ...cells] = new RegExp(`^\\| \\*\\*${name}\\*\\* \\| (\\d+) \\| (\\d+) \\| (\\d+) \\|$`, 'm').exec(
      readFileSync('docs/validation.md', 'utf8'),
    )!;
    expect(cells.map(Number)).toEqual(counts);
  },
);
