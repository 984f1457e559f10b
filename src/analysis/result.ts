import type { Outcome } from '../models/outcome.ts';
import type { Assumption } from '../scenarios/scenario.ts';

export type { Assumption } from '../scenarios/scenario.ts';

/**
 * What a run says: the JSON that `--json` prints, that reports are drawn from, and that golden tests pin.
 * Key order is fixed by construction; nothing in it depends on machine, time or terminal.
 */
export interface Result {
  readonly format: 'windtunnel-result/1';
  readonly version: string;
  readonly scenario: {
    readonly name: string;
    readonly title: string;
    readonly description: string;
    /** FNV/sha-like digest of the normalised description: same digest + seed + version = same bytes. */
    readonly digest: string;
  };
  readonly seed: string;
  readonly method: Method;
  /** Overall: `missed` beats `not decided` beats `holds`; `none` without SLOs. */
  readonly verdict: Verdict | 'none';
  readonly slos: readonly SloResult[];
  /** What grows when load grows: requests/s where all clients are open, else users. */
  readonly load: { readonly unit: '1/s' | 'users'; readonly value: number };
  /** All clients together. */
  readonly total: TrafficResult;
  readonly clients: Readonly<Record<string, TrafficResult>>;
  readonly services: Readonly<Record<string, ServiceResult>>;
  readonly directors: Readonly<Record<string, DirectorResult>>;
  /** Where clients or directors keep connections. */
  readonly connections?: readonly ConnectionsResult[];
  /** Where calls or services protect themselves from overload. */
  readonly protections?: readonly ProtectionResult[];
  /** Where the scenario has caches. */
  readonly caches?: Readonly<Record<string, CacheResult>>;
  /** Where the scenario has topics. */
  readonly topics?: Readonly<Record<string, TopicResult>>;
  /** Everything that can run out, most used first. */
  readonly limits: readonly Limit[];
  /** Where clients have a generator that makes their requests. */
  readonly generators?: readonly GeneratorResult[];
  /** Where the scenario has alerts. */
  readonly alerts?: readonly AlertResult[];
  /** Model against dashboard, for each measured figure. */
  readonly today: readonly TodayFigure[];
  /** What was assumed (defaults, presets, derived values) and where it comes from. */
  readonly assumptions: readonly Assumption[];
  /** What each uncertain input alone does to the headline figure; empty where no input was given as a range. */
  readonly inputDoubts: readonly InputDoubt[];
  /** What holds without simulating, beside what was simulated. */
  readonly theory: TheoryResult;
  readonly warnings: readonly string[];
  readonly faults: readonly FaultRecord[];
  /** What each fault cost; null where nothing fails. */
  readonly failover: FailoverResult | null;
  /** Response-time distribution of successes over all replications, for charts. */
  readonly distribution: readonly { readonly from: number; readonly to: number; readonly count: number }[];
  readonly timeline: Timeline;
  readonly probes: Readonly<Record<string, ProbeResult>>;
}

/**
 * An estimate with its interval. low = high = value only where there is no chance. What does not exist (the interval of a
 * single replication, the value of a figure without observations) is NaN here and null in JSON.
 */
export interface Figure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Confidence level of the interval, 0..1; null where there is none: low and high are then NaN. */
  readonly level: number | null;
  readonly unit: 's' | '1/s' | '1' | 'share' | 'bit/s' | 'B' | 'packets/s';
  /** Set where the asked precision was not reached, or why there is no interval. */
  readonly note?: 'precision not reached' | 'single replication' | 'no observations';
}

export type Verdict = 'holds' | 'missed' | 'not decided';

export interface Method {
  readonly kind: 'steady state' | 'terminating';
  /** Where the intervals come from: independent runs, or batches of one long run. */
  readonly intervals: 'replications' | 'batch means';
  /** Independent runs, or batches. */
  readonly replications: number;
  readonly level: number;
  /** Relative half-width that was asked of the SLO figures and of `figures`. */
  readonly precision: number;
  /** The figures that were asked for beside those of the SLOs: `mean`, `p99`, `throughput` ... */
  readonly figures: readonly string[];
  readonly precisionReached: boolean;
  /** Seconds left out at the start of each replication (0 for terminating runs). */
  readonly warmup: number;
  readonly warmupMethod: 'MSER-5' | 'given' | 'none';
  /** Simulated seconds of one replication, or batch, after warm-up. */
  readonly duration: number;
  readonly events: number;
  /** True where the run was interrupted or its budget ended: figures are of what had finished. */
  readonly partial: boolean;
}

