/** Descriptions that cannot be built; and what a run may depend on: its description, its seed, nothing else. */
import { describe, expect, test } from 'vitest';
import { build } from '../../src/models/build.ts';
import type { ClusterDescription, PoolDescription, Step } from '../../src/models/description.ts';
import { builtins } from '../../src/scenarios/catalogue.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import { call, director, openClients, service } from './random-cluster.ts';
import { cluster, compute, computeDemand, play, trace, wait } from './hand-made.ts';
import type { PlayOptions } from './hand-made.ts';

describe('what cannot be built says why', () => {
  const s = service({ work: { '*': [] } });
  const doing = (step: Step, pools: Record<string, PoolDescription> = {}): ClusterDescription =>
    cluster({ services: { s: service({ work: { '*': [step] }, pools }) } });
  const member = (name: string, server: number): ClusterDescription =>
    cluster({
      directors: { d: director({ members: [{ service: name, server, weight: 1, limit: 1 }] }) },
      services: { s },
    });
  const cases: readonly (readonly [string, ClusterDescription, RegExp])[] = [
    ['scheduler', cluster({ directors: { d: director({ scheduler: { id: 'lvs/best', options: {} } }) } }), /"lvs\/best"/],
    ['option of a scheduler', cluster({ directors: { d: director({ scheduler: { id: 'lvs/rr', options: { x: 1 } } }) } }), /"x"/],
    ['service of a member', member('t', 0), /no member t\.1/],
    ['server of a member', member('s', 1), /no member s\.2/],
    ['target of a call', doing(call('nowhere')), /s calls "nowhere"/],
    ['server that is called', doing(call('s.2')), /"s\.2"/],
    ['target of a client', cluster({ clients: { c: trace([0], [call('nowhere')]) } }), /c calls "nowhere"/],
    ['pool', doing({ do: 'acquire', pool: 'db' }), /s has no pool "db"/],
    ['probe', { ...doing(wait(1)), probes: [{ kind: 'number', of: 'x' }] }, /"x", which is no service/],
    ['probe of a pool', { ...doing(wait(1)), probes: [{ kind: 'in-use', of: 's.db' }] }, /"s\.db", which is no pool/],
    ['slowdown without shared cores', cluster({ services: { s: service({ sharing: 'fifo', slowdown: { kind: 'per-active', coefficient: 1 } }) } }), /sharing: processor/],
    ['more pools than there are bits', doing(wait(1), Object.fromEntries(Array.from({ length: 31 }, (_, k) => [`p${k}`, { size: 1, patience: 1 }]))), /more than 30 pools/],
  ]; // prettier-ignore

  test.each(cases)('%s', (_, description, message) => {
    expect(() => build(description, { seed: 1, replication: 0 })).toThrow(message);
  });
});

/** Chance in arrivals, work and picks. */
function chancy(scheduler: string): ClusterDescription {
  return cluster({
    clients: { c: openClients(40, [call('d')]) },
    directors: {
      d: director({
        scheduler: { id: scheduler, options: {} },
        members: [0, 1, 2].map((server) => ({ service: 's', server, weight: 1 + server, limit: Infinity })),
      }),
    },
    services: {
      s: service({ count: 3, work: { '*': [{ do: 'compute', time: { kind: 'exponential', mean: 0.05 } }] } }),
    },
  });
}

function text(description: ClusterDescription, options: PlayOptions = {}): string {
  const { run, rows } = play(description, { until: 20, ...options });
  return JSON.stringify([run.reading(), rows]);
}

