/**
 * How long HAProxy takes to mark a server DOWN and UP, and how it warms a returned one up (`real/haproxy-health.json`): many
 * servers that fail and return in one simulation, and a trickle of requests over three of them.
 */
import { z } from 'zod';
import { build } from '../../../models/build.ts';
import type { CheckDescription, FaultKind } from '../../../models/description.ts';
import { schedulers } from '../../../models/directors/schedulers/index.ts';
import { Streams } from '../../../sim/random/stream.ts';
import type { ReferenceGroup } from '../groups.ts';
import type { CaseReport, JudgedFigure, JudgeOptions, ReferenceCase, ReferenceFiles } from '../suite.ts';
import { caseReport } from './case-report.ts';
import { plainCall as call, plainClients as clients, plainCluster as cluster, plainService as service, plainDirector } from '../../../models/plain.ts';

const checked = z.looseObject({
  server_options: z.string(),
  failure: z.enum(['closed', 'refused', 'silent', 'sick']),
  defaults: z.array(z.string()).default([]),
  down_runs_ms: z.array(z.number()).min(1),
  up_runs_ms: z.array(z.number()).default([]),
});
const warmed = z.looseObject({
  runs: z
    .array(
      z.looseObject({
        slowstart_s: z.number().positive(),
        weights: z.array(z.number().positive()).min(2),
        algorithm: z.string().default('roundrobin'),
        rate: z.number().positive(),
        bin_ms: z.number().positive(),
        counts: z.array(z.record(z.string(), z.number())).min(1),
      }),
    )
    .min(1),
});

/** Servers that fail, each with a phase of its own. */
const SERVERS = 120;
/** When they begin to fail, seconds. */
const FAIL_FROM = 1000;
/** Seconds either side of what is simulated. */
const EDGE = 0.04;
/** Of the interval, between means; and standard errors of a mean of as few trials as were recorded. */
const MEAN_SHARE = 0.1;
const MEAN_ERRORS = 2;
/** Between shares of one bin, and between their means over the ramp: the recording counts some hundred requests a bin. */
const SHARE = 0.03;
const SHARE_MEAN = 0.01;

const FAULTS: Readonly<Record<z.infer<typeof checked>['failure'], FaultKind>> = {
  closed: 'crash',
  refused: 'crash',
  silent: 'hang',
  sick: 'sick',
};

export const health: ReferenceGroup = { families: ['haproxy-health'], cases, judge };

function cases(files: ReferenceFiles): ReferenceCase[] {
  const all = JSON.parse(files.get('real/haproxy-health.json') ?? '{}') as Record<string, unknown>;
  return Object.entries(all).map(([id, data]) => {
    const reason = unexpressible(data);
    return { suite: 'recorded', id, family: 'haproxy-health', data, cost: 200_000, ...reason };
  });
}

function unexpressible(data: unknown): { readonly unexpressible?: string } {
  if (checked.safeParse(data).success) return {};
  const ramp = warmed.safeParse(data);
  if (!ramp.success) return { unexpressible: 'neither times of a health check nor shares of a slow start' };
  const id = `haproxy/${ramp.data.runs[0].algorithm}`;
  return schedulers.get(id) === undefined ? { unexpressible: `there is no scheduler ${id}` } : {};
}

function judge(of: ReferenceCase, { seed }: JudgeOptions): Promise<CaseReport> {
  const times = checked.safeParse(of.data);
  return caseReport(of, times.success ? judgeTimes(times.data, seed) : judgeRamp(warmed.parse(of.data), seed));
}

interface Judged {
  readonly figures: readonly JudgedFigure[];
  readonly events: number;
}

// ------------------------------------------------------------------------------------------------------------ times

function judgeTimes({ server_options: options, failure, defaults, ...recorded }: z.infer<typeof checked>, seed: string): Judged {
  const check = checkOf(options, defaults);
  const longest = 10 * Math.max(check.every, check.down ?? 0) * (check.fall + check.rise) + 10 * check.timeout;
  const chance = new Streams(seed, 0).stream('moments');
  const faults = Array.from({ length: SERVERS }, (_, server) => ({
    at: FAIL_FROM + chance.uniform() * longest,
    do: FAULTS[failure],
    target: `s.${server + 1}`,
    for: longest * (1 + chance.uniform()),
    factor: 1,
  }));
  const run = build(
    cluster({
      clients: { nobody: clients({ kind: 'trace', at: [0], demand: [], priority: [] }, [call('lb')]) },
      directors: {
        lb: plainDirector({
          check,
          members: Array.from({ length: SERVERS }, (_, server) => ({ service: 's', server, weight: 1, limit: Infinity })),
        }),
      },
      services: { s: service({ count: SERVERS, work: { '*': [] } }) },
      faults,
    }),
    { seed, replication: 0 },
  );
  run.advance({ time: FAIL_FROM + 5 * longest });
  const decided = (what: string, since: (fault: (typeof faults)[number]) => number): number[] =>
    faults.flatMap((fault) =>
      run.log.filter(({ text }) => text === `lb ${what} ${fault.target}`).map(({ at }) => at - since(fault)),
    );
  const down = { recorded: recorded.down_runs_ms, found: decided('takes out', ({ at }) => at) };
  const up = { recorded: recorded.up_runs_ms, found: decided('puts back', (fault) => fault.at + fault.for) };
  return {
    figures: [down, ...(up.recorded.length > 0 ? [up] : [])].flatMap(({ recorded: ms, found }, k) =>
      compareTimes(k === 0 ? 'DOWN' : 'UP', ms.map((one) => one / 1000), found, check.every),
    ),
    events: run.reading().events,
  };
}

