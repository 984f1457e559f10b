/** Topics, consumers, stages. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type {
  ClusterDescription,
  FaultDescription,
  GroupDescription,
  ServiceDescription,
  Step,
  TopicDescription,
} from '../../../src/models/description.ts';
import type { Run } from '../../../src/models/run.ts';
import { clients, cluster, computeDemand, exactly, open, play, trace } from '../hand-made.ts';
import { service } from '../random-cluster.ts';

const group = (options: Partial<GroupDescription> = {}): GroupDescription => ({
  batch: 1,
  gather: 0,
  slots: 1,
  record: exactly(1),
  heartbeat: 3,
  session: 45,
  rebalance: exactly(2),
  ...options,
});
const topic = (options: Partial<TopicDescription> = {}): TopicDescription => ({
  partitions: 1,
  key: 'none',
  retention: Infinity,
  room: Infinity,
  groups: { c: group() },
  ...options,
});
const consumer = (options: Partial<ServiceDescription> = {}) => service({ work: computeDemand, ...options });
const publish: readonly Step[] = [{ do: 'publish', topic: 't' }];

interface Setting {
  readonly topics?: ClusterDescription['topics'];
  readonly services?: ClusterDescription['services'];
  readonly faults?: readonly FaultDescription[];
  readonly at?: readonly number[];
}

function stream({ topics = { t: topic() }, services = { c: consumer() }, faults = [], at = [] }: Setting) {
  return cluster({ clients: { p: trace(at, publish, { sources: 1000 }) }, topics, services, faults });
}

const read = (run: Run, name = 't', of = 'c') => run.reading().topics[name].groups[of];
const fault = (
  options: Partial<FaultDescription> & Pick<FaultDescription, 'do' | 'target' | 'at'>,
): FaultDescription => ({
  for: Infinity,
  factor: 1,
  ...options,
});

/** Seconds from due to processed, sorted, to the width of a bin. */
function latencies(run: Run, name = 't'): number[] {
  const [first] = run.parts.topics.get(name)!.groups;
  return [...first.latency.bins()].flatMap(({ low, high, count }) => new Array<number>(count).fill((low + high) / 2));
}

describe('one partition', () => {
  test('is a queue: a record a time, in order, by its one consumer', () => {
    const { run, outcomes } = play(stream({ at: [1, 1.5, 2, 10] }));
    expect(outcomes).toEqual(['ok', 'ok', 'ok', 'ok']); // those who publish do not wait
    const seen = latencies(run);
    [1, 1, 1.5, 2].forEach((seconds, k) => expect(seen[k]).toBeCloseTo(seconds, 1));
    expect(read(run)).toMatchObject({ processed: 4, lag: 0, lost: 0, replayed: 0, lagMax: 2, batches: 4 });
    expect(read(run).lagArea).toBeCloseTo(1 + 1.5 + 2 + 1, 9);
  });

  test('a batch is one call for all that has come meanwhile, and ends together', () => {
    const t = topic({ groups: { c: group({ batch: 10 }) } });
    const { run } = play(stream({ topics: { t }, at: [1, 1.5, 1.6] }));
    // the first alone until 2; the others from 2 to 4
    const seen = latencies(run);
    [1, 2.4, 2.5].forEach((seconds, k) => expect(seen[k]).toBeCloseTo(seconds, 1));
    expect(read(run).batches).toBe(2);
  });

  test('an idle member that gathers waits for more', () => {
    const t = topic({ groups: { c: group({ batch: 10, gather: 1 }) } });
    const { run } = play(stream({ topics: { t }, at: [1, 1.5, 1.6] }));
    const seen = latencies(run); // polled at 2, done at 5
    [3.4, 3.5, 4].forEach((seconds, k) => expect(seen[k]).toBeCloseTo(seconds, 1));
  });

  test('what the requests demand of a record is drawn once, whatever the batch', () => {
    const record = { kind: 'exponential', mean: 0.5 } as const;
    const busy = [1, 100].map((batch) => {
      const t = topic({ groups: { c: group({ batch, record }) } });
      const { run } = play(stream({ topics: { t }, at: Array.from({ length: 50 }, (_, k) => k / 10) }));
      return run.reading().services.c[0].computeArea;
    });
    expect(busy[0]).toBeCloseTo(busy[1], 9);
  });
});

