/**
 * What MariaDB did behind a pool, at its connection limit, with a replica and when it was killed (`real/db.json`,
 * `real/db-traces`). Each case is a small scenario made from the recording's own parameters; which judge applies follows from the
 * form of a recording, not from its name.
 *
 * Tolerances: `real/findings.md` 1 (error codes and counts: exact), 2 (replay of a trace), 3 (own random numbers), 4 (lag
 * growth and catch-up 10 %, checks +- 40 ms).
 * Left out: how a dying client's pool blocks its own further queries (the error counts of `failover-*`), and the order in
 * which fresh connections meet servers while pooled ones are open (`fresh_connections`).
 */
import Papa from 'papaparse';
import { build } from '../../../models/build.ts';
import type { ClusterDescription } from '../../../models/description.ts';
import { schedulers } from '../../../models/directors/schedulers/index.ts';
import type { GivenTrace } from '../../../scenarios/kinds/clients.ts';
import { formatProblems, loadScenario } from '../../../scenarios/load.ts';
import type { ReferenceGroup } from '../groups.ts';
import type { CaseReport, JudgedFigure, JudgeOptions, ReferenceCase, ReferenceFiles } from '../suite.ts';
import { caseReport } from './case-report.ts';
import { latencies, mean, play } from './queue-run.ts';
import type { Request } from './queue-run.ts';

interface DbData {
  readonly recording: Recording;
  readonly trace?: string;
}

/** A case of db.json; which fields are there says what it is. */
interface Recording {
  readonly params?: PoolParameters;
  readonly max_connections?: number;
  readonly pool?: number;
  readonly pooled_queries_by_server?: Readonly<Record<string, number>>;
  readonly ok?: number;
  readonly runs?: readonly Readonly<Record<string, unknown>>[];
}

interface PoolParameters {
  readonly mean_ms: number;
  readonly dur_s: number;
  readonly warm_s: number;
  readonly k: number;
  readonly rho: number;
  readonly queueLimit?: number;
  readonly dist?: string;
}

/** Connections that were open already: an administrator's and the replica's. */
const OTHERS = 2;
/** Seconds that a query costs beyond its sleep, and that the load generator is late on average (README of the recordings). */
const QUERY_SECONDS = 0.0005;
const DISPATCH_SECONDS = 0.0006;
/** Seconds by which a time that hangs on a check may lie beside its range (findings, 4). */
const CHECK_SLACK = 0.04;
const REPLICATIONS = 4;
/** Phases of the health check that are tried, evenly over one interval: the range of a few drawn ones would be too narrow. */
const PHASES = 100;

export const db: ReferenceGroup = { families: ['db'], cases, judge };

function cases(files: ReferenceFiles): ReferenceCase<DbData>[] {
  const all = JSON.parse(files.get('real/db.json') ?? '{}') as Readonly<Record<string, Recording>>;
  return Object.entries(all).map(([id, recording]) => ({
    suite: 'recorded',
    id,
    family: 'db',
    data: { recording, trace: files.get(`real/db-traces/${id}.csv`) },
    cost: 100_000,
    ...(judgeOf(id, recording) === null ? { unexpressible: 'not a form of recording that is known' } : {}),
  }));
}

function judge(of: ReferenceCase, options: JudgeOptions): Promise<CaseReport> {
  const { recording, trace } = of.data as DbData;
  return caseReport(of, { figures: judgeOf(of.id, recording)!({ recording, trace, options }), events: 0 });
}

interface Question extends DbData {
  readonly options: JudgeOptions;
}

type Judge = (question: Question) => JudgedFigure[];

function judgeOf(id: string, recording: Recording): Judge | null {
  const [run] = recording.runs ?? [];
  if (recording.params !== undefined) return poolCase;
  if (recording.max_connections !== undefined && run?.tried !== undefined) return connectionLimit;
  if (recording.pooled_queries_by_server !== undefined) return split(id);
  if (run?.writers !== undefined) return lag;
  if (run?.inter !== undefined) return failover;
  const over = /pool(\d+)-over-max_connections(\d+)-(\d+)-queries/.exec(id);
  if (over !== null) {
    return burst(Number(over[3]), { workers: Number(over[1]), connections: Number(over[2]) - OTHERS });
  }
  const limited = /queueLimit(\d+)-limit(\d+)-(\d+)-queries/.exec(id);
  return limited === null ? null : burst(Number(limited[3]), { workers: Number(limited[2]), queue: Number(limited[1]) });
}

// --------------------------------------------------------------------------------------------------------------- pools

const poolCase: Judge = ({ recording, trace, options }) => [
  ...(trace === undefined ? [] : replayedPool(recording, trace)),
  ...ownPool(recording, options),
];

