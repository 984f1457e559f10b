import type { DistributionSpec } from '../sim/random/index.ts';
import type { BehaviourRules } from './autoscalers/behaviour.ts';
import type { ThresholdRule } from './autoscalers/thresholds.ts';
import type { OutlierRule } from './directors/outlier-detection.ts';
import type { Outcome } from './outcome.ts';

/**
 * The cluster as the models understand it: what a scenario file says after presets, defaults, units and short forms
 * have been resolved. SI units throughout (seconds, bytes, bits/s, requests/s, cores); plain JSON data, so that it can
 * be hashed, sent to a worker thread and written into a result. `Infinity` means "no limit".
 *
 * The surface syntax (what people type) is defined by the schemas in `src/scenarios`; `build.ts` turns a description
 * into running models.
 */
export interface ClusterDescription {
  readonly clients: Readonly<Record<string, ClientsDescription>>;
  readonly directors: Readonly<Record<string, DirectorDescription>>;
  readonly services: Readonly<Record<string, ServiceDescription>>;
  readonly links: Readonly<Record<string, LinkDescription>>;
  readonly caches?: Readonly<Record<string, CacheDescription>>;
  readonly topics?: Readonly<Record<string, TopicDescription>>;
  readonly rules?: Readonly<Record<string, RuleDescription>>;
  readonly faults: readonly FaultDescription[];
  readonly probes: readonly ProbeDescription[];
}

/** A time that is drawn: a distribution in seconds, or the demand that the request itself carries (trace replay). */
export type TimeDescription = DistributionSpec | { readonly kind: 'demand'; readonly scale: number };

/** A count that is drawn each time (loops): a distribution whose samples are rounded to the nearest integer >= 0. */
export type CountDescription = DistributionSpec;

// ---------------------------------------------------------------------------------------------------------- clients

export interface ClientsDescription {
  readonly load: OpenLoad | ClosedLoad | TraceLoad;
  /** Request classes; shares are relative (> 0). A single class is named `request`. */
  readonly mix: readonly RequestClass[];
  /** Distinct source addresses (persistence, hashing, ports); Infinity = every user or request its own. */
  readonly sources: number;
  /** Connections: one a request, or kept between requests by each user (closed: `connections/kept.ts`; open: nobody opens any). */
  readonly keep: 'request' | 'connection';
  readonly tables: readonly TableDescription[];
  /** The service that makes these requests, where that can be busy: they are late until it sends them on. */
  readonly generator?: string;
  /** What its requests ask for (caches); absent = each for something of its own. */
  readonly keys?: KeysDescription;
}

export interface KeysDescription {
  readonly items: number;
  /** Popularity of the items: Zipf with this exponent (0 = all alike), or relative shares, one an item. */
  readonly popularity: { readonly zipf: number } | { readonly shares: readonly number[] };
  /** Share of requests that ask for one of as many things that do not exist; 0..1. */
  readonly absent: number;
}

export interface RequestClass {
  readonly name: string;
  readonly share: number;
  readonly priority: number;
  readonly steps: readonly Step[];
}

export interface OpenLoad {
  readonly kind: 'open';
  readonly rate: RateShape;
  /** How arrivals are spaced: Poisson (thinned where the rate varies), evenly, or renewal with this interarrival law. */
  readonly arrivals: 'poisson' | 'even' | DistributionSpec;
  /** Requests that come together at each arrival (batch size); 1 by default. */
  readonly batch?: CountDescription;
  /** Stop after this many requests. */
  readonly limit?: number;
  /** Time of the first arrival in seconds, where it is fixed. */
  readonly firstAt?: number;
  /** Requests that are due at time 0 already (after an outage), besides those that arrive. */
  readonly backlog?: number;
}

export type RateShape =
  | { readonly kind: 'constant'; readonly rate: number }
  /** Linear between points (seconds, requests/s); constant after the last. Two points at one time make a step. */
  | { readonly kind: 'points'; readonly points: readonly { readonly at: number; readonly rate: number }[] }
  /** requests/s as an expression of `t` in seconds (white-listed mathjs syntax); `max` bounds it for thinning. */
  | { readonly kind: 'expression'; readonly expression: string; readonly max: number };

export interface ClosedLoad {
  readonly kind: 'closed';
  readonly users: UserShape;
  /** Pause from a reply to the next request. */
  readonly think: TimeDescription;
  /** First request of a user: after a think time (default), or spread after a common start (rendezvous). */
  readonly start: { readonly kind: 'think' } | { readonly kind: 'rendezvous'; readonly spread: DistributionSpec };
  /** Requests each user makes before leaving; Infinity by default. */
  readonly iterations: number;
  /** Pause before the next request after a failure of this cause, instead of the think time. */
  readonly again: Readonly<Partial<Record<Outcome, PauseDescription>>>;
}