describe('partitions', () => {
  test('records go round, or a key has its own', () => {
    const of = (key: TopicDescription['key'], sources: number) => {
      const description = stream({ topics: { t: topic({ partitions: 4, key }) } });
      const one = {
        ...description,
        clients: {
          p: trace(
            Array.from({ length: 400 }, (_, k) => k),
            publish,
            { sources },
          ),
        },
      };
      return play(one, { until: 500 })
        .run.parts.topics.get('t')!
        .partitions.map(({ end }) => end);
    };
    expect(of('none', 1000)).toEqual([100, 100, 100, 100]);
    expect(of('source', 1).filter((end) => end > 0)).toEqual([400]);
    const spread = of('request', 1);
    expect(Math.min(...spread)).toBeGreaterThan(70);
    expect(spread).not.toEqual([100, 100, 100, 100]);
  });

  test('consumers share them; more consumers than partitions do nothing', () => {
    const at = Array.from({ length: 40 }, () => 1);
    const spent = [1, 2, 4, 8].map((count) => {
      const { run } = play(
        stream({ topics: { t: topic({ partitions: 4 }) }, services: { c: consumer({ count }) }, at }),
      );
      return latencies(run).at(-1)!;
    });
    [40, 20, 10, 10].forEach((seconds, k) => expect(spent[k] / seconds).toBeCloseTo(1, 1));
  });

  test('each group reads all of it', () => {
    const t = topic({ groups: { c: group(), d: group({ record: exactly(2) }) } });
    const { run } = play(stream({ topics: { t }, services: { c: consumer(), d: consumer() }, at: [1, 1] }));
    expect([read(run).processed, read(run, 't', 'd').processed]).toEqual([2, 2]);
    expect(run.parts.topics.get('t')!.partitions[0].base).toBe(2);
  });
});

describe('who fails', () => {
  test('a consumer that dies is given up after the session timeout; its batch is processed again by another', () => {
    const t = topic({ partitions: 2, groups: { c: group({ session: 9 }) } });
    const faults = [fault({ at: 1.5, do: 'crash', target: 'c.1' })];
    const { run } = play(stream({ topics: { t }, services: { c: consumer({ count: 2 }) }, faults, at: [1, 1] }), {
      until: 100,
    });
    // last heartbeat 0 s; at 9 s it is given up, the other is idle, 2 s of pause, 1 s of work
    expect(latencies(run)[0]).toBeCloseTo(1, 1);
    expect(latencies(run)[1] / 11).toBeCloseTo(1, 1);
    expect(read(run)).toMatchObject({ processed: 2, rebalances: 1, failedBatches: 1, pausedSeconds: 2, replayed: 0 });
    expect(run.log.find(({ text }) => text.includes('anew'))).toMatchObject({ at: 9, until: 11 });
  });

  test('one that is back in time goes on', () => {
    const faults = [fault({ at: 1.5, do: 'crash', target: 'c', for: 5 })];
    const { run } = play(stream({ faults, at: [1] }), { until: 100 });
    expect(read(run)).toMatchObject({ processed: 1, rebalances: 0, failedBatches: 1 });
    expect(latencies(run)[0]).toBeCloseTo(9, 0); // heard at the heartbeat of 9 s, or before
  });

  test('a stream processor begins again at its last checkpoint', () => {
    const checkpoint = { every: 10, pause: exactly(0.5) };
    const t = topic({ groups: { c: group({ checkpoint, session: 3 }) } });
    const faults = [fault({ at: 18.2, do: 'crash', target: 'c', for: 6 })];
    const at = Array.from({ length: 30 }, (_, k) => k);
    const { run } = play(stream({ topics: { t }, faults, at }), { until: 200 });
    const { replayed, checkpoints, processed, lag } = read(run);
    expect([processed, lag]).toEqual([30, 0]);
    expect(checkpoints).toBeGreaterThan(10);
    expect(replayed).toBeGreaterThanOrEqual(7); // from the checkpoint at 10 s on
    expect(replayed).toBeLessThanOrEqual(9);
  });

  test('what nobody processes within the retention is lost', () => {
    const t = topic({ retention: 5 });
    const at = Array.from({ length: 100 }, (_, k) => k / 10);
    const { run } = play(stream({ topics: { t }, at }), { until: 200 });
    const { processed, lost, lag } = read(run);
    expect(processed + lost + lag).toBe(100);
    expect(lost).toBeGreaterThan(30);
  });
});