export interface SloResult {
  /** As written in the scenario: `p(95) < 200 ms`. */
  readonly slo: string;
  readonly client: string | null;
  readonly verdict: Verdict;
  readonly figure: Figure;
  /** Limit in the figure's unit. */
  readonly limit: number;
  readonly operator: '<' | '<=' | '>' | '>=';
  /** Where it is not decided: the whole interval is at most so far from the limit, as a share of the limit. */
  readonly within?: number;
}

export interface TrafficResult {
  /** Requests counted (after warm-up, over all replications): due in the window. */
  readonly sent: number;
  readonly ok: number;
  readonly failed: Readonly<Partial<Record<Outcome, number>>>;
  readonly inFlight: number;
  readonly throughput: Figure;
  /** Arrivals per second. */
  readonly offered: Figure;
  readonly errors: Figure;
  /** Successes, from due time to last byte. */
  readonly response: LatencyResult;
  /** Successes, from the actual send of the first attempt. */
  readonly fromSend: LatencyResult;
  /** All requests that ended, failures included. */
  readonly all: LatencyResult;
}

export interface LatencyResult {
  readonly mean: Figure;
  readonly p50: Figure;
  readonly p90: Figure;
  readonly p95: Figure;
  readonly p99: Figure;
  readonly p999: Figure;
  readonly max: Figure;
  readonly stddev: Figure;
}

export interface ServiceResult {
  readonly servers: number;
  readonly throughput: Figure;
  readonly response: Figure;
  /** Share of cores busy (null without cores), of workers busy (null when unlimited). */
  readonly utilisation: Figure | null;
  readonly workersBusy: Figure | null;
  /** Mean requests waiting for a worker, and seconds waited (mean over all who came to the line). */
  readonly queue: Figure;
  readonly wait: Figure;
  /** Share of requests that had to wait. */
  readonly waited: Figure;
  /** Mean requests present, waiting or served. */
  readonly present: Figure;
  readonly calls: number;
  readonly failed: Readonly<Partial<Record<Outcome, number>>>;
  /** Calls whose caller had gone when they ended, and the worker seconds they took. */
  readonly orphaned: number;
  readonly wastedSeconds: number;
  readonly pools: Readonly<Record<string, PoolResult>>;
  /** Share of the workers that was broken; of the time that a server was switched off, and that it was being set up. */
  readonly broken?: Figure;
  readonly off?: Figure;
  readonly settingUp?: Figure;
  /** Where its memory is bounded. */
  readonly heap?: HeapResult;
  /** Where a write at one server is applied by the others. */
  readonly replication?: ReplicationResult;
  /** Where servers come and go. */
  readonly scaling?: ScalingResult;
  readonly instances: readonly { readonly name: string; readonly share: Figure; readonly utilisation: Figure | null }[];
}

/** An autoscaler's work over the window; a mean over the runs. */
export interface ScalingResult {
  readonly min: number;
  readonly max: number;
  /** Servers that could serve, and that were ready at the end. */
  readonly servers: Figure;
  readonly atEnd: Figure;
  /** Hours of servers (on a machine, starting and draining ones included), and of machines where they are modelled. */
  readonly serverHours: Figure;
  readonly nodeHours: Figure | null;
  /** Decisions to have more or fewer. */
  readonly changes: Figure;
}

/** Bounded memory, the mean over the servers. */
export interface HeapResult {
  /** Sessions that one server has room for, and how long one lives after its last use, seconds. */
  readonly size: number;
  readonly lifetime: number;
  /** Share of it filled: over the window, and at its end. */
  readonly filled: Figure;
  readonly filledAtEnd: Figure;
  /** What garbage collection leaves of the speed at the end. */
  readonly speedAtEnd: Figure;
  /** When the first server's became full to stay so to the end, in every replication; null where any did not. */
  readonly fullSince: Figure | null;
  /** Sessions that found no room. */
  readonly turnedAway: number;
}

