import { describe, expect, test } from 'vitest';
import type { ClusterDescription, FaultDescription, ServiceDescription } from '../../../src/models/description.ts';
import { call, director, service } from '../random-cluster.ts';
import { clients, closed, cluster, exactly, expectTimes, play, wait } from '../hand-made.ts';
import type { Played } from '../hand-made.ts';
import { OUTCOMES } from '../../../src/models/outcome.ts';

const atOnce = { kind: 'rendezvous', spread: exactly(0) } as const;

/** Users who keep their connection to `to`, one second of service a request. */
function keeping(
  users: number,
  to: string,
  rest: Partial<ClusterDescription>,
  load: Partial<Parameters<typeof closed>[0]> = {},
): ClusterDescription {
  const description = closed({ users: { kind: 'constant', users }, start: atOnce, think: exactly(1), ...load });
  return cluster({ clients: { c: clients(description, [call(to)], { keep: 'connection' }) }, ...rest });
}

function oneSecond(options: Partial<ServiceDescription> = {}): ServiceDescription {
  return service({ work: { '*': [wait(1)] }, ...options });
}

function fault(options: Partial<FaultDescription> & Pick<FaultDescription, 'at' | 'do' | 'target'>): FaultDescription {
  return { for: Infinity, factor: 1, ...options };
}

/** How the requests ended, in that order; of the first client. */
function causes({ rows }: Played, client = 'c'): string[] {
  return rows.filter((row) => row.client === client).map(({ outcome }) => OUTCOMES[outcome]);
}

/** Who answered, in the order of the answers; users in their order at equal times. */
function answering({ rows, run }: Played): string[] {
  return rows.map(({ server }) => run.parts.execution.servers[server].name);
}

const member = (server: number, limit = Infinity) => ({ service: 's', server, weight: 1, limit });