/** The pool as the workers of a service: who comes first is served first; a full line refuses. */
function poolText({ k, queueLimit = Infinity }: PoolParameters, load: string, work: string): string {
  const queue = queueLimit < Infinity ? `queue: ${queueLimit}, ` : '';
  return `clients: { clients: { ${load}, to: pool } }
services: { pool: { workers: ${k}, ${queue}work: [ { wait: ${work} } ] } }`;
}

interface Query {
  /** Seconds: intended start, and the generator's lateness. */
  readonly start: number;
  readonly late: number;
  readonly wait: number;
  /** For which the connection was held. */
  readonly held: number;
  readonly ok: boolean;
}

function queriesOf(trace: string): Query[] {
  const { data } = Papa.parse<Record<string, string>>(trace, { header: true, skipEmptyLines: 'greedy' });
  return data.map((row) => {
    const seconds = (column: string): number => Number(row[column] ?? '') / 1000;
    const ok = row.result === 'ok';
    const late = Number.isNaN(seconds('dispatch_lag_ms')) ? DISPATCH_SECONDS : seconds('dispatch_lag_ms');
    const held = ok ? seconds('total_ms') - seconds('connection_wait_ms') : seconds('sleep_ms') + QUERY_SECONDS;
    return { start: seconds('start_ms'), late, wait: ok ? seconds('connection_wait_ms') : NaN, held: Math.max(0, held), ok };
  });
}

/** Given when each query was sent and for how long it held its connection: how long it waited for one. */
function replayedPool({ params }: Recording, trace: string): JudgedFigure[] {
  const queries = queriesOf(trace).sort((a, b) => a.start + a.late - (b.start + b.late));
  const sent = { at: queries.map(({ start, late }) => start + late), demand: queries.map(({ held }) => held) };
  const cluster = clusterOf(poolText(params!, 'trace: given', 'demand'), { given: sent });
  const { requests } = play(cluster, '1', 0, sent.at[sent.at.length - 1] + 1);
  const after = queries.flatMap((query, k) => (query.start >= params!.warm_s ? [{ query, model: requests[k] }] : []));
  const both = after.filter(({ query, model }) => query.ok && model?.ok === true);
  const recorded = latencies(both.map(({ query }) => waited(query.wait)));
  const model = latencies(both.map(({ query, model: { start, end } }) => waited(end - start - query.held + query.late)));
  const refused = (ok: (one: (typeof after)[number]) => boolean): number => after.filter((one) => !ok(one)).length / after.length;
  return [
    compared('replayed mean wait', 'ms', 1000 * recorded.mean, [1000 * model.mean], { relative: 0.05, absolute: 0.5 }),
    compared('replayed p95 wait', 'ms', 1000 * recorded.p95, [1000 * model.p95], { relative: 0.06, absolute: 0.5 }),
    ...(params!.queueLimit === undefined
      ? []
      : [
          compared(
            'replayed, share turned away',
            'share',
            refused(({ query }) => query.ok),
            [refused(({ model: one }) => one?.ok === true)],
            { relative: 0, absolute: 0.01 },
          ),
        ]),
  ];
}

function waited(seconds: number): Request {
  return { start: 0, end: seconds, ok: true, backend: '' };
}

interface PoolRun {
  readonly rate_per_s: number;
  readonly n: number;
  readonly ok: number;
  readonly sleep_ms_mean: number;
  readonly waited_share: number;
  readonly wait_ms: Readonly<Record<string, number>>;
  readonly total_ms: Readonly<Record<string, number>>;
}

function ownPool({ params, runs }: Recording, { seed }: JudgeOptions): JudgedFigure[] {
  const { mean_ms: sleep, dist, warm_s: warm, dur_s: seconds, rho, k } = params!;
  const recorded = runs as unknown as readonly PoolRun[];
  const rate = (rho * k * 1000) / sleep;
  const held = 1000 * QUERY_SECONDS + sleep;
  const work = dist === 'fixed' ? `${held} ms` : `{ exponential: ${held} ms }`;
  const cluster = clusterOf(poolText(params!, `rate: ${rate} req/s`, work));
  const each = Array.from({ length: REPLICATIONS }, (_, replication) => {
    const requests = play(cluster, seed, replication, LONGER * seconds).requests.filter(({ start }) => start >= warm);
    return { ...latencies(requests), ok: requests.filter(({ ok }) => ok).length / requests.length };
  });
  const wide = rho >= 0.9 && params!.queueLimit === undefined ? 0.25 : 0.1;
  const late = 1000 * DISPATCH_SECONDS;
  const judged = (name: string, unit: string, read: (run: PoolRun) => number, values: readonly number[], relative: number): JudgedFigure => {
    const repeats = recorded.map(read);
    const absolute = relative > 0 ? relative * mean(repeats) + standardError(repeats) : 0.02;
    const figure = compared(name, unit, mean(repeats), values, { relative: 0, absolute });
    const tolerance = relative > 0 ? `within ${100 * relative} % and the standard error of ${repeats.length} repeats` : figure.tolerance;
    return { ...figure, tolerance };
  };
  return [
    judged('mean total time', 'ms', ({ total_ms }) => total_ms.mean, each.map((one) => 1000 * one.mean + late), wide),
    judged('p95 total time', 'ms', ({ total_ms }) => total_ms.p95, each.map((one) => 1000 * one.p95 + late), wide),
    judged('share answered', 'share', ({ n, ok }) => ok / n, each.map(({ ok }) => ok), 0),
  ];
}

