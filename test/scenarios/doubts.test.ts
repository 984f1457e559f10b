import { describe, expect, test } from 'vitest';
import { loadScenario } from '../../src/scenarios/load.ts';

const doubtsOf = (text: string) => {
  const { doubts, problems } = loadScenario(text, { name: 'x' });
  expect(problems).toEqual([]);
  return doubts.map(({ path, text: words }) => `${path}: ${words}`).join('\n');
};
const two = (clients: string, rest = '') =>
  `clients: { a: { ${clients} } }\nservices: { s: { count: 2, work: [ { compute: 1 ms } ] } }\n${rest}`;

const scaled = (autoscale: string, points = '[ { at: 0 s, rate: 9 req/s } ]') =>
  `clients: { a: { rate: { points: ${points} }, to: s } }\nservices: { s: { count: 2, cores: 1, work: [ { compute: 1 ms } ], autoscale: { max: 9, ${autoscale} } } }\nslos: [ "p(99) < 1 s" ]\ntime: { duration: 10 min }`;

describe('doubts', () => {
  test('none where there is none', () => {
    expect(
      doubtsOf(
        scaled('target: { cpu: 70 % }, every: 15 s', '[ { at: 0 s, rate: 9 req/s }, { at: 1 min, rate: 4009 req/s } ]'),
      ),
    ).toBe('');
    expect(
      doubtsOf(scaled('rules: [ { below: { memory: 40 % }, in: 1 } ], memory: { size: 1 GB, request: 1 MB }')),
    ).toBe('');
    expect(doubtsOf(two('rate: 9 req/s, to: s'))).toBe('');
    expect(doubtsOf(two('users: 9, think: none, to: s'))).toBe('');
  });

  test.each<[string, string, RegExp]>([
    ['users without think time', two('users: 9, to: s'), /clients\.a: users without think time/],
    [
      'a shape longer than the run',
      two('rate: { stages: [ { to: 9 req/s, over: 10 min } ] }, to: s', 'time: { duration: 1 min }'),
      /ends at 1 min, but something happens until 10 min/,
    ],
    [
      'persistence with one source',
      two('rate: 9 req/s, to: d, sources: 1', 'directors: { d: { upstream: s, persistence: 50 s } }'),
      /a single source address behind d's persistence: all requests go to one server/,
    ],
    [
      'pools larger than the database',
      `clients: { a: { rate: 9 req/s, to: s } }\nservices: { s: { count: 20, pool: { to: db, size: 10 }, work: [ { call: db } ] }, db: { preset: mysql, work: [] } }`,
      /200 connections to db, which allows 151/,
    ],
    [
      'a pool that nothing uses',
      `clients: { a: { rate: 9 req/s, to: s } }\nservices: { s: { pool: { to: db, size: 10 }, work: [] }, db: { work: [] } }`,
      /nothing in the work of s uses its pool db/,
    ],
    [
      'a service that nobody calls',
      `clients: { a: { rate: 9 req/s, to: s } }\nservices: { s: { work: [] }, db: { work: [] } }`,
      /services\.db: nobody calls db/,
    ],
    [
      'dropped SYNs that nobody sends again',
      `clients: { a: { rate: 9 req/s, to: s } }\nservices: { s: { preset: tomcat, work: [] } }`,
      /drops SYNs when it is full/,
    ],
    [
      'a bandwidth without sizes',
      two('rate: 9 req/s, to: s', 'links: { l: { between: [ a, s ], bandwidth: 1 Mbit/s } }'),
      /no request has a size/,
    ],
    [
      'a crash without health check',
      two('rate: 9 req/s, to: d', 'directors: { d: { upstream: s } }\nfaults: [ { at: 1 min, crash: s.1 } ]'),
      /s\.1 fails, and d has no health check/,
    ],
    [
      'detection slower than the recovery',
      two(
        'rate: 9 req/s, to: d',
        'directors: { d: { upstream: s, check: { every: 10 s } } }\nfaults: [ { at: 1 min, crash: s.1, for: 20 s } ]',
      ),
      /down after about 25 s, but s\.1 is back after 20 s/,
    ],
    [
      'a promise that can only hold',
      two('rate: 9 req/s, to: s, timeout: 100 ms', 'slos: [ "p(95) < 1 s" ]'),
      /give up before the limit/,
    ],
    [
      'shares that do not add up',
      two('rate: 9 req/s, mix: { b: { share: 50 %, to: s }, c: { share: 20 %, to: s } }'),
      /add up to 70 %/,
    ],
    ['a rate that falls below 0', two('rate: "10 * sin(t) req/s", to: s'), /may fall to -10 req\/s/],
    [
      'detection that costs more than was promised',
      two(
        'rate: 9 req/s, to: d',
        'directors: { d: { upstream: s, check: { every: 10 s } } }\nfaults: [ { at: 1 min, crash: s.1, for: 1 min } ]\nslos: [ "errors < 1 %" ]\ntime: { duration: 10 min }',
      ),
      /notices after about 25 s that s\.1 is down; "errors < 1 %" of this run is spent after 12 s/,
    ],
    [
      'scaling in under pressure',
      scaled('rules: [ { above: { memory: 85 % }, in: 1 } ], memory: { size: 1 GB, request: 1 MB }'),
      /services\.s\.autoscale\.rules\[0\]: scales in when memory is short/,
    ],
    [
      'an autoscaler slower than a surge',
      scaled('target: { cpu: 70 % }, every: 5 min', '[ { at: 0 s, rate: 9 req/s }, { at: 1 min, rate: 4009 req/s } ]'),
      /looks every 5 min, but the load grows from what 2 servers can do \(2000 req\/s\) to 4009 req\/s within 30.1 s/,
    ],
  ])('%s', (_, text, doubt) => {
    expect(doubtsOf(text)).toMatch(doubt);
  });
});
