/**
 * windtunnel as a library: everything the command line does, and the layers it stands on, lowest first. All of it runs
 * in a browser. `cli` and `runners` alone use Node and are not part of it.
 */

// Kernel: time, events, chance, tallies. It knows nothing of clusters.
export { Simulation } from './sim/simulation.ts';
export type { Component, Handle, SimulationOptions, StopReason, StopRule } from './sim/simulation.ts';
export { Rank } from './sim/rank.ts';
export { InvariantBreach } from './sim/invariant.ts';
export { Streams, type RandomStream } from './sim/random/stream.ts';
export { distribution, distributions, type DistributionSpec } from './sim/random/index.ts';
export type { Distribution } from './sim/random/distribution.ts';
export { Histogram } from './sim/stats/histogram.ts';
export { Moments } from './sim/stats/moments.ts';
export { TimeWeighted } from './sim/stats/time-weighted.ts';

// Models: what a cluster is made of, as data, and what becomes of a request.
export type * from './models/description.ts';
export { build, type BuildOptions } from './models/build.ts';
export { OUTCOMES, type Outcome } from './models/outcome.ts';
export { schedulers } from './models/directors/schedulers/index.ts';
export type { Scheduler, Upstream } from './models/directors/scheduler.ts';

// Scenarios: files to descriptions; every problem at once.
export { builtins, presets } from './scenarios/catalogue.ts';
export { formatDoubts, formatProblems, loadScenario } from './scenarios/load.ts';
export type { Doubt, LoadOptions, LoadResult, Problem, Scenario } from './scenarios/load.ts';
export { explainScenario } from './scenarios/describe.ts';
export { questions, scenarioFromAnswers } from './scenarios/init.ts';
export { scenarioJsonSchema } from './scenarios/json-schema.ts';

// Analysis: replications until the asked precision; figures with intervals.
export { simulate, type Progress, type SimulateOptions } from './analysis/simulate.ts';
export { compare, type ComparedFigure, type CompareOptions, type Comparison, type Side } from './analysis/compare.ts';
export type * from './analysis/result.ts';
export type { Runner } from './analysis/runner.ts';
export { meanInterval, mser5, shareInterval, studentQuantile } from './analysis/statistics/index.ts';
export type { Interval, ShareCounts, WarmUp } from './analysis/statistics/index.ts';

// Report: a result as text, a page, a table, charts.
export { terminalReport, type TerminalOptions } from './report/terminal.ts';
export { htmlReport } from './report/html.ts';
export { type HtmlAssets } from './report/html/page.ts';
export { markdownComparison, terminalComparison } from './report/comparison.ts';
export { markdownSummary } from './report/markdown.ts';
export { timelineCsv } from './report/csv.ts';
export { hgrm, hlog, toHdr } from './report/hdr.ts';
export { charts, type Chart } from './report/charts/index.ts';
