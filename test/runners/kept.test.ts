import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { inlineRunner } from '../../src/analysis/inline-runner.ts';
import { keeping } from '../../src/runners/kept.ts';

const root = mkdtempSync(join(tmpdir(), 'windtunnel-kept-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folder: string;
let asked: unknown[];
let troubles: string[];
let found: number;
beforeEach(() => {
  folder = join(mkdtempSync(join(root, 'test-')), 'made', 'when needed');
  asked = [];
  troubles = [];
  found = 0;
});

interface Question {
  readonly cluster: object;
  readonly limit: number;
}

const jobs = {
  work: (input: Question) => {
    asked.push(input);
    return Promise.resolve({
      limit: input.limit,
      none: NaN,
      all: Infinity,
      zero: -0,
      rows: new Float64Array([1.5, 2]),
    });
  },
  other: (input: Question) => Promise.resolve({ other: input.limit }),
  stopped: (input: Question) => {
    asked.push(input);
    return Promise.resolve(null);
  },
};

const runner = (program = 'program 1', at = folder) =>
  keeping(inlineRunner(jobs), {
    folder: at,
    program,
    onTrouble: (trouble) => troubles.push(trouble),
    onFound: () => found++,
  });

const cluster = { services: { web: { workers: 4, cores: Infinity } } };
const question = { cluster, limit: 1 };
const files = (): string[] => readdirSync(folder).map((name) => join(folder, name));

describe('kept jobs', () => {
  test('an answer is found again, bit by bit the same, by another process that asks the same', async () => {
    const first = await runner().run('work', question);
    const again = await runner().run('work', { cluster: structuredClone(cluster), limit: 1 });
    expect(asked).toHaveLength(1);
    expect(found).toBe(1);
    expect(again).toEqual(first);
    expect(Object.is(again!.zero, -0)).toBe(true);
    expect(again!.rows).toBeInstanceOf(Float64Array);
    expect(troubles).toEqual([]);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['another number', () => runner().run('work', { cluster, limit: 2 })],
    ['another cluster', () => runner().run('work', { cluster: { services: {} }, limit: 1 })],
    [
      'infinite for null',
      () => runner().run('work', { cluster: { services: { web: { workers: 4, cores: null } } }, limit: 1 }),
    ],
    ['another program', () => runner('program 2').run('work', question)],
  ])('another question has its own answer: %s', async (_, ask) => {
    await runner().run('work', question);
    await ask();
    expect(asked).toHaveLength(2);
    expect(found).toBe(0);
    expect(files()).toHaveLength(2);
  });

  test('the same input to another job is another question', async () => {
    await runner().run('work', question);
    expect(await runner().run('other', question)).toEqual({ other: 1 });
  });

  test('what was interrupted is not kept', async () => {
    expect(await runner().run('stopped', question)).toBeNull();
    expect(await runner().run('stopped', question)).toBeNull();
    expect(asked).toHaveLength(2);
  });

  describe('a file that is not what it should be is reported, ignored and written anew', () => {
    const damage: Record<string, [(path: string) => void, string]> = {
      'a flipped bit in the answer': [
        (path) => {
          const bytes = readFileSync(path);
          bytes[bytes.length - 3] ^= 1;
          writeFileSync(path, bytes);
        },
        'is damaged',
      ],
      'a file cut short': [(path) => writeFileSync(path, readFileSync(path).subarray(0, -8)), 'is damaged'],
      'an empty file': [(path) => writeFileSync(path, ''), 'is not a kept answer'],
      'a file of something else': [(path) => writeFileSync(path, '{"format":"else"}\nx'), 'is not a kept answer'],
      'the answer to another question': [(path) => copyFileSync(otherFile(), path), 'answers another question'],
    };
    let other = '';
    const otherFile = (): string => other;

    test.each(Object.keys(damage))('%s', async (name) => {
      const elsewhere = `${folder} 2`;
      await runner('program 1', elsewhere).run('work', { cluster, limit: 2 });
      other = join(elsewhere, readdirSync(elsewhere)[0]);
      asked = [];
      const first = await runner().run('work', question);
      const [path] = files();
      const whole = readFileSync(path);
      const [harm, said] = damage[name];
      harm(path);
      expect(await runner().run('work', question)).toEqual(first);
      expect(asked).toHaveLength(2);
      expect(troubles).toEqual([`${path} ${said}; it is ignored`]);
      expect(readFileSync(path).equals(whole)).toBe(true);
    });
  });

  test('a folder that cannot be written to is said; the run goes on', async () => {
    writeFileSync(join(root, 'a file'), '');
    const answer = await runner('program 1', join(root, 'a file')).run('work', question);
    expect(answer!.limit).toBe(1);
    expect(troubles.join()).toContain('cannot be');
  });
});
