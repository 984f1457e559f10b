import { describe, expect, test } from 'vitest';
import type { ClosedLoad, ServiceDescription, UserShape } from '../../../src/models/description.ts';
import type { Run } from '../../../src/models/run.ts';
import { call, service } from '../random-cluster.ts';
import { clients, closed, cluster, compute, exactly, expectTimes, play, wait } from '../hand-made.ts';
import type { Played, PlayOptions } from '../hand-made.ts';

const atOnce = { kind: 'rendezvous', spread: exactly(0) } as const;

function playUsers(
  load: Partial<ClosedLoad> & Pick<ClosedLoad, 'users'>,
  options: PlayOptions,
  s: ServiceDescription = service({ work: { '*': [wait(1)] } }),
): Played {
  return play(cluster({ clients: { c: clients(closed(load), [call('s')]) }, services: { s } }), options);
}

function constant(users: number): UserShape {
  return { kind: 'constant', users };
}

function points(...each: readonly (readonly [at: number, users: number])[]): UserShape {
  return { kind: 'points', points: each.map(([at, users]) => ({ at, users })) };
}

function dueTimes({ rows }: Played): number[] {
  return rows.map(({ due }) => due).sort((a, b) => a - b);
}

/** Users present at these times. */
function usersAt(run: Run, times: readonly number[]): number[] {
  return times.map((time) => {
    run.advance({ time });
    return run.reading().clients.c.users;
  });
}

describe('a constant number of users', () => {
  test('think first, send, wait for the answer, think again', () => {
    const played = playUsers({ users: constant(2), think: exactly(0.5) }, { until: 5.2 });
    expectTimes(dueTimes(played), [0.5, 0.5, 2, 2, 3.5, 3.5]);
    expect(played.run.reading().clients.c).toMatchObject({ sent: 8, ended: 6, users: 2 });
  });

  test('or begin together, spread as told', () => {
    expectTimes(dueTimes(playUsers({ users: constant(3), start: atOnce }, { until: 0.9 })), []);
    const start = { kind: 'rendezvous', spread: { kind: 'uniform', low: 2, high: 4 } } as const;
    const due = dueTimes(playUsers({ users: constant(50), start, iterations: 1 }, { until: 10 }));
    expect(due).toHaveLength(50);
    expect(due[0]).toBeGreaterThanOrEqual(2);
    expect(due[49]).toBeLessThanOrEqual(4);
    expect(due[49] - due[0]).toBeGreaterThan(1.5);
  });

  test('leave after their iterations', () => {
    const played = playUsers({ users: constant(3), start: atOnce, iterations: 4 }, { until: 100 });
    expectTimes(dueTimes(played), [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
    expect(played.run.reading().clients.c.users).toBe(0);
  });

  test('a queue at one worker: the answers come one by one', () => {
    const s = service({ workers: 1, work: { '*': [compute(1)] } });
    const { rows } = playUsers({ users: constant(3), start: atOnce, think: exactly(1) }, { until: 7.5 }, s);
    expectTimes(
      rows.map(({ end }) => end),
      [1, 2, 3, 4, 5, 6, 7],
    );
    expectTimes(
      rows.map(({ end, due }) => end - due),
      [1, 2, 3, 2, 2, 2, 2],
    );
  });

  test('make no request after the end', () => {
    const { run } = playUsers({ users: constant(3), think: exactly(0.5) }, { until: 10.1 });
    const { sent } = run.reading().clients.c;
    run.end();
    run.advance({ time: 50 });
    expect(run.reading().clients.c).toMatchObject({ sent, ended: sent });
  });
});

describe('after a failure', () => {
  const refuses = service({ connections: 0, work: { '*': [] } });

  test('the pause for its cause, or the think time', () => {
    const again = { refused: exactly(3) };
    const load = { users: constant(1), start: atOnce, think: exactly(1) };
    expectTimes(dueTimes(playUsers({ ...load, again }, { until: 7 }, refuses)), [0, 3, 6]);
    expectTimes(dueTimes(playUsers({ ...load, again: { timeout: exactly(3) } }, { until: 2 }, refuses)), [0, 1, 2]);
  });

  test('a user who does not think at all takes a round trip of 1 ms', () => {
    const due = dueTimes(playUsers({ users: constant(1), start: atOnce }, { until: 0.0035 }, refuses));
    expectTimes(due, [0, 0.001, 0.002, 0.003]);
  });
});

describe('a number of users that changes', () => {
  test('up a ramp: each comes when the line passes the next whole number', () => {
    const load = { users: points([0, 0], [5, 10]), start: atOnce };
    const due = dueTimes(playUsers({ ...load, think: exactly(100) }, { until: 20 }));
    expectTimes(due, [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]);
  });

  test('up a ramp with iterations: who is done is not replaced', () => {
    const load = { users: points([0, 0], [50, 10]), start: atOnce, iterations: 1 };
    expectTimes(dueTimes(playUsers(load, { until: 100 })), [5, 10, 15, 20, 25, 30, 35, 40, 45, 50]);
  });

  test('by steps and down a ramp: who is too many leaves at the next answer', () => {
    const users = points([0, 2], [10, 2], [10, 4], [20, 4], [24, 0]);
    const s = service({ work: { '*': [wait(0.1)] } });
    const { run } = playUsers({ users, think: exactly(0.1) }, { until: 0 }, s);
    expect(usersAt(run, [1, 9.9, 10.1, 19.9, 21.5, 22.5, 23.5, 24.5])).toEqual([2, 2, 4, 4, 3, 2, 1, 0]);
  });

  test('down and up again', () => {
    const users = points([0, 2], [10, 2], [10, 0], [20, 0], [20, 2], [30, 2], [30, 1], [40, 3]);
    const s = service({ work: { '*': [wait(0.1)] } });
    const { run } = playUsers({ users, think: exactly(0.1) }, { until: 0 }, s);
    expect(usersAt(run, [5, 15, 25, 31, 36, 41])).toEqual([2, 0, 2, 1, 2, 3]);
  });

  test('up again before all who are too many have left', () => {
    const users = points([0, 4], [10, 4], [10, 0], [20, 0], [30, 5]);
    const s = service({ workers: 1, work: { '*': [compute(4)] } });
    const { run } = playUsers({ users, think: exactly(0.5) }, { until: 0 }, s);
    expect(usersAt(run, [9, 17, 29, 35])).toEqual([4, 2, 4, 5]);
  });
});