describe('producers', () => {
  test('gather records: so many, or for so long; the broker is called for each batch', () => {
    const t = topic({ linger: { seconds: 1, records: 3 }, broker: 'b', groups: { c: group({ record: exactly(0) }) } });
    const b = service({ work: { '*': [{ do: 'wait', time: exactly(0.25) }] } });
    const { run } = play(stream({ topics: { t }, services: { c: consumer(), b }, at: [1, 1.1, 1.2, 5] }));
    const seen = latencies(run);
    [0.25, 0.35, 0.45, 1.25].forEach((seconds, k) => expect(seen[k]).toBeCloseTo(seconds, 1));
    expect(run.reading().services.b[0].calls).toBe(2);
  });

  test('what the broker fails is lost, and counted', () => {
    const t = topic({ linger: { seconds: 1, records: 3 }, broker: 'b' });
    const b = service({ work: { '*': [] } });
    const faults = [fault({ at: 0.5, do: 'crash', target: 'b' })];
    const { run } = play(stream({ topics: { t }, services: { c: consumer(), b }, faults, at: [1, 1.1, 1.2] }), {
      until: 50,
    });
    expect(run.reading().topics.t).toMatchObject({ published: 0, unsent: 3 });
  });
});

describe('stages', () => {
  const stages = (room: number, share = 1): Setting => ({
    topics: {
      t: topic({ groups: { c: group({ batch: 5, record: exactly(0.1), emits: { to: 'u', share } }) } }),
      u: topic({ room, groups: { d: group({ batch: 5, record: exactly(0.5) }) } }),
    },
    services: { c: consumer(), d: consumer() },
    at: Array.from({ length: 100 }, () => 1),
  });

  test('a slow stage holds back the one before it, and nothing is lost between them', () => {
    const free = play(stream(stages(Infinity)), { until: 25 }).run;
    const tight = play(stream(stages(10)), { until: 25 }).run;
    expect(read(free).lag).toBe(0); // the first stage is done after 10 s
    expect(read(free, 'u', 'd').lagMax).toBeGreaterThan(60);
    expect(read(tight, 'u', 'd').lagMax).toBeLessThanOrEqual(10);
    expect(read(tight).lag).toBeGreaterThan(30);
    const later = play(stream(stages(10)), { until: 60 }).run;
    expect(read(later, 'u', 'd')).toMatchObject({ processed: 100, lag: 0 });
    expect(latencies(later, 'u').at(-1)! / 50).toBeCloseTo(1, 1); // counted from the beginning
  });

  test('a share of the records goes on', () => {
    const { run } = play(stream({ ...stages(Infinity, 0.3), at: Array.from({ length: 2000 }, (_, k) => k / 10) }), {
      until: 2000,
    });
    const on = run.reading().topics.u.published;
    expect(Math.abs(on - 600)).toBeLessThan(4 * Math.sqrt(2000 * 0.3 * 0.7));
  });
});