/**
 * A pause that is drawn, or one that follows the server: `factor` times the present mean response time (a moving mean) that
 * these clients have from the server that failed them, evenly spread over 1 - spread .. 1 + spread of that.
 */
export type PauseDescription =
  TimeDescription | { readonly kind: 'times-response'; readonly factor: number; readonly spread: number };

/** Users present over time: piecewise linear, as RateShape; users who are over the number leave at their next reply. */
export type UserShape =
  | { readonly kind: 'constant'; readonly users: number }
  | { readonly kind: 'points'; readonly points: readonly { readonly at: number; readonly users: number }[] };

export interface TraceLoad {
  readonly kind: 'trace';
  /** Due times in seconds, non-decreasing. */
  readonly at: readonly number[];
  /** Demand of each request in seconds, for steps whose time is `demand`; same length as `at`, or empty. */
  readonly demand: readonly number[];
  /** Priority of each request (0 first); same length as `at`, or empty. */
  readonly priority: readonly number[];
}

// ------------------------------------------------------------------------------------------------------------ steps

export type Step =
  | { readonly do: 'wait'; readonly time: TimeDescription; readonly role?: 'remainder' }
  /** CPU seconds at speed 1. */
  | { readonly do: 'compute'; readonly time: TimeDescription }
  | CallStep
  /** A message nobody waits for. */
  | { readonly do: 'send'; readonly to: string; readonly requestClass?: string; readonly requestBytes: number }
  | { readonly do: 'acquire'; readonly pool: string }
  | { readonly do: 'release'; readonly pool: string }
  /** Done with it where the cache has what the request asks for; else the steps of `miss`, which load it. */
  | { readonly do: 'lookup'; readonly cache: string; readonly miss: readonly Step[] }
  /** A record of the request is appended to a topic. */
  | { readonly do: 'publish'; readonly topic: string }
  | {
      readonly do: 'choice';
      readonly branches: readonly { readonly weight: number; readonly steps: readonly Step[] }[];
    }
  /** All branches start together; goes on when `need` of them have ended (all = join, 1 = first answer, k = quorum). */
  | { readonly do: 'parallel'; readonly branches: readonly (readonly Step[])[]; readonly need: number }
  /** The steps while the rule is on; else the others. */
  | { readonly do: 'when'; readonly rule: string; readonly steps: readonly Step[]; readonly otherwise: readonly Step[] }
  | { readonly do: 'loop'; readonly times: CountDescription; readonly steps: readonly Step[] }
  /** A Markov routing matrix: leaves when the shares of `next` do not add up to 1 (the rest), see `walk.ts`. */
  | {
      readonly do: 'walk';
      readonly start: Readonly<Record<string, number>>;
      readonly places: Readonly<
        Record<string, { readonly steps: readonly Step[]; readonly next: Readonly<Record<string, number>> }>
      >;
    };

/** A partitioned log between those who publish and those who consume; see `streams/`. */
export interface TopicDescription {
  readonly partitions: number;
  /** What decides a record's partition: nothing (they go round), the source address, or what the request asks for. */
  readonly key: 'none' | 'source' | 'request';
  /** Seconds that a record is kept; Infinity = until every group has processed it. */
  readonly retention: number;
  /** Records that the slowest group may not have processed; more are turned away, and stages before it wait. */
  readonly room: number;
  /** Producers gather records: so many, or for so many seconds. */
  readonly linger?: { readonly seconds: number; readonly records: number };
  /** The service or director that is called for each gathered batch. */
  readonly broker?: string;
  /** By the service whose servers are the members. */
  readonly groups: Readonly<Record<string, GroupDescription>>;
}

/** Times in seconds. */
export interface GroupDescription {
  /** Most records of a poll. */
  readonly batch: number;
  /** Wait of an idle member from the first record to its poll. */
  readonly gather: number;
  /** Consumers on each server. */
  readonly slots: number;
  /** Processing of one record: the demand of the call is the sum over its records. */
  readonly record: DistributionSpec;
  readonly heartbeat: number;
  readonly session: number;
  /** Pause of a rebalance. */
  readonly rebalance: DistributionSpec;
  /** Progress is kept so often, in a pause of this length; absent = after each batch. */
  readonly checkpoint?: { readonly every: number; readonly pause: DistributionSpec };
  /** A share of its records goes on to another topic. */
  readonly emits?: { readonly to: string; readonly share: number };
}

