/** Workers that break and servers that switch off, as they are written, and what theory says of them. */
import { describe, expect, test } from 'vitest';
import type * as Api from '../../src/index.ts';
import type * as Build from '../../src/models/build.ts';
import { explainScenario } from '../../src/scenarios/describe.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import { asShipped } from '../support/as-shipped.ts';
import { expectKnown } from '../support/judged.ts';
import type { Known } from '../support/judged.ts';
import { OUTCOME } from '../../src/models/outcome.ts';
import { loaded } from './loaded.ts';

const { simulate } = await asShipped<typeof Api>('src/index.ts');
const { build } = await asShipped<typeof Build>('src/models/build.ts');

const file = (web: string, rest = '') => `
clients: { a: { rate: 40 req/s, to: web } }
services: { web: { ${web}, work: [ { compute: { exponential: 10 ms } } ] } }
${rest}`;

function problemsOf(text: string): readonly string[] {
  return loadScenario(text, { name: 'x' }).problems.map(({ path, rule }) => `${path}: ${rule}`);
}

const breaking = 'workers: 1, breakdowns: { every: { exponential: 3 s }, repair: { exponential: 300 ms } }';

describe('the language', () => {
  test('breakdowns: one crew, and the interrupted request resumes', () => {
    const { cluster } = loaded(file(breaking, 'measure: [ { up: web } ]'));
    expect(cluster.services.web.breakdowns).toEqual({
      every: { kind: 'exponential', mean: 3 },
      repair: { kind: 'exponential', mean: 0.3 },
      crews: 1,
      interrupted: 'resume',
    });
    expect(cluster.probes).toEqual([{ kind: 'up', of: 'web' }]);
  });

  test('setup: a time, or a time and when it switches off', () => {
    expect(loaded(file('workers: 1, setup: { exponential: 500 ms }')).cluster.services.web.setup).toEqual({
      time: { kind: 'exponential', mean: 0.5 },
      offAfter: 0,
    });
    expect(loaded(file('workers: 1, setup: { time: 2 s, offAfter: 5 min }')).cluster.services.web.setup).toEqual({
      time: { kind: 'deterministic', value: 2 },
      offAfter: 300,
    });
  });

  test('order: two lines against overload, and shed', () => {
    const of = (web: string) => loaded(file(`workers: 8, ${web}`)).cluster.services.web;
    expect(of('order: { adaptiveLifo: 100 ms }').order).toEqual({ kind: 'adaptive-lifo', after: 0.1 });
    const codel = { kind: 'controlled-delay', target: 0.005, interval: 0.1, drop: 'late' };
    expect(of('order: { controlledDelay: {} }').order).toEqual(codel);
    expect(of('order: { controlledDelay: { target: 9 ms, interval: 1 s, drop: spaced } }').order).toEqual({
      kind: 'controlled-delay',
      target: 0.009,
      interval: 1,
      drop: 'spaced',
    });
    expect(of('shed: { share: 10 % }').shed).toEqual({ sign: 'always', share: 0.1, spare: 0 });
    expect(of('shed: { wait: 20 ms, spare: 1 }').shed).toEqual({
      sign: 'wait',
      above: 0.02,
      window: 0.1,
      share: 1,
      spare: 1,
    });
    expect(of('shed: { utilisation: 90 %, window: 1 s, share: 50 % }').shed).toEqual({
      sign: 'utilisation',
      above: 0.9,
      window: 1,
      share: 0.5,
      spare: 0,
    });
    const text = explainScenario(
      loaded(file('workers: 8, order: { controlledDelay: {} }, shed: { wait: 20 ms, spare: 1 }')),
    ).replace(/\s+/g, ' ');
    expect(text).toContain('once waits stay above 5 ms for 100 ms, whoever has waited over 10 ms is dropped');
    expect(text).toContain(
      'turns away more and more, 100 % at most, while waits are over 20 ms on average over 100 ms',
    );
  });

  test('explain says both in words', () => {
    expect(explainScenario(loaded(file(breaking))).replace(/\s+/g, ' ')).toContain(
      'each worker fails every 3 s on average (exponential) and is mended by one crew in 300 ms on average (exponential); what it served goes on at another worker',
    );
    expect(explainScenario(loaded(file('workers: 1, setup: 500 ms'))).replace(/\s+/g, ' ')).toContain(
      'a server switches off as soon as nobody is there, and needs 500 ms to start again',
    );
  });

  test.each([
    ['breakdowns: { every: 3 s, repair: 1 s }', 'services.web.breakdowns: needs a number of workers'],
    ['workers: 8, shed: { spare: 1 }', 'services.web.shed: must say when, or what share'],
    ['workers: 8, shed: { share: 0 % }', 'services.web.shed.share: must be above 0 and at most 100 %'],
    ['shed: { wait: 20 ms }', 'services.web.shed: needs a number of workers'],
    ['workers: 1, holds: compute, setup: 1 s', 'services.web.setup: cannot go with "holds: compute"'],
    [`${breaking}, setup: 1 s`, 'services.web.setup: cannot go with breakdowns'],
    ['workers: 2, breakdowns: { every: 0 s, repair: 1 s }', 'services.web.breakdowns.every: must be more than 0'],
    [
      'workers: 2, cores: 1, sharing: fifo, breakdowns: { every: 3 s, repair: 1 s }',
      'services.web.breakdowns.interrupted: only requests that compute and wait can resume at another worker',
    ],
  ])('%s is refused with its place', (web, problem) => {
    expect(problemsOf(file(web))).toEqual([problem]);
  });

  test('a run that nothing else ends needs a duration: workers break for ever', () => {
    const finite = file(breaking).replace('to: web', 'to: web, requests: 100');
    expect(problemsOf(finite)).toEqual(['time: needs a duration: workers break again and again']);
    expect(problemsOf(`${finite}\ntime: { duration: 1 min }`)).toEqual([]);
  });
});

