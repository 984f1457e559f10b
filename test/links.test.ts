import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

/** The pages that people read name only files that there are: links, and paths in code such as `src/sim`. */
const pages = [
  ...readdirSync('.').filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md'),
  'reports/README.md',
  ...readdirSync('docs/design').map((name) => join('docs', 'design', name)),
];

describe.each(pages)('%s', (page) => {
  const text = readFileSync(page, 'utf8').replace(/^```[\s\S]*?^```/gm, '');

  test('its links lead somewhere', () => {
    const targets = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target]) => target);
    const dead = targets
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => !existsSync(normalize(join(dirname(page), target))));
    expect(dead).toEqual([]);
  });

  test('the paths that it names are there', () => {
    const paths = [...text.matchAll(/`((?:src|test|scripts|bench|docs|reference|notebooks)\/[\w./-]+)`/g)].map(
      ([, path]) => path,
    );
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });
});
