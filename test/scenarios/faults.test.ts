/** Faults, zones, checks and nodes as people write them: what they become, and what is said about mistakes and doubts. */
import { describe, expect, test } from 'vitest';
import { explainScenario } from '../../src/scenarios/describe.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import { loaded, saying } from './loaded.ts';

/** Three web servers behind a pair, one database, two racks; `lines` are faults. */
function racks(lines: string, more = '', director = ''): string {
  return `clients: { all: { rate: 10 req/s, to: vip } }
directors: { vip: { upstream: web, nodes: { a: { priority: 100 }, b: { priority: 90 } }${director} } }
services:
  web: { count: 3, work: [ { call: db } ] }
  db: { work: [ { compute: 1 ms } ] }
zones: { rack1: [ web.1, web.2, vip.a ], rack2: [ web.3, db ] }
faults: [ ${lines} ]
${more}`;
}

const fault = (line: string, more = '') =>
  loaded(racks(line, more, ', vrrp: { track: { weight: -20 } }')).cluster.faults[0];
const problems = (line: string, more = '', director = '') =>
  loadScenario(racks(line, more, director), { name: 'x' }).problems.map(({ path, rule }) => `${path}: ${rule}`);
const doubts = (line: string, director = '') =>
  loadScenario(racks(line, '', director), { name: 'x' }).doubts.map(({ path, text }) => `${path}: ${text}`);

describe('a fault', () => {
  test('at a time, with all its words', () => {
    expect(fault('{ at: 1 min, sick: web.2, for: 30 s, share: 40 %, answer: 5 ms }')).toEqual({
      at: 60,
      do: 'sick',
      target: 'web.2',
      for: 30,
      factor: 1,
      share: 0.4,
      answer: { kind: 'deterministic', value: 0.005 },
    });
    expect(fault('{ at: 1 min, crash: web, for: { exponential: 30 s }, mtbf: 90 d, mttr: 2 h }')).toMatchObject({
      for: Infinity,
      lasts: { kind: 'exponential', mean: 30 },
      mtbf: 90 * 86_400,
      mttr: 7200,
    });
    expect(fault('{ at: 1 s, crash: db, for: 1 s, cold: { factor: 0.3, over: 1 min } }').cold).toEqual({
      factor: 0.3,
      over: 60,
    });
  });

  test('a zone is what it stands for, and fails as one', () => {
    const rack = { target: 'rack1', targets: ['web.1', 'web.2', 'vip.a'] };
    expect(fault('{ at: 1 s, unplug: rack1 }')).toMatchObject({ do: 'unplug', ...rack });
    const often = '{ every: { exponential: 1 h }, crash: rack1, for: 1 min }';
    expect(fault(often, 'time: { duration: 1 h }')).toMatchObject({ ...rack, again: { together: true } });
  });

  test('a partition has two sides, of things, zones and clients', () => {
    expect(fault('{ at: 1 s, partition: [ rack1, [ db, all ] ], for: 1 s }')).toMatchObject({
      do: 'partition',
      target: 'rack1 from db, all',
      sides: [
        ['web.1', 'web.2', 'vip.a'],
        ['db', 'all'],
      ],
    });
  });

  test('that takes data lasts as long as the restore', () => {
    const line = (more: string, what = 'crash: db') =>
      `{ at: 5 min, ${what}, backup: { every: 1 min, size: 5 GB, rate: 800 Mbit/s, begin: 10 s${more} } }`;
    expect(fault(line(''))).toMatchObject({ do: 'crash', target: 'db', for: 60, backup: { every: 60, writes: [] } });
    expect(explainScenario(loaded(racks(line(''))))).toContain(
      'crash db with its data, back from a backup made every 1 min, for 1 min',
    );
    expect(problems(line(', writes: [ request, wrote ]'))).toEqual([
      'faults[0].backup.writes[1]: there is no request class "wrote"',
    ]);
    expect(problems(line('', 'for: 1 min, crash: db'))).toEqual(['faults[0].for: does not go with backup']);
    expect(problems(line('', 'hang: db'))).toEqual(['faults[0].backup: belongs to `crash`']);
    expect(problems(line('', 'crash: vip'))).toEqual(['faults[0].backup: vip is no service: it has no data']);
  });

  test('zones may have a link between them, which explain names', () => {
    const wan = (ends: string) => `links: { wan: { between: [ ${ends} ], latency: 500 us } }`;
    const scenario = loaded(racks('', wan('rack1, rack2')));
    const zones = [
      ['web.1', 'web.2', 'vip.a'],
      ['web.3', 'db'],
    ];
    expect(scenario.cluster.links.wan).toMatchObject({ between: ['rack1', 'rack2'], zones });
    expect(explainScenario(scenario)).toContain('From rack1 (web.1, web.2, vip.a) to rack2 (web.3, db): 500 us each');
    expect(loaded(racks('', wan('rack1, all'))).cluster.links.wan.zones?.[1]).toEqual(['all']);
    expect(problems('', wan('rack2, db'))).toEqual(['links.wan.between: "db" is at both ends']);
    expect(problems('', wan('rack2, rack3'))).toEqual(['links.wan.between[1]: there is nothing named "rack3"']);
  });

  test('again and again: each server by itself, unless together', () => {
    const line = (more: string) => `{ every: { exponential: 30 d }, crash: web, for: { exponential: 2 h }${more} }`;
    const time = 'time: { duration: 1 h }';
    expect(fault(line(''), time).again).toEqual({
      every: { kind: 'exponential', mean: 30 * 86_400 },
      for: { kind: 'exponential', mean: 7200 },
      together: false,
      repairFrom: 'fault',
    });
    expect(fault(line(', together: true'), time).again?.together).toBe(true);
    expect(fault(line(', crews: 1'), time).again?.crews).toBe(1);
  });

  test('explain says it in words', () => {
    const text = explainScenario(
      loaded(
        racks(
          '{ at: 1 min, sick: web.2, for: 30 s, share: 40 % }, { at: 2 min, partition: [ web.1, db ], for: 1 s }, { every: { exponential: 30 d }, crash: web, for: { exponential: 2 h }, crews: 1 }, { at: 3 min, crash: rack1, for: 1 min }',
          'time: { duration: 1 h }',
        ),
      ),
    ).replace(/\s+/g, ' ');
    expect(text).toContain('1 min: errors for 40 % of the requests to web.2 for 30 s');
    expect(text).toContain('2 min: no packet passes: cut web.1 from db for 1 s');
    expect(text).toContain('about every 30 d: crash web for about 2 h, each server by itself, mended by one crew');
    expect(text).toContain('3 min: crash rack1 (web.1, web.2, vip.a) for 1 min');
  });
});

