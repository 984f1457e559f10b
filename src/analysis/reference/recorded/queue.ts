/**
 * The recorded clusters under load (`real/queue`): each case is replayed request by request from its trace, and run
 * again with random numbers of the model's own; figures are judged by the tolerances that the recordings' findings call
 * honest (1, 2, 3 and 5 there). Which of them apply follows from what a case is, never from its name.
 */
import type { ClusterDescription } from '../../../models/description.ts';
import { Streams } from '../../../sim/random/stream.ts';
import type { ReferenceGroup } from '../groups.ts';
import type { CaseReport, JudgedFigure, JudgeOptions, ReferenceCase, ReferenceFiles } from '../suite.ts';
import { caseReport } from './case-report.ts';
import { balancer, OVERHEAD, ownCluster, picksAreDrawn, picksAreStatic, queuesAtBalancer, replayCluster } from './cluster.ts';
import { meanService, recording, serviceLaw } from './queue-case.ts';
import type { RecordedCase, RecordedEvent, RecordedRun, Recording } from './queue-case.ts';
import { picksExplained } from './order-of-events.ts';
import { goodShare, latencies, mean, medianDifference, play, sharesOf } from './queue-run.ts';
import type { Latencies, Played, Request } from './queue-run.ts';
import { parseRecordedTrace } from './trace-file.ts';
import type { RecordedRequest } from './trace-file.ts';

const FOLDER = 'real/queue/';
const FAMILIES = ['open', 'direct', 'heterogeneous', 'closed', 'burst', 'crash', 'hang', 'retry', 'stall'] as const;
type Mode = (typeof FAMILIES)[number];

/** Replications with own random numbers, and phases of checks and clocks of a replay with events. */
const REPLICATIONS = 4;
const PHASES = 12;
/** Replays of a case whose balancer draws. */
const DRAWN = 4;
/** Seconds by which a time that hangs on a check may lie beside its range. */
const CHECK_SLACK = 0.04;
/** Share of answered requests above which a cluster holds, and below which it has collapsed. */
const HOLDS = 0.9;
const COLLAPSED = 0.1;
/** Runs with own numbers where the first has another fate than the recording, and the least share that must have its. */
const FATES = 9;
const RARE = 1 / 3;
/** Replays that show what the jitter of the balancer's own time does, and its documented size in seconds (README, noise). */
const DELAYED = 24;
const DELAY_SPREAD = 0.00015;
/** What the end of a run is, for its fate: this share of it. */
const END = 1 / 3;

interface QueueData {
  readonly recording: unknown;
  /** The trace of repeat 0; absent where there is none. */
  readonly trace?: string;
}

export const queue: ReferenceGroup = { families: FAMILIES.map((mode) => `queue ${mode}`), cases, judge };

function cases(files: ReferenceFiles): ReferenceCase<QueueData>[] {
  return [...files.keys()]
    .filter((path) => path.startsWith(FOLDER) && path.endsWith('.json'))
    .sort()
    .map((path) => {
      const id = path.slice(FOLDER.length, -'.json'.length);
      const data = { recording: JSON.parse(files.get(path)!) as unknown, trace: files.get(`${FOLDER}traces/${id}.csv`) };
      const read = recording.safeParse(data.recording);
      const reason = read.success ? unexpressible(read.data.case) : `not in the form of a recording: ${read.error.issues[0].message}`;
      const { load, backends } = read.success ? read.data.case : { load: { rate: 0, dur: 0 }, backends: [] };
      return {
        suite: 'recorded',
        id,
        family: `queue ${read.success ? modeOf(read.data.case) : 'open'}`,
        data,
        cost: 10 * (load.rate ?? 500) * load.dur * (1 + REPLICATIONS) + backends.length,
        ...(reason === null ? {} : { unexpressible: reason }),
      };
    });
}