/** Of a mean of repeats; 0 of a single one. */
function standardError(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - middle) * (value - middle), 0) / (values.length - 1);
  return Math.sqrt(variance / values.length);
}

/** How much longer than a recording the model runs, for its own noise. */
const LONGER = 5;

// -------------------------------------------------------------------------------------------------- connection limits

const connectionLimit: Judge = ({ recording }) =>
  (recording.runs as unknown as readonly { readonly tried: number; readonly connected: number }[]).map(({ tried, connected }) =>
    exact(`${tried} tried at once: connected`, connected, answeredOf(tried, { connections: recording.max_connections! - OTHERS })),
  );

interface Limits {
  readonly workers?: number;
  readonly queue?: number;
  readonly connections?: number;
}

/** Queries at once: through a pool that waits, against a server that refuses. */
function burst(queries: number, limits: Limits): Judge {
  return ({ recording }) => [exact(`${queries} queries at once: answered`, recording.ok ?? NaN, answeredOf(queries, limits))];
}

function answeredOf(queries: number, { workers, queue, connections }: Limits): number {
  const line = [workers === undefined ? '' : `workers: ${workers}, `, queue === undefined ? '' : `queue: ${queue}, `].join('');
  const text = `clients: { clients: { trace: given, to: app } }
services:
  app: { ${line}work: [ { call: db } ] }
  db: { ${connections === undefined ? '' : `connections: ${connections}, `}work: [ { wait: 1 s } ] }`;
  const cluster = clusterOf(text, { given: { at: new Array<number>(queries).fill(0) } });
  return play(cluster, '1', 0, 1).requests.filter(({ ok }) => ok).length;
}

// ---------------------------------------------------------------------------------------------------- read/write split

/** A balancer of connections before a pool: who has how many connections has that share of the queries. */
function split(id: string): Judge {
  const wanted = id.includes('leastconn') ? ['haproxy/leastconn', 'nginx/least_conn'] : ['haproxy/roundrobin', 'lvs/rr'];
  const scheduler = wanted.find((name) => schedulers.has(name))!;
  return ({ recording }) => {
    const counts = Object.values(recording.pooled_queries_by_server!);
    const text = `clients: { clients: { users: ${recording.pool}, think: none, keep: connection, to: balancer } }
directors: { balancer: { mode: nat, scheduler: ${scheduler}, upstream: db } }
services: { db: { count: ${counts.length}, work: [ { wait: 10 ms } ] } }`;
    const run = build(clusterOf(text), { seed: 1, replication: 0 });
    run.advance({ time: 100 });
    const found = run.reading().services.db.map(({ calls }) => calls);
    const total = (each: readonly number[]): number => each.reduce((sum, count) => sum + count, 0);
    return counts.map((count, k) =>
      compared(`share of queries at server ${k + 1}`, 'share', count / total(counts), [found[k] / total(found)], {
        relative: 0,
        absolute: 0.02,
      }),
    );
  };
}

// --------------------------------------------------------------------------------------------------------- replica lag

interface LagRun {
  readonly writers: number;
  readonly cost_ms: number;
  readonly burst_s: number;
  readonly threads: number;
  readonly committed: number;
  readonly commit_rate_per_s: number;
  readonly caught_up_after_burst_ms: number;
  readonly max_lag_ms: number;
}