test('a partition with Poisson arrivals is an M/G/1 queue', () => {
  // M/M/1 at 70 %: 1 / (1 - 0.7) = 3.33 s of sojourn, for each of two partitions, round robin would be Erlang-2 arrivals
  const t = topic({
    partitions: 2,
    key: 'request',
    groups: { c: group({ record: { kind: 'exponential', mean: 1 } }) },
  });
  const description = cluster({
    clients: { p: clients(open({ rate: { kind: 'constant', rate: 1.4 } }), publish) },
    topics: { t },
    services: { c: consumer({ count: 2 }) },
  });
  const { run } = play(description, { until: 40_000, seed: 7 });
  const { processed, lagArea } = read(run);
  expect(processed / 40_000).toBeCloseTo(1.4, 1);
  expect(lagArea / processed / (1 / 0.3)).toBeCloseTo(1, 1); // Little: seconds of a record
  expect(Math.abs(lagArea / processed / (1 / 0.3) - 1)).toBeLessThan(0.04);
  expect(run.parts.topics.get('t')!.groups[0].latency.quantile(0.95) / (-Math.log(0.05) / 0.3)).toBeCloseTo(1, 1);
});

test('whatever happens: no record is lost or made, and all are processed in the end', () => {
  const settings = fc.record({
    partitions: fc.integer({ min: 1, max: 6 }),
    key: fc.constantFrom('none', 'source', 'request'),
    count: fc.integer({ min: 1, max: 4 }),
    slots: fc.integer({ min: 1, max: 2 }),
    batch: fc.integer({ min: 1, max: 20 }),
    gather: fc.constantFrom(0, 0.1),
    mean: fc.double({ min: 0.001, max: 0.05, noNaN: true }),
    linger: fc.boolean(),
    checkpoint: fc.boolean(),
    room: fc.constantFrom(5, 50, Infinity),
    share: fc.constantFrom(0.2, 1),
    retention: fc.constantFrom(2, Infinity),
    rate: fc.integer({ min: 1, max: 100 }),
    faults: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 30, noNaN: true }),
        do: fc.constantFrom('crash', 'hang', 'slow', 'refuse'),
        target: fc.constantFrom('c', 'c.1', 'd', 'b'),
        for: fc.double({ min: 0.1, max: 20, noNaN: true }),
      }),
      { maxLength: 5 },
    ),
    seed: fc.integer({ min: 0, max: 1e6 }),
  });
  fc.assert(
    fc.property(settings, (one) => {
      const record = { kind: 'exponential', mean: one.mean } as const;
      const own = { batch: one.batch, slots: one.slots, gather: one.gather, record, session: 6, rebalance: record };
      const checkpoint = one.checkpoint ? { checkpoint: { every: 4, pause: exactly(0.2) } } : {};
      const linger = one.linger ? { linger: { seconds: 0.05, records: 10 }, broker: 'b' } : {};
      const { partitions, key, retention, room, share } = one;
      const description = cluster({
        clients: { p: clients(open({ rate: { kind: 'constant', rate: one.rate } }), publish, { sources: 50 }) },
        topics: {
          t: topic({
            ...{ partitions, key, retention, ...linger },
            groups: { c: group({ ...own, ...checkpoint, emits: { to: 'u', share } }) },
          }),
          u: topic({ room, groups: { d: group(own) } }),
        },
        services: { c: consumer({ count: one.count, cores: 2 }), d: consumer(), b: service({ work: { '*': [] } }) },
        faults: one.faults.map((each) => fault({ ...each, factor: 0.3 })),
      });
      const { run } = play(description, { until: 1, seed: one.seed });
      for (let time = 4; time <= 40; time += 4) {
        run.advance({ time });
        run.check();
      }
      run.end();
      run.advance({ time: 1500 });
      run.check();
      const { t, u } = run.reading().topics;
      expect(t.published + t.unsent).toBe(run.reading().clients.p.sent);
      expect([t.groups.c.lag, u.groups.d.lag]).toEqual([0, 0]);
      expect(u.turnedAway).toBe(0);
      if (share === 1) expect(u.published).toBe(t.groups.c.processed);
    }),
    { seed: 4, numRuns: 25 },
  );
});