describe('the same run', () => {
  test('from the same description, seed and replication; another from another', () => {
    const once = text(chancy('random'), { seed: 'x' });
    expect(text(chancy('random'), { seed: 'x' })).toBe(once);
    expect(text(chancy('random'), { seed: 'y' })).not.toBe(once);
    expect(text(chancy('random'), { seed: 'x', replication: 1 })).not.toBe(once);
  });

  test('whoever else is there', () => {
    const alone = chancy('random');
    const work = { '*': [{ do: 'compute', time: { kind: 'exponential', mean: 0.1 } } as const] };
    const picks = {
      scheduler: { id: 'random', options: {} },
      members: [{ service: 'q', server: 0, weight: 1, limit: 9 }],
    };
    const other = cluster({
      clients: { z: openClients(7, [call('p')]), ...alone.clients },
      directors: { p: director(picks), ...alone.directors },
      services: { q: service({ workers: 1, work }), ...alone.services },
    });
    const [inCompany, byItself] = [other, alone].map((description) => {
      const { run, rows } = play(description, { until: 20 });
      const { clients, services, directors } = run.reading();
      const ends = rows.filter(({ client }) => client === 'c').map(({ request, end }) => [request, end]);
      return [clients.c, services.s, directors.d, ends];
    });
    expect(inCompany).toEqual(byItself);
  });

  test('another scheduler meets the same requests with the same work', () => {
    const lengths = (scheduler: string): number[] => {
      const found: number[] = [];
      for (const { request, due, end } of play(chancy(scheduler), { until: 20 }).rows) found[request] = end - due;
      return found;
    };
    const [byTurns, byChance] = [lengths('lvs/rr'), lengths('random')];
    expect(byTurns.length).toBeGreaterThan(700);
    expect(byTurns).toEqual(byChance);
    const { run } = play(chancy('lvs/rr'), { until: 20 });
    expect(run.reading().directors.d.share).not.toEqual(
      play(chancy('random'), { until: 20 }).run.reading().directors.d.share,
    );
  });

  test('whichever list keeps the events: the built-in scenarios', () => {
    for (const [name, file] of Object.entries(builtins)) {
      const { scenario, problems } = loadScenario(file, { name });
      expect(problems, name).toEqual([]);
      const [calendar, heap] = (['calendar', 'heap'] as const).map((list) => {
        const run = build(scenario!.cluster, { seed: 5, replication: 0, list });
        run.advance({ time: 1000, events: 6_000 });
        run.check();
        return JSON.stringify([run.reading(), run.log]);
      });
      expect(calendar, name).toBe(heap);
    }
  });
});

describe('events at the same time', () => {
  const at = new Array<number>(20).fill(1);
  const demand = at.map((_, k) => 1 + k);
  const tied = cluster({
    clients: { c: trace(at, [call('s')], { demand }), z: trace(at, [call('s')], { demand }) },
    services: { s: service({ workers: 1, work: computeDemand }) },
  });

  test('keep the order in which they were made, or are shuffled on request: other orders, the same work', () => {
    const order = (options: PlayOptions): string[] => {
      const { rows, run } = play(tied, options);
      expect(run.reading().services.s[0].computeArea).toBeCloseTo(2 * 210, 9);
      return rows.map(({ client, request }) => `${client}${request}`);
    };
    const kept = order({});
    expect(order({ seed: 2 })).toEqual(kept);
    const shuffled = order({ seed: 2, shuffleTies: true });
    expect(shuffled).not.toEqual(kept);
    expect(order({ seed: 2, shuffleTies: true })).toEqual(shuffled);
    expect(order({ seed: 3, shuffleTies: true })).not.toEqual(shuffled);
    expect([...shuffled].sort()).toEqual([...kept].sort());
  });
});

describe('probes', () => {
  test('the number present, the waits, and the connections in use', () => {
    const { run } = play(
      cluster({
        clients: { c: trace([0, 0, 0], [call('app')]) },
        services: {
          app: service({
            workers: 2,
            pools: { db: { to: 'db', size: 1, patience: Infinity } },
            work: { '*': [call('db')] },
          }),
          db: service({ work: { '*': [compute(1)] } }),
        },
        probes: [
          { kind: 'number', of: 'app' },
          { kind: 'wait', of: 'app' },
          { kind: 'in-use', of: 'app.db' },
        ],
      }),
    );
    run.advance({ time: 4 });
    const tier = run.parts.tiers.get('app')!;
    const [workers, db] = tier.servers[0].gates;
    expect(workers.waitHistogram!.count).toBe(3);
    expect(workers.waitHistogram!.maximum).toBe(1);
    expect(Array.from(tier.levels!.seconds(4))).toEqual([1, 1, 1, 1]);
    expect(Array.from(db.levels!.seconds(4))).toEqual([1, 3]);
    expect([tier.present, db.busyArea, db.lineArea]).toEqual([0, 3, 1 + 1]);
  });
});
