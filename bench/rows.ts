/** What is compared: one row for each goal of the kernel in docs/design, "must" and "stretch" included. */

/** A program that runs a model and prints a line of figures. */
export type Tool = 'kernel' | 'unchecked' | 'threads' | 'c' | 'simpy' | 'simjs' | 'simscript' | 'flatqueue';

/** A run to be timed: `model` in the tool's own name. */
export interface Contender {
  readonly tool: Tool;
  readonly model: string;
  readonly size: number;
  /** Customers, requests or hold operations in a quick run; `--scale` multiplies it. */
  readonly units: number;
}

export interface Row {
  readonly name: string;
  readonly title: string;
  readonly contenders: readonly Contender[];
  /** The figure of one round, from its contenders in the order above; NaN where one that it needs is missing. */
  readonly figure: (samples: readonly (Sample | undefined)[]) => number;
  readonly unit: 'x' | 'MB';
  /** Whether a smaller figure is better. */
  readonly atMost: boolean;
  readonly must: number;
  readonly stretch: number;
  /** Run once, not once a round. */
  readonly once?: boolean;
}

/** The figures that a tool prints; times are CPU time. */
export interface Sample {
  readonly ns_unit: number;
  readonly check: number;
  readonly rss_mb: number;
}

const time = (sample: Sample | undefined): number => sample?.ns_unit ?? NaN;
/** Of the first two; more are shown for information. */
const slowdown = ([ours, other]: readonly (Sample | undefined)[]): number => time(ours) / time(other);
const speedup = ([ours, ...others]: readonly (Sample | undefined)[]): number =>
  Math.min(...others.filter((other) => other !== undefined).map(time)) / time(ours);
const spread = (samples: readonly (Sample | undefined)[]): number =>
  Math.max(...samples.map(time)) / Math.min(...samples.map(time));

const kernel = (model: string, size: number, units: number): Contender => ({ tool: 'kernel', model, size, units });
const c = (model: string, size: number, units: number): Contender => ({ tool: 'c', model, size, units });
const simpy = (model: string, size: number, units: number): Contender => ({ tool: 'simpy', model, size, units });
const npm = (workers: number): Contender[] => [
  { tool: 'simjs', model: 'simjs-queue', size: workers, units: 1e5 },
  { tool: 'simscript', model: 'simscript-queue', size: workers, units: 1e4 },
];
const flatqueue = (pending: number): Contender => ({
  tool: 'flatqueue',
  model: 'flatqueue-hold',
  size: pending,
  units: 2e6,
});
const queue = (workers: number): Contender => kernel('queue', workers, 4e6);
const cluster = (servers: number): Contender => kernel('cluster', servers, 1e6);
const hold = (pending: number): Contender => kernel('hold', pending, 2e6);
const productQueue = (workers: number): Contender => kernel('product-queue', workers, 2e6);
const productCluster = (servers: number): Contender => kernel('product-cluster', servers, 1e6);
const replicated = (model: string, size: number, units: number): Contender[] =>
  (['kernel', 'unchecked'] as const).map((tool) => ({ tool, model, size, units }));
const workers = (size: number): Contender => ({ tool: 'threads', model: 'replications', size, units: 150 });
const list = (pending: number): Contender => kernel('list-hold', pending, 2e6);

const atMost = { unit: 'x', atMost: true } as const;
const atLeast = { unit: 'x', atMost: false } as const;