describe('a connection that its user keeps', () => {
  test('is counted while its user thinks: whoever comes last finds no room', () => {
    const again = { refused: exactly(10) };
    const kept = play(keeping(3, 's', { services: { s: oneSecond({ connections: 2 }) } }, { again }), { until: 9 });
    expect(causes(kept).filter((cause) => cause === 'refused')).toHaveLength(1);
    expect(kept.run.parts.execution.servers[0]).toMatchObject({ present: 0, idleKept: 2 });
    // one connection a request: at 1.5 s nobody is there, and the third comes in
    const spread = { start: { kind: 'rendezvous', spread: { kind: 'uniform', low: 1.1, high: 1.9 } } } as const;
    const one = closed({ users: { kind: 'constant', users: 1 }, think: exactly(1), ...spread });
    const two = closed({ users: { kind: 'constant', users: 2 }, think: exactly(1), start: atOnce });
    const late = (keep: 'request' | 'connection') =>
      play(
        cluster({
          clients: { late: clients(one, [call('s')], { keep }), early: clients(two, [call('s')], { keep }) },
          services: { s: oneSecond({ connections: 2 }) },
        }),
        { until: 2 },
      );
    expect(causes(late('connection'), 'late')[0]).toBe('refused');
    expect(causes(late('request'), 'late')).toEqual([]); // still in service
  });

  test('is free again when its user leaves', () => {
    const load = { users: { kind: 'constant', users: 3 }, iterations: 2, again: { refused: exactly(3.5) } } as const;
    const played = play(keeping(3, 's', { services: { s: oneSecond({ connections: 2 }) } }, load));
    expect(causes(played).filter((cause) => cause === 'refused')).toHaveLength(1);
    expect(causes(played).filter((cause) => cause === 'ok')).toHaveLength(5);
    expect(played.run.parts.execution.servers[0]).toMatchObject({ present: 0, idleKept: 0 });
  });

  test('ends where its server dies, and is opened again', () => {
    const faults = [fault({ at: 1.5, do: 'crash', target: 's', for: 1 })];
    const { run, rows } = play(keeping(2, 's', { services: { s: oneSecond() }, faults }), { until: 8.5 });
    const [connections] = run.parts.execution.connecting.kept;
    expect(connections.opened).toBe(4); // 2, and 2 again after the refusals of 2 s
    expect(rows.filter(({ outcome }) => outcome !== 0).map(({ end }) => end)).toEqual([2, 2]);
  });

  test('ends where its user gives up; the server goes on with the work', () => {
    const description = closed({
      users: { kind: 'constant', users: 1 },
      start: atOnce,
      think: exactly(0.25),
      iterations: 2,
    });
    const step = call('s', { timeout: exactly(0.5) });
    const both = cluster({
      clients: { c: clients(description, [step], { keep: 'connection' }) },
      services: { s: oneSecond({ connections: 1 }) },
    });
    expect(causes(play(both))).toEqual(['timeout', 'refused']); // the orphan still has the only place at 0.75 s
  });

  test('is placed once by a director of packets, which counts it all the while', () => {
    const directors = {
      d: director({ mode: 'dr', scheduler: { id: 'lvs/rr', options: {} }, members: [member(0), member(1)] }),
    };
    const played = play(keeping(3, 'd', { services: { s: oneSecond({ count: 2 }) }, directors }), { until: 5.5 });
    const servers = answering(played);
    expect(servers.slice(0, 3)).toEqual(['s.1', 's.2', 's.1']);
    expect(servers.slice(3, 6)).toEqual(servers.slice(0, 3)); // request by request rr would have gone on with s.2
    const [made] = played.run.parts.directors;
    expect(made.picks).toBe(3);
    expect(Array.from(made.upstream.active)).toEqual([2, 1]);
  });

  test('leads to a proxy, which places every request anew', () => {
    const directors = { d: director({ scheduler: { id: 'lvs/rr', options: {} }, members: [member(0), member(1)] }) };
    const played = play(keeping(3, 'd', { services: { s: oneSecond({ count: 2 }) }, directors }), { until: 3.5 });
    expect(answering(played)).toEqual(['s.1', 's.2', 's.1', 's.2', 's.1', 's.2']);
    expect(played.run.parts.execution.servers.map(({ idleKept }) => idleKept)).toEqual([0, 0]);
  });

  test('of a client that chooses by itself: one to each server', () => {
    const directors = {
      d: director({ mode: 'client-side', scheduler: { id: 'lvs/rr', options: {} }, members: [member(0), member(1)] }),
    };
    const played = play(keeping(3, 'd', { services: { s: oneSecond({ count: 2 }) }, directors }), { until: 5.5 });
    expect(played.run.parts.execution.connecting.kept[0].opened).toBe(6); // round robin gives each of 3 users both servers in turn
    expect(played.run.parts.execution.servers.map(({ idleKept, present }) => idleKept + present)).toEqual([3, 3]);
    expect(played.run.parts.directors[0].picks).toBe(9); // every request
  });

  test('takes its entries once, and leaves them in TIME_WAIT only where it was closed first', () => {
    const ports = { name: 'ports', size: 2, perConnection: 1, linger: 5, full: 'refuse' } as const;
    const files = { name: 'descriptors', size: 10, perConnection: 1, linger: 5, full: 'refuse' } as const;
    const used = (faults: readonly FaultDescription[], iterations: number, until: number) => {
      const load = closed({ users: { kind: 'constant', users: 2 }, start: atOnce, think: exactly(1), iterations });
      const description = cluster({
        clients: { c: clients(load, [call('s')], { keep: 'connection', tables: [ports] }) },
        services: { s: oneSecond({ tables: [files] }) },
        faults,
      });
      const { run } = play(description, { until });
      const { tables } = run.reading();
      return [tables['c ports'].used, tables['s.1 descriptors'].used];
    };
    expect(used([], 3, 4.5)).toEqual([2, 2]);
    expect(used([], 3, 5.5)).toEqual([2, 0]); // the users left at 5 s
    expect(used([], 3, 10.5)).toEqual([0, 0]);
    const crash = [fault({ at: 1.5, do: 'crash', target: 's' })];
    expect(used(crash, Infinity, 1.6)).toEqual([0, 2]);
  });
});