/** What is done while a figure is bad, see `controllers/rule.ts`. */
export interface RuleDescription {
  /**
   * Of a client or service: share of errors, or the response time at this `level` (0..1) of everything that ended; of a
   * service: CPU used, as a share of what there is.
   */
  readonly watch: { readonly figure: 'errors' | 'time' | 'cpu'; readonly of: string; readonly level: number };
  /** Seconds: the window, and from one look at it to the next. */
  readonly over: number;
  readonly every: number;
  /** On above this; off again at or below `back`, null = never. Seconds or a share. */
  readonly above: number;
  readonly back: number | null;
  /** Seconds that it must have been so. */
  readonly holds: number;
  readonly rests: number;
  /** Requests that the rule turned away count as errors. */
  readonly countsShed: boolean;
  /** By service, while it is on: share of the requests let in, and of the servers that get any. */
  readonly admit: Readonly<Record<string, number>>;
  readonly servers: Readonly<Record<string, number>>;
}

/** A store beside the truth, asked by `lookup`. */
export interface CacheDescription {
  /** Given hit ratio 0..1; absent = keys decide. */
  readonly hit?: number;
  /** Entries it has room for; Infinity = unbounded. */
  readonly size: number;
  readonly evict: 'lru' | 'fifo' | 'random';
  /** Seconds an entry lives; Infinity = for ever. Each is shortened by up to `jitter` of it (0..1). */
  readonly ttl: number;
  readonly jitter: number;
  /** A hit begins the life of its entry again. */
  readonly renew: boolean;
  /** Those who miss what is being loaded wait for that load. */
  readonly singleFlight: boolean;
  /** Empty; with the most popular items at random ages; or with them all stored at time 0 (they expire together). */
  readonly start: 'cold' | 'warm' | 'together';
  /** What does not exist: loaded every time, remembered as absent for `absentTtl`, or known without a load (Bloom filter). */
  readonly absent: 'loaded' | 'kept' | 'filtered';
  readonly absentTtl: number;
}

export interface CallStep {
  readonly do: 'call';
  /** A service, a director, or one server (`web.2`, counted from 1). */
  readonly to: string;
  /** Class of the work at the callee; the caller's own by default. */
  readonly requestClass?: string;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Seconds from the attempt to giving up; absent = waits for ever. */
  readonly timeout?: TimeDescription;
  /** What happens to the work of an attempt that timed out: goes on (`keep`, orphaned) or stops (`cancel`). */
  readonly abandon: 'keep' | 'cancel';
  readonly retry?: RetryDescription;
  /** When the callee's accept queue drops SYNs: seconds after the first SYN at which it is sent again, and giving up. */
  readonly connect?: ConnectDescription;
  readonly breaker?: BreakerDescription;
  readonly hedge?: HedgeDescription;
  /** Steps instead of failing, by a failure of any cause. */
  readonly otherwise?: readonly Step[];
  /** Steps where the breaker is open; `otherwise` by default. */
  readonly fallback?: readonly Step[];
}

/** Further copies of a call that has no answer yet; the first good answer wins, the others are withdrawn. */
export interface HedgeDescription {
  /** Copies after the first, at least 1. */
  readonly copies: number;
  /** Seconds between them; or the response time of this level (0..1) of late, see `steps/hedge.ts`. */
  readonly after: { readonly seconds: number } | { readonly level: number };
}

/** A circuit breaker, see `controllers/breaker.ts`. */
export interface BreakerDescription {
  /** Failures in a row that open it; 0 = it does not go by them. */
  readonly consecutive: number;
  /** Share of failures over the window at which it opens (0..1), and of slow calls; Infinity = it does not go by it. */
  readonly share: number;
  readonly slowShare: number;
  /** Seconds beyond which a call is slow. */
  readonly slow: number;
  readonly over: { readonly calls: number } | { readonly seconds: number };
  /** Calls in the window below which shares decide nothing. */
  readonly minimum: number;
  /** Seconds that it stays open. */
  readonly open: number;
  /** Calls let through half-open. */
  readonly trials: number;
  /** What counts as a failure. */
  readonly on: readonly Outcome[];
}

