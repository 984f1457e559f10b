/** The scenarios of decision note 1, as written there: the language is what these mean. */
import { describe, expect, test } from 'vitest';
import { loaded } from './loaded.ts';

describe('the file, by contrasting scenarios', () => {
  test('two lines: an M/M/1', () => {
    const { cluster, time } = loaded(`
clients:  { all: { rate: 900 req/s, to: s } }
services: { s: { workers: 1, work: [ { compute: { exponential: 1 ms } } ] } }`);
    expect(cluster.clients.all.load).toEqual({
      kind: 'open',
      rate: { kind: 'constant', rate: 900 },
      arrivals: 'poisson',
    });
    expect(cluster.services.s).toMatchObject({
      count: 1,
      workers: 1,
      queue: Infinity,
      cores: Infinity,
      order: 'fifo',
      full: 'refuse',
      holds: 'request',
      work: { '*': [{ do: 'compute', time: { kind: 'exponential', mean: 0.001 } }] },
    });
    expect(time).toEqual({ kind: 'steady', duration: null, warmup: null, stopWhenEmpty: false, lastChange: 0 });
  });

  test('threads, pool, own CPU', () => {
    const { cluster } = loaded(`
clients:  { users: { users: 30, think: { exponential: 400 ms }, to: app } }
services:
  app: { workers: 6, cores: 2, sharing: fifo, pool: { to: db, size: 3, patience: 30 s },
         work: [ { compute: { exponential: 20 ms } }, { call: db }, { compute: 5 ms } ] }
  db:  { cores: 2, work: [ { compute: { exponential: 15 ms } } ] }`);
    expect(cluster.clients.users.load).toMatchObject({ kind: 'closed', think: { kind: 'exponential', mean: 0.4 } });
    expect(cluster.services.app.pools).toEqual({ db: { to: 'db', size: 3, patience: 30 } });
    expect(cluster.services.app.sharing).toBe('fifo');
    expect(cluster.services.db.sharing).toBe('processor');
    expect(cluster.services.app.work['*'].map((step) => step.do)).toEqual(['compute', 'call', 'compute']);
  });

  test('a connection kept over several steps, and a query three times', () => {
    const { cluster } = loaded(`
clients:  { all: { rate: 9 req/s, to: app } }
services:
  app: { pool: { to: db, size: 3 }, work: [ { with: db, do: [ { query: db }, { compute: 1 ms } ] }, { query: db, times: 3 } ] }
  db:  { work: [ { compute: 1 ms } ] }`);
    const steps = cluster.services.app.work['*'];
    expect(steps.map((step) => step.do)).toEqual(['acquire', 'call', 'compute', 'release', 'loop']);
    expect(steps[4]).toMatchObject({ times: { kind: 'deterministic', value: 3 }, steps: [{ do: 'call', to: 'db' }] });
  });

  test('LVS-DR with VRRP', () => {
    const { cluster, time } = loaded(`
clients:
  browsers: { users: 2500, start: { rendezvous: 1 s }, iterations: 1, to: vip, timeout: 120 s, request: 1 kB, response: 12 kB, connect: windows }
directors:
  vip:
    mode: dr
    scheduler: lvs/rr
    upstream: { web.1: { weight: 3 }, web.2: { weight: 2, limit: 100 } }
    persistence: 50 s
    check: { every: 6 s }
    nodes: { a: { priority: 100 }, b: { priority: 99 } }
    vrrp: { version: 2, advert: 1 s }
services:
  web: { preset: tomcat-6, count: 4, cores: 1, work: [ { call: sessions }, { compute: { exponential: 34.2 ms } } ] }
  sessions: { preset: redis, work: [ { wait: 1 ms } ] }
faults:
  - { at: 3 min, crash: vip.a }
  - { at: 6 min, restore: vip.a }`);
    expect(cluster.clients.browsers.load).toMatchObject({
      start: { kind: 'rendezvous', spread: { kind: 'uniform', low: 0, high: 1 } },
      iterations: 1,
    });
    expect(cluster.clients.browsers.mix[0].steps[0]).toEqual({
      do: 'call',
      to: 'vip',
      timeout: { kind: 'deterministic', value: 120 },
      requestBytes: 1000,
      responseBytes: 12_000,
      abandon: 'keep',
      connect: { syn: [0, 3, 9], giveUp: 21 },
    });
    expect(cluster.directors.vip).toMatchObject({
      mode: 'dr',
      scheduler: { id: 'lvs/rr' },
      members: [
        { service: 'web', server: 0, weight: 3, limit: Infinity },
        { service: 'web', server: 1, weight: 2, limit: 100 },
      ],
      persistence: 50,
      check: { every: 6, timeout: 6, fall: 3, rise: 2 },
      nodes: [
        { name: 'a', priority: 100 },
        { name: 'b', priority: 99 },
      ],
      vrrp: { version: 2, advert: 1, preempt: true, preemptDelay: 0 },
    });
    expect(cluster.services.web).toMatchObject({ workers: 200, queue: 100, full: 'drop', speeds: [1, 1, 1, 1] });
    expect(cluster.faults[0]).toEqual({ at: 180, do: 'crash', target: 'vip.a', for: Infinity, factor: 1 });
    expect(time).toMatchObject({ kind: 'terminating', duration: 480, lastChange: 360 });
  });

  test('a proxy with its own limits', () => {
    const { cluster } = loaded(`
clients: { all: { rate: 9 req/s, to: toll } }
directors: { toll: { preset: apache-prefork, upstream: web, relay: 2 ms, queue: 99 } }
services: { web: { work: [ { compute: 1 ms } ] } }`);
    expect(cluster.directors.toll).toMatchObject({
      workers: 256,
      queue: 99,
      full: 'drop',
      mode: 'proxy',
      relay: { kind: 'deterministic', value: 0.002 },
    });
  });

  test('a retry storm: the client gives the defaults of its calls', () => {
    const { cluster } = loaded(`
clients:  { all: { rate: 280 req/s, to: web, timeout: 200 ms, retry: { times: 2, backoff: none } } }
directors: { web: { scheduler: swrr, upstream: app } }
services: { app: { count: 4, workers: 1, work: [ { compute: { exponential: 10 ms } } ] } }
faults:   [ { at: 60 s, hang: app, for: 1 s } ]`);
    const [call] = cluster.clients.all.mix[0].steps;
    expect(call).toMatchObject({
      retry: { times: 2, backoff: { base: 0, factor: 1, jitter: 'none' }, budget: Infinity, other: false },
    });
    expect(cluster.directors.web.scheduler.id).toBe('nginx/rr');
    expect(cluster.faults[0].for).toBe(1);
  });

  test('retry, long and short', () => {
    const retryOf = (retry: string) => {
      const { cluster } = loaded(
        `clients: { all: { rate: 1 req/s, to: s, retry: ${retry} } }\nservices: { s: { work: [] } }`,
      );
      const [call] = cluster.clients.all.mix[0].steps;
      return call.do === 'call' ? call.retry : undefined;
    };
    expect(retryOf('2')).toEqual(retryOf('{ times: 2 }'));
    expect(retryOf('0')).toBeUndefined();
    expect(
      retryOf(
        '{ times: 3, backoff: { base: 100 ms, factor: 2, max: 2 s, jitter: full }, on: [ timeout, refused ], budget: 10 %, other: true }',
      ),
    ).toEqual({
      times: 3,
      backoff: { base: 0.1, factor: 2, max: 2, jitter: 'full' },
      on: ['timeout', 'refused'],
      other: true,
      budget: 0.1,
    });
  });

  test('a mix with classes, stages, work by class', () => {
    const { cluster, time } = loaded(`
clients:
  shop:
    rate: { stages: [ { to: 500 req/s, over: 2 min }, { to: 500 req/s, over: 10 min } ] }
    mix:
      read:  { share: 80 %, to: app }
      write: { share: 20 %, work: [ { call: app, timeout: 2 s }, { send: mail } ] }
services:
  app:  { workers: 8, work: { read: [ { compute: 5 ms } ], write: [ { compute: 20 ms } ] } }
  mail: { workers: 1, work: [ { compute: 30 ms } ] }`);
    const { load, mix } = cluster.clients.shop;
    expect(load).toMatchObject({
      rate: {
        kind: 'points',
        points: [
          { at: 0, rate: 0 },
          { at: 120, rate: 500 },
          { at: 720, rate: 500 },
        ],
      },
    });
    expect(mix.map(({ name, share }) => [name, share])).toEqual([
      ['read', 0.8],
      ['write', 0.2],
    ]);
    expect(mix[1].steps[1]).toEqual({ do: 'send', to: 'mail', requestBytes: 0 });
    expect(Object.keys(cluster.services.app.work)).toEqual(['read', 'write']);
    expect(time).toMatchObject({ kind: 'terminating', duration: 720, stopWhenEmpty: false });
  });

  test('a stepping thread group, an expression, a trace', () => {
    const { cluster } = loaded(
      `
clients:
  jmeter: { users: { steps: { add: 100, every: 10 s, ramp: 1 s, to: 300, hold: 60 s, drop: 100, dropEvery: 5 s } }, think: none, to: web }
  daily:  { rate: "300 * (1 + 0.5 * sin(2 * pi * t / 86400)) req/s", to: web }
  minute: { rate: "60 * (1 + t) req/min", to: web }
  replay: { trace: { at: [ 1 ms, 4 ms ], demand: [ 10 ms, 12 ms ] }, to: web }
  given:  { to: web }
  named:  { trace: given, to: web }
services: { web: { workers: 2, work: [ { compute: demand } ] } }
time: { duration: 10 s }`,
      { traces: { given: { at: [0, 0.5], demand: [0.1, 0.2] } } },
    );
    const { clients } = cluster;
    expect(clients.jmeter.load).toMatchObject({
      users: {
        points: [
          { at: 0, users: 0 },
          { at: 1, users: 100 },
          { at: 10, users: 100 },
          { at: 11, users: 200 },
          { at: 20, users: 200 },
          { at: 21, users: 300 },
          { at: 81, users: 300 },
          { at: 81, users: 200 },
          { at: 86, users: 200 },
          { at: 86, users: 100 },
          { at: 91, users: 100 },
          { at: 91, users: 0 },
        ],
      },
    });
    expect(clients.daily.load).toMatchObject({ rate: { kind: 'expression', max: 450 } });
    expect(clients.minute.load).toMatchObject({
      rate: { kind: 'expression', expression: '(60 * (1 + t)) * 0.016666666666666666' },
    });
    expect(clients.replay.load).toEqual({ kind: 'trace', at: [0.001, 0.004], demand: [0.01, 0.012], priority: [] });
    expect(clients.given.load).toEqual({ kind: 'trace', at: [0, 0.5], demand: [0.1, 0.2], priority: [] });
    expect(clients.named.load).toEqual(clients.given.load);
    expect(cluster.services.web.work['*']).toEqual([{ do: 'compute', time: { kind: 'demand', scale: 1 } }]);
  });

  test('parallel, choice, loop, quorum, fallback, walk', () => {
    const { cluster } = loaded(`
clients:
  all:
    rate: 9 req/s
    work:
      - parallel: [ [ { call: a } ], [ { call: b } ], [ { call: c } ] ]
        need: 2
      - choice: [ { weight: 90, do: [ { call: a } ] }, { weight: 10, do: [ { call: b } ] } ]
      - loop: 3
        do: [ { call: c } ]
      - { call: a, timeout: 50 ms, otherwise: [ { compute: 1 ms } ] }
      - walk: { start: { x: 1 }, places: { x: { do: [ { call: a } ], next: { y: 0.5 } }, y: { do: [ { call: b } ], next: { x: 1 } } } }
services: { a: { work: [] }, b: { work: [] }, c: { work: [] } }`);
    const { steps } = cluster.clients.all.mix[0];
    expect(steps.map((step) => step.do)).toEqual(['parallel', 'choice', 'loop', 'call', 'walk']);
    expect(steps[0]).toMatchObject({ need: 2 });
    expect(steps[3]).toMatchObject({ timeout: { value: 0.05 }, otherwise: [{ do: 'compute' }] });
  });

  test('an event loop, limits, tables, links, probes', () => {
    const { cluster, time } = loaded(`
clients: { users: { rate: 9 req/s, to: edge, request: 1 kB } }
services:
  node: { preset: nodejs, count: 2, work: [ { compute: 2 ms }, { call: db }, { compute: 1 ms } ] }
  db:   { work: [ { wait: { uniform: [1 ms, 3 ms] } } ] }
  web:  { cores: 4, sharing: processor, limit: 100, slowdown: { usl: { contention: 0.03, coherency: 0.0001 } }, network: 1 Gbit/s, work: [ { compute: 1 ms } ] }
directors:
  edge: { mode: nat, upstream: [ node, web.1 ], network: { send: 1 Gbit/s }, tables: { conntrack: { size: 262144, linger: 120 s, full: drop } } }
links: { wan: { between: [ users, edge ], latency: 20 ms, bandwidth: 100 Mbit/s } }
time: { duration: 10 min, warmup: 1 min }
measure: [ { number: web }, { wait: web } ]`);
    expect(cluster.services.node).toMatchObject({ workers: 1, holds: 'compute' });
    expect(cluster.services.web).toMatchObject({
      sharingLimit: 100,
      sendBitsPerSecond: 1e9,
      receiveBitsPerSecond: 1e9,
      slowdown: { kind: 'usl' },
    });
    expect(cluster.directors.edge).toMatchObject({ sendBitsPerSecond: 1e9, receiveBitsPerSecond: Infinity });
    expect(cluster.directors.edge.members.map(({ service, server }) => `${service}.${server + 1}`)).toEqual([
      'node.1',
      'node.2',
      'web.1',
    ]);
    expect(cluster.directors.edge.tables).toEqual([
      { name: 'conntrack', size: 262_144, perConnection: 1, linger: 120, full: 'drop' },
    ]);
    expect(cluster.links.wan).toEqual({
      between: ['users', 'edge'],
      latency: { kind: 'deterministic', value: 0.02 },
      bitsPerSecond: 1e8,
    });
    expect(cluster.probes).toEqual([
      { kind: 'number', of: 'web' },
      { kind: 'wait', of: 'web' },
    ]);
    expect(time).toMatchObject({ kind: 'steady', duration: 600, warmup: 60 });
  });
});

