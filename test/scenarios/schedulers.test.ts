/** Schedulers in scenario files: every name, options, and what a hash rule does with few sources. */
import { describe, expect, test } from 'vitest';
import { build } from '../../src/models/build.ts';
import { schedulerKinds, schedulerNames } from '../../src/models/directors/schedulers/index.ts';
import { loadScenario } from '../../src/scenarios/load.ts';

function file(scheduler: string, sources = 'many'): string {
  return `
clients: { all: { rate: 200 req/s, sources: ${sources}, to: vip } }
directors: { vip: { scheduler: ${scheduler}, upstream: web } }
services: { web: { count: 3, workers: 4, work: [ { compute: { exponential: 5 ms } } ] } }
time: { duration: 20 s }
`;
}

/** Shares of the picks of each server. */
function shares(scheduler: string, sources?: string): number[] {
  const { scenario, problems } = loadScenario(file(scheduler, sources), { name: 'schedulers' });
  expect(problems).toEqual([]);
  const run = build(scenario!.cluster, { seed: 'schedulers', replication: 0 });
  run.advance({ time: 20 });
  run.check();
  const [director] = run.parts.directors;
  return [...director.share].map((count) => count / director.picks);
}

test.each(schedulerNames)('%s is a scheduler of a scenario', (name) => {
  expect(loadScenario(file(name), { name: 'schedulers' }).problems).toEqual([]);
});

describe('simulated', () => {
  test.each(schedulerKinds.map(({ name }) => name))('%s serves every request of a light load', (name) => {
    expect(shares(name).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
  });

  test('one address behind nginx/ip_hash goes to one server; many are spread', () => {
    expect(shares('ip_hash', '1').filter((share) => share > 0)).toEqual([1]);
    expect(Math.min(...shares('ip_hash'))).toBeGreaterThan(0.25);
  });

  test('options reach the rule', () => {
    expect(Math.min(...shares('{ nginx/hash: { consistent: true, key: source } }'))).toBeGreaterThan(0.2);
    expect(shares('{ nginx/hash: { key: source } }', '1')).toContain(1);
  });
});

test('an option that a rule does not know is a problem with its place', () => {
  const { problems } = loadScenario(file('{ haproxy/uri: { type: ring } }'), { name: 'schedulers' });
  expect(problems.map(({ path }) => path)).toEqual(['directors.vip.scheduler.haproxy/uri.type']);
});

test('few source addresses behind a rule that hashes them are a doubt', () => {
  const { doubts } = loadScenario(file('lvs/sh', '1'), { name: 'schedulers' });
  expect(doubts.map(({ text }) => text).join()).toContain("behind vip's lvs/sh: all requests go to one server");
});
