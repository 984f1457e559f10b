/** Autoscaling as it is written, explained and reported. */
import { describe, expect, test } from 'vitest';
import type * as Api from '../../src/index.ts';
import { builtins } from '../../src/scenarios/catalogue.ts';
import { explainScenario } from '../../src/scenarios/describe.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import { asShipped } from '../support/as-shipped.ts';
import { loaded } from './loaded.ts';

const { simulate } = await asShipped<typeof Api>('src/index.ts');

const file = (autoscale: string, service = 'cores: 1') => `
clients: { a: { rate: 9 req/s, to: web } }
services: { web: { count: 4, ${service}, work: [ { compute: 20 ms } ], autoscale: ${autoscale} } }`;

function problemsOf(text: string): readonly string[] {
  return loadScenario(text, { name: 'x' }).problems.map(({ path, rule }) => `${path}: ${rule}`);
}

describe('the language', () => {
  test("Kubernetes' defaults", () => {
    const { count, speeds, autoscaler } = loaded(file('{ max: 10, target: { cpu: 70 % } }')).cluster.services.web;
    expect([count, speeds.length]).toEqual([10, 10]);
    expect(autoscaler).toEqual({
      from: 4,
      min: 1,
      max: 10,
      every: 15,
      window: 15,
      metrics: [{ kind: 'cpu' }],
      rule: {
        kind: 'target',
        targets: [0.7],
        tolerance: 0.1,
        behaviour: {
          out: {
            window: 0,
            select: 'most',
            policies: [
              { kind: 'servers', value: 4, period: 15 },
              { kind: 'share', value: 1, period: 15 },
            ],
          },
          in: { window: 300, select: 'most', policies: [{ kind: 'share', value: 1, period: 15 }] },
        },
      },
      start: { kind: 'deterministic', value: 0 },
      drain: 30,
    });
  });

  test('thresholds, machines, warm-up, memory', () => {
    const written = `{ from: 2, min: 2, max: 9, every: 5 min, window: 1 min, start: { exponential: 9 s }, drain: 5 s,
      rules: [ { above: { cpu: 70 % }, out: 20 % }, { below: { memory: 30 % }, in: 1 }, { above: { cpu: 90 % }, out: 5 } ],
      nodes: { room: 3, start: 90 s, idle: unlimited }, warm: { speed: 50 %, over: 30 s }, memory: { size: 1 GB, idle: 400 MB, request: 1 MB } }`;
    expect(loaded(file(written)).cluster.services.web.autoscaler).toMatchObject({
      from: 2,
      min: 2,
      window: 60,
      metrics: [{ kind: 'cpu' }, { kind: 'memory', size: 1e9, idle: 4e8, request: 1e6 }],
      rule: {
        kind: 'thresholds',
        rules: [
          { metric: 0, when: 'above', limit: 0.7, do: 'out', by: { kind: 'share', value: 0.2 } },
          { metric: 1, when: 'below', limit: 0.3, do: 'in', by: { kind: 'servers', value: 1 } },
          { metric: 0, when: 'above', limit: 0.9, do: 'out', by: { kind: 'servers', value: 5 } },
        ],
      },
      start: { kind: 'exponential', mean: 9 },
      warm: { factor: 0.5, over: 30 },
      nodes: { room: 3, idle: Infinity },
    });
  });

  test('without a rule: as many as `count` says, some of which start', () => {
    expect(loaded(file('{ from: 0, nodes: { start: 90 s } }')).cluster.services.web.autoscaler).toMatchObject({
      from: 0,
      min: 4,
      max: 4,
      rule: { kind: 'fixed' },
      nodes: { room: 1, idle: 600 },
    });
  });

  test.each<[string, string, RegExp]>([
    ['no max', '{ target: { cpu: 70 % } }', /"max" is missing/],
    ['both', '{ max: 9, target: { cpu: 70 % }, rules: [ { above: { cpu: 70 % }, out: 1 } ] }', /cannot go with/],
    ['min above max', '{ min: 9, max: 8, target: { cpu: 70 % } }', /must be at most max, which is 8/],
    ['from above max', '{ from: 9, max: 8, target: { cpu: 70 % } }', /must be at most max, which is 8/],
    ['no metric', '{ max: 9, target: {} }', /must name one metric/],
    ['two metrics in one', '{ max: 9, target: { cpu: 70 %, queue: 3 } }', /must name one metric/],
    ['one metric twice', '{ max: 9, target: [ { cpu: 70 % }, { cpu: 80 % } ] }', /stands there twice/],
    ['a target of 0', '{ max: 9, target: { cpu: 0 % } }', /must be more than 0/],
    ['memory of what', '{ max: 9, target: { memory: 70 % } }', /nothing says what memory holds/],
    ['a rule that does nothing', '{ max: 9, rules: [ { above: { cpu: 70 % } } ] }', /must say when and what/],
    [
      'a policy of nothing',
      '{ max: 9, target: { cpu: 70 % }, out: { policies: [ { per: 9 s } ] } }',
      /servers or share/,
    ],
    [
      'a tolerance of thresholds',
      '{ max: 9, rules: [ { above: { cpu: 9 % }, out: 1 } ], tolerance: 9 % }',
      /belongs to `target`/,
    ],
    ['a period without a rule', '{ every: 9 s }', /needs a target or rules/],
    ['a lag of nothing', '{ max: 9, target: { lag: 100 } }', /`lag` and `topic` go together/],
    ['a speed above 100 %', '{ from: 0, warm: { speed: 120 %, over: 9 s } }', /at most 100 %/],
  ])('%s is a problem', (_, autoscale, rule) => {
    expect(problemsOf(file(autoscale)).join('\n')).toMatch(rule);
  });

  test('CPU needs cores, speeds one for each server there may be, and a run an end', () => {
    expect(problemsOf(file('{ max: 9, target: { cpu: 70 % } }', 'connections: 9')).join('\n')).toMatch(
      /no limit of cores/,
    );
    expect(problemsOf(file('{ max: 6, target: { cpu: 70 % } }', 'cores: 1, speed: [ 1, 1, 1, 1 ]')).join('\n')).toMatch(
      /one speed for each of 6 servers/,
    );
    const { time } = loaded(file('{ max: 6, target: { cpu: 70 % } }'));
    expect(time).toMatchObject({ kind: 'terminating', duration: 600 });
    const endless = `${file('{ max: 6, target: { cpu: 70 % } }')}\ntime: { stopWhenEmpty: true }`;
    expect(problemsOf(endless).join('\n')).toMatch(/goes on for ever/);
  });

  test('is explained', () => {
    const words = explainScenario(loaded(builtins['k8s-surge'], { name: 'k8s-surge' })).replaceAll(/\s+/g, ' ');
    expect(words).toContain('web: 1 to 12 servers, 4 at first');
    expect(words).toContain('looks every 5 min; CPU above 70 %: 2 more; memory above 85 %: 1 fewer');
  });
});