export interface RetryDescription {
  /** Attempts after the first. */
  readonly times: number;
  readonly backoff: {
    readonly base: number;
    readonly factor: number;
    readonly max: number;
    readonly jitter: 'none' | 'full' | 'equal';
  };
  /** Causes that are tried again. */
  readonly on: readonly Outcome[];
  /** Avoid the servers already tried. */
  readonly other: boolean;
  /** Retries allowed as a share of first attempts (token bucket), or otherwise; Infinity = no budget. */
  readonly budget: number | RetryBudget;
  /**
   * A director's, with `other`: avoid the servers tried while there are others, then the last one (`tried`, default); the
   * last one only (`last`, HAProxy's redispatch); the servers tried, and fail when there is no other (`always`, nginx).
   */
  readonly avoid?: 'tried' | 'last' | 'always';
  /** A director's: at the server that failed, where the attempt keeps its place (then `other` is false, no budget). */
  readonly same?: boolean;
  /** With `same`: every so many-th retry is made elsewhere, at once (HAProxy's `option redispatch N` under a hash rule). */
  readonly elsewhereEach?: number;
  /** A director's: causes that are tried again and are not held against the server (nginx: answers 403 and 404). */
  readonly forgiven?: readonly Outcome[];
  /** A director's: no further attempt when so many seconds have passed since the first; Infinity by default. */
  readonly within?: number;
}

/** How many retries a caller may make, see `retry.ts`. */
export type RetryBudget =
  /** Of the last `ttl` seconds: a share of first attempts, and so many a second in any case (Finagle). */
  | { readonly kind: 'recent'; readonly share: number; readonly ttl: number; readonly perSecond: number }
  /** At once: a share of the requests in progress, and at least so many (Envoy). */
  | { readonly kind: 'in-progress'; readonly share: number; readonly least: number };

export interface ConnectDescription {
  readonly syn: readonly number[];
  readonly giveUp: number;
}

// --------------------------------------------------------------------------------------------------------- services

export interface ServiceDescription {
  /** Instances (servers); they are named `service.1`, `service.2` ... With an autoscaler, the most there can be. */
  readonly count: number;
  /** Servers come and go at run time; absent = all are there. */
  readonly autoscaler?: AutoscalerDescription;
  /** Relative speed of each server; length = count. */
  readonly speeds: readonly number[];
  /** Workers (threads, processes) of a server; Infinity = no limit. */
  readonly workers: number;
  /** Whether a worker is held for the whole request (threads) or only while computing (event loop). */
  readonly holds: 'request' | 'compute';
  /** Requests that may wait for a worker; Infinity = unlimited. */
  readonly queue: number;
  readonly order: OrderDescription;
  /** Requests turned away before they stand in line. */
  readonly shed?: SheddingDescription;
  /** What a full queue does: answers `refused` at once, or drops the SYN (the caller's `connect` schedule decides). */
  readonly full: 'refuse' | 'drop';
  /** How long a request waits for a worker before it leaves (`queue-timeout`); absent = for ever. */
  readonly patience?: TimeDescription;
  /** Most connections open at once (in service or waiting); beyond it `refused`. */
  readonly connections: number;
  /** Workers fail one by one and are mended. Needs workers that are held for the request. */
  readonly breakdowns?: BreakdownsDescription;
  /** A server that has nobody switches off, and is set up for the next. Needs the same; not with `breakdowns`. */
  readonly setup?: SetupDescription;
  /** TLS on connections of clients that end here. */
  readonly tls?: TlsDescription;
  /** CPU seconds that refusing a connection costs the server. */
  readonly refusalCost?: TimeDescription;
  /** Cores; Infinity = each request computes at full speed (every worker its own core). */
  readonly cores: number;
  /** How requests share the cores. `sharing` = at most this many on the processor at once, the rest in line. */
  readonly sharing: 'processor' | 'fifo' | 'lifo' | 'random' | 'priority' | 'preemptive';
  readonly sharingLimit: number;
  readonly slowdown?: SlowdownDescription;
  readonly sessions?: SessionsDescription;
  /** Writes that one server answers are applied by all others (`databases/replication.ts`). */
  readonly replication?: ReplicationDescription;
  /** Absent = unbounded. */
  readonly heap?: HeapDescription;
  /** Requests that are there at time 0, over all its servers, by class of the work; `*` = of no class that is named. */
  readonly backlog?: Readonly<Record<string, number>>;
  readonly pools: Readonly<Record<string, PoolDescription>>;
  /** Steps by request class; `*` serves the classes not named. */
  readonly work: Readonly<Record<string, readonly Step[]>>;
  /** Bits/s each server's network card may send, and receive; Infinity = no limit. */
  readonly sendBitsPerSecond: number;
  readonly receiveBitsPerSecond: number;
  readonly tables: readonly TableDescription[];
}