export const rows: readonly Row[] = [
  {
    name: 'D/C',
    title: 'D, 1,000 servers, against the C heap',
    contenders: [cluster(1000), c('D', 1000, 1e6)],
    figure: slowdown,
    ...atMost,
    must: 1.7,
    stretch: 1,
  },
  {
    name: 'D product/C',
    title: 'D from scenario file to readings, against C',
    contenders: [productCluster(10), c('D', 10, 1e6)],
    figure: slowdown,
    ...atMost,
    must: 2.6,
    stretch: 1.5,
  },
  {
    name: 'A/C',
    title: 'A, M/M/1, against C',
    contenders: [queue(1), c('A', 1, 4e6), productQueue(1)],
    figure: slowdown,
    ...atMost,
    must: 4,
    stretch: 2,
  },
  {
    name: 'B/C',
    title: 'B, M/M/8, against C',
    contenders: [queue(8), c('B', 8, 4e6), productQueue(8)],
    figure: slowdown,
    ...atMost,
    must: 3,
    stretch: 2,
  },
  {
    name: 'A/SimPy',
    title: 'A, times faster than SimPy',
    contenders: [queue(1), simpy('A', 1, 3e4)],
    figure: speedup,
    ...atLeast,
    must: 70,
    stretch: 150,
  },
  {
    name: 'B/SimPy',
    title: 'B, times faster than SimPy',
    contenders: [queue(8), simpy('B', 8, 3e4)],
    figure: speedup,
    ...atLeast,
    must: 50,
    stretch: 150,
  },
  {
    name: 'D/SimPy',
    title: 'D, 10 servers, times faster than SimPy',
    contenders: [cluster(10), simpy('D', 10, 1e4)],
    figure: speedup,
    ...atLeast,
    must: 60,
    stretch: 150,
  },
  {
    name: 'A/npm',
    title: 'A, times faster than the best npm library',
    contenders: [queue(1), ...npm(1)],
    figure: speedup,
    ...atLeast,
    must: 25,
    stretch: 50,
  },
  {
    name: 'B/npm',
    title: 'B, times faster than the best npm library',
    contenders: [queue(8), ...npm(8)],
    figure: speedup,
    ...atLeast,
    must: 25,
    stretch: 50,
  },
  {
    name: 'HOLD-1k/flatqueue',
    title: 'HOLD on the event list alone, 1,000 pending, times faster than flatqueue',
    contenders: [list(1000), flatqueue(1000)],
    figure: speedup,
    ...atLeast,
    must: 1.5,
    stretch: 2.5,
  },
  {
    name: 'HOLD-100k/flatqueue',
    title: 'HOLD on the event list alone, 100,000 pending, times faster than flatqueue',
    contenders: [list(100_000), flatqueue(100_000)],
    figure: speedup,
    ...atLeast,
    must: 1.5,
    stretch: 2.5,
  },
  {
    name: 'servers',
    title: 'D, ns a request, worst to best of 10, 100, 1,000, 10,000 servers',
    contenders: [10, 100, 1000, 10_000].map(cluster),
    figure: spread,
    ...atMost,
    must: 1.3,
    stretch: 1.1,
  },
  {
    name: 'pending',
    title: 'HOLD, ns an event, worst to best of 100 to 1,000,000 pending',
    contenders: [100, 1000, 10_000, 100_000, 1_000_000].map(hold),
    figure: spread,
    ...atMost,
    must: 2,
    stretch: 1.4,
  },
  {
    name: 'timeouts',
    title:
      'D with client timeouts set and cancelled and 150,000 outstanding, against none; then one of these re-armed a request',
    contenders: ['cluster-outstanding', 'cluster-without-timers', 'cluster-keep-alive'].map((model) =>
      kernel(model, 1000, 1e6),
    ),
    figure: slowdown,
    ...atMost,
    must: 1.2,
    stretch: 1.1,
  },
  {
    name: 'threads',
    title: 'replications of M/M/1 on the clock, times faster with two workers than with one',
    contenders: [workers(2), workers(1)],
    figure: speedup,
    ...atLeast,
    must: 1.7,
    stretch: 1.9,
  },
  {
    name: 'invariants A',
    title: 'a replication of M/M/1, against the same without the checks of invariants',
    contenders: replicated('replicated-queue', 1, 2e6),
    figure: slowdown,
    ...atMost,
    must: 1.05,
    stretch: 1.02,
  },
  {
    name: 'invariants D',
    title: 'a replication of D, 10 servers, against the same without the checks of invariants',
    contenders: replicated('replicated-cluster', 10, 1e6),
    figure: slowdown,
    ...atMost,
    must: 1.05,
    stretch: 1.02,
  },
  {
    name: 'memory',
    title: 'D, largest resident set over 12 M requests',
    contenders: [kernel('cluster', 1000, 12e6)],
    figure: ([sample]) => sample?.rss_mb ?? NaN,
    unit: 'MB',
    atMost: true,
    must: 120,
    stretch: 90,
    once: true,
  },
];