describe('a pause that follows the response time', () => {
  test('is that many times what the server took of late, spread evenly', () => {
    const again = { refused: { kind: 'times-response', factor: 3, spread: 0.5 } } as const;
    const { rows } = play(
      keeping(40, 's', { services: { s: oneSecond({ connections: 20 }) } }, { again, think: exactly(0) }),
      {
        until: 200,
      },
    );
    const refused = rows.filter(({ outcome, end }) => outcome !== 0 && end > 10).map(({ end }) => end);
    // 20 users outside, each back after 3 s on average, never before 1.5 s
    expect(refused.length).toBeGreaterThan(((20 * 190) / 3) * 0.95);
    expect(refused.length).toBeLessThan(((20 * 190) / 3) * 1.07);
  });

  test('without a success so far it is a round trip', () => {
    const again = { refused: { kind: 'times-response', factor: 3, spread: 0 } } as const;
    const { rows } = play(
      keeping(
        1,
        's',
        { services: { s: oneSecond() }, faults: [fault({ at: 0, do: 'crash', target: 's' })] },
        { again },
      ),
      {
        until: 0.0035,
      },
    );
    expectTimes(
      rows.map(({ end }) => end),
      [0, 0.001, 0.002, 0.003],
    );
  });
});

describe('a director that draws before it looks', () => {
  test('loses what it draws for a full member, at that server, which pays for the refusal', () => {
    const load = closed({
      users: { kind: 'constant', users: 4 },
      start: atOnce,
      think: exactly(0),
      again: { refused: exactly(5) },
    });
    const found = (whenFull: 'pick' | 'refuse') => {
      const directors = {
        d: director({
          scheduler: { id: 'lvs/rr', options: {} },
          members: [member(0, 1), member(1, 9)],
          whenFull: { do: whenFull },
        }),
      };
      const played = play(
        cluster({
          clients: { c: clients(load, [call('d')]) },
          services: { s: oneSecond({ count: 2, refusalCost: exactly(0.25), cores: 1 }) },
          directors,
        }),
        { until: 0.5 },
      );
      return [
        causes(played).filter((one) => one === 'refused').length,
        played.run.reading().services.s.map(({ computeArea }) => computeArea),
      ];
    };
    expect(found('pick')).toEqual([1, [0.25, 0]]);
    expect(found('refuse')).toEqual([0, [0, 0]]);
  });
});

test('a second request at once opens a connection for itself, and is counted', () => {
  const load = closed({ users: { kind: 'constant', users: 1 }, start: atOnce, think: exactly(1), iterations: 3 });
  const both = { do: 'parallel' as const, branches: [[call('s')], [call('s')]], need: 2 };
  const { run } = play(
    cluster({ clients: { c: clients(load, [both], { keep: 'connection' }) }, services: { s: oneSecond() } }),
  );
  // three rounds of two: one opens and keeps, the other opens one each time
  expect(run.reading().clients.c.connections).toEqual({ opened: 1 + 3, reused: 2 });
});

test('a new user opens the first of its own, whatever its predecessor had lost', () => {
  // the first finds its server dead at 2 s, and leaves; the second comes at 3 s
  const points = [1, 1, 0, 0, 1].map((users, k) => ({ at: [0, 1.9, 1.9, 3, 3][k], users }));
  const faults = [fault({ at: 1.5, do: 'crash', target: 's', for: 1 })];
  const load = { users: { kind: 'points', points } } as const;
  const { run } = play(keeping(1, 's', { services: { s: oneSecond() }, faults }, load), { until: 8 });
  expect(run.parts.execution.connecting.kept[0]).toMatchObject({ opened: 2, reopened: 0 });
});
