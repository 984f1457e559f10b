import { expect, test } from 'vitest';
import { build } from '../../../src/models/build.ts';
import type { ClusterDescription, ServiceDescription } from '../../../src/models/description.ts';
import { OUTCOME } from '../../../src/models/outcome.ts';
import { plainClients, plainCluster as cluster, plainService } from '../../../src/models/plain.ts';
import { call } from '../random-cluster.ts';
import { exactly } from '../hand-made.ts';

const compute = (seconds: number) => ({ do: 'compute', time: exactly(seconds) }) as const;

/** One request a second, beginning at 0.5 s, at a service. */
function described(service: Partial<ServiceDescription>, more: Partial<ClusterDescription> = {}): ClusterDescription {
  return cluster({
    clients: {
      c: plainClients({ kind: 'open', rate: { kind: 'constant', rate: 1 }, arrivals: 'even', firstAt: 0.5 }, [
        call('s'),
      ]),
    },
    services: { s: plainService({ workers: 1, work: { '*': [compute(1)] }, ...service }) },
    ...more,
  });
}

function advanced(of: ClusterDescription, time: number): ReturnType<ReturnType<typeof build>['reading']> {
  const run = build(of, { seed: 1, replication: 0 });
  for (let look = 0; look <= 8; look++) {
    run.advance({ time: (look / 8) * time });
    run.check();
  }
  return run.reading();
}

test('they are there at time 0, are served in their turn, and are nobody’s requests', () => {
  const before = advanced(described({ backlog: { '*': 5 } }), 4.4);
  expect(before.services.s[0]).toMatchObject({ calls: 9, present: 5 });
  expect(before.clients.c).toMatchObject({ sent: 4, ended: 0 });
  // the first client's turn is after the five
  const after = advanced(described({ backlog: { '*': 5 } }), 6.2);
  expect(after.clients.c).toMatchObject({ sent: 6, ended: 1 });
  expect(after.services.s[0].outcomes[OUTCOME.ok]).toBe(6);
});

test('servers have theirs in turn; one that is full refuses', () => {
  const many = advanced(described({ count: 3, speeds: [1, 1, 1], backlog: { '*': 7 } }), 0.4);
  expect(many.services.s.map(({ present }) => present)).toEqual([3, 2, 2]);
  const full = advanced(described({ queue: 2, backlog: { '*': 7 } }), 0.4);
  expect(full.services.s[0].present).toBe(3);
  expect(full.services.s[0].outcomes[OUTCOME.refused]).toBe(4);
});

test('each does the work of its class, with the calls that belong to it', () => {
  const work = { quick: [compute(0.1)], slow: [compute(1), call('t')], '*': [compute(9)] };
  const services = {
    s: plainService({ workers: 2, work, backlog: { quick: 1, slow: 1 } }),
    t: plainService({ work: { '*': [compute(3)] } }),
  };
  const of = described({}, { services });
  expect(advanced({ ...of, clients: {} }, 0.2).services.s[0].present).toBe(1);
  expect(advanced({ ...of, clients: {} }, 2).services.t[0].present).toBe(1);
  expect(advanced({ ...of, clients: {} }, 4.1).services).toMatchObject({ s: [{ present: 0 }], t: [{ present: 0 }] });
});

test('it moves nobody else’s chance', () => {
  const clients = {
    c: plainClients({ kind: 'open', rate: { kind: 'constant', rate: 9 }, arrivals: 'poisson' }, [call('s')]),
  };
  const sent = (service: Partial<ServiceDescription>): number =>
    advanced(described(service, { clients }), 20).clients.c.sent;
  expect(sent({ backlog: { '*': 50 } })).toBe(sent({}));
});