/** How the number of servers follows a metric; see `autoscalers/`. Times in seconds. */
export interface AutoscalerDescription {
  /** Servers there at the beginning; 0 <= from <= max. */
  readonly from: number;
  readonly min: number;
  readonly max: number;
  /** Between two looks. */
  readonly every: number;
  /** Before each look, over which CPU and requests are averaged; at most `every` of it counts. */
  readonly window: number;
  readonly metrics: readonly MetricDescription[];
  readonly rule:
    /** No rule: the servers that a service is to have must start first. */
    | { readonly kind: 'fixed' }
    /** Kubernetes' HPA; one target a metric. */
    | {
        readonly kind: 'target';
        readonly targets: readonly number[];
        readonly tolerance: number;
        readonly behaviour: BehaviourRules;
      }
    | { readonly kind: 'thresholds'; readonly rules: readonly ThresholdRule[] };
  /** From having a machine to being ready. */
  readonly start: TimeDescription;
  /** Speed at first, and time until it is full. */
  readonly warm?: { readonly factor: number; readonly over: number };
  /** Most that a server which goes may take to finish what it has. */
  readonly drain: number;
  /** Machines: servers on each, the time until a new one is there, and after which one that is not needed goes. */
  readonly nodes?: { readonly room: number; readonly start: TimeDescription; readonly idle: number };
}

export type MetricDescription =
  /** Share of cores (or of workers, where each has its own core); requests a second, waiting, present: of each server. */
  | { readonly kind: 'cpu' | 'rate' | 'queue' | 'present' }
  /** Share of the memory: of the heap, or of `size` bytes with `idle` used always and `request` by each request present. */
  | { readonly kind: 'memory'; readonly size?: undefined }
  | { readonly kind: 'memory'; readonly size: number; readonly idle: number; readonly request: number }
  /** Records that a group of consumers has not processed, in all partitions. */
  | { readonly kind: 'lag'; readonly topic: string; readonly group: string };

/** Who is taken from the line of the workers. */
export type OrderDescription =
  | 'fifo'
  | 'lifo'
  | 'random'
  | 'priority'
  /** The last first while the one at the head has waited longer than `after` seconds (`services/lines/adaptive-lifo.ts`). */
  | { readonly kind: 'adaptive-lifo'; readonly after: number }
  /** CoDel; times in seconds (`services/lines/controlled-delay.ts`). */
  | {
      readonly kind: 'controlled-delay';
      readonly target: number;
      readonly interval: number;
      readonly drop: 'late' | 'spaced';
    };

/** Load shedding of a server (`services/shedding.ts`). */
export type SheddingDescription = {
  /** Share that is turned away, 0..1: of all who come, or most of them where a sign decides. */
  readonly share: number;
  /** Priorities below this one are never turned away. */
  readonly spare: number;
} & (
  | { readonly sign: 'always' }
  /** While the mean wait in line (seconds), or the busy share of the workers, of the last window (seconds) is above it. */
  | { readonly sign: 'wait' | 'utilisation'; readonly above: number; readonly window: number }
);

/** Of single workers (`services/breakdown.ts`). */
export interface BreakdownsDescription {
  /** Seconds from being up to failing, busy or idle; of each worker by itself. */
  readonly every: DistributionSpec;
  /** Seconds that mending one takes a crew. */
  readonly repair: DistributionSpec;
  /** Crews of the service; Infinity = nobody waits for one. */
  readonly crews: number;
  /** What becomes of the request: `resume` and `restart` put it at the head of the line. */
  readonly interrupted: 'resume' | 'restart' | 'lost';
}

/** What a new connection costs beside TCP's handshake (`connections/handshake.ts`). */
export interface TlsDescription {
  /** 1 (TLS 1.3) or 2 (TLS 1.2). */
  readonly roundTrips: number;
  /** CPU seconds of whoever accepts it. */
  readonly cpu?: TimeDescription;
}

/** Of a server after idleness (`services/setup.ts`). */
export interface SetupDescription {
  /** Seconds. */
  readonly time: DistributionSpec;
  /** Seconds without anybody until it switches off; 0 = at once. */
  readonly offAfter: number;
}

/** Sessions of users that servers keep after a request has ended. */
export interface SessionsDescription {
  /** Held by the server that made it, or by every server of the service (all-to-all replication). */
  readonly keep: 'own' | 'replicated';
  /** Every request makes a new one, or every user (source address) has one. */
  readonly per: 'request' | 'user';
  /** Seconds after its last use at which it ends. */
  readonly lifetime: number;
  /** CPU seconds that a new session costs each peer (replicated). */
  readonly replication?: TimeDescription;
}

