import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** What the eye misses. The lint and layering rules say the same; this also holds in `npm test` alone. */

const layers = ['sim', 'models', 'scenarios', 'analysis', 'report', 'cli'];
const onNode = ['cli', 'runners'];

const sources = filesUnder('src').filter((path) => path.endsWith('.ts'));
const tree = ['src', 'test', 'scripts', 'bench', 'docs', 'notebooks', '.ci']
  .flatMap(filesUnder)
  .concat(readdirSync('.').filter((name) => /\.(md|json|ts|mjs)$/.test(name)))
  .filter((path) => !path.startsWith(join('test', 'reference')) && /\.(ts|mjs|md|json|ya?ml|ipynb|c)$|run$/.test(path));

test('imports run only to the left, with their extension, and use Node only at the edge', () => {
  const wrong = sources.flatMap((path) =>
    importsOf(path)
      .filter((target) => !mayImport(path, target))
      .map((target) => `${path}: ${target}`),
  );
  expect(wrong).toEqual([]);
});

test('nothing decides a result but scenario, seed and version', () => {
  const banned =
    /\bMath\.(random|log\w*|exp\w*|pow|a?(sin|cos|tan)h?|atan2|cbrt|hypot)\b|\bDate\.now|\bnew Date\b|\bperformance\./;
  const deterministic = sources.filter((path) => layers.slice(0, 4).includes(folderOf(path)));
  expect(deterministic.length).toBeGreaterThan(20);
  expect(linesMatching(banned, deterministic, withoutComments)).toEqual([]);
});

test('no path of one machine', () => {
  const home = ['home', 'root', 'work', 'Users', 'mnt'].join('|');
  expect(linesMatching(new RegExp(`(?<![\\w.~$})-])/(${home})/[\\w.]+`), tree)).toEqual([]);
});

test('no marks of unfinished work', () => {
  const marks =
    /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|expect-error|nocheck)|eslint-disable|\.(skip|only|todo)\(|\bas any\b/;
  const code = tree.filter((path) => /\.(ts|mjs)$/.test(path) && path !== join('test', 'tidy.test.ts'));
  expect(linesMatching(marks, code)).toEqual([]);
});

function mayImport(path: string, target: string): boolean {
  const folder = folderOf(path);
  if (target.startsWith('node:')) return onNode.includes(folder);
  if (!target.startsWith('.')) return true;
  if (!target.endsWith('.ts')) return false;
  const imported = folderOf(join(path, '..', target));
  if (imported === 'runners') return onNode.includes(folder);
  if (!layers.includes(folder) || !layers.includes(imported)) return true;
  return layers.indexOf(imported) <= layers.indexOf(folder);
}

/** The folder under `src`, or the file's name for what stands beside the layers. */
function folderOf(path: string): string {
  return path.split(/[/\\]/)[1];
}

function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/^\s*(?:import|export)\s[^'"`;]*?from\s+'([^']+)'|\bimport\('([^']+)'\)/gm)].map(
    ([, fixed, dynamic]) => fixed ?? dynamic,
  );
}

function linesMatching(pattern: RegExp, paths: readonly string[], read = (text: string) => text): string[] {
  return paths.flatMap((path) =>
    read(readFileSync(path, 'utf8'))
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => `${path}: ${line.trim().slice(0, 120)}`),
  );
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('node_modules'));
}
