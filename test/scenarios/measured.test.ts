/** From a dashboard: demands by the utilisation law, what is missing, what contradicts itself. */
import { describe, expect, test } from 'vitest';
import { flowOf } from '../../src/scenarios/flow.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import { loaded, near, saying } from './loaded.ts';

const shop = (measured: string, app = '', db = '') => `
measured:  { ${measured} }
clients:   { visitors: { rate: 800 req/s, to: nginx } }
directors: { nginx: { preset: nginx, upstream: app } }
services:
  app: { preset: tomcat, count: 4, cores: 8, pool: { to: db, size: 10 }, ${app} work: [ { compute: measured }, { query: db, times: 3 } ] }
  db:  { preset: mysql, cores: 8, ${db} work: [ { compute: measured } ] }
`;
const doubtsOf = (text: string) =>
  loadScenario(text, { name: 'x' })
    .doubts.map(({ text: words }) => words)
    .join('\n');

describe('demands', () => {
  test('D = utilisation x cores / rate, per request and per visit', () => {
    const { cluster, missing } = loaded(shop('rate: 800 req/s, p95: 120 ms, app.cpu: 45 %, db.cpu: 25 %'));
    expect(missing).toEqual([]);
    const { compute } = flowOf(cluster, cluster.clients.visitors);
    expect(compute.get('app')).toBeCloseTo(0.018, 12);
    expect(compute.get('db')).toBeCloseTo(0.0025, 12);
    expect(cluster.services.db.work['*'][0]).toMatchObject({
      time: { kind: 'exponential', mean: near(0.0025 / 3) },
    });
  });

  test('are those of the rate at which the figures were read, whatever the clients send', () => {
    const text = shop('rate: 800 req/s, p95: 120 ms, app.cpu: 45 %, db.cpu: 25 %');
    const { cluster } = loaded(text, { set: ['clients.visitors.rate=1600 req/s'] });
    expect(flowOf(cluster, cluster.clients.visitors).compute.get('app')).toBeCloseTo(0.018, 12);
  });

  test('faster servers do more of the work', () => {
    const { cluster } = loaded(
      shop('rate: 800 req/s, p95: 120 ms, app.cpu: 45 %, db.cpu: 25 %', 'speed: [1, 1, 2, 2],'),
    );
    expect(flowOf(cluster, cluster.clients.visitors).compute.get('app')).toBeCloseTo((0.45 * 8 * 6) / 800, 12);
  });

  test('work that is written is taken off', () => {
    const { cluster } = loaded(`
measured: { rate: 100 req/s, p95: 120 ms, s.cpu: 50 % }
clients: { all: { rate: 100 req/s, to: s } }
services: { s: { cores: 4, work: [ { compute: 5 ms }, { compute: measured } ] } }`);
    expect(cluster.services.s.work['*'][1]).toMatchObject({ time: { mean: near(0.015) } });
  });

  test('a service without work only computes what was measured', () => {
    const { cluster } = loaded(
      'measured: { rate: 100 req/s, s.cpu: 50 % }\nclients: { all: { rate: 100 req/s, to: s } }\nservices: { s: { cores: 4 } }',
    );
    expect(cluster.services.s.work['*']).toEqual([{ do: 'compute', time: { kind: 'exponential', mean: 0.02 } }]);
  });

  test('nested figures are the same as dotted ones', () => {
    const dotted = loaded(shop('rate: 800 req/s, p95: 120 ms, app.cpu: 45 %, db.cpu: 25 %'));
    const nested = loaded(shop('rate: 800 req/s, p95: 120 ms, app: { cpu: 45 % }, db: { cpu: 25 % }'));
    expect(nested.cluster).toEqual(dotted.cluster);
  });

  test('a range of the utilisation is an uncertain input', () => {
    const { uncertain, cluster } = loaded(shop('rate: 800 req/s, p95: 120 ms, app.cpu: 40..50 %, db.cpu: 25 %'));
    expect(uncertain).toEqual([{ path: 'measured.app.cpu', low: 0.4, high: 0.5, value: 0.45, dimension: 'share' }]);
    expect(flowOf(cluster, cluster.clients.visitors).compute.get('app')).toBeCloseTo(0.018, 12);
  });
});