/** Bounded memory of a server. */
export interface HeapDescription {
  /** Sessions that it has room for. */
  readonly size: number;
  /** Speed that garbage collection leaves at a fill of 0..1, linear between, constant outside; `full` rises. */
  readonly gc: readonly { readonly full: number; readonly speed: number }[];
}

export interface ReplicationDescription {
  /** Request classes that write; none named = all. */
  readonly writes: readonly string[];
  /** Seconds of an applier for each write. */
  readonly apply: TimeDescription;
  /** Appliers of a server, which keep the order of commits. */
  readonly workers: number;
  /** A commit waits for one acknowledgement, at most `timeout` seconds; see `databases/semi-sync.ts`. */
  readonly semiSync?: { readonly ack: DistributionSpec; readonly timeout: number };
}

/** Load-dependent speed: factor by which each of n active requests is slowed (>= 1 slows down). */
export type SlowdownDescription =
  /** Universal scalability law: capacity of n = n / (1 + contention (n-1) + coherency n (n-1)). */
  | { readonly kind: 'usl'; readonly contention: number; readonly coherency: number }
  /** Speed / (1 + coefficient * n). */
  | { readonly kind: 'per-active'; readonly coefficient: number }
  /** Speed factor at n active, linear between points, constant outside. */
  | { readonly kind: 'table'; readonly points: readonly { readonly active: number; readonly speed: number }[] };

export interface PoolDescription {
  /** The service or director its connections go to; calls there take a connection of this pool by themselves. */
  readonly to?: string;
  readonly size: number;
  /** Longest wait for a checkout in seconds; then `pool-timeout`. Infinity = for ever. */
  readonly patience: number;
  /** It grows from `least` idle connections, see `connections/growing-pool.ts`; absent = all are always open. Times in seconds. */
  readonly grows?: { readonly least: number; readonly connect: TimeDescription; readonly idleTimeout: number };
}

// -------------------------------------------------------------------------------------------------------- directors

export interface DirectorDescription {
  readonly mode: 'nat' | 'dr' | 'tun' | 'fullnat' | 'proxy' | 'client-side';
  readonly scheduler: { readonly id: string; readonly options: Readonly<Record<string, unknown>> };
  readonly members: readonly MemberDescription[];
  /** Seconds a source address stays on its server, from the start of its last connection (see persistence.ts); 0 = none. */
  readonly persistence: number;
  /** Workers of a proxy (held for the whole exchange) and its accept queue; Infinity = no limit. */
  readonly workers: number;
  readonly queue: number;
  readonly full: 'refuse' | 'drop';
  readonly cores: number;
  /** CPU seconds of the director for each exchange. */
  readonly relay?: TimeDescription;
  /** CPU seconds of the director for each packet. */
  readonly packetCost: number;
  readonly sendBitsPerSecond: number;
  readonly receiveBitsPerSecond: number;
  /** TLS on connections of clients that end at a proxy. */
  readonly tls?: TlsDescription;
  /** A proxy's own breaker of its upstream. */
  readonly breaker?: BreakerDescription;
  /** Tries of further members after these causes (proxy_next_upstream, redispatch). */
  readonly retry?: RetryDescription;
  /** Seconds after which a try of a proxy at a member has failed (`timeout`); absent = never. */
  readonly tryTimeout?: number;
  /**
   * A full upstream (every member at its limit): `refuse` at once, or wait: in one central line with this `room`, or,
   * where the scheduler ties a request to its server, at that server with `roomEach` (Infinity by default). `pick`: the
   * scheduler does not know who is full; a request placed on a full member fails there, at that server's cost of a refusal.
   */
  readonly whenFull:
    | { readonly do: 'refuse' }
    | { readonly do: 'pick' }
    | { readonly do: 'wait'; readonly room: number; readonly roomEach?: number; readonly patience: number };
  /** When backup members serve, see standing.ts; `overflow` by default. */
  readonly backups?: 'overflow' | 'first' | 'all';
  /** A caller that gives up: the connection to the member is closed too (default), or kept until it has answered. */
  readonly clientAbort?: 'close' | 'keep';
  /** Share of healthy members below which health is ignored (Envoy's panic threshold); 0 = never (default). */
  readonly panic?: number;
  readonly outlier?: OutlierRule;
  /** A member that its check takes out: forgotten (default), or its persistent clients keep coming. */
  readonly removal?: 'remove' | 'quiesce';
  /** Worker processes that share nothing (nginx without `zone`): schedulers, checks, limits of their own; 1 by default. */
  readonly processes?: number;
  /** Zones, as what is in each by name: members in the caller's are preferred, see `directors/near.ts`; none by default. */
  readonly near?: readonly (readonly string[])[];
  /** Idle connections to members that each process keeps; absent = connections are not counted. */
  readonly keepalive?: number;
  readonly check?: CheckDescription;
  /** Nodes of an active/backup pair; one node named `1` by default. */
  readonly nodes: readonly { readonly name: string; readonly priority: number }[];
  readonly vrrp?: VrrpDescription;
  /** Seconds until another node has the address, drawn each time, where no protocol is meant (hot standby). */
  readonly takeover?: TimeDescription;
  /** Connection tables are copied to the other nodes (LVS sync daemon, conntrackd): a takeover loses none. */
  readonly sync?: boolean;
  readonly tables: readonly TableDescription[];
  /** How long a closed connection stays in the table as inactive (steers lc and wlc), in seconds. */
  readonly linger: number;
}