/** Lag is the age of the oldest write that a server lacks. */
export interface ReplicationResult {
  /** Committed writes over all replications. */
  readonly writes: number;
  /** Share of reads by a user whose own last write the server had not applied. */
  readonly staleReads: Figure;
  /** Where commits wait for an acknowledgement: that wait (s), the share committed without one, writes that only a server had that died. */
  readonly semiSync?: { readonly wait: Figure; readonly alone: Figure; readonly lost: Figure };
  readonly servers: Readonly<
    Record<
      string,
      { readonly lag: Figure; readonly lagMax: Figure; /** Writes lacked at the end. */ readonly behind: Figure }
    >
  >;
}

export interface PoolResult {
  readonly size: number;
  readonly inUse: Figure;
  readonly wait: Figure;
  readonly waited: Figure;
  readonly hold: Figure;
  readonly timeouts: number;
}

export interface CacheResult {
  /** Share of lookups that found it. */
  readonly hitRatio: Figure;
  readonly lookups: Figure;
  /** Loads that began, a second; and lookups that waited for another's load. */
  readonly loads: Figure;
  readonly delayed: Figure;
  /** Entries alive, on average; null where the hit ratio was given. */
  readonly entries: Figure | null;
  readonly evictions: number;
}

/** Records. */
export interface TopicResult {
  readonly published: Figure;
  /** Found a topic with limited room full; lost because the broker failed the batch of their producer. */
  readonly turnedAway: number;
  readonly unsent: number;
  readonly groups: Readonly<Record<string, GroupResult>>;
}

export interface GroupResult {
  /** Records processed a second; how many were not processed yet: on average, at the end, at most. */
  readonly throughput: Figure;
  readonly lag: Figure;
  readonly lagAtEnd: Figure;
  readonly lagMax: Figure;
  /** Records of a poll. */
  readonly batch: Figure;
  /** From when the request was due that a record comes from, to when it was processed. */
  readonly latency: { readonly p50: Figure; readonly p95: Figure; readonly p99: Figure; readonly p999: Figure };
  /** Share of the time in which nobody polled because of rebalances and checkpoints. */
  readonly paused: Figure;
  /** Gone by retention before they were processed; processed again after a failure. */
  readonly lost: number;
  readonly replayed: number;
  readonly failedBatches: number;
  readonly rebalances: number;
  readonly checkpoints: number;
}

export interface DirectorResult {
  readonly mode: string;
  readonly scheduler: string;
  readonly picks: number;
  readonly unavailable: number;
  readonly share: Readonly<Record<string, Figure>>;
  /** Share of the picks outside the caller's zone, where that is preferred. */
  readonly elsewhere?: Figure;
  /** At the director, both cards together: bits/s and packets/s in and out; connection entries. */
  readonly bitsIn: Figure;
  readonly bitsOut: Figure;
  readonly packetsIn: Figure;
  readonly packetsOut: Figure;
  readonly connections: Figure;
  readonly utilisation: Figure | null;
}

/** Connections that the users of a client, or a director to its servers, keep between requests. */
export interface ConnectionsResult {
  readonly keeper: string;
  readonly kind: 'client' | 'director';
  /** New ones, a second. */
  readonly opened: Figure;
  /** Share of requests (of tries, at a director) that found one open. */
  readonly reused: Figure;
}

/** What a circuit breaker, retries, hedges, shedding or a rule of operation did. */
export type ProtectionResult = BreakersResult | RetriesResult | HedgesResult | SheddingResult | RuleResult;

/** All breakers of the calls from one to another, one for each calling server. */
export interface BreakersResult {
  readonly kind: 'breakers';
  /** `app to db`. */
  readonly name: string;
  /** Times one opened from closed in a run. */
  readonly opened: Figure;
  /** Share of time that one was open, or tried whether to close. */
  readonly open: Figure;
  /** Calls refused a second, and those of them that the fallback answered. */
  readonly refused: Figure;
  readonly fallbacks: Figure;
}

export interface RetriesResult {
  readonly kind: 'retries';
  readonly name: string;
  /** A second; and those left out because the budget was spent. */
  readonly made: Figure;
  readonly overBudget: Figure;
  /** Of those made, by how the attempt before had ended. */
  readonly causes: Readonly<Partial<Record<Outcome, Figure>>>;
}

export interface HedgesResult {
  readonly kind: 'hedges';
  readonly name: string;
  /** Calls a second; copies sent beside the first, and calls that one of these answered, both as a share of the calls. */
  readonly calls: Figure;
  readonly sent: Figure;
  readonly won: Figure;
}