describe('mistakes', () => {
  test.each([
    ['{ crash: web }', 'faults[0]: says not when'],
    ['{ at: 1 s, crash: web, hang: db }', 'faults[0]: says crash and hang'],
    ['{ at: 1 s, crash: web, share: 10 % }', 'faults[0].share: belongs to `sick`'],
    ['{ at: 1 s, hang: web, cold: { factor: 0.5, over: 1 s } }', 'faults[0].cold: belongs to `crash`, `stop`'],
    ['{ at: 1 s, crash: web, cold: { factor: 1, over: 1 s } }', 'faults[0].cold.factor: must be above 0 and below 1'],
    ['{ at: 1 s, crash: web, together: true }', 'faults[0].together: belongs to faults that come again and again'],
    ['{ at: 1 s, restore: web, for: 1 s }', 'faults[0].for: does not go with restore'],
    ['{ at: 1 s, sick: vip }', 'faults[0].sick: a director cannot be sick'],
    ['{ at: 1 s, kill9: web.1 }', 'faults[0].kill9: only the node of a director has one'],
    ['{ at: 1 s, script: vip.a }', 'faults[0].script: vip tracks no script'],
    ['{ at: 1 s, crash: rack3 }', 'faults[0].crash: there is no service or director "rack3"'],
    ['{ at: 1 s, partition: [ web, [ db, web ] ] }', 'faults[0].partition: "web" is on both sides'],
    ['{ at: 1 s, partition: [ web, nobody ] }', 'faults[0].partition: there is no service or director "nobody"'],
  ])('%s', (line, problem) => {
    expect(problems(line)).toContainEqual(saying(problem));
  });

  test('faults that come again and again end, and the run does', () => {
    expect(problems('{ every: 1 h, crash: web }', 'time: { duration: 1 h }')).toEqual([
      'faults[0]: comes again and again, but never ends',
    ]);
    expect(problems('{ every: 1 h, crash: web, for: 1 s }')).toEqual([
      'time: needs a duration: faults come again and again',
    ]);
  });

  test('a zone of nothing, or with the name of something', () => {
    const text = racks('{ at: 1 s, crash: db }').replace('rack2: [ web.3, db ]', 'db: [ web.4 ]');
    expect(loadScenario(text, { name: 'x' }).problems.map(({ path, rule }) => `${path}: ${rule}`)).toEqual([
      'zones.db: there is one of `services` named "db" too',
      'zones.db[0]: there is no server "web.4"',
    ]);
  });

  test.each([
    [', check: { fall: 3 }', 'vip.check: needs `every` or a preset'],
    [', check: { preset: haprxy }', 'vip.check.preset: unknown preset "haprxy"'],
    [', check: { every: 1 s, retries: 2, fall: 3 }', 'vip.check.retries: says the same as `fall`'],
    [', check: { every: 1 s, fast: 1 s, retryEvery: 1 s }', 'vip.check.retryEvery: says the same as `fast`'],
    [', check: { every: 1 s, timeout: 2 s, schedule: rate }', 'vip.check.timeout: must not be longer than `every`'],
    [', vrrp: { advert: 500 ms }', 'vip.vrrp.advert: is whole seconds in VRRP version 2'],
    [', vrrp: { track: { weight: 0 } }', 'vip.vrrp.track.weight: must not be 0'],
    [', vrrp: { advert: 1 s }, takeover: 3 s', 'vip.takeover: says the same as `vrrp`'],
  ])('%s', (director, problem) => {
    expect(problems('{ at: 1 s, crash: db }', '', director)).toContainEqual(saying(problem));
  });

  test('one node has nothing to take over', () => {
    const text = racks('{ at: 1 s, crash: db }').replace(
      'nodes: { a: { priority: 100 }, b: { priority: 90 } }',
      'sync: true',
    );
    expect(loadScenario(text.replace('vip.a', 'vip'), { name: 'x' }).problems[0]).toMatchObject({
      path: 'directors.vip.sync',
      rule: 'needs two nodes',
    });
  });
});