export interface MemberDescription {
  readonly service: string;
  /** Index of the server, from 0. */
  readonly server: number;
  readonly weight: number;
  /** Most requests in progress through this director; Infinity = no limit. */
  readonly limit: number;
  /** Serves only when the others cannot, see `backups`. */
  readonly backup?: boolean;
  /** Configured as down: never picked, though hash rules keep it in their tables. */
  readonly down?: boolean;
  /** Failures after which it is left out for `failTimeout` whole seconds (passive-checks.ts); 0 = never (default). */
  readonly maxFails?: number;
  readonly failTimeout?: number;
  /** Seconds in which it gets its full share after it has come up (slow-start.ts); 0 = at once (default). */
  readonly slowStart?: number;
}

/** Active health check of each member; see `failover/health-check.ts` for what each product calls these. */
export interface CheckDescription {
  /** Seconds between probes of a member that is well, or that is down and stays so where `down` is absent. */
  readonly every: number;
  readonly timeout: number;
  readonly fall: number;
  readonly rise: number;
  /** Seconds to the next probe while failures (`failing`) or successes (`rising`) in a row are being counted. */
  readonly failing?: number;
  readonly rising?: number;
  /** Seconds between probes of a member that is down. */
  readonly down?: number;
  /** A probe is over when a connection is accepted (`tcp`), or when a good answer has come (`http`, the default). */
  readonly kind?: 'tcp' | 'http';
  /** The interval runs from the end of a probe to the next (`delay`, the default), or from beginning to beginning (`rate`). */
  readonly schedule?: 'delay' | 'rate';
  /** Members are out until their first checks have succeeded. */
  readonly startsDown?: boolean;
  /** An answer that is an error counts as `fall` failures (Envoy's HTTP checks); silence and refusal do not. */
  readonly errorsAtOnce?: boolean;
  /** Seconds of a member's processor that answering a probe takes; absent = none. */
  readonly cost?: number;
}

/** VRRP between the nodes (RFC 3768 for version 2, RFC 5798 for version 3). */
export interface VrrpDescription {
  readonly version: 2 | 3;
  readonly advert: number;
  readonly preempt: boolean;
  readonly preemptDelay: number;
  /** A script on each node; see `failover/vrrp.ts`. */
  readonly track?: TrackDescription;
  /** Gratuitous ARP of a node that takes over; absent = never lost. */
  readonly arp?: ArpDescription;
}

/** keepalived's `vrrp_script`: without a weight a failing node gives up the address, else its priority changes. */
export interface TrackDescription {
  readonly every: number;
  readonly fall: number;
  readonly rise: number;
  /** Added to the priority while the script fails (below 0) or succeeds (above 0); -253..253; absent = give up. */
  readonly weight?: number;
}

export interface ArpDescription {
  /** Packets of one burst, each lost with this probability; a second burst after `delay` seconds. */
  readonly packets: number;
  readonly loss: number;
  readonly delay: number;
}

// --------------------------------------------------------------------------------------------------- links and rest

/** Between two named things, both ways. A clients' name, a service or a director; or zones, see `links/zone-hop.ts`. */
export interface LinkDescription {
  readonly between: readonly [string, string];
  /** Where it is between zones: what is in each, by name. */
  readonly zones?: readonly [readonly string[], readonly string[]];
  /** One way, seconds. */
  readonly latency: TimeDescription;
  readonly bitsPerSecond: number;
}