export interface SheddingResult {
  readonly kind: 'shedding';
  /** The service. */
  readonly name: string;
  /** Requests a second. */
  readonly turnedAway: Figure;
}

export interface RuleResult {
  readonly kind: 'rule';
  readonly name: string;
  /** Times it went on in a run, and the share of time that it was. */
  readonly switched: Figure;
  readonly on: Figure;
  readonly turnedAway: Figure;
}

/** One resource that can end the growth. */
export interface Limit {
  /** `app CPU`, `app workers`, `app pool db`, `db connections`, `vip bandwidth out` ... */
  readonly name: string;
  readonly used: Figure;
  /** Load (same unit as total.offered, or users for closed load) at which it would be full, all else equal; null = never or unknown. */
  readonly endsAt: number | null;
  readonly note: string | null;
}

/** A service that makes the load of some clients. */
export interface GeneratorResult {
  readonly clients: string;
  readonly service: string;
  /** What of it is used most, and what of the system that it tests; null = without limits. */
  readonly busiest: Limit | null;
  readonly tested: Limit | null;
  /** Seconds by which a request leaves after it was due, on average over successes. */
  readonly late: Figure;
  /** True where the test shows the generator, not the system: it is full, and nothing of the system is. */
  readonly bound: boolean;
}

/** When an alert of the scenario fires; in a steady state, from when to stay so. */
export interface AlertResult {
  readonly name: string;
  /** `mean > 500 ms`. */
  readonly text: string;
  /** Seconds: its window, and how long it must hold. */
  readonly over: number;
  readonly for: number;
  /** Seconds of simulated time, to a piece of the timeline; null = to the end. */
  readonly firing: readonly { readonly from: number; readonly until: number | null }[];
}

export interface TodayFigure {
  readonly name: string;
  readonly measured: number;
  readonly model: Figure;
  readonly unit: Figure['unit'];
  /** Largest relative difference still called agreement. */
  readonly tolerance: number;
  readonly agrees: boolean;
  /** True where the model was set from this figure, so that agreement proves nothing. */
  readonly fitted: boolean;
}

/** An input given as a range, and the headline figure with it at either end. */
export interface InputDoubt {
  readonly path: string;
  /** As a person would write them: `8 ms`. */
  readonly low: string;
  readonly high: string;
  /** `p(95)`, as the first SLO spells it. */
  readonly figure: string;
  readonly atLow: Figure;
  readonly atHigh: Figure;
}

export interface TheoryResult {
  /** What a request of each client needs of everything that can run out, the first to be full first. */
  readonly demands: readonly {
    readonly client: string;
    /** `app CPU`, `app workers`, `app pool db`, `vip network out`. */
    readonly resource: string;
    /** Seconds, bits or entry seconds for one request, and how much of it there is in a second. */
    readonly demand: number;
    readonly unit: 's' | 'bit' | 'entry s';
    readonly capacity: number;
    /** Requests/s at which it is full by the utilisation law. */
    readonly fullAt: number;
    /** True where waiting can lengthen the demand, so that it is full earlier. */
    readonly atTheLatest: boolean;
  }[];
  readonly bounds: readonly TheoryBound[];
  /** The exact answer, where the scenario is a model that has one; null elsewhere. */
  readonly exact: {
    /** `M/M/1`, `closed network (MVA)`. */
    readonly model: string;
    readonly source: string;
    readonly figures: readonly {
      readonly name: string;
      readonly value: number;
      readonly unit: Figure['unit'];
      readonly simulated: Figure;
      /** Whether the interval contains the exact value; null where there is no interval. */
      readonly covered: boolean | null;
    }[];
  } | null;
}

/** An operational bound on a client's throughput or mean response. */
export interface TheoryBound {
  readonly client: string;
  readonly figure: 'throughput' | 'response';
  readonly operator: '<=' | '>=';
  readonly limit: number;
  readonly unit: '1/s' | 's';
  /** `app CPU, utilisation law`. */
  readonly because: string;
  readonly simulated: Figure;
  /** True where no right run can break it (steady state, nothing fails or is tried again), so that a breach stops the run. */
  readonly enforced: boolean;
}

export interface FaultRecord {
  readonly at: number;
  readonly until: number | null;
  readonly text: string;
  readonly kind: 'fault' | 'detection' | 'takeover' | 'recovery' | 'scaling';
}

