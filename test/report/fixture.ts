import type {
  DirectorResult,
  Figure,
  LatencyResult,
  Limit,
  Result,
  ServiceResult,
  Timeline,
  TrafficResult,
} from '../../src/analysis/result.ts';

/**
 * Results as the analysis would fill them, without running it: the shop of the mock-up, a cluster whose director
 * fails under closed load, results with unhappy verdicts, and one of a single run.
 */

type Unit = Figure['unit'];

export function figure(value: number, half: number, unit: Unit): Figure {
  return { value, low: value - half, high: value + half, level: 0.95, unit };
}

/** Without chance in it. */
export function exact(value: number, unit: Unit): Figure {
  return { value, low: value, high: value, level: 0.95, unit };
}

function latency(p50: number, p95: number, p99: number, p999: number, half: number): LatencyResult {
  return {
    mean: figure(p50 * 1.15, half / 2, 's'),
    p50: figure(p50, half / 2, 's'),
    p90: figure(p95 * 0.82, half, 's'),
    p95: { value: p95, low: p95 - half, high: p95 + half, level: 0.95, unit: 's' },
    p99: figure(p99, half * 4, 's'),
    p999: figure(p999, half * 30, 's'),
    max: figure(p999 * 1.9, half * 150, 's'),
    stddev: figure(p50 * 0.6, half / 3, 's'),
  };
}

/** Counts of a lognormal shape in 40 buckets an octave, as a log-linear histogram would hold them. */
function lognormal(median: number, sigma: number, requests: number): Result['distribution'] {
  const density = (time: number) => Math.exp(-(Math.log(time / median) ** 2) / (2 * sigma * sigma));
  const edges = Array.from({ length: 241 }, (_, edge) => (median / 8) * 2 ** (edge / 40));
  const weights = edges.slice(1).map((to, bucket) => density((edges[bucket] + to) / 2));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights
    .map((weight, bucket) => ({
      from: edges[bucket],
      to: edges[bucket + 1],
      count: Math.round((weight / sum) * requests),
    }))
    .filter(({ count }) => count > 0);
}

function traffic(
  requests: number,
  rate: number,
  response: LatencyResult,
  failed: TrafficResult['failed'],
): TrafficResult {
  const lost = Object.values(failed).reduce((sum, count) => sum + count, 0);
  const share = lost / requests;
  return {
    sent: requests,
    ok: requests - lost,
    failed,
    inFlight: 0,
    throughput: figure(rate * (1 - share), 0.6, '1/s'),
    offered: figure(rate, 0.6, '1/s'),
    errors: lost === 0 ? { ...exact(0, 'share'), high: 0.000001 } : figure(share, share / 20, 'share'),
    response,
    fromSend: response,
    all: response,
  };
}

function service(
  servers: number,
  utilisation: number | null,
  rate: number,
  over: Partial<ServiceResult> = {},
): ServiceResult {
  return {
    servers,
    throughput: figure(rate, 0.7, '1/s'),
    response: figure(0.0582, 0.0001, 's'),
    utilisation: utilisation === null ? null : figure(utilisation, 0.0012, 'share'),
    workersBusy: figure(0.0582, 0.0002, 'share'),
    queue: figure(0.012, 0.0011, '1'),
    wait: figure(0.000015, 0.000002, 's'),
    waited: figure(0.0021, 0.0002, 'share'),
    present: figure(46.6, 0.12, '1'),
    calls: 3_600_000,
    failed: {},
    orphaned: 0,
    wastedSeconds: 0,
    pools: {},
    instances: Array.from({ length: servers }, (_, index) => ({
      name: `${index + 1}`,
      share: figure(1 / servers, 0.0004, 'share'),
      utilisation: utilisation === null ? null : figure(utilisation + (index - 1) * 0.001, 0.0016, 'share'),
    })),
    ...over,
  };
}

function director(mode: string, scheduler: string, shares: Readonly<Record<string, number>>): DirectorResult {
  return {
    mode,
    scheduler,
    picks: 3_600_000,
    unavailable: 0,
    share: Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, figure(share, 0.0006, 'share')])),
    bitsIn: figure(85_300_000, 62_000, 'bit/s'),
    bitsOut: figure(85_100_000, 61_000, 'bit/s'),
    packetsIn: figure(12_400, 9, 'packets/s'),
    packetsOut: figure(12_380, 9, 'packets/s'),
    connections: figure(93.4, 0.2, '1'),
    utilisation: figure(0.031, 0.0001, 'share'),
  };
}