/** Entries held for a connection's life plus a linger. */
export interface TableDescription {
  /** ports, conntrack, ipvs, descriptors, worker-connections ... */
  readonly name: string;
  readonly size: number;
  /** Entries one connection takes. */
  readonly perConnection: number;
  /** Seconds an entry outlives its connection (TIME_WAIT). */
  readonly linger: number;
  readonly full: 'refuse' | 'drop';
}

export type FaultKind =
  /** A server's process dies: what is in progress is reset, connections are refused. A node's host dies without a word. */
  | 'crash'
  /** The end of every other fault of the target. */
  | 'restore'
  /** Accepts connections and does not answer. */
  | 'hang'
  /** Computes at `factor` of its speed. */
  | 'slow'
  /** Gets no new requests from directors. */
  | 'drain'
  /** Ends in an orderly way. */
  | 'stop'
  /** Listens no more; what is in progress goes on. */
  | 'refuse'
  /** Answers errors, at once or after `answer`; a share of the requests where `share` is below 1. */
  | 'sick'
  /** Alive, but no packet comes or goes. */
  | 'unplug'
  /** A node's VRRP process dies (kill -9); the node still answers at the address. */
  | 'kill9'
  /** A node's tracked script fails. */
  | 'script'
  /** No packet passes between the two `sides`. */
  | 'partition';

export interface FaultDescription {
  /** Seconds from the start; of the first time where it happens again and again: not before. */
  readonly at: number;
  readonly do: FaultKind;
  /** `web` (every server), `web.2`, `vip`, `vip.a`, the name of a zone, or both sides of a partition in words. */
  readonly target: string;
  /** What `target` stands for, where it is a zone. */
  readonly targets?: readonly string[];
  /** Both sides of a partition. */
  readonly sides?: readonly [readonly string[], readonly string[]];
  /** Seconds after which it ends by itself; Infinity = until `restore`. */
  readonly for: number;
  /** The same, drawn. */
  readonly lasts?: DistributionSpec;
  /** `slow`: speed is multiplied by this (0 < factor < 1). */
  readonly factor: number;
  /** `sick`: share of requests that get an error, 0..1; 1 by default. And the time to the answer; 0 by default. */
  readonly share?: number;
  readonly answer?: DistributionSpec;
  /** Happens again and again; `at` is then the earliest beginning of the first waiting time. */
  readonly again?: FaultAgain;
  /** Where it comes back (`crash`, `stop`): its speed at first, and the seconds until it is full again (cold caches). */
  readonly cold?: { readonly factor: number; readonly over: number };
  /** `crash`: its data is lost too, and comes back with it from the last backup. */
  readonly backup?: BackupDescription;
  /** For availability over a year: mean seconds from one such fault to the next, and from fault to repair. */
  readonly mtbf?: number;
  readonly mttr?: number;
}

/** How long a restore takes is the fault's `for`. */
export interface BackupDescription {
  /** Seconds from one backup to the next. */
  readonly every: number;
  /** Request classes that write; none named = all. */
  readonly writes: readonly string[];
}

export interface FaultAgain {
  /** Seconds from the end of one to the beginning of the next. */
  readonly every: DistributionSpec;
  /** Seconds that each lasts. */
  readonly for: DistributionSpec;
  /** All targets at the same moments; else each has a process of its own. */
  readonly together: boolean;
  /** `takeover`: the repair of a node begins when another has the address, or when no other is left to take it. */
  readonly repairFrom: 'fault' | 'takeover';
  /** Targets that are mended at a time, first come first served; absent = as many as there are. */
  readonly crews?: number;
}

export type ProbeDescription =
  /** Lookups and hits of a cache by item. */
  | { readonly kind: 'items'; readonly of: string }
  /** Time-weighted distribution of the number present at a service. */
  | { readonly kind: 'number'; readonly of: string }
  /** Time-weighted distribution of the workers up over all servers of a service with breakdowns. */
  | { readonly kind: 'up'; readonly of: string }
  /** Distribution of the wait for the workers of a service. */
  | { readonly kind: 'wait'; readonly of: string }
  /** Time-weighted distribution of a pool's connections in use, `app.db`. */
  | { readonly kind: 'in-use'; readonly of: string }
  /** The number present at a service at given times in seconds, rising. */
  | { readonly kind: 'states'; readonly of: string; readonly at: readonly number[] }
  /** When the number present at a service first falls to a level, or first reaches it. */
  | { readonly kind: 'falls' | 'reaches'; readonly of: string; readonly level: number }
  /** When the last request of these clients ended. */
  | { readonly kind: 'makespan'; readonly of: string };
