/** Topics as they are written, explained and reported. */
import { describe, expect, test } from 'vitest';
import type * as Api from '../../src/index.ts';
import { lagOverTime, serversOverTime } from '../../src/report/charts/levels-over-time.ts';
import { scalingSentences, topicSentences } from '../../src/report/sentences.ts';
import { builtins } from '../../src/scenarios/catalogue.ts';
import { explainScenario } from '../../src/scenarios/describe.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import { asShipped } from '../support/as-shipped.ts';
import { loaded } from './loaded.ts';

const { simulate } = await asShipped<typeof Api>('src/index.ts');

const file = (topic: string, rest = '') => `
clients: { a: { rate: 9 req/s, to: web } }
services:
  web: { work: [ { publish: orders } ] }
  kafka: { work: [ { wait: 2 ms } ] }
  worker: { count: 2, workers: 1, work: [ { compute: demand } ] }
topics: { orders: ${topic}${rest} }`;

function found(text: string): { readonly problems: string; readonly doubts: string } {
  const { problems, doubts } = loadScenario(text, { name: 'x' });
  return {
    problems: problems.map(({ path, rule }) => `${path}: ${rule}`).join('\n'),
    doubts: doubts.map(({ path, text: words }) => `${path}: ${words}`).join('\n'),
  };
}

describe('the language', () => {
  test("Kafka's defaults", () => {
    const { cluster } = loaded(file('{ partitions: 4, groups: { worker: { record: 1 ms } } }'));
    expect(cluster.topics!.orders).toEqual({
      partitions: 4,
      key: 'none',
      retention: Infinity,
      room: Infinity,
      groups: {
        worker: {
          batch: 500,
          gather: 0,
          slots: 1,
          record: { kind: 'deterministic', value: 0.001 },
          heartbeat: 3,
          session: 45,
          rebalance: { kind: 'deterministic', value: 3 },
        },
      },
    });
    expect(cluster.services.web.work['*']).toEqual([{ do: 'publish', topic: 'orders' }]);
  });

  test('a request waits for the broker, or does not; gathered batches go there by themselves', () => {
    const steps = (more: string) =>
      loaded(file(`{ broker: kafka, ${more} groups: { worker: { record: 1 ms } } }`)).cluster.services.web.work['*'];
    expect(steps('').map((step) => step.do)).toEqual(['call', 'publish']);
    expect(steps('acks: none,').map((step) => step.do)).toEqual(['send', 'publish']);
    expect(steps('linger: { for: 5 ms, records: 9 },').map((step) => step.do)).toEqual(['publish']);
  });

  test.each<[string, string, RegExp]>([
    ['no such service', '{ groups: { wrker: { record: 1 ms } } }', /there is no service "wrker"/],
    [
      'no such broker',
      '{ linger: { for: 1 ms, records: 2 }, broker: kafk, groups: { worker: { record: 1 ms } } }',
      /no service or director "kafk"/,
    ],
    [
      'a broker that a step cannot call',
      '{ broker: kafk, groups: { worker: { record: 1 ms } } }',
      /no service or director "kafk"/,
    ],
    ['no such topic to emit to', '{ groups: { worker: { record: 1 ms, emits: { to: x } } } }', /there is no topic "x"/],
    ['a circle', '{ groups: { worker: { record: 1 ms, emits: { to: orders } } } }', /records go in a circle/],
    ['acks without a broker', '{ acks: none, groups: { worker: { record: 1 ms } } }', /needs a broker, and no linger/],
    ['more than all', '{ groups: { worker: { record: 1 ms, emits: { to: more, share: 120 % } } } }', /at most 100 %/],
    ['no time for a record', '{ groups: { worker: {} } }', /record/],
  ])('%s is a problem', (_, topic, rule) => {
    expect(found(file(topic)).problems).toMatch(rule);
  });

  test('a step that publishes nowhere, a lag of nobody', () => {
    expect(
      found(file('{ groups: { worker: { record: 1 ms } } }').replace('publish: orders', 'publish: orers')).problems,
    ).toMatch(/there is no topic "orers"/);
    const scaled = (metric: string) =>
      found(
        file('{ groups: { worker: { record: 1 ms } } }').replace(
          'workers: 1,',
          `workers: 1, autoscale: { max: 4, target: ${metric} },`,
        ),
      ).problems;
    expect(scaled('{ lag: 100, topic: orders }')).toBe('');
    expect(scaled('{ lag: 100, topic: others }')).toMatch(/there is no topic "others"/);
  });

  test('doubts: nobody consumes, more consumers than partitions, records that cost nothing', () => {
    expect(found(file('{ groups: {} }')).doubts).toMatch(/nobody consumes orders/);
    expect(found(file('{ partitions: 1, groups: { worker: { record: 1 ms } } }')).doubts).toMatch(
      /2 consumers for 1 partition/,
    );
    const text = file('{ partitions: 2, groups: { worker: { record: 1 ms } } }');
    expect(found(text).doubts).toBe('services.kafka: nobody calls kafka');
    expect(found(text.replace('compute: demand', 'compute: 1 ms')).doubts).toMatch(/worker does not spend it/);
    expect(found(text.replace('publish: orders', 'wait: 1 ms')).doubts).toMatch(/nobody publishes to orders/);
  });

  test('is explained', () => {
    const words = explainScenario(loaded(builtins['iot-ingest'], { name: 'iot-ingest' })).replaceAll(/\s+/g, ' ');
    expect(words).toContain(
      'telemetry: a topic of 16 partitions; a source address has its partition; producers gather up to 200 records',
    );
    expect(words).toContain('flink with 2 consumers on a server takes up to 100 at a time');
    expect(words).toContain('and sends 1.2 % of them on to stored');
  });
});

