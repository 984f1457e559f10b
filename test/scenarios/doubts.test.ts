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
    const busy = 'users: 100, think: none, to: s';
    expect(doubtsOf(two(busy, 'slos: [ "throughput > 4000 req/s", "avg < 25 ms" ]'))).toBe('');
    const shape = (end: string) =>
      `users: { points: [ { at: 0 s, users: 9 }, { at: 5 min, users: 9 }, { at: ${end}, users: 0 } ] }, think: none, to: s`;
    expect(doubtsOf(two(shape('5 min'), 'time: { duration: 6 min }'))).toBe('');
    expect(doubtsOf(two(shape('5 min'), 'time: { duration: 10 min }\nfaults: [ { at: 9 min, crash: s.1 } ]'))).toBe('');
    expect(doubtsOf(two(`${shape('5 min')} }, probes: { rate: 1 req/s, to: s`, 'time: { duration: 10 min }'))).toBe('');
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
      "throughput that so many users cannot make (Little's law)",
      two('users: 100, think: none, to: s').replace('compute: 1 ms', 'wait: 25 ms') +
        'slos: [ "throughput >= 5000 req/s" ]',
      /clients\.a\.users: 100 users do the 5,000 req\/s of "throughput >= 5000 req\/s" only if each request takes 20 ms, but it needs 25 ms without any waiting \(Little's law\): at least 125 users/,
    ],
    [
      'the same with a think time',
      two('users: 100, think: 2 s, to: s').replace('compute: 1 ms', 'wait: 500 ms') +
        'slos: [ "throughput > 50 req/s" ]',
      /only if each request takes 2 s, think time of 2 s included, but it needs 2\.5 s without any waiting \(Little's law\): at least 125 users/,
    ],
    [
      'a mean response that does not go with the throughput',
      two('users: 960, think: none, to: s') + 'slos: [ "throughput > 3200 req/s", "avg < 1.2 s" ]',
      /960 users do the 3,200 req\/s of .* only if each request takes 300 ms \(Little's law\): the mean response of 1\.2 s that an SLO allows gives 800 req\/s/,
    ],
    [
      'users who have gone before the last has come',
      two(
        'users: { points: [ { at: 0 s, users: 0 }, { at: 100 s, users: 1000 } ] }, think: 400 ms, iterations: 5, to: s',
      ).replace('compute: 1 ms', 'wait: 100 ms') + 'time: { duration: 2 min }',
      /clients\.a\.users: come over 1\.67 min, but a user stays 2\.5 s \(5 of 500 ms\): unless requests wait, some 25 of 1,000 are there at once/,
    ],
    [
      'a load that ends long before the run',
      two(
        'users: { points: [ { at: 0 s, users: 0 }, { at: 500 s, users: 5000 }, { at: 560 s, users: 5000 }, { at: 610 s, users: 0 } ] }, think: none, to: s',
        'time: { duration: 840 s }',
      ),
      /clients\.a\.users: the load ends at 10\.2 min, the run at 14 min: 27 % of what is measured is of nobody/,
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
