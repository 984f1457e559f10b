import { describe, expect, test } from 'vitest';
import { exactModel } from '../../../src/analysis/theory/exact-model.ts';
import { recognise } from '../../../src/analysis/theory/recognise.ts';
import type { ClusterDescription } from '../../../src/models/description.ts';
import { loaded } from '../../scenarios/loaded.ts';

function clusterOf(text: string): ClusterDescription {
  return loaded(text).cluster;
}

function modelOf(text: string): string | null {
  const plain = recognise(clusterOf(text));
  return plain === null ? null : (exactModel(plain)?.model ?? null);
}

const open = (service: string, load = 'rate: 40 req/s') =>
  `clients: { c: { ${load}, to: s } }\nservices: { s: { ${service} } }`;
const users = 'users: 9, think: { exponential: 1 s }';
const breaking = 'breakdowns: { every: { exponential: 3 s }, repair: { exponential: 300 ms } }';
const exponential = 'work: [ { compute: { exponential: 10 ms } } ]';

describe('a textbook cluster is what it is', () => {
  const models: readonly (readonly [model: string, text: string])[] = [
    ['M/M/1', open(`workers: 1, ${exponential}`)],
    ['M/M/4', open(`workers: 4, ${exponential}`)],
    ['M/M/2', open(`cores: 2, sharing: fifo, ${exponential}`)],
    ['M/M/3', open(`workers: 3, cores: 3, ${exponential}`)],
    ['M/D/1', open('workers: 1, work: [ { compute: 10 ms } ]')],
    ['M/D/2', open('workers: 2, work: [ { compute: 10 ms } ]')],
    ['M/G/1', open('workers: 1, work: [ { compute: { lognormal: { mean: 10 ms, cv: 2 } } } ]')],
    ['M/M/1-PS', open(`cores: 1, ${exponential}`)],
    ['M/G/2-PS', open('cores: 2, work: [ { compute: { lognormal: { mean: 10 ms, cv: 2 } } } ]')],
    ['M/M/2/5', open(`workers: 2, queue: 3, ${exponential}`)],
    ['M/M/2/2 (Erlang B)', open(`workers: 2, queue: 0, ${exponential}`)],
    ['M/M/2+M (Erlang A)', open(`workers: 2, patience: { exponential: 50 ms }, ${exponential}`)],
    ['M/M/infinity', open(exponential)],
    ['M/M/1 with breakdowns', open(`workers: 1, ${breaking}, ${exponential}`)],
    ['M/M/3 with breakdowns', open(`workers: 3, ${breaking}, ${exponential}`)],
    [
      'M/G/1 with breakdowns',
      open(
        'workers: 1, breakdowns: { every: { exponential: 3 s }, repair: 1 s }, work: [ { compute: { uniform: [1 ms, 9 ms] } } ]',
      ),
    ],
    ['M/M/1 with set-up', open(`workers: 1, setup: { time: 2 s, offAfter: 1 s }, ${exponential}`)],
    ['M/D/1 with set-up', open('workers: 1, setup: 2 s, work: [ { compute: 10 ms } ]')],
    ['M/M/4 with set-up', open(`workers: 4, setup: { exponential: 2 s }, ${exponential}`)],
    ['D/M/1', open(`workers: 1, ${exponential}`, 'rate: 40 req/s, arrivals: even')],
    ['G/M/1', open(`workers: 1, ${exponential}`, 'rate: 40 req/s, arrivals: { erlang: { k: 3, mean: 25 ms } }')],
    ['M/M/2//9 (machine repair)', open(`workers: 2, ${exponential}`, users)],
    ['closed network (MVA)', open(`cores: 2, ${exponential}`, users)],
    [
      'open network (Jackson)',
      `clients: { c: { rate: 40 req/s, work: [ { call: a }, { call: b }, { wait: 5 ms }, { call: a } ] } }
services: { a: { workers: 2, ${exponential} }, b: { cores: 1, work: [ { compute: 5 ms } ] } }`,
    ],
    [
      'closed network (MVA)',
      `clients: { c: { ${users}, work: [ { call: a }, { call: b } ] } }
services: { a: { workers: 2, ${exponential} }, b: { work: [ { compute: 5 ms } ] } }`,
    ],
  ];
  test.each(models)('%s', (model, text) => expect(modelOf(text)).toBe(model));
});

