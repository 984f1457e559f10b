import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { probes } from '../../../src/analysis/replicate.ts';
import { build } from '../../../src/models/build.ts';
import type { ClusterDescription, ProbeDescription } from '../../../src/models/description.ts';
import { Passage } from '../../../src/models/probes/passage.ts';
import { States } from '../../../src/models/probes/states.ts';
import { cluster, clients, computeDemand, trace } from '../hand-made.ts';
import { call, service } from '../random-cluster.ts';

function seen(described: ClusterDescription, time?: number) {
  const run = build(described, { seed: 'probes', replication: 0 });
  const stop = run.advance(time === undefined ? {} : { time });
  run.check();
  return probes(run, stop);
}

/** Requests at 0, 1, 1.5 s of 2 s each at one worker: they end at 2, 4, 6 s. */
function line(all: readonly ProbeDescription[]): ClusterDescription {
  return cluster({
    clients: { c: trace([0, 1, 1.5], [call('s')], { demand: [2, 2, 2] }) },
    services: { s: service({ workers: 1, work: computeDemand }) },
    probes: all,
  });
}

describe('state at given times', () => {
  test('is the number present after all that happens at that time', () => {
    const at = [0, 0.5, 1, 2, 3.5, 4, 6, 7];
    const described = line([{ kind: 'states', of: 's', at }]);
    expect(seen(described, 10)['number s at times']).toEqual({
      kind: 'states',
      at,
      present: [1, 1, 2, 2, 2, 1, 0, 0],
      workers: 1,
    });
  });

  test('what a run has not reached is not there', () => {
    const described = line([{ kind: 'states', of: 's', at: [1, 3, 5] }]);
    expect(seen(described, 3)['number s at times']).toMatchObject({ present: [2, 2] });
  });

  test('agrees with a walk through all changes', () => {
    const step = fc.record({ wait: fc.integer({ min: 0, max: 3 }), level: fc.nat({ max: 5 }) });
    fc.assert(
      fc.property(fc.array(step), fc.uniqueArray(fc.nat({ max: 30 }), { maxLength: 8 }), (steps, times) => {
        const at = times.sort((a, b) => a - b);
        const states = new States(at);
        let now = 0;
        const changes = steps.map(({ wait, level }) => ({ now: (now += wait), level }));
        for (const one of changes) states.change(one.now, one.level);
        const levelAt = (time: number) => changes.filter((one) => one.now <= time).at(-1)?.level ?? 0;
        expect(states.present(now)).toEqual(at.filter((time) => time <= now).map(levelAt));
      }),
    );
  });
});

describe('first passage', () => {
  test('down to a level from above, up to a level from below', () => {
    const described = line([
      { kind: 'falls', of: 's', level: 1 },
      { kind: 'falls', of: 's', level: 0 },
      { kind: 'reaches', of: 's', level: 2 },
      { kind: 'reaches', of: 's', level: 4 },
    ]);
    expect(seen(described)).toEqual({
      'number s falls to 1': { kind: 'passage', at: 4 },
      'number s falls to 0': { kind: 'passage', at: 6 },
      'number s reaches 2': { kind: 'passage', at: 1 },
      'number s reaches 4': { kind: 'passage', at: NaN },
    });
  });

  test('it is the first that counts', () => {
    const falls = new Passage(1, true);
    const levels = [1, 0, 1, 2, 1, 2, 1];
    levels.forEach((level, now) => falls.change(now, level));
    expect(falls.at).toBe(4);
  });
});

test('the makespan is when the last request ended, successful or not', () => {
  const described = line([{ kind: 'makespan', of: 'c' }]);
  expect(seen(described)['makespan c']).toEqual({ kind: 'passage', at: 6 });
});

test('a backlog is due at time 0 and drains in its turn', () => {
  const described = cluster({
    clients: {
      c: clients({ kind: 'open', rate: { kind: 'constant', rate: 0 }, arrivals: 'poisson', backlog: 5 }, [call('s')]),
    },
    services: {
      s: service({ workers: 2, work: { '*': [{ do: 'compute', time: { kind: 'deterministic', value: 1 } }] } }),
    },
    probes: [
      { kind: 'falls', of: 's', level: 0 },
      { kind: 'states', of: 's', at: [0, 1, 2, 3] },
    ],
  });
  expect(seen(described, 5)).toMatchObject({
    'number s falls to 0': { at: 3 },
    'number s at times': { present: [5, 3, 1, 0] },
  });
});