function timeline(
  buckets: number,
  bucketSeconds: number,
  at: (second: number) => Omit<Row, 'services'>,
  services: readonly string[],
): Timeline {
  const starts = Array.from({ length: buckets }, (_, bucket) => bucket * bucketSeconds);
  const rows = starts.map(at);
  const wave = (second: number, shift: number) => 0.012 * Math.sin(second / 7 + shift);
  return {
    bucketSeconds,
    at: starts,
    sent: rows.map(({ sent }) => sent),
    ok: rows.map(({ ok }) => ok),
    failed: rows.map(({ failed }) => failed),
    responseSeconds: rows.map(({ ok, p50 }) => ok * (p50 ?? 0)),
    p50: rows.map(({ p50 }) => p50),
    p95: rows.map(({ p95 }) => p95),
    p99: rows.map(({ p99 }) => p99),
    services: Object.fromEntries(
      services.map((name, rank) => [
        name,
        {
          utilisation: starts.map((second, bucket) =>
            Math.max(0, (0.45 / (rank + 1)) * (rows[bucket].ok / 800) + wave(second, rank)),
          ),
          queue: starts.map((second, bucket) =>
            Math.max(0, 0.1 / (rank + 1) + rows[bucket].failed / 9 + wave(second, rank) * 5),
          ),
        },
      ]),
    ),
  };
}

