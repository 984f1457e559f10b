/** What `measure` and `backlog` ask for: in the language, in `explain`, in a result, and against theory. */
import { describe, expect, test } from 'vitest';
import type * as Windtunnel from '../../src/index.ts';
import { explainScenario } from '../../src/scenarios/describe.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import { asShipped } from '../support/as-shipped.ts';
import { expectKnown } from '../support/judged.ts';
import type { Known } from '../support/judged.ts';
import { loaded } from './loaded.ts';

const { loadScenario: load, simulate } = await asShipped<typeof Windtunnel>('src/index.ts');

const outage = `
clients: { all: { rate: 80 req/s, backlog: 200, to: s } }
services: { s: { workers: 1, work: [ { compute: { exponential: 10 ms } } ] } }
measure: [ { number: s, at: [5 s, 0 s, 5 s] }, { number: s, falls: 1 }, { number: s, reaches: 300 } ]
time: { duration: 40 s }
`;

function problems(measure: string): string[] {
  return loadScenario(`${outage.replace(/measure: .*/, `measure: [ ${measure} ]`)}`, { name: 'test' }).problems.map(
    ({ path, rule }) => `${path}: ${rule}`,
  );
}

describe('the language', () => {
  test('times are put in order; a run goes from the start, with no warm-up', () => {
    const { cluster, time } = loaded(outage);
    expect(cluster.probes).toEqual([
      { kind: 'states', of: 's', at: [0, 5] },
      { kind: 'falls', of: 's', level: 1 },
      { kind: 'reaches', of: 's', level: 300 },
    ]);
    expect(cluster.clients.all.load).toMatchObject({ kind: 'open', backlog: 200 });
    expect(time.kind).toBe('terminating');
  });

  test('without a duration, it is assumed and said', () => {
    const { time, assumptions } = loaded(outage.replace(/time: .*/, ''));
    expect(time).toMatchObject({ kind: 'terminating', duration: 600 });
    expect(assumptions.map(({ path }) => path)).toContain('time.duration');
  });

  test('explain says it in words', () => {
    const words = explainScenario(loaded(outage)).replace(/\s+/g, ' ');
    expect(words).toContain('and 200 that wait already when the run begins');
    expect(words).toContain('How many are present at s after 0 s, 5 s, averaged over the runs.');
    expect(words).toContain('When the number present at s first falls to 1.');
  });

  test('what cannot be measured is a problem with its path', () => {
    expect(problems('{ number: s, falls: 1, reaches: 2 }').join()).toContain(
      'measure[0]: must say one thing to measure',
    );
    expect(problems('{ wait: s, at: [1 s] }').join()).toContain('measure[0]: must say one thing to measure');
    expect(problems('{ number: t, falls: 1 }')).toEqual(['measure[0].number: there is no service "t"']);
    expect(problems('{ makespan: some }')).toEqual(['measure[0].makespan: there are no clients "some"']);
    expect(problems('{ number: s, falls: -1 }').join()).toContain('measure[0].falls: ');
    expect(problems('{ number: s, at: [5] }').join()).toContain('measure[0].at[0]: ');
  });

  test('a backlog belongs to clients with a rate', () => {
    const { problems: found } = loadScenario(outage.replace('rate: 80 req/s', 'users: 5'), { name: 'test' });
    expect(found.map(({ path, rule }) => `${path}: ${rule}`)).toContain(
      'clients.all.backlog: belongs to clients with a rate',
    );
  });
});

