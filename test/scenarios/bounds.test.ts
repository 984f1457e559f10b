import { describe, expect, test } from 'vitest';
import { boundsOf, closedBound } from '../../src/scenarios/bounds.ts';
import { flowOf } from '../../src/scenarios/flow.ts';
import { loaded, near } from './loaded.ts';

const flow = (text: string) => {
  const { cluster } = loaded(text);
  return flowOf(cluster, Object.values(cluster.clients)[0]);
};

describe('flow', () => {
  test('visits through directors, loops, choices, parallel branches and classes', () => {
    const { visits, compute } = flow(`
clients:
  all:
    rate: 9 req/s
    mix:
      read:  { share: 75 %, to: d }
      write: { share: 25 %, work: [ { call: d }, { send: mail } ] }
directors: { d: { upstream: { a: 3, b: 1 } } }
services:
  a: { work: { read: [ { query: c, times: 4 } ], "*": [ { choice: [ { weight: 1, do: [ { call: c } ] }, { weight: 3, do: [] } ] } ] } }
  b: { work: [ { parallel: [ [ { call: c } ], [ { call: c } ] ] } ] }
  c: { work: [ { compute: 2 ms } ] }
  mail: { work: [ { compute: 8 ms } ] }`);
    expect(visits.get('d')).toBe(1);
    expect(visits.get('a')).toBeCloseTo(0.75);
    expect(visits.get('mail')).toBeCloseTo(0.25);
    const c = 0.75 * (0.75 * 4 + 0.25 * 0.25) + 0.25 * 2;
    expect(visits.get('c')).toBeCloseTo(c, 12);
    expect(compute.get('c')).toBeCloseTo(0.002 * c, 12);
  });

  test('a walk with feedback: visits solve v = start + v P', () => {
    const { visits } = flow(`
clients: { all: { rate: 9 req/s, work: [ { walk: { start: { x: 1 }, places: { x: { do: [ { call: a } ], next: { y: 0.5, x: 0.25 } }, y: { do: [ { call: b } ], next: { x: 0.5 } } } } } ] } }
services: { a: { work: [] }, b: { work: [] } }`);
    expect(visits.get('a')).toBeCloseTo(2, 12);
    expect(visits.get('b')).toBeCloseTo(1, 12);
  });

  test('a chain of diamonds is counted once a level, not once a path', () => {
    const levels = 60;
    const services = Array.from(
      { length: levels },
      (_, i) => `  s${i}: { work: [ { call: s${i + 1} }, { call: s${i + 1} } ] }`,
    ).join('\n');
    const { visits } = flow(
      `clients: { all: { rate: 9 req/s, to: s0 } }\nservices:\n${services}\n  s${levels}: { work: [ { compute: 1 ms } ] }`,
    );
    expect(visits.get(`s${levels}`)).toBe(2 ** levels);
  });
});

describe('bounds', () => {
  test('the shop: CPU of the application servers is first, as the utilisation law says', () => {
    const { cluster } = loaded(`
measured:  { rate: 800 req/s, p95: 120 ms, app.cpu: 45 %, db.cpu: 25 % }
clients:   { visitors: { rate: 800 req/s, to: app } }
services:
  app: { count: 4, cores: 8, pool: { to: db, size: 10 }, work: [ { compute: measured }, { query: db, times: 3 } ] }
  db:  { preset: mysql, cores: 8, work: [ { compute: measured } ] }`);
    const bounds = boundsOf(cluster, cluster.clients.visitors);
    expect(bounds.slice(0, 2).map(({ name, fullAt }) => [name, Math.round(fullAt)])).toEqual([
      ['app CPU', 1778],
      ['db CPU', 3200],
    ]);
    expect(bounds.find(({ name }) => name === 'app pool db')).toMatchObject({
      fullAt: near(40 / 0.0025, 3),
      optimistic: true,
    });
  });

  test('a table is full at entries / (life + linger)', () => {
    const { cluster } = loaded(`
clients: { all: { rate: 9 req/s, to: d } }
directors: { d: { mode: nat, upstream: s, tables: { conntrack: { size: 262144, linger: 120 s } } } }
services: { s: { work: [ { wait: 1 s } ] } }`);
    expect(boundsOf(cluster, cluster.clients.all)[0]).toMatchObject({
      name: 'd conntrack',
      fullAt: near(262_144 / 121, 6),
    });
  });

  test('a NAT director carries requests and replies, direct routing only requests', () => {
    const out = (mode: string) => {
      const { cluster } = loaded(`
clients: { all: { rate: 9 req/s, to: d, request: 1 kB, response: 99 kB } }
directors: { d: { mode: ${mode}, upstream: s, network: 800 Mbit/s } }
services: { s: { work: [] } }`);
      return boundsOf(cluster, cluster.clients.all).find(({ name }) => name === 'd network out')?.fullAt;
    };
    expect(out('nat')).toBeCloseTo(1000, 6);
    expect(out('dr')).toBeCloseTo(100_000, 6);
  });

  test('asymptotic bounds of closed clients', () => {
    const { cluster } = loaded(`
clients:  { users: { users: 30, think: { exponential: 400 ms }, to: app } }
services:
  app: { workers: 6, cores: 2, pool: { to: db, size: 3 }, work: [ { compute: { exponential: 20 ms } }, { call: db }, { compute: 5 ms } ] }
  db:  { cores: 2, work: [ { compute: { exponential: 15 ms } } ] }`);
    const bound = closedBound(cluster, cluster.clients.users)!;
    expect(bound).toMatchObject({ users: 30, response: near(0.04), think: 0.4 });
    expect(bound.throughput).toBeCloseTo(30 / 0.44, 9);
    expect(bound.knee).toBeCloseTo(80 * 0.44, 9);
  });
});