interface Row {
  readonly sent: number;
  readonly ok: number;
  readonly failed: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

const smallLimits: Limit[] = Array.from({ length: 21 }, (_, index) => ({
  name: `limit ${index + 1}`,
  used: figure(0.09 - index * 0.004, 0.0005, 'share'),
  endsAt: index > 18 ? null : Math.round(800 / (0.09 - index * 0.004)),
  note: null,
}));

/** The shop of the mock-up: everything holds. */
export const shop: Result = {
  format: 'windtunnel-result/1',
  version: '0.1.0',
  scenario: {
    name: 'shop',
    title: 'nginx -> 4 application servers (8 cores) -> MySQL, 800 req/s',
    description:
      'The busy hour of a shop: nginx before four Tomcats, each with a pool of ten connections to one MySQL.',
    digest: '5f1d7c0a9be3',
  },
  seed: '1',
  method: {
    kind: 'steady state',
    intervals: 'replications',
    replications: 12,
    level: 0.95,
    precision: 0.01,
    figures: ['mean'],
    precisionReached: true,
    warmup: 30,
    warmupMethod: 'MSER-5',
    duration: 375,
    events: 61_000_000,
    partial: false,
  },
  verdict: 'holds',
  slos: [
    {
      slo: 'p(95) < 200 ms',
      client: null,
      verdict: 'holds',
      figure: { value: 0.12, low: 0.12, high: 0.1204, level: 0.95, unit: 's' },
      limit: 0.2,
      operator: '<',
    },
    {
      slo: 'errors < 0.1 %',
      client: null,
      verdict: 'holds',
      figure: { value: 0, low: 0, high: 0.000001, level: 0.95, unit: 'share' },
      limit: 0.001,
      operator: '<',
    },
  ],
  load: { unit: '1/s', value: 800 },
  inputDoubts: [],
  theory: {
    demands: [
      {
        client: 'visitors',
        resource: 'app CPU',
        demand: 0.018,
        unit: 's',
        capacity: 32,
        fullAt: 1778,
        atTheLatest: false,
      },
    ],
    bounds: [
      {
        client: 'visitors',
        figure: 'throughput',
        operator: '<=',
        limit: 1778,
        unit: '1/s',
        because: 'app CPU, utilisation law',
        simulated: figure(800, 0.6, '1/s'),
        enforced: true,
      },
    ],
    exact: null,
  },
  total: traffic(3_600_000, 800, latency(0.0512, 0.1202, 0.1618, 0.2193, 0.0002), {}),
  clients: { visitors: traffic(3_600_000, 800, latency(0.0512, 0.1202, 0.1618, 0.2193, 0.0002), {}) },
  services: {
    app: service(4, 0.45, 800, {
      pools: {
        db: {
          size: 10,
          inUse: figure(0.3, 0.001, 'share'),
          wait: figure(0.000041, 0.000004, 's'),
          waited: figure(0.0031, 0.0003, 'share'),
          hold: figure(0.0151, 0.00002, 's'),
          timeouts: 0,
        },
      },
    }),
    db: service(1, 0.25, 2400, { calls: 10_800_000 }),
  },
  directors: { nginx: director('proxy', 'nginx/rr', { 'app.1': 0.25, 'app.2': 0.25, 'app.3': 0.25, 'app.4': 0.25 }) },
  limits: [
    { name: 'app CPU', used: figure(0.45, 0.0012, 'share'), endsAt: 1778, note: null },
    { name: 'DB connections', used: figure(0.3, 0.001, 'share'), endsAt: 2667, note: 'pools of 4 servers' },
    { name: 'DB CPU', used: figure(0.25, 0.0008, 'share'), endsAt: 3200, note: null },
    ...smallLimits,
  ],
  today: [
    {
      name: 'p95',
      measured: 0.12,
      model: figure(0.1202, 0.0002, 's'),
      unit: 's',
      tolerance: 0.05,
      agrees: true,
      fitted: false,
    },
    {
      name: 'CPU',
      measured: 0.45,
      model: figure(0.45, 0.0012, 'share'),
      unit: 'share',
      tolerance: 0.05,
      agrees: true,
      fitted: false,
    },
  ],
  assumptions: [
    {
      path: 'services.app.work[0].compute',
      value: 'exponential, mean 18 ms',
      source: 'spread not measured',
      kind: 'assumed',
      text: 'spread of work',
    },
    {
      path: 'services.app.work',
      value: 'wait of 21 ms',
      source: 'remainder of p95',
      kind: 'assumed',
      text: 'waits do not grow with load',
    },
    {
      path: 'services.app.work[1].times',
      value: '3',
      source: 'given without a measurement',
      kind: 'assumed',
      text: '3 queries a request',
    },
    {
      path: 'services.app.workers',
      value: '200',
      source: 'Tomcat 9 documentation: maxThreads',
      kind: 'preset',
      text: '200 threads',
    },
    {
      path: 'directors.nginx.scheduler',
      value: 'nginx/rr',
      source: 'nginx documentation',
      kind: 'default',
      text: 'round robin',
    },
    {
      path: 'services.app.work[0].compute',
      value: '18 ms',
      source: 'utilisation law: 45 % x 32 cores / 800 req/s',
      kind: 'derived',
      text: 'CPU of a request',
    },
  ],
  warnings: [],
  failover: null,
  faults: [],
  distribution: lognormal(0.0512, 0.52, 3_600_000),
  timeline: timeline(
    81,
    5,
    (second) => {
      const warming = Math.min(1, (second + 5) / 20);
      const wave = 1 + 0.01 * Math.sin(second / 9);
      return {
        sent: 800 * wave,
        ok: 800 * warming * wave,
        failed: 0,
        p50: 0.0512 * wave,
        p95: 0.12 * wave,
        p99: 0.162 * wave,
      };
    },
    ['app', 'db'],
  ),
  probes: {},
};

/** Closed load on a director pair whose first node dies at 3 minutes; errors by three causes, Chinese title. */
export const failover: Result = {
  ...shop,
  scenario: {
    name: 'lvs-dr',
    title: 'LVS 直接路由 (direct routing): keepalived pair, four Tomcats, one Redis',
    description: '',
    digest: 'c2b7a1d04e55',
  },
  seed: 'spring 2026',
  method: {
    ...shop.method,
    kind: 'terminating',
    warmup: 0,
    warmupMethod: 'none',
    duration: 600,
    replications: 8,
    figures: ['mean'],
    precisionReached: false,
  },
  verdict: 'missed',
  slos: [
    { slo: 'p(95) < 2 s', client: null, verdict: 'holds', figure: figure(1.34, 0.021, 's'), limit: 2, operator: '<' },
    {
      slo: 'errors < 0.5 %',
      client: 'browsers',
      verdict: 'missed',
      figure: figure(0.00714, 0.0003, 'share'),
      limit: 0.005,
      operator: '<',
    },
    {
      slo: 'throughput > 620 req/s',
      client: null,
      verdict: 'not decided',
      figure: figure(622.4, 6.1, '1/s'),
      limit: 620,
      operator: '>',
    },
  ],
  load: { unit: '1/s', value: 626.9 },
  total: {
    ...traffic(2_987_520, 626.9, latency(0.402, 1.34, 2.11, 9.04, 0.021), {
      timeout: 1204,
      reset: 3411,
      'connect-timeout': 16_721,
    }),
    inFlight: 2412,
  },
  clients: {
    browsers: traffic(2_687_520, 563.1, latency(0.41, 1.36, 2.2, 9.3, 0.021), {
      timeout: 1104,
      reset: 3011,
      'connect-timeout': 15_081,
    }),
    爬虫: traffic(300_000, 63.8, latency(0.39, 1.2, 1.9, 7.6, 0.03), {
      timeout: 100,
      reset: 400,
      'connect-timeout': 1640,
    }),
  },
  services: {
    web: service(4, 0.93, 622, {
      queue: figure(38.1, 1.1, '1'),
      waited: figure(0.88, 0.004, 'share'),
      wait: figure(0.34, 0.006, 's'),
      orphaned: 1204,
      wastedSeconds: 41.3,
      failed: { reset: 3411 },
    }),
    sessions: service(1, null, 622, { workersBusy: null }),
  },
  directors: { vip: director('dr', 'lvs/wlc', { 'web.1': 0.262, 'web.2': 0.249, 'web.3': 0.248, 'web.4': 0.241 }) },
  limits: [
    { name: 'web CPU', used: figure(0.93, 0.006, 'share'), endsAt: 674, note: null },
    { name: 'vip bandwidth in', used: figure(0.21, 0.001, 'share'), endsAt: 2985, note: null },
    {
      name: 'a very long name of a limit that would not fit the column',
      used: figure(0.12, 0.001, 'share'),
      endsAt: null,
      note: null,
    },
    { name: '会话 connections', used: figure(0.004, 0.0001, 'share'), endsAt: null, note: null },
  ],
  today: [
    {
      name: 'p95',
      measured: 1.3,
      model: figure(1.34, 0.021, 's'),
      unit: 's',
      tolerance: 0.05,
      agrees: true,
      fitted: true,
    },
    {
      name: 'web CPU',
      measured: 0.8,
      model: figure(0.93, 0.006, 'share'),
      unit: 'share',
      tolerance: 0.05,
      agrees: false,
      fitted: false,
    },
  ],
  warnings: [
    'browsers: 2,500 users without think time are that many requests always in flight; give think, or mean it.',
  ],
  faults: [
    { at: 180, until: 360, text: 'vip.a crashed', kind: 'fault' },
    { at: 183.1, until: null, text: 'vip.b has heard no advert for 3.1 s', kind: 'detection' },
    { at: 183.6, until: null, text: 'vip.b holds the address and has announced it', kind: 'takeover' },
    { at: 360, until: null, text: 'vip.a is back and takes the address again', kind: 'recovery' },
  ],
  probes: {
    'number web': { kind: 'distribution', shares: Array.from({ length: 14 }, (_, number) => 1 / 2 ** (number + 1)) },
    'wait web': { kind: 'waits', ...latency(0.3, 1.1, 1.9, 8.2, 0.02) },
  },
  distribution: lognormal(0.402, 0.7, 2_966_184),
  timeline: timeline(
    120,
    5,
    (second) => {
      const down = second >= 180 && second < 185;
      const catching = second >= 185 && second < 205 ? 1.6 : 1;
      const ok = down ? 60 : 626 * (catching === 1 ? 1 : 1.03);
      return {
        sent: 626 * (catching === 1 ? 1 : 1.1),
        ok,
        failed: down ? 566 : catching === 1 ? 0.4 : 31,
        p50: down ? null : 0.4 * catching,
        p95: down ? null : 1.3 * catching,
        p99: down ? null : 2.1 * catching,
      };
    },
    ['web', 'sessions'],
  ),
};

/** No SLO, a single run, next to nothing known. */
export const single: Result = {
  ...shop,
  scenario: { name: 'mm1.yaml', title: '', description: '', digest: '00ff12ab34cd' },
  method: { ...shop.method, replications: 1, warmupMethod: 'given' },
  verdict: 'none',
  slos: [],
  total: withoutIntervals(shop.total),
  clients: { all: withoutIntervals(shop.total) },
  services: { s: withoutIntervals(service(1, null, 900, { queue: figure(8.1, 0, '1') })) },
  directors: {},
  limits: [],
  today: [],
  assumptions: [],
  theory: {
    demands: [
      { client: 'all', resource: 's workers', demand: 0.001, unit: 's', capacity: 1, fullAt: 1000, atTheLatest: false },
    ],
    bounds: [],
    exact: {
      model: 'M/M/1',
      source: 'Erlang 1917',
      figures: [
        {
          name: 'mean response',
          value: 0.01,
          unit: 's',
          simulated: withoutIntervals(figure(0.0101, 0, 's')),
          covered: null,
        },
        { name: 's present', value: 9, unit: '1', simulated: withoutIntervals(figure(9.1, 0, '1')), covered: null },
      ],
    },
  },
};

/** Interrupted before anything succeeded: nothing was observed, no verdict can be given. */
export const undecided: Result = {
  ...single,
  scenario: { ...single.scenario, name: 'mine.yaml', title: 'Ended early' },
  method: { ...shop.method, partial: true, precisionReached: false },
  verdict: 'not decided',
  slos: [
    { slo: 'p(95) < 200 ms', client: null, verdict: 'not decided', figure: unobserved('s'), limit: 0.2, operator: '<' },
  ],
  total: {
    ...shop.total,
    sent: 12,
    ok: 0,
    failed: { refused: 12 },
    errors: exact(1, 'share'),
    throughput: exact(0, '1/s'),
    response: nothing(),
    fromSend: nothing(),
    all: nothing(),
  },
  clients: {},
  services: {},
  distribution: [],
  timeline: {
    bucketSeconds: 1,
    at: [],
    sent: [],
    ok: [],
    failed: [],
    responseSeconds: [],
    p50: [],
    p95: [],
    p99: [],
    services: {},
  },
};

/** A model with an exact answer, one figure of which the interval misses. */
export const textbook: Result = {
  ...single,
  scenario: { ...single.scenario, title: 'One worker at 90 % (M/M/1)' },
  method: shop.method,
  total: shop.total,
  clients: { all: shop.total },
  theory: {
    demands: single.theory.demands,
    bounds: [
      {
        client: 'all',
        figure: 'throughput',
        operator: '<=',
        limit: 1000,
        unit: '1/s',
        because: 's workers, utilisation law',
        simulated: figure(900, 0.6, '1/s'),
        enforced: true,
      },
      {
        client: 'all',
        figure: 'response',
        operator: '>=',
        limit: 0.001,
        unit: 's',
        because: 'least time of a request',
        simulated: figure(0.01, 0.0002, 's'),
        enforced: true,
      },
    ],
    exact: {
      model: 'M/M/1',
      source: 'Erlang 1917',
      figures: [
        { name: 'mean response', value: 0.01, unit: 's', simulated: figure(0.0101, 0.0002, 's'), covered: true },
        { name: 'throughput', value: 900, unit: '1/s', simulated: figure(901.4, 0.6, '1/s'), covered: false },
        {
          name: 'a service of long name workers busy',
          value: 0.9,
          unit: 'share',
          simulated: figure(0.9, 0.001, 'share'),
          covered: true,
        },
      ],
    },
  },
};

const [someService] = Object.keys(failover.services);

/** Every section and every table that a report can have, with names that are long. */
export const everything: Result = {
  ...failover,
  services: {
    ...failover.services,
    'a-service-of-a-very-long-name-in-lower-case': {
      ...failover.services[someService],
      orphaned: 648_790,
      wastedSeconds: 1_279_949,
      heap: {
        size: 5000,
        lifetime: 1800,
        filled: figure(0.97, 0.001, 'share'),
        filledAtEnd: exact(1, 'share'),
        speedAtEnd: figure(0.01, 0.001, 'share'),
        fullSince: figure(54, 1, 's'),
        turnedAway: 12_345,
      },
      scaling: {
        min: 1,
        max: 12,
        servers: figure(5.18, 0.02, '1'),
        atEnd: exact(8, '1'),
        serverHours: figure(0.967, 0.002, '1'),
        nodeHours: figure(0.5, 0.002, '1'),
        changes: exact(2, '1'),
      },
      replication: {
        writes: 295_524,
        staleReads: figure(0.02, 0.001, 'share'),
        semiSync: { wait: figure(0.001, 0.0001, 's'), alone: figure(0.1, 0.01, 'share'), lost: figure(3, 1, '1') },
        servers: {
          'db.1': { lag: figure(23.5, 0.9, 's'), lagMax: figure(115, 2, 's'), behind: figure(6, 1, '1') },
          'db.2': { lag: figure(0.00002, 0.000001, 's'), lagMax: figure(0.006, 0.0003, 's'), behind: exact(0, '1') },
        },
      },
    },
  },
  connections: [
    { keeper: 'visitors', kind: 'client', opened: figure(0.4, 0.01, '1/s'), reused: figure(0.75, 0.01, 'share') },
  ],
  caches: {
    coupons: {
      hitRatio: figure(0.9951, 0.0002, 'share'),
      lookups: figure(109, 2, '1/s'),
      loads: figure(0.54, 0.01, '1/s'),
      delayed: figure(0.2, 0.01, '1/s'),
      entries: figure(312, 4, '1'),
      evictions: 4711,
    },
  },
  topics: {
    telemetry: {
      published: figure(4999, 3, '1/s'),
      turnedAway: 17,
      unsent: 3,
      groups: {
        flink: {
          throughput: figure(4999, 3, '1/s'),
          lag: figure(33_902, 2700, '1'),
          lagAtEnd: figure(23, 9, '1'),
          lagMax: figure(89_045, 5000, '1'),
          batch: figure(80, 2, '1'),
          latency: {
            p50: figure(2.6, 0.6, 's'),
            p95: figure(20, 0.6, 's'),
            p99: figure(23.1, 0.4, 's'),
            p999: figure(24, 0.6, 's'),
          },
          paused: figure(0.05, 0.01, 'share'),
          lost: 5,
          replayed: 931_530,
          failedBatches: 15,
          rebalances: 20,
          checkpoints: 120,
        },
      },
    },
  },
  generators: [
    {
      clients: Object.keys(failover.clients)[0],
      service: 'slaves',
      busiest: failover.limits[0],
      tested: failover.limits[1] ?? null,
      late: figure(15.1, 0.2, 's'),
      bound: true,
    },
  ],
  alerts: [
    { name: 'slow', text: 'mean > 500 ms', over: 30, for: 60, firing: [{ from: 185, until: 300 }] },
    { name: 'silent', text: 'errors > 5 %', over: 30, for: 0, firing: [] },
  ],
  inputDoubts: [
    {
      path: 'services.app.work[0].compute',
      low: '8 ms',
      high: '12 ms',
      figure: 'p(95)',
      atLow: figure(0.1, 0.001, 's'),
      atHigh: figure(0.2, 0.001, 's'),
    },
  ],
  theory: textbook.theory,
  timeline: {
    ...failover.timeline,
    levels: {
      'web servers': failover.timeline.at.map((_, bucket) => (bucket < 60 ? 4 : 8)),
      'telemetry lag at flink': failover.timeline.at.map((_, bucket) => bucket * 700),
    },
  },
};

export const fixtures: Readonly<Record<string, Result>> = { shop, failover, single, undecided, textbook };

function unobserved(unit: Unit): Figure {
  return { value: NaN, low: NaN, high: NaN, level: null, unit, note: 'no observations' };
}

function nothing(): LatencyResult {
  const none = unobserved('s');
  return { mean: none, p50: none, p90: none, p95: none, p99: none, p999: none, max: none, stddev: none };
}

/** The same values as a single replication gives them. */
function withoutIntervals<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, part: unknown) =>
    part !== null && typeof part === 'object' && 'level' in part
      ? { ...part, low: NaN, high: NaN, level: null, note: 'single replication' }
      : part,
  ) as T;
}
