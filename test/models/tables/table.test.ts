import { describe, expect, test } from 'vitest';
import type { TableDescription } from '../../../src/models/description.ts';
import { call, director, service } from '../random-cluster.ts';
import { clients, cluster, computeDemand, exactly, expectTimes, open, play, trace, wait } from '../hand-made.ts';
import type { Played } from '../hand-made.ts';

function table(options: Partial<TableDescription> = {}): TableDescription {
  return { name: 'ports', size: 2, perConnection: 1, linger: 10, full: 'refuse', ...options };
}

/** Requests of 1 s at these times, by a client with these tables. */
function playPorts(
  at: readonly number[],
  tables: readonly TableDescription[],
  keep: 'request' | 'connection' = 'request',
): Played {
  return play(
    cluster({
      clients: { c: trace(at, [call('s')], { demand: at.map(() => 1), tables, keep }) },
      services: { s: service({ work: computeDemand }) },
    }),
  );
}

describe('a table of a client', () => {
  test('is full until the entries of closed connections have lingered', () => {
    const { outcomes, ends, run } = playPorts([0, 0.5, 0.9, 5, 11, 11.2], [table()]);
    expect(outcomes).toEqual(['ok', 'ok', 'no-port', 'no-port', 'ok', 'no-port']);
    expectTimes([ends[2], ends[3]], [0.9, 5]);
    expect(run.reading().tables['c ports']).toMatchObject({ used: 0, turnedAway: 3 });
    expect(run.reading().tables['c ports'].usedArea).toBeCloseTo(3 * 11, 9);
  });

  test('that drops makes the SYN come again', () => {
    const { outcomes, ends } = playPorts([0, 0.5, 0.9], [table({ full: 'drop' })]);
    expect(outcomes).toEqual(['ok', 'ok', 'ok']);
    expect(ends[2]).toBeCloseTo(0.9 + 15 + 1, 9); // SYNs after 1, 3, 7 and 15 s
  });

  test('counts so many entries a connection, and none for kept connections', () => {
    expect(playPorts([0, 0], [table({ perConnection: 2 })]).outcomes).toEqual(['ok', 'no-port']);
    expect(playPorts([0, 0, 0], [table()], 'connection').outcomes).toEqual(['ok', 'ok', 'ok']);
  });

  test('is not filled by connections that another table turns away', () => {
    const tables = [table({ name: 'wide', size: 4 }), table({ name: 'narrow', size: 1, linger: 0 })];
    const { outcomes, run } = playPorts([0, 0.1, 0.2, 0.3, 2], tables);
    expect(outcomes).toEqual(['ok', 'no-port', 'no-port', 'no-port', 'ok']);
    expect(run.reading().tables).toMatchObject({ 'c wide': { turnedAway: 0 }, 'c narrow': { turnedAway: 3 } });
  });

  test('limits the rate to its size over life and linger', () => {
    const load = open({ rate: { kind: 'constant', rate: 50 }, arrivals: 'even' });
    const { run } = play(
      cluster({
        clients: { c: clients(load, [call('s')], { tables: [table({ size: 100, linger: 9.5 })] }) },
        services: { s: service({ work: { '*': [wait(0.5)] } }) },
      }),
      { until: 500 },
    );
    const [ok] = run.reading().clients.c.outcomes;
    expect(Math.abs(ok / 500 - 100 / (0.5 + 9.5))).toBeLessThan(0.1);
  });
});

test('a table of a director is filled by the connections that pass it', () => {
  const description = cluster({
    clients: { c: trace([0, 0, 0], [call('d')], { demand: [1, 1, 1] }), z: trace([0], [call('s')], { demand: [1] }) },
    directors: {
      d: director({
        members: [{ service: 's', server: 0, weight: 1, limit: Infinity }],
        tables: [table({ name: 'ipvs' })],
      }),
    },
    services: { s: service({ work: computeDemand }) },
  });
  const { outcomes, run } = play(description);
  expect(outcomes).toEqual(['ok', 'ok', 'no-port']);
  expect(run.reading().tables['d ipvs'].usedArea).toBeCloseTo(22, 9);
});

describe('a table of a server', () => {
  const playFiles = (full: 'refuse' | 'drop'): Played =>
    play(
      cluster({
        clients: {
          c: trace([0, 0.5, 2], [call('s', { connect: { syn: [0.25, 0.75], giveUp: 2 } })], { demand: [1, 1, 1] }),
        },
        services: { s: service({ work: computeDemand, tables: [table({ name: 'files', size: 1, linger: 0, full })] }) },
      }),
    );

  test('that is full refuses', () => {
    const { outcomes, ends } = playFiles('refuse');
    expect([outcomes, ends]).toEqual([
      ['ok', 'no-port', 'ok'],
      [1, 0.5, 3],
    ]);
  });

  test('or drops the SYN, whatever its accept queue does', () => {
    const { outcomes, ends } = playFiles('drop');
    expect([outcomes, ends]).toEqual([
      ['ok', 'ok', 'ok'],
      [1, 2.25, 3.25],
    ]);
  });
});

test('entries come back after a failure too', () => {
  const description = cluster({
    clients: {
      c: trace([0, 2], [call('s', { timeout: exactly(0.5) })], {
        demand: [1, 0.25],
        tables: [table({ size: 1, linger: 1 })],
      }),
    },
    services: { s: service({ work: computeDemand }) },
  });
  const { outcomes, run } = play(description);
  expect(outcomes).toEqual(['timeout', 'ok']);
  expect(run.reading().tables['c ports'].used).toBe(0);
});