describe('the remainder of the response time', () => {
  test('is a wait at the first service, to be fitted', () => {
    const { cluster, measured } = loaded(shop('rate: 800 req/s, p95: 120 ms, app.cpu: 45 %, db.cpu: 25 %'));
    expect(measured.fit).toMatchObject({ stat: 'p95', value: 0.12, service: 'app', visits: 1 });
    expect(cluster.services.app.work['*'].at(-1)).toEqual({
      do: 'wait',
      time: { kind: 'exponential', mean: measured.fit!.placeholder },
      role: 'remainder',
    });
    expect(measured.figures.filter(({ fitted }) => fitted).map(({ name }) => name)).toEqual([
      'p95',
      'app.cpu',
      'db.cpu',
    ]);
  });

  test('is fitted to p95 before the mean, and only where demands were measured', () => {
    expect(
      loaded(shop('rate: 800 req/s, mean: 60 ms, p95: 120 ms, app.cpu: 45 %, db.cpu: 25 %')).measured.fit?.stat,
    ).toBe('p95');
    expect(loaded(shop('rate: 800 req/s, mean: 60 ms, app.cpu: 45 %, db.cpu: 25 %')).measured.fit?.stat).toBe('mean');
    const written = loaded(
      'measured: { rate: 9 req/s, p95: 30 ms }\nclients: { a: { rate: 9 req/s, to: s } }\nservices: { s: { work: [ { compute: 10 ms } ] } }',
    );
    expect(written.measured.fit).toBeNull();
    expect(written.measured.figures.map(({ name, fitted }) => [name, fitted])).toEqual([
      ['rate', false],
      ['p95', false],
    ]);
  });

  test('of several clients: whose it is must be said', () => {
    const text =
      'measured: { OF rate: 20 req/s, p95: 90 ms, s.cpu: 20 % }\nclients: { a: { rate: 9 req/s, to: s }, b: { rate: 11 req/s, to: s } }\nservices: { s: { cores: 4 } }';
    expect(loadScenario(text.replace('OF ', ''), { name: 'x' }).problems[0]).toMatchObject({
      path: 'measured.p95',
      rule: saying('a, b'),
    });
    expect(loaded(text.replace('OF ', 'of: b, ')).measured).toMatchObject({ client: 'b', fit: { service: 's' } });
  });
});

describe('what cannot be known', () => {
  test('is listed with the bounds that hold, and nothing is invented', () => {
    const { missing, cluster, measured } = loaded(shop('rate: 800 req/s, p95: 120 ms, db.cpu: 25 %'));
    expect(missing).toEqual([
      {
        path: 'measured.app.cpu',
        what: 'the CPU that a request costs at app',
        certain: ['at least 800 req/s (you carry it today)', 'under 40 ms CPU a request'],
        how: 'CPU utilisation of app at 800 req/s, or one load test (windtunnel fit)',
      },
    ]);
    expect(cluster.services.app.work['*'].map((step) => step.do)).toEqual(['loop']);
    expect(measured.fit).toBeNull();
  });

  test('cores are missing where only a share of them is known', () => {
    const { missing } = loaded(
      'measured: { rate: 9 req/s, s.cpu: 50 % }\nclients: { a: { rate: 9 req/s, to: s } }\nservices: { s: { workers: 4 } }',
    );
    expect(missing.map(({ path }) => path)).toEqual(['services.s.cores']);
  });

  test('a service without work is missing it', () => {
    const { missing } = loaded('clients: { a: { rate: 9 req/s, to: s } }\nservices: { s: { workers: 4 } }');
    expect(missing[0]).toMatchObject({ path: 'services.s.work', how: saying('exponential: 10 ms') });
  });
});

describe('contradictions name both numbers', () => {
  const base = 'rate: 800 req/s, mean: 60 ms, app.cpu: 45 %, db.cpu: 25 %';

  test("Little's law with users", () => {
    expect(doubtsOf(shop(`${base}, users: 20`))).toMatch(/20 users, but 800 req\/s x 60 ms = 48 requests in progress/);
    expect(doubtsOf(shop(`${base}, users: 100`))).not.toMatch(/Little/);
  });

  test("Little's law with threads", () => {
    expect(doubtsOf(shop(`${base}, app.threads: 100`))).toMatch(/400 busy workers at 800 req\/s are 500 ms a request/);
    expect(doubtsOf(shop(`${base}, app.threads: 10`))).not.toMatch(/Little/);
  });

  test('fewer busy threads than busy cores', () => {
    const { problems } = loadScenario(shop(`${base}, app.threads: 2`), { name: 'x' });
    expect(problems[0]).toMatchObject({
      path: 'measured.app.threads',
      rule: saying(/8 busy workers on 4 servers, but 14.4 cores/),
    });
  });

  test('too few workers for today', () => {
    expect(doubtsOf(shop(base, 'workers: 10,'))).toMatch(/app has 40 workers, but today needs 48 at once/);
  });

  test('a rate other than the clients send', () => {
    expect(doubtsOf(shop('rate: 700 req/s, p95: 120 ms, app.cpu: 45 %, db.cpu: 25 %'))).toMatch(
      /is 700 req\/s, the clients send 800 req\/s/,
    );
  });
});