describe('products', () => {
  const check = (text: string) =>
    loaded(racks('{ at: 1 s, crash: db }', '', `, check: ${text}`)).cluster.directors.vip.check;

  test('HAProxy, keepalived and Kubernetes in their own words', () => {
    expect(check('{ every: 2 s, fast: 500 ms, down: 5 s }')).toEqual({
      every: 2, timeout: 2, fall: 3, rise: 2, failing: 0.5, rising: 0.5, down: 5,
    }); // prettier-ignore
    expect(check('{ every: 6 s, retries: 3, retryEvery: 3 s, timeout: 5 s, kind: tcp }')).toEqual({
      every: 6, timeout: 5, fall: 4, rise: 1, failing: 3, kind: 'tcp',
    }); // prettier-ignore
    expect(check('{ every: 10 s, timeout: 1 s, rise: 1, schedule: rate, start: down }')).toEqual({
      every: 10, timeout: 1, fall: 3, rise: 1, schedule: 'rate', startsDown: true,
    }); // prettier-ignore
  });

  test('checks of products, from their names alone; what is said beside wins', () => {
    expect(check('{ preset: haproxy }')).toEqual({ every: 2, timeout: 2, fall: 3, rise: 2, kind: 'tcp' });
    expect(check('{ preset: haproxy, kind: http, every: 1 s }')).toEqual({
      ...{ every: 1, timeout: 1, fall: 3, rise: 2, kind: 'http' },
    });
    expect(check('{ preset: keepalived-tcp }')).toEqual({
      ...{ every: 60, timeout: 5, fall: 2, rise: 1, failing: 1, kind: 'tcp' },
    });
    expect(check('{ preset: nginx-plus }')).toEqual({ every: 5, timeout: 60, fall: 1, rise: 1 });
    expect(check('{ preset: envoy }')).toEqual({ every: 5, timeout: 1, fall: 2, rise: 2, errorsAtOnce: true });
    expect(check('{ preset: kubernetes, cost: 3 ms }')).toEqual({
      ...{ every: 10, timeout: 1, fall: 3, rise: 1, schedule: 'rate', startsDown: true, cost: 0.003 },
    });
  });

  test('nodes: VRRP 3 in fractions with a script and lost ARPs, or a plain takeover', () => {
    const of = (director: string) => loaded(racks('{ at: 1 s, crash: db }', '', director)).cluster.directors.vip;
    expect(
      of(', sync: true, vrrp: { version: 3, advert: 100 ms, track: { every: 2 s }, arp: { loss: 1 % } }'),
    ).toMatchObject({
      sync: true,
      vrrp: {
        version: 3,
        advert: 0.1,
        track: { every: 2, fall: 1, rise: 1 },
        arp: { loss: 0.01, packets: 5, delay: 5 },
      },
    });
    const plain = of(', takeover: { exponential: 10 s }');
    expect([plain.takeover, plain.vrrp]).toEqual([{ kind: 'exponential', mean: 10 }, undefined]);
  });
});

describe('doubts', () => {
  test.each([
    ['{ at: 1 s, sick: web.1 }', ', check: { every: 1 s, kind: tcp }', /a TCP check does not notice that web\.1 fails/],
    ['{ at: 1 s, crash: rack1 }', '', /rack1 fails, and vip has no health check/],
    [
      '{ at: 1 s, unplug: web.1, for: 10 s }',
      ', check: { every: 2 s }',
      /down after about 11 s, but web\.1 is back after 10 s/,
    ],
    ['{ at: 1 s, crash: vip.b }', '', /vip\.b is a backup: while a has the address nobody notices/],
    ['{ at: 1 s, crash: db, mttr: 1 h }', '', /a time to repair without `mtbf` is not used/],
  ])('%s', (line, director, doubt) => {
    expect(doubts(line, director).join('\n')).toMatch(doubt);
  });
});

test('an SLO of availability', () => {
  const { slos } = loaded(racks('{ at: 1 s, crash: db }', 'slos: [ "availability > 99.95 %" ]'));
  expect(slos[0]).toMatchObject({ metric: { kind: 'availability' }, operator: '>', limit: 0.9995 });
});
