import { describe, expect, test } from 'vitest';
import { echoOf, questions, scenarioFromAnswers } from '../../src/scenarios/init.ts';
import type { Answers } from '../../src/scenarios/init.ts';
import { flowOf } from '../../src/scenarios/flow.ts';
import { loaded } from './loaded.ts';

const shop: Answers = {
  front: 'nginx',
  servers: '4 x 8',
  rate: '800',
  cpu: '45 %',
  response: '120 ms',
  database: 'mysql 25 %',
  pool: '10',
  promise: 'p95 200 ms, errors 0.1 %',
};

describe('init', () => {
  test('the shop of the mock-up', () => {
    const first = scenarioFromAnswers(shop);
    expect([first.measured, first.assumed, first.missing]).toEqual([9, 4, 0]);
    expect(echoOf('cpu', shop)).toBe('-> 18.0 ms of CPU a request');
    const { cluster, slos, missing, measured } = loaded(first.text);
    expect(missing).toEqual([]);
    expect(flowOf(cluster, cluster.clients.visitors).compute.get('app')).toBeCloseTo(0.018, 12);
    expect(cluster.services.app).toMatchObject({ count: 4, cores: 8, pools: { db: { to: 'db', size: 10 } } });
    expect(slos.map(({ text }) => text)).toEqual(['p(95) < 200 ms', 'errors < 0.1 %']);
    expect(measured.fit).toMatchObject({ stat: 'p95', value: 0.12 });
  });

  test('without the CPU nothing is invented: the file says what is missing', () => {
    const first = scenarioFromAnswers({ ...shop, cpu: '?' });
    expect(first.missing).toBe(1);
    expect(first.text).toMatch(/# app.cpu: 45 %\s+# missing/);
    expect(loaded(first.text).missing.map(({ path }) => path)).toEqual(['measured.app.cpu']);
  });

  test('a line that is marked missing can be filled in by taking the # away', () => {
    const { text } = scenarioFromAnswers({ ...shop, cpu: '?' });
    expect(loaded(text.replace('# app.cpu', 'app.cpu').replace(/# missing: CPU.*/, '')).missing).toEqual([]);
  });

  test.each(questions.map(({ id }) => id))('"?" for %s still gives a file that loads', (id) => {
    loaded(scenarioFromAnswers({ ...shop, [id]: '?' }).text);
  });

  test('no answer at all gives a file that loads and knows what is missing', () => {
    const first = scenarioFromAnswers({});
    expect(first.missing).toBeGreaterThanOrEqual(3);
    const { missing } = loaded(first.text);
    expect(missing.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['clients.visitors.rate', 'measured.app.cpu', 'services.app.count']),
    );
    expect(missing.flatMap(({ certain }) => certain)).toEqual([]);
  });

  test.each<[Answers, RegExp]>([
    [{ rate: '2000000 visits a day, 5 pages a visit' }, /rate: 197 req\/s .*1\.7 x the mean/],
    [{ rate: '48000 req/min' }, /rate: 800 req\/s/],
    [{ front: 'none' }, /^    to: app$/m],
    [{ front: 'keepalived' }, /vip: \{ preset: lvs, upstream: app \}/],
    [{ response: 'mean 60 ms' }, /mean: 60 ms/],
    [{ database: 'none' }, /^      - compute: measured\n\n/m],
    [{ database: 'postgres' }, /# db.cpu: 25 %\s+# missing/],
    [{ pool: 'none' }, /query: db/],
    [{ promise: '99.9% < 300 ms; throughput 500 req/s' }, /slos: \[ "99\.9% < 300 ms", "throughput > 500 req\/s" \]/],
    [{ servers: '4' }, /# cores: 8\s+# missing/],
  ])('%j', (answers, line) => {
    const { text } = scenarioFromAnswers({ ...shop, ...answers });
    expect(text).toMatch(line);
    loaded(text);
  });

  test('every question takes its example and "?", and refuses nonsense with a hint', () => {
    for (const question of questions) {
      expect(question.check(question.example)).toBeNull();
      expect(question.check('?')).toBeNull();
      expect(question.check('')).toBeNull();
      expect(question.check('banana!')?.hint).toMatch(/\S/);
    }
  });
});