export interface FailoverResult {
  readonly faults: readonly FaultResult[];
  /** Of all faults that say how often they happen; null where none does. */
  readonly year: YearResult | null;
}

/** Availability as the share of requests that succeed, over a year in which faults come as often as their `mtbf` says. */
export interface YearResult {
  readonly availability: Figure;
  /** Of a year, in which as many requests fail as do over the year. */
  readonly minutes: number;
}

/** One line of the scenario's faults. Times are seconds from its beginning; means over its occurrences. */
export interface FaultResult {
  /** `crash vip.a`. */
  readonly text: string;
  /** Seconds of simulated time; null = again and again. */
  readonly at: number | null;
  /** Mean in a replication. */
  readonly occurrences: number;
  /** First noticed by a check, by the other node, or else by a failing request; null = nobody noticed. */
  readonly detected: Figure | null;
  /** `health check of vip`, `VRRP of vip`, `clients`. */
  readonly detectedBy: string | null;
  /** The first request that failed; null = none did. */
  readonly felt: Figure | null;
  /** When traffic was first led round it. */
  readonly takeover: Figure | null;
  /** Back at 95 % of the goodput before it; null = `recovers` says why. */
  readonly recovered: Figure | null;
  readonly recovers: 'recovered' | 'never fell' | 'never';
  /** Requests that failed because of it, an occurrence; and by cause. */
  readonly lost: Figure;
  readonly causes: Readonly<Partial<Record<Outcome, number>>>;
  /** Where it takes data that comes back from a backup: seconds of the restore (RTO); writes lost, and the seconds they are of (RPO). */
  readonly restore?: { readonly rto: Figure; readonly writes: Figure; readonly rpo: Figure };
  /** Connections opened in place of lost ones, those of pools too, until the next fault, an occurrence; absent = nobody keeps any. */
  readonly reopened?: Figure;
  /** The most of them within one second: what their handshakes ask of whoever accepts them. */
  readonly reopenedPeak?: Figure;
  /** Share of what an SLO allows to fail in 30 days; may be above 1. */
  readonly budget: { readonly slo: string; readonly share: Figure } | null;
  readonly year: YearResult | null;
  /** A sentence computed from the run. */
  readonly why: string;
}

/**
 * Mean over replications in each bucket of time; no intervals: a series says that it has none. Requests are per second
 * (`sent`, `ok`, `failed`), response times in seconds over the successes of the bucket.
 */
export interface Timeline {
  readonly bucketSeconds: number;
  /** Start of each bucket, seconds of simulated time, warm-up included. */
  readonly at: readonly number[];
  readonly sent: readonly number[];
  readonly ok: readonly number[];
  readonly failed: readonly number[];
  /** Response seconds, a second, of all that ended: by Little's law, the requests in progress. */
  readonly responseSeconds: readonly number[];
  readonly p50: readonly (number | null)[];
  readonly p95: readonly (number | null)[];
  readonly p99: readonly (number | null)[];
  readonly services: Readonly<
    Record<string, { readonly utilisation: readonly number[]; readonly queue: readonly number[] }>
  >;
  /** Numbers that change over time: `web servers`, `lag of orders at flink`; where there are any. */
  readonly levels?: Readonly<Record<string, readonly number[]>>;
}

export type ProbeResult =
  | { readonly kind: 'distribution'; readonly shares: readonly number[] }
  /** Waits of everyone who got a token, zeros included. */
  | {
      readonly kind: 'waits';
      readonly p50: Figure;
      readonly p90: Figure;
      readonly p95: Figure;
      readonly p99: Figure;
      readonly p999: Figure;
    }
  /** The number present at given times: its mean, and the shares of the runs in which nobody and everybody was busy. */
  | {
      readonly kind: 'states';
      readonly at: readonly number[];
      readonly mean: readonly Figure[];
      readonly empty: readonly Figure[];
      /** All workers busy (or cores); empty where they are without limit. */
      readonly full: readonly Figure[];
    }
  /** When something first happened, over the runs in which it did. */
  | {
      readonly kind: 'passage';
      readonly mean: Figure;
      /** Of the runs' own times. */
      readonly standardDeviation: number;
      readonly earliest: number;
      readonly latest: number;
      /** Share of the runs in which it happened. */
      readonly happened: Figure;
    };