describe('details', () => {
  const shortest = 'clients: { all: { rate: 9 req/s, to: s } }\nservices: { s: { work: [ { compute: 8..12 ms } ] } }';

  test('a range is simulated at its middle and kept as uncertain', () => {
    const { cluster, uncertain } = loaded(shortest);
    expect(cluster.services.s.work['*']).toEqual([{ do: 'compute', time: { kind: 'deterministic', value: 0.01 } }]);
    expect(uncertain).toEqual([
      { path: 'services.s.work[0].compute', low: 0.008, high: 0.012, value: 0.01, dimension: 'time' },
    ]);
  });

  test('each default is told with its source, each once', () => {
    const { assumptions } = loaded(shortest);
    expect(assumptions.map(({ path, kind }) => `${kind} ${path}`)).toEqual([
      'default services.s.count',
      'default services.s.workers',
      'default clients.all.arrivals',
    ]);
    for (const { source, text } of assumptions) {
      expect(source.length * text.length).toBeGreaterThan(0);
    }
  });

  test('JSON is read too', () => {
    const { cluster } = loaded('{"clients": {"all": {"rate": "9 req/s", "to": "s"}}, "services": {"s": {"work": []}}}');
    expect(cluster.services.s.work['*']).toEqual([]);
  });

  test('what the file says wins over the preset, and is no assumption', () => {
    const { cluster, assumptions } = loaded(
      'clients: { all: { rate: 9 req/s, to: s } }\nservices: { s: { preset: tomcat, workers: 50, work: [] } }',
    );
    expect(cluster.services.s).toMatchObject({ workers: 50, queue: 8092 });
    expect(assumptions.map(({ path }) => path)).not.toContain('services.s.workers');
    expect(assumptions.find(({ path }) => path === 'services.s.queue')).toMatchObject({
      kind: 'preset',
      value: '8092',
    });
  });

  test('a comment that begins with "assumed" is an assumption of the author', () => {
    const { assumptions } = loaded(
      'clients:\n  all:\n    rate: 9 req/s   # assumed: a quiet day\n    to: s\nservices: { s: { work: [] } }',
    );
    expect(assumptions[0]).toEqual({
      path: 'clients.all.rate',
      kind: 'assumed',
      value: '9 req/s',
      source: 'the scenario file',
      text: 'a quiet day',
    });
  });

  test('prices are kept by the hour', () => {
    const { prices } = loaded(`${shortest}\nprices: { s: 24/day }`);
    expect(prices).toEqual({ s: 1 });
  });

  test('a finite load ends when it is empty', () => {
    const { time } = loaded('clients: { all: { users: 5, iterations: 3, to: s } }\nservices: { s: { work: [] } }');
    expect(time).toEqual({ kind: 'terminating', duration: null, warmup: null, stopWhenEmpty: true, lastChange: 0 });
  });
});