test('the surge: a loop of 5 min misses what an autoscaler with a loop of 15 s nearly keeps; and what each costs', async () => {
  const run = (set: readonly string[]) =>
    simulate(loaded(builtins['k8s-surge'], { name: 'k8s-surge', set: ['time.duration=6 min', ...set] }), {
      seed: '1',
      replications: 1,
    });
  const slow = await run([]);
  const quick = await run(['services.web.autoscale={ max: 12, target: { cpu: 70 % }, start: 15 s }']);
  expect(slow.total.errors.value).toBeGreaterThan(0.1);
  expect(quick.total.errors.value).toBeLessThan(slow.total.errors.value / 5);
  const { scaling } = quick.services.web;
  expect(scaling!.atEnd.value).toBe(7); // 900 x 20 ms = 18 cores at 70 % of 4: 6.4 servers, 7
  expect(scaling!.serverHours.value).toBeCloseTo(scaling!.servers.value * (6 / 60), 1);
  expect(quick.timeline.levels!['web servers'].at(-1)).toBeCloseTo(7, 9);
  expect(quick.timeline.services.web.utilisation.at(-1)).toBeCloseTo(18 / 28, 1);
  expect(quick.faults[0]).toMatchObject({
    kind: 'scaling',
    text: expect.stringMatching(/^web scales out 4 -> \d: CPU/) as string,
  });
}, 60_000);