describe('1.5 times what the workers can do, and callers that give up after 500 ms', () => {
  const goodput = (
    web: string,
    rate = 1500,
  ): { readonly ok: number; readonly late: number; readonly rejected: number } => {
    const { cluster } = loaded(`
clients: { a: { rate: ${rate} req/s, to: web, timeout: 500 ms } }
services: { web: { workers: 10, ${web} work: [ { compute: { exponential: 10 ms } } ] } }`);
    const run = build(cluster, { seed: 1, replication: 0 });
    run.advance({ time: 5 });
    const before = run.reading().clients.a.outcomes;
    run.advance({ time: 15 });
    run.check();
    const counts = run.reading().clients.a.outcomes.map((count, code) => (count - before[code]) / 10);
    return { ok: counts[OUTCOME.ok], late: counts[OUTCOME.timeout], rejected: counts[OUTCOME.rejected] };
  };

  test('first come, first served answers everybody too late', () => {
    expect(goodput('').ok).toBeLessThan(50);
  });

  test.each(['order: lifo,', 'order: { adaptiveLifo: 100 ms },', 'order: { controlledDelay: {} },'])(
    '%s keeps the workers busy with those who still wait',
    (web) => {
      expect(goodput(web).ok).toBeGreaterThan(960);
    },
  );

  test('controlled delay says no in time, where lifo lets callers find out; the spacing of packets is too slow', () => {
    const late = goodput('order: { controlledDelay: {} },');
    expect([late.late, late.rejected > 400]).toEqual([0, true]);
    expect(goodput('order: lifo,').late).toBeGreaterThan(400);
    expect(goodput('order: { controlledDelay: { drop: spaced } },').ok).toBeLessThan(700);
  });

  test.each(['shed: { wait: 20 ms },', 'shed: { utilisation: 95 % },', 'shed: { share: 40 % },'])(
    '%s keeps most of it, and hardly anybody is late',
    (web) => {
      const { ok, late } = goodput(web);
      expect([ok > 800, late < 20]).toEqual([true, true]);
    },
  );

  test('at 70 % of it nobody is dropped, turned away or late', () => {
    for (const web of [
      '',
      'order: { adaptiveLifo: 100 ms },',
      'order: { controlledDelay: {} },',
      'shed: { wait: 20 ms },',
    ]) {
      const { ok, late, rejected } = goodput(web, 700);
      expect([Math.abs(ok - 700) < 30, late, rejected], web).toEqual([true, 0, 0]);
    }
  });

  test('who is urgent is let in always', () => {
    const { cluster } = loaded(`
clients:
  urgent: { rate: 400 req/s, to: web, timeout: 500 ms, priority: 0 }
  rest: { rate: 1100 req/s, to: web, timeout: 500 ms, priority: 1 }
services: { web: { workers: 10, shed: { wait: 20 ms, spare: 1 }, work: [ { compute: { exponential: 10 ms } } ] } }`);
    const run = build(cluster, { seed: 1, replication: 0 });
    run.advance({ time: 15 });
    const { urgent, rest } = run.reading().clients;
    expect([urgent.outcomes[OUTCOME.rejected], rest.outcomes[OUTCOME.rejected] > 3000]).toEqual([0, true]);
  });
});

describe('theory', () => {
  const exactly = async (text: string, model: string, options: Api.SimulateOptions): Promise<void> => {
    const run = async (seed: string): Promise<readonly Known[]> => {
      const { theory } = await simulate(loaded(text), { ...options, seed, level: 0.99 });
      expect(theory.exact?.model).toBe(model);
      return theory.exact!.figures.flatMap(({ name, value, simulated }) =>
        name === 'p99.9' ? [] : [{ name, simulated, exact: value }],
      );
    };
    await expectKnown(run, { seed: 'doors', widest: 1 / 4 });
  };

  test('what a person writes has the exact response time, workers up and busy share of those', async () => {
    const text = file(breaking, 'time: { warmup: 20 s, duration: 200 s }');
    await exactly(text, 'M/M/1 with breakdowns', { replications: 30 });
    const { services, limits } = await simulate(loaded(text), { replications: 2 });
    const { used } = limits.find(({ name }) => name === 'web workers')!;
    expect(used.value).toBeCloseTo(services.web.workersBusy!.value / (1 - services.web.broken!.value), 12);
  });

  test('a server that switches off is off, set up and busy as often as theory says', async () => {
    const text = file('workers: 1, setup: { exponential: 500 ms }', 'time: { warmup: 20 s, duration: 200 s }');
    await exactly(text, 'M/M/1 with set-up', { replications: 20 });
  });
});