function compareTimes(name: string, recorded: readonly number[], found: readonly number[], every: number): JudgedFigure[] {
  const [low, high] = [Math.min(...found), Math.max(...found)];
  const outside = recorded.reduce((most, one) => Math.max(most, low - one, one - high), 0);
  const expected = moments(recorded).mean;
  const { mean: value, deviation } = moments(found);
  const error = deviation / Math.sqrt(recorded.length);
  const allowed = MEAN_SHARE * every + MEAN_ERRORS * error;
  return [
    {
      name: `${name} after`,
      unit: 's',
      expected: [Math.min(...recorded), Math.max(...recorded)],
      found: { value, low, high },
      tolerance: 'every trial in the simulated range, 40 ms either side',
      deviation: outside / EDGE,
      passed: found.length === SERVERS && outside <= EDGE,
    },
    {
      name: `${name} after, mean`,
      unit: 's',
      expected,
      found: { value, low: value, high: value },
      tolerance: `within 0.1 of the interval and ${MEAN_ERRORS} standard errors of ${recorded.length} such trials`,
      deviation: (value - expected) / allowed,
      passed: Math.abs(value - expected) <= allowed,
    },
  ];
}

/** The server line of HAProxy: `inter 2s fastinter 500 downinter 5s fall 3 rise 2`; numbers alone are milliseconds. */
function checkOf(options: string, defaults: readonly string[]): CheckDescription {
  const all = [...defaults, options].join(' ');
  const time = (word: string): number | undefined => {
    const match = new RegExp(`(?:^|\\s)${word}\\s+(\\d+)(us|ms|s|m)?(?=\\s|$)`).exec(all);
    return match === null ? undefined : Number(match[1]) * UNITS[match[2] ?? 'ms'];
  };
  const count = (word: string): number | undefined => {
    const match = new RegExp(`(?:^|\\s)${word}\\s+(\\d+)`).exec(all);
    return match === null ? undefined : Number(match[1]);
  };
  const every = time('inter') ?? 2;
  const fast = time('fastinter');
  const down = time('downinter');
  return {
    every,
    timeout: time('timeout check') ?? every,
    fall: count('fall') ?? 3,
    rise: count('rise') ?? 2,
    ...(fast === undefined ? {} : { failing: fast, rising: fast }),
    ...(down === undefined ? {} : { down }),
  };
}

const UNITS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60 };

function moments(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(1, values.length - 1)) };
}

// ------------------------------------------------------------------------------------------------------------ slow start

/** The second server returns; what share of the requests it gets in each bin. */
function judgeRamp({ runs }: z.infer<typeof warmed>, seed: string): Judged {
  const [{ slowstart_s: period, weights, algorithm, rate, bin_ms: binMs, counts }] = runs;
  const bin = binMs / 1000;
  const whole = counts.length - 1; // the last one was cut off
  const scheduler = { id: `haproxy/${algorithm}`, options: {} };
  const described = cluster({
    clients: { all: clients({ kind: 'open', rate: { kind: 'constant', rate }, arrivals: 'even' }, [call('lb')]) },
    directors: {
      lb: plainDirector({
        scheduler,
        check: { every: 0.1, timeout: 0.1, fall: 1, rise: 1 },
        members: weights.map((weight, server) => ({
          service: 's',
          server,
          weight,
          limit: Infinity,
          ...(server === 1 ? { slowStart: period } : {}),
        })),
      }),
    },
    services: { s: service({ count: weights.length, work: { '*': [] } }) },
    faults: [{ at: 10, do: 'crash', target: 's.2', for: 10, factor: 1 }],
  });
  const run = build(described, { seed, replication: 0 });
  const back = (): number => run.log.find(({ text }) => text === 'lb puts back s.2')?.at ?? Infinity;
  const seen = Array.from({ length: whole }, () => [0, 0]);
  for (const { traffic } of run.parts.clients.values()) {
    traffic.onRow = ({ end, server }) => {
      const counted = seen[Math.floor((end - back()) / bin)];
      if (counted === undefined) return;
      counted[0]++;
      if (run.parts.execution.servers[server]?.name === 's.2') counted[1]++;
    };
  }
  run.advance({ time: 21 + whole * bin });
  const found = seen.map(([all, second]) => second / all);
  const expected = found.map((_, k) => {
    const sums = runs.map((one) => Object.values(one.counts[k]).reduce((sum, count) => sum + count, 0));
    const second = runs.map((one) => one.counts[k].b ?? 0);
    return second.reduce((a, b) => a + b, 0) / sums.reduce((a, b) => a + b, 0);
  });
  const worst = found.reduce((most, share, k) => Math.max(most, Math.abs(share - expected[k])), 0);
  const [value, mean] = [moments(found).mean, moments(expected).mean];
  return {
    figures: [
      {
        name: `share of the returned server, each ${binMs} ms`,
        unit: 'share',
        expected,
        found: { value: found, low: NaN, high: NaN },
        tolerance: `every bin within ${SHARE * 100} percentage points`,
        deviation: worst / SHARE,
        passed: worst <= SHARE,
      },
      {
        name: 'its share over the ramp',
        unit: 'share',
        expected: mean,
        found: { value, low: value, high: value },
        tolerance: `within ${SHARE_MEAN * 100} percentage point`,
        deviation: (value - mean) / SHARE_MEAN,
        passed: Math.abs(value - mean) <= SHARE_MEAN,
      },
    ],
    events: run.reading().events,
  };
}