test('iot-ingest: devices do not notice what the lag does when a worker dies, and it is worked off', async () => {
  const set = [
    'clients.devices.rate=500 req/s',
    'topics.telemetry.groups.flink.record={ exponential: 8 ms }',
    'topics.telemetry.groups.flink.batch=10',
  ];
  const result = await simulate(loaded(builtins['iot-ingest'], { name: 'iot-ingest', set }), {
    seed: '1',
    replications: 1,
  });
  expect(result.total.errors.value).toBe(0);
  const { flink } = result.topics!.telemetry.groups;
  expect(flink.lagMax.value).toBeGreaterThan(0.9 * 500 * 10 * (4 / 16)); // one worker has 4 of 16 partitions, for 10 s
  expect(flink.lagAtEnd.value).toBeLessThan(500);
  expect(flink.rebalances).toBe(2);
  expect(flink.replayed).toBeGreaterThan(0);
  const { stored } = result.topics!;
  expect(stored.published.value / result.topics!.telemetry.published.value).toBeCloseTo(0.012, 2);
  expect(result.timeline.levels!['telemetry lag at flink']).toHaveLength(result.timeline.at.length);
  expect(topicSentences(result)[1]).toMatch(/^flink does \d+(\.\d+)? records\/s of telemetry: p50 .* processed twice$/);
  expect(lagOverTime(result)!.sentence).toContain('telemetry lag at flink');
  expect(serversOverTime(result)).toBeNull();
  expect(scalingSentences(result)).toEqual([]);
}, 60_000);

test('consumers that follow their lag', async () => {
  const text = `
clients: { a: { rate: { points: [ { at: 0 s, rate: 50 req/s }, { at: 60 s, rate: 400 req/s } ] }, to: web } }
services:
  web: { work: [ { publish: orders } ] }
  worker: { workers: 1, work: [ { compute: demand } ], autoscale: { max: 8, target: { lag: 200, topic: orders }, start: 5 s } }
topics: { orders: { partitions: 8, groups: { worker: { record: 10 ms, rebalance: 1 s } } } }
time: { duration: 5 min }`;
  const result = await simulate(loaded(text), { seed: '1', replications: 1 });
  expect(result.faults[0].text).toMatch(
    /^worker scales out 1 -> \d: lag of orders \d+ in all against a target of 200 a server/,
  );
  expect(result.services.worker.scaling!.atEnd.value).toBeGreaterThanOrEqual(4);
  expect(result.topics!.orders.groups.worker.lagAtEnd.value).toBeLessThan(
    result.topics!.orders.groups.worker.lagMax.value,
  );
  expect(scalingSentences(result)[0]).toMatch(/^worker has \d.* servers on average \(1 to 8 allowed\)/);
  expect(serversOverTime(result)!.sentence).toContain('worker servers');
}, 60_000);