/** Given how many writes a second were committed: how far the replica fell behind, and when it had caught up. */
const lag: Judge = ({ recording }) =>
  (recording.runs as unknown as readonly LagRun[]).flatMap((run, k) => {
    const { cost_ms: cost, burst_s: seconds, threads, committed, commit_rate_per_s: rate } = run;
    const workers = Math.max(1, threads);
    const at = Array.from({ length: committed }, (_, number) => ((number + 1) * seconds) / committed);
    const text = `clients: { clients: { trace: given, to: db.1 } }
services: { db: { count: 2, work: [], replication: { apply: ${cost} ms, workers: ${workers} } } }`;
    const modelled = build(clusterOf(text, { given: { at } }), { seed: 1, replication: 0 });
    const state = (): { behind: number; lagMax: number } => modelled.reading().replications.db.servers[1];
    modelled.advance({ time: seconds });
    while (state().behind > 0) modelled.advance({ time: modelled.now + cost / 1000 });
    const caughtUp = 1000 * (modelled.now - seconds);
    const name = `run ${k + 1}, ${run.writers} writers`;
    if ((rate * cost) / 1000 / workers < 1) {
      const keeps = (lagged: number): string => (lagged < KEEPS_UP * seconds * 1000 ? 'keeps up' : 'falls behind');
      return [exact(`${name}: the replica`, keeps(run.max_lag_ms), keeps(1000 * state().lagMax))];
    }
    return [
      compared(`${name}: caught up after the burst`, 'ms', run.caught_up_after_burst_ms, [caughtUp], { relative: 0.1, absolute: 0 }),
      compared(`${name}: largest lag`, 'ms', run.max_lag_ms, [1000 * state().lagMax], { relative: 0.1, absolute: 0 }),
    ];
  });

/** Share of a burst by which a replica may lag and still be said to keep up. */
const KEEPS_UP = 0.05;

// ------------------------------------------------------------------------------------------------------------ failover

interface FailoverRun {
  readonly inter: number;
  readonly fall: number;
  readonly rate: number;
  readonly recover_ms: number;
}

/** From the kill of the primary to the first query that the standby answers: the range over the phases of the check. */
const failover: Judge = ({ recording, options }) => {
  const runs = recording.runs as unknown as readonly FailoverRun[];
  const { inter, fall, rate } = runs[0];
  const text = (crash: number): string => `clients: { clients: { rate: ${rate} req/s, arrivals: even, to: balancer } }
directors:
  balancer:
    mode: proxy
    upstream: { db.1: 1, db.2: { backup: true } }
    check: { every: ${inter} ms, fall: ${fall} }
services: { db: { count: 2, work: [ { wait: 1 ms } ] } }
faults: [ { at: ${crash} s, crash: db.1 } ]`;
  const found = Array.from({ length: PHASES }, (_, phase) => {
    const crash = (2 + phase / PHASES) * (inter / 1000); // the check is at the same place of its interval in every run
    const { requests } = play(clusterOf(text(crash)), options.seed, 0, crash + ((fall + 2) * inter) / 1000);
    return (requests.find(({ start, ok }) => ok && start > crash)?.end ?? Infinity) - crash;
  });
  const low = 1000 * (Math.min(...found) - CHECK_SLACK);
  const high = 1000 * (Math.max(...found) + CHECK_SLACK + 1 / rate); // where the queries stand to the check is one case of many
  return runs.map(({ recover_ms: recover }, k) => ({
    name: `run ${k + 1}: first answer after the kill`,
    unit: 'ms',
    expected: recover,
    found: { value: 1000 * mean(found), low, high },
    tolerance: "inside the range over the phases of the check, +- 40 ms and a query's interval",
    passed: recover >= low && recover <= high,
  }));
};

// ------------------------------------------------------------------------------------------------------------- helpers

function clusterOf(text: string, traces: Readonly<Record<string, GivenTrace>> = {}): ClusterDescription {
  const { scenario, problems } = loadScenario(text, { name: 'recording', traces });
  if (scenario === null) throw new RangeError(formatProblems(problems));
  return scenario.cluster;
}

function compared(
  name: string,
  unit: string,
  expected: number,
  values: readonly number[],
  { relative, absolute }: { readonly relative: number; readonly absolute: number },
): JudgedFigure {
  const value = mean(values);
  const allowed = Math.max(relative * Math.abs(expected), absolute);
  const words = [relative > 0 ? `${100 * relative} %` : '', absolute > 0 ? `${absolute} ${unit === 'share' ? '' : unit}`.trim() : ''];
  return {
    name,
    unit,
    expected,
    found: { value, low: Math.min(...values), high: Math.max(...values) },
    tolerance: `within ${words.filter((word) => word !== '').join(' or ')}`,
    deviation: (value - expected) / allowed,
    passed: Math.abs(value - expected) <= allowed,
  };
}

function exact(name: string, expected: number | string, value: number | string): JudgedFigure {
  const plain = typeof value === 'number' ? value : NaN;
  return { name, unit: '', expected, found: { value, low: plain, high: plain }, tolerance: 'exact', passed: value === expected };
}