describe('what is more than a textbook has no exact answer', () => {
  const others: readonly (readonly [what: string, text: string])[] = [
    ['several servers', open(`workers: 1, count: 2, ${exponential}`)],
    ['a slower server', open(`workers: 1, speed: 0.5, ${exponential}`)],
    ['fewer cores than workers', open(`workers: 4, cores: 2, ${exponential}`)],
    ['another order', open(`workers: 1, order: lifo, ${exponential}`)],
    ['a connection limit', open(`workers: 1, limit: 50, ${exponential}`)],
    ['breakdowns that come evenly', open(`workers: 1, breakdowns: { every: 3 s, repair: 1 s }, ${exponential}`)],
    [
      'work that is begun anew after a breakdown',
      open(`workers: 1, ${breaking.replace(' }', ' }, interrupted: restart')}, ${exponential}`),
    ],
    ['breakdowns and a line that ends', open(`workers: 1, queue: 9, ${breaking}, ${exponential}`)],
    [
      'workers that break more than they work',
      open(`workers: 1, ${breaking.replace('3 s', '100 ms')}, ${exponential}`),
    ],
    ['several workers that are set up in a constant time', open(`workers: 4, setup: 2 s, ${exponential}`)],
    ['users and a server that switches off', open(`workers: 1, setup: 2 s, ${exponential}`, users)],
    ['even arrivals and breakdowns', open(`workers: 1, ${breaking}, ${exponential}`, 'rate: 40 req/s, arrivals: even')],
    ['a slowdown', open(`workers: 1, slowdown: { usl: { contention: 0.1, coherency: 0 } }, ${exponential}`)],
    ['two steps', open('workers: 1, work: [ { compute: { exponential: 5 ms } }, { compute: 1 ms } ]')],
    ['a wait while the worker is held', open('workers: 1, work: [ { wait: 5 ms } ]')],
    ['a timeout', open(`workers: 1, ${exponential}`, 'rate: 40 req/s, timeout: 1 s')],
    ['a rate that changes', open(`workers: 1, ${exponential}`, 'rate: "40 * (1 + 0.1 * sin(t)) req/s"')],
    ['batches', open(`workers: 1, ${exponential}`, 'rate: 40 req/s, batch: 3')],
    ['a rendezvous', open(`workers: 1, ${exponential}`, `${users}, start: { rendezvous: 1 s }`)],
    ['users who leave', open(`workers: 1, ${exponential}`, `${users}, iterations: 5`)],
    ['a line of another law', open('workers: 2, work: [ { compute: { uniform: [1 ms, 9 ms] } } ]')],
    ['more than can be carried', open(`workers: 1, ${exponential}`, 'rate: 140 req/s')],
    ['a fault', `${open(`workers: 1, ${exponential}`)}\nfaults: [ { at: 5 s, crash: s } ]\ntime: { duration: 10 s }`],
    [
      'a director',
      `clients: { c: { rate: 40 req/s, to: d } }\ndirectors: { d: { upstream: s } }\nservices: { s: { workers: 1, ${exponential} } }`,
    ],
    [
      'nested calls',
      `clients: { c: { rate: 40 req/s, to: s } }\nservices: { s: { workers: 1, work: [ { compute: { exponential: 1 ms } }, { call: t } ] }, t: { workers: 1, ${exponential} } }`,
    ],
    [
      'two kinds of clients',
      `clients: { c: { rate: 40 req/s, to: s }, e: { rate: 4 req/s, to: s } }\nservices: { s: { workers: 1, ${exponential} } }`,
    ],
  ];
  test.each(others)('%s', (_, text) => expect(modelOf(text)).toBeNull());

  const plain = clusterOf(open(`workers: 1, ${exponential}`));
  const closed = clusterOf(open(`workers: 1, ${exponential}`, users));
  const unreliable = ['setup: 1 s', breaking].map((door) => clusterOf(open(`workers: 1, ${door}, ${exponential}`)));
  /** Every object of a description, by its path. */
  const objects = (value: unknown, path: readonly string[] = []): (readonly string[])[] =>
    value !== null && typeof value === 'object' && !isLaw(value)
      ? [
          ...(Array.isArray(value) ? [] : [path]),
          ...Object.entries(value).flatMap(([key, one]) => objects(one, [...path, key])),
        ]
      : [];
  // maps by name hold things, not fields
  const maps = new Set(['clients', 'services', 'directors', 'links', 'again', 'pools', 'work']);
  const places = (cluster: ClusterDescription) => objects(cluster).filter((path) => !maps.has(path.at(-1) ?? ''));

  test('a field that is added to descriptions later makes it decline, wherever it stands, unless it is empty', () => {
    let tried = 0;
    for (const cluster of [plain, closed, ...unreliable]) {
      expect(recognise(cluster)).not.toBeNull();
      for (const path of places(cluster)) {
        // shapes of rates and users are told apart by their kind, which is on the list
        if (path.at(-1) === 'rate' || path.at(-1) === 'users' || path.at(-1) === 'start') continue;
        const changed = (value: unknown) => {
          const copy = structuredClone(cluster);
          const place = path.reduce<Record<string, unknown>>(
            (at, key) => at[key] as Record<string, unknown>,
            copy as never,
          );
          place['novelty'] = value;
          return copy;
        };
        for (const value of [1, true, 'on', Infinity, { every: 1 }, [1]]) {
          expect(recognise(changed(value)), `${path.join('.')} novelty ${JSON.stringify(value)}`).toBeNull();
        }
        for (const value of [undefined, null, {}, []]) expect(recognise(changed(value))).not.toBeNull();
        tried++;
      }
    }
    expect(tried).toBeGreaterThanOrEqual(24);
  });
});

function isLaw(value: object): boolean {
  return 'kind' in value && (value.kind === 'exponential' || value.kind === 'deterministic');
}