function unexpressible(recorded: RecordedCase): string | null {
  const { lb, load, events, backends } = recorded;
  const names = new Set(backends.map(({ name }) => name));
  const strange = events.flatMap(({ kill, stop, cont, start }) => [kill, stop, cont, start]).find((name) => name !== undefined && !names.has(name));
  if (strange !== undefined) return `an event of "${strange}", which is no backend`;
  if (lb === 'none' && backends.length > 1) return 'several backends and no balancer';
  const missing = { open: load.rate, closed: load.users, burst: load.n }[load.mode] === undefined;
  if (missing) return `a load of mode ${load.mode} without its number`;
  try {
    serviceLaw(load.svc);
    if (lb !== 'none') balancer(recorded);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

function modeOf({ lb, backends, load, events }: RecordedCase): Mode {
  if (events.some(({ kill }) => kill !== undefined)) return 'crash';
  const stopped = new Set(events.flatMap(({ stop }) => stop ?? []));
  if (stopped.size > 0) return stopped.size === backends.length ? 'stall' : 'hang';
  if (load.timeout !== undefined) return 'retry';
  if (load.mode !== 'open') return load.mode;
  if (lb === 'none') return 'direct';
  const kinds = new Set(backends.map(({ c, scale, weight = 1 }) => `${c} ${scale} ${weight}`));
  return kinds.size > 1 ? 'heterogeneous' : 'open';
}

function judge(of: ReferenceCase, options: JudgeOptions): Promise<CaseReport> {
  const { recording: json, trace } = of.data as QueueData;
  const judged = new QueueJudge(recording.parse(json), trace === undefined ? null : parseRecordedTrace(trace), options);
  return caseReport(of, judged.judge());
}

class QueueJudge {
  private readonly figures: JudgedFigure[] = [];
  private events = 0;
  private readonly recorded: RecordedCase;
  private readonly runs: readonly RecordedRun[];

  constructor(
    { case: recorded, runs }: Recording,
    private readonly trace: readonly RecordedRequest[] | null,
    private readonly options: JudgeOptions,
  ) {
    this.recorded = recorded;
    this.runs = runs;
  }

  judge(): { readonly figures: readonly JudgedFigure[]; readonly events: number } {
    const { load, events } = this.recorded;
    if (this.trace !== null && load.mode !== 'closed') this.replay(this.trace);
    // what errors and fate hang on is when things happened: that is replayed
    if (events.length === 0 && load.timeout === undefined) this.own();
    else if (this.trace === null || this.timesOut()) this.ownFate();
    return { figures: this.figures, events: this.events };
  }

  // ------------------------------------------------------------------------------------------------ request by request

  private replay(trace: readonly RecordedRequest[]): void {
    const { recorded } = this;
    const events = this.actualEvents();
    const cluster = replayCluster(recorded, trace, events);
    const hangOnPhase = events.length > 0 && recorded.lb !== 'none';
    const replays = hangOnPhase ? PHASES : picksAreDrawn(recorded) ? DRAWN : 1;
    const phases = Math.ceil(replays / this.options.widthMax);
    const played = Array.from({ length: phases }, (_, phase) => this.play(cluster, phase));
    const real = trace.map(({ start, end, status, backend }) => ({ start, end, ok: status === 200, backend }));
    if (this.timesOut()) {
      this.fate('replayed', real, played[0].requests);
      if (this.fateOf(real).some((word) => word !== 'holds')) return;
    }
    this.replayedLatencies(real, played);
    this.replayedShares(real, played);
    if (events.some(({ kill }) => kill !== undefined)) this.errors(real, played, events);
  }

  private replayedLatencies(real: readonly Request[], played: readonly Played[]): void {
    const { recorded } = this;
    const after = ({ start }: Request): boolean => start >= recorded.warm;
    const expected = latencies(real.filter(after));
    const each = played.map(({ requests }) => latencies(requests.filter((one, index) => one !== undefined && after(one) && real[index].ok)));
    for (const name of ['mean', 'p50', 'p95', 'p99'] as const) {
      this.compare(`replayed ${name}`, expected[name], each.map((one) => one[name]), this.replayTolerance(name));
    }
    if (!picksAreStatic(recorded) || recorded.events.length > 0 || recorded.load.mode === 'burst') return;
    const median = medianDifference(real, played[0].requests);
    this.figures.push({
      name: 'replayed, median difference of a request',
      unit: 'ms',
      expected: 0,
      found: exactly(1000 * median),
      tolerance: 'under 0.3 ms',
      deviation: median / 0.0003,
      passed: median < 0.0003,
      note: 'overheads are averages of the documented ones: each request differs',
    });
  }

  /** Relative, by tolerance 2. */
  private replayTolerance(name: keyof Latencies): number {
    const { recorded } = this;
    if (recorded.load.mode === 'burst' || queuesAtBalancer(recorded)) return 0.06;
    if (picksAreStatic(recorded)) return 0.03;
    const hard = this.isHyperexponential() && this.utilisation() >= 0.9;
    if (name === 'mean') return hard ? 0.07 : 0.05;
    return name === 'p50' && hard ? 0.14 : 0.06;
  }

  private replayedShares(real: readonly Request[], played: readonly Played[]): void {
    const { recorded } = this;
    const names = recorded.backends.map(({ name }) => name);
    if (names.length === 1) return;
    const after = ({ start }: Request): boolean => start >= recorded.warm;
    const expected = sharesOf(real.filter(after), names);
    const each = played.map(({ requests }) => sharesOf(requests.filter((one) => one !== undefined && after(one)), names));
    const allowed = picksAreStatic(recorded) ? 0.001 : 0.01;
    names.forEach((name, index) => {
      const values = each.map((shares) => shares[index]);
      const value = mean(values);
      // with events, how long a backend is left out hangs on the phase of a check: the range counts; where picks are drawn, the mean
      const hangsOnPhase = recorded.events.length > 0;
      const [low, high] = hangsOnPhase ? this.range(values) : [value, value];
      const off = Math.max(low - expected[index], expected[index] - high, 0);
      this.figures.push({
        name: `replayed, share of ${name}`,
        unit: 'share',
        expected: expected[index],
        found: { value, low, high },
        tolerance: `within ${100 * allowed} percentage points${hangsOnPhase ? ' of the range of replays' : ''}`,
        deviation: off / allowed,
        passed: off <= allowed,
        ...(off > allowed && { note: this.shareNote(name, index, real, played[0].requests) }),
      });
    });
  }

  /**
   * Why a share is off: shown by the order of events in which every recorded pick is the rule's, where it can be found, and by
   * replays of the same trace whose requests come a little later, by no more than what lies between the recordings' median and
   * 99th percentile of the time outside the backends.
   */
  private shareNote(name: string, index: number, real: readonly Request[], model: readonly Request[]): string {
    const { recorded, trace, options } = this;
    const jitter = `${1000 * DELAY_SPREAD} ms, the documented jitter of the balancer's own time`;
    const recordedShares = this.runs.map(({ shares }) => shares[name] ?? 0);
    const differs = real.findIndex(({ ok, backend }, k) => ok && model[k]?.ok === true && model[k].backend !== backend);
    const explained = this.explainedPicks();
    const shares = Array.from({ length: DELAYED }, (_, replay) => {
      const stream = new Streams(options.seed, replay).stream('delay');
      let last = 0;
      const delayed = trace!.map((one) => ({ ...one, start: (last = Math.max(last, one.start + stream.uniform() * DELAY_SPREAD)) }));
      const { requests } = this.play(replayCluster(recorded, delayed, this.actualEvents()), 0);
      const after = requests.filter((one) => one !== undefined && one.start >= recorded.warm);
      return sharesOf(after, [recorded.backends[index].name])[0];
    });
    const range = (values: readonly number[]): string =>
      `${(100 * Math.min(...values)).toFixed(1)} to ${(100 * Math.max(...values)).toFixed(1)} %`;
    return [
      `share of ${name}:`,
      explained === null
        ? `a pick hangs on who is idle at that moment, and so on the order of events nearer to each other than ${jitter};`
        : `the scheduler makes ${explained} of ${real.length} picks as recorded, told the recorded requests and answers, where those nearer than ${jitter}, may change places; in which order they came the trace does not say, and`,
      `each order has other picks ever after: request ${differs}, ${real[differs].start.toFixed(2)} s in, is the first that the replay sends elsewhere.`,
      `${DELAYED} replays with requests up to ${1000 * DELAY_SPREAD} ms later give ${range(shares)}, the ${recordedShares.length} recorded repeats ${range(recordedShares)}`,
    ].join(' ');
  }

  /** Picks of the recording that the scheduler explains one by one; null where that cannot be told. */
  private explainedPicks(): number | null {
    const { recorded, trace } = this;
    const { lb, algo, backends, events } = recorded;
    const names = backends.map(({ name }) => name);
    const isPlain = events.length === 0 && backends.every(({ maxconn, opts }) => maxconn === undefined && opts === '');
    if (lb !== 'nginx' || algo !== 'least_conn' || !isPlain || !trace!.every(({ status, attempts }) => status === 200 && attempts === 1)) return null;
    const requests = trace!.map(({ start, end, backend }) => ({
      picked: start + OVERHEAD / 2,
      left: end - OVERHEAD / 2,
      server: names.indexOf(backend),
    }));
    return picksExplained(requests, backends.map(({ weight = 1 }) => weight), DELAY_SPREAD);
  }

  private errors(real: readonly Request[], played: readonly Played[], events: readonly RecordedEvent[]): void {
    const { recorded } = this;
    const killed = events.flatMap(({ kill }) => kill ?? []);
    const inFlight = (requests: readonly Request[]): number => requests.filter((one) => one?.outcome === 'reset').length;
    const slots = recorded.backends.filter(({ name }) => killed.includes(name)).reduce((sum, { c }) => sum + c, 0);
    const lost = Math.max(slots, ...played.map(({ requests }) => inFlight(requests)));
    const failures = played.map(({ requests }) => requests.filter((one) => one !== undefined && !one.ok).length);
    const others = played.map(({ requests }, phase) => failures[phase] - inFlight(requests));
    const expected = mean(this.runs.map(({ n, ok }) => n - ok));
    const found = mean(others);
    // refused requests that nobody tries elsewhere are a rate times the time to notice; else they can be counted
    const byRate = recorded.lb === 'haproxy' && found > lost;
    const [low, high] = byRate ? [found, found] : this.range(others);
    const allowed = byRate ? 0.25 * expected : lost;
    const off = Math.max(low - expected, expected - high, 0);
    this.figures.push({
      name: 'replayed, requests that failed',
      unit: 'requests',
      expected,
      found: { value: found, low: this.range(others)[0], high: this.range(others)[1] },
      tolerance: byRate ? 'within 25 %' : `exact but for the requests in flight (${lost})`,
      deviation: off / allowed,
      passed: off <= allowed,
      note: 'which requests are in flight when a backend dies, and the phase of its check, are chance',
    });
    this.eventTime('last error', maximum(real.filter(({ ok }) => !ok)), played.map(({ requests }) => maximum(requests.filter((one) => one !== undefined && !one.ok))));
    for (const { start: name, actual_s: at, t } of events) {
      if (name === undefined) continue;
      const first = (requests: readonly Request[]): number =>
        requests.find((one) => one !== undefined && one.ok && one.backend === name && one.start >= (at ?? t))?.start ?? NaN;
      this.eventTime(`${name} serves again`, first(real), played.map(({ requests }) => first(requests)));
    }
  }

  /** A time that hangs on the phase of a check or a clock: inside the range over the phases. */
  private eventTime(name: string, expected: number, found: readonly number[]): void {
    if (Number.isNaN(expected) || !Number.isFinite(expected) || found.length < 2) return;
    const times = found.filter((time) => Number.isFinite(time));
    if (times.length === 0) return;
    const [low, high] = this.range(times);
    // n phases leave gaps at both ends of the range
    const slack = CHECK_SLACK + (high - low) / (times.length - 1);
    const off = Math.max(low - expected, expected - high, 0);
    this.figures.push({
      name: `replayed, ${name}`,
      unit: 's',
      expected,
      found: { value: mean(times), low, high },
      tolerance: `inside the range over ${times.length} phases, +- ${(1000 * slack).toFixed(0)} ms`,
      deviation: off / slack,
      passed: off <= slack,
      note: 'the phase of a check or a clock is chance',
    });
  }

  // ------------------------------------------------------------------------------------------------ its own numbers

  private own(): void {
    const { recorded } = this;
    const { load, warm } = recorded;
    const cluster = ownCluster(recorded);
    const replications = Math.max(2, Math.ceil(REPLICATIONS / this.options.widthMax));
    const windows = Array.from({ length: replications }, (_, replication) =>
      this.play(cluster, replication).requests.filter((one) => one !== undefined && one.start >= warm),
    );
    const each = windows.map(latencies);
    const closed = load.mode === 'closed';
    const recordedRate = this.runs.map(({ throughput_rps: rate }) => rate).filter((rate) => rate != null);
    if (recordedRate.length > 0) {
      // as recorded: answers to requests that were due in the window
      const rates = windows.map((window) => window.filter(({ ok }) => ok).length / (load.dur - warm));
      this.compare('own throughput', mean(recordedRate), rates, closed ? 0.03 : 0.02, 'req/s');
    }
    const names = closed ? (['mean'] as const) : (['mean', 'p95', 'p99'] as const);
    for (const name of names) {
      const real = this.runs.map((run) => run[`${name}_ms`]).filter((value) => value != null);
      if (real.length === 0) continue;
      const spread = (Math.max(...real) - Math.min(...real)) / mean(real);
      const note = `noise: the recorded repeats differ by ${percent(spread)}`;
      this.compare(`own ${name}`, mean(real) / 1000, each.map((one) => one[name]), this.ownTolerance(name), undefined, note);
    }
  }

  /** Relative, by tolerance 3. */
  private ownTolerance(name: keyof Latencies): number {
    const { load } = this.recorded;
    if (load.mode === 'closed') return 0.06;
    const light = !this.isHyperexponential() && this.utilisation() <= 0.8 + 1e-9 && load.mode === 'open';
    const steady = load.mode === 'burst' && load.svc.startsWith('det:');
    return (light || steady ? 0.1 : 0.25) * (name === 'p99' ? 1.5 : 1);
  }

  // ------------------------------------------------------------------------------------------------ fate

  /**
   * With its own numbers. Away from the edge every run has the same fate, so one is enough; where the first has another
   * than the recording, the fate may be chance: then the recorded one must not be rare.
   */
  private ownFate(): void {
    const expected = this.timelineFate();
    if (expected === null) return;
    const cluster = ownCluster(this.recorded);
    const fates = [this.fateOf(this.play(cluster, 0).requests).join()];
    if (fates[0] !== expected.join()) {
      for (let k = 1; k < FATES; k++) fates.push(this.fateOf(this.play(cluster, k).requests).join());
    }
    const share = fates.filter((fate) => fate === expected.join()).length / fates.length;
    this.figures.push({
      name: 'own, share of runs with the recorded fate',
      unit: 'share',
      expected: 1,
      found: exactly(share),
      tolerance: `${expected.join(', then ')}: at least ${percent(RARE)} of the runs`,
      deviation: (1 - share) / (1 - RARE),
      passed: share >= RARE,
      note: 'near the edge the fate itself is chance',
    });
  }

  /** Collapse or not, recovery or not: in words. */
  private fate(how: string, real: readonly Request[], model: readonly Request[]): void {
    const expected = this.fateOf(real);
    const found = this.fateOf(model);
    const windows = ['before', 'at the end'].slice(2 - expected.length);
    windows.forEach((window, index) => {
      this.figures.push({
        name: `${how}, fate ${window}`,
        unit: '',
        expected: expected[index],
        found: { value: found[index], low: NaN, high: NaN },
        tolerance: `answered: above ${percent(HOLDS)} holds, below ${percent(COLLAPSED)} collapsed`,
        passed: expected[index] === found[index],
        note: 'near the edge the fate itself is chance',
      });
    });
  }

  private fateOf(requests: readonly Request[]): string[] {
    return this.windows().map(([from, to]) => fateWord(goodShare(requests, from, to)));
  }

  /** Of the repeats, by the seconds of their timelines; null where there is none, or repeats disagree. */
  private timelineFate(): string[] | null {
    const each = this.runs
      .filter(({ timeline }) => timeline.length > 0)
      .map(({ timeline }) =>
        this.windows().map(([from, to]) => {
          const window = timeline.filter(({ t }) => t >= from && t + 1 <= to);
          const sum = (of: 'n' | 'ok'): number => window.reduce((total, one) => total + one[of], 0);
          return fateWord(sum('ok') / sum('n'));
        }),
      );
    const same = each.every((words) => words.join() === each[0].join());
    return each.length > 0 && same ? each[0] : null;
  }

  /** Before the first event, and at the end. */
  private windows(): (readonly [number, number])[] {
    const { events, load } = this.recorded;
    const end = [Math.ceil(load.dur * (1 - END)), load.dur] as const;
    const first = Math.min(...events.map(({ t }) => t));
    // who comes within the client's patience of the event may already meet it
    return events.length === 0 ? [end] : [[0, first - 1], end];
  }

  // ------------------------------------------------------------------------------------------------ helpers

  private play(cluster: ClusterDescription, replication: number): Played {
    const lastDue = this.trace?.at(-1)?.start ?? 0;
    const until = Math.max(this.recorded.load.dur, lastDue);
    const played = play(cluster, this.options.seed, replication, until);
    this.events += played.events;
    return played;
  }

  private compare(
    name: string,
    expected: number,
    values: readonly number[],
    tolerance: number,
    unit = 'ms',
    note = `by request the model lacks the ${this.missing()}`,
  ): void {
    const factor = unit === 'ms' ? 1000 : 1;
    const value = mean(values);
    const [low, high] = this.range(values);
    const deviation = (value / expected - 1) / tolerance;
    this.figures.push({
      name,
      unit,
      expected: factor * expected,
      found: { value: factor * value, low: factor * low, high: factor * high },
      tolerance: `within ${percent(tolerance)}`,
      deviation,
      passed: Math.abs(deviation) <= 1,
      note,
    });
  }

  /** What of the real system is not in the model, and shows in these figures. */
  private missing(): string {
    if (picksAreStatic(this.recorded)) return 'jitter of the machine, which a queue near saturation amplifies';
    return 'order of ties: one that falls otherwise changes all later picks, which a queue near saturation amplifies';
  }

  private range(values: readonly number[]): readonly [number, number] {
    return [Math.min(...values), Math.max(...values)];
  }

  private timesOut(): boolean {
    return this.recorded.load.timeout !== undefined;
  }

  private isHyperexponential(): boolean {
    return this.recorded.load.svc.startsWith('h2:') || /^logn:[^:]*:(1\.[1-9]|[2-9])/.test(this.recorded.load.svc);
  }

  /** Of the busiest backend where picks are static, else of all slots together. */
  private utilisation(): number {
    const { backends, load } = this.recorded;
    const work = (load.rate ?? 0) * meanService(load.svc);
    if (!picksAreStatic(this.recorded)) {
      return work / backends.reduce((sum, { c, scale }) => sum + c / scale, 0);
    }
    const total = backends.reduce((sum, { weight = 1 }) => sum + weight, 0);
    return Math.max(...backends.map(({ c, scale, weight = 1 }) => ((weight / total) * work * scale) / c));
  }

  /** The events of the repeat that has the trace, at the times at which they were done. */
  private actualEvents(): readonly RecordedEvent[] {
    const { event_times: times } = this.runs[0];
    return times.length > 0 ? times : this.recorded.events;
  }
}

function fateWord(share: number): string {
  return share >= HOLDS ? 'holds' : share <= COLLAPSED ? 'collapsed' : 'degraded';
}

function maximum(requests: readonly Request[]): number {
  return Math.max(...requests.map(({ end }) => end));
}

function exactly(value: number): JudgedFigure['found'] {
  return { value, low: value, high: value };
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
