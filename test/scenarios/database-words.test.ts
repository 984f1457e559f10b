import { describe, expect, test } from 'vitest';
import { simulate } from '../../src/analysis/simulate.ts';
import { explainScenario } from '../../src/scenarios/describe.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import { loaded } from './loaded.ts';

const file = (again: string, director = '') => `
clients: { a: { users: 9, think: 1 s, keep: connection, to: d, again: { refused: ${again} } } }
directors: { d: { upstream: s, limit: 5${director} } }
services: { s: { count: 2, work: [ { compute: 1 ms } ] } }`;

describe('a pause after a failure', () => {
  test('is a law of times, or a multiple of the response time', () => {
    const pause = (again: string) => {
      const { load } = loaded(file(again)).cluster.clients.a;
      return load.kind === 'closed' ? load.again.refused : null;
    };
    expect(pause('2 s')).toEqual({ kind: 'deterministic', value: 2 });
    expect(pause('{ timesResponse: 3.2, spread: 50 % }')).toEqual({ kind: 'times-response', factor: 3.2, spread: 0.5 });
    expect(pause('{ timesResponse: 3 }')).toEqual({ kind: 'times-response', factor: 3, spread: 0 });
  });

  test('cannot be spread below nothing', () => {
    const { problems } = loadScenario(file('{ timesResponse: 3, spread: 150 % }'), { name: 'x' });
    expect(problems.map(({ path, rule }) => `${path} ${rule}`)).toEqual([
      'clients.a.again.refused.spread must be at most 100 %: a pause cannot end before it begins',
    ]);
  });
});

test('a director draws before it looks, where it is told so', () => {
  expect(loaded(file('2 s', ', whenFull: pick')).cluster.directors.d.whenFull).toEqual({ do: 'pick' });
  expect(loaded(file('2 s', ', whenFull: refuse')).cluster.directors.d.whenFull).toEqual({ do: 'refuse' });
  expect(loaded(file('2 s')).cluster.clients.a.keep).toBe('connection');
});

describe('a pool that grows', () => {
  const text = (pool: string) =>
    `clients: { a: { rate: 9 req/s, to: app } }
services: { app: { pool: { preset: hikaricp, to: db, size: 20${pool} }, work: [ { call: db } ] }, db: { work: [ { wait: 1 ms } ] } }`;
  const grows = (pool: string) => loaded(text(pool)).cluster.services.app.pools.db.grows;
  const problems = (pool: string) =>
    loadScenario(text(pool), { name: 'x' }).problems.map(({ path, rule }) => `${path} ${rule}`);

  test('has its least, what a connection takes, and the 10 min of HikariCP', () => {
    const connect = { kind: 'deterministic', value: 0.02 };
    expect(grows(', minimumIdle: 5, connect: 20 ms')).toEqual({ least: 5, connect, idleTimeout: 600 });
    expect(grows(', minimumIdle: 5, connect: 20 ms, idleTimeout: unlimited')?.idleTimeout).toBe(Infinity);
    expect(grows('')).toBeUndefined();
    expect(grows(', minimumIdle: 20')).toBeUndefined(); // a pool of fixed size
    const told = explainScenario(loaded(text(', minimumIdle: 5, connect: 20 ms')));
    expect(told.replaceAll(/\s+/g, ' ')).toContain('pool db: 5 idle, up to 20 connections, waits 30 s');
  });

  test('says what is missing', () => {
    const path = 'services.app.pool';
    expect(problems(', minimumIdle: 5')).toEqual([`${path}.minimumIdle a pool that grows opens connections`]);
    expect(problems(', minimumIdle: 30')).toEqual([`${path}.minimumIdle must be at most the size, 20`]);
    expect(problems(', connect: 20 ms')).toEqual([`${path}.connect needs minimumIdle`]);
  });
});

describe('replication between the servers of a service', () => {
  const text = (count: number) =>
    `clients: { a: { rate: 9 req/s, to: db } }
services: { db: { count: ${count}, work: [ { compute: 1 ms } ], replication: { writes: [ write ], apply: 2 ms } } }`;

  test('has one applier unless told otherwise', () => {
    expect(loaded(text(2)).cluster.services.db.replication).toEqual({
      writes: ['write'],
      apply: { kind: 'deterministic', value: 0.002 },
      workers: 1,
    });
  });

  test('may wait for an acknowledgement, for the 10 s of MySQL unless told otherwise', () => {
    const semiSync = (more: string) =>
      loaded(text(2).replace('apply:', `semiSync: { ack: 1 ms${more} }, apply:`)).cluster.services.db.replication
        ?.semiSync;
    expect(semiSync('')).toEqual({ ack: { kind: 'deterministic', value: 0.001 }, timeout: 10 });
    expect(semiSync(', timeout: 2 s')?.timeout).toBe(2);
    const told = explainScenario(loaded(text(2).replace('apply:', 'semiSync: { ack: 1 ms }, apply:')));
    expect(told.replaceAll(/\s+/g, ' ')).toContain(
      'a commit waits for one other server (1 ms), or 10 s before it goes on without',
    );
  });

  test('needs two servers', () => {
    const { problems } = loadScenario(text(1), { name: 'x' });
    expect(problems.map(({ path }) => path)).toEqual(['services.db.replication']);
  });
});

test('a run may have a limit of events of its own, and stops with what it has', async () => {
  const text = (events: string) =>
    `clients: { a: { users: 5, think: none, to: s } }
services: { s: { workers: 1, work: [ { compute: { exponential: 1 ms } } ] } }
time: { duration: 100 s, warmup: 1 s${events} }`;
  const sent = async (events: string) => (await simulate(loaded(text(events)), { replications: 1 })).total.sent;
  expect(await sent(', events: 5000')).toBeLessThan(6000);
  expect(await sent('')).toBeGreaterThan(90_000);
});