describe('a backlog of a service', () => {
  const of = (service: string): string =>
    outage
      .replace(', backlog: 200', '')
      .replace('workers: 1', `workers: 1, ${service}`)
      .replace(/work: .* ]/, 'work: $WORK');
  const plain = (service: string): string => of(service).replace('$WORK', '[ { compute: { exponential: 10 ms } } ]');
  const classes = (service: string): string =>
    of(service)
      .replace('to: s', 'mix: { read: { share: 100 %, to: s } }')
      .replace('$WORK', '{ read: [ { compute: 1 ms } ], write: [ { wait: 1 ms } ] }');
  const said = (text: string): string[] => {
    const { problems: found } = loadScenario(text, { name: 'test' });
    return found.map(({ path, rule }) => `${path}: ${rule}`);
  };

  test('is a number, or numbers by class; the run goes from the start', () => {
    const { cluster, time } = loaded(plain('backlog: 200'));
    expect(cluster.services.s.backlog).toEqual({ '*': 200 });
    expect(time.kind).toBe('terminating');
    const mixed = loaded(classes('backlog: { read: 20, write: 0 }'));
    expect(mixed.cluster.services.s.backlog).toEqual({ read: 20 });
    expect(
      loaded(
        plain('backlog: 0')
          .replace(/measure.*/, '')
          .replace(/time.*/, ''),
      ).time.kind,
    ).toBe('steady');
    expect(explainScenario(loaded(plain('backlog: 200')))).toContain(
      '200 requests are there already when the run begins',
    );
  });

  test('that cannot be is a problem; one that does not fit is doubtful', () => {
    expect(said(classes('backlog: 20'))).toEqual(['services.s.backlog: must say of which class']);
    expect(said(classes('backlog: { raed: 20 }'))).toEqual([
      'services.s.backlog.raed: there is no work of a class "raed"',
    ]);
    expect(said(of('backlog: 5').replace('$WORK', '[ { compute: demand } ]'))).toEqual([
      'services.s.backlog: needs work that knows its time',
    ]);
    expect(said(plain('backlog: -1')).join()).toContain('services.s.backlog');
    const { doubts } = loadScenario(plain('backlog: 200, queue: 9'), { name: 'test' });
    expect(doubts.map(({ path, text }) => `${path}: ${text}`).join()).toContain('there is room for 10');
  });

  test('drains as theory says, beside the load of clients', async () => {
    const { scenario } = load(plain('backlog: 200'), { name: 'test' });
    const run = async (seed: string): Promise<readonly Known[]> => {
      const { probes } = await simulate(scenario!, { replications: 100, seed, level: 0.99 });
      const falls = probes['number s falls to 1'];
      return falls.kind === 'passage' ? [{ name: 'falls', simulated: falls.mean, exact: 9.95 }] : [];
    };
    await expectKnown(run, { seed: 'backlog', widest: 1 / 10 });
  });
});

/** An interval of so many runs, widened to 99.99 %: seeds are fixed, so this asks for no luck. */
function covers({ value, low, high }: { value: number; low: number; high: number }, exact: number): boolean {
  return Math.abs(value - exact) <= (2 * (high - low)) / 2;
}

describe('in a result', () => {
  test('an M/M/1 at 80 % gets rid of 200 in 9.95 s on average, and holds 100 after 5 s', async () => {
    const { scenario } = load(outage, { name: 'test' });
    const { probes, method } = await simulate(scenario!, { replications: 100, seed: 'outage' });
    expect(method.warmup).toBe(0);
    const falls = probes['number s falls to 1'];
    const states = probes['number s at times'];
    const reaches = probes['number s reaches 300'];
    if (falls.kind !== 'passage' || states.kind !== 'states' || reaches.kind !== 'passage') throw new Error('kinds');
    expect(covers(falls.mean, 9.95)).toBe(true);
    expect(falls.mean.high - falls.mean.low).toBeLessThan(1.2);
    expect(falls.standardDeviation).toBeGreaterThan(1.6);
    expect(falls.standardDeviation).toBeLessThan(2.7);
    expect(falls.happened.value).toBe(1);
    expect(states.mean[0]).toMatchObject({ value: 200, low: 200, high: 200 });
    expect(covers(states.mean[1], 100)).toBe(true);
    expect(states.full[1].high).toBe(1);
    expect(states.full[1].value).toBeGreaterThan(0.95);
    expect(states.empty[1].high).toBeGreaterThan(0);
    expect(reaches.happened.value).toBe(0);
  });

  test('50 users at once at 5 workers of 100 ms are served in 1.128 s on average', async () => {
    const { scenario } = load(
      `clients: { users: { users: 50, start: { rendezvous: 0 s }, iterations: 1, to: s } }
services: { s: { workers: 5, work: [ { compute: { exponential: 100 ms } } ] } }
measure: [ { makespan: users } ]`,
      { name: 'test' },
    );
    const { probes } = await simulate(scenario!, { replications: 200, seed: 'burst' });
    const probe = probes['makespan users'];
    if (probe.kind !== 'passage') throw new Error(probe.kind);
    expect(covers(probe.mean, 1.12833333333333)).toBe(true);
    expect(probe.mean.high - probe.mean.low).toBeLessThan(0.06);
    expect(probe.earliest).toBeLessThan(probe.mean.value);
    expect(probe.latest).toBeGreaterThan(probe.mean.value);
  });
});
