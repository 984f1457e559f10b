import { OUTCOMES, type Outcome } from '../models/outcome.ts';
import { INDIFFERENCE } from '../analysis/verdicts.ts';
import type {
  AlertResult,
  Figure,
  GeneratorResult,
  InputDoubt,
  Limit,
  ProtectionResult,
  Result,
  SloResult,
  TodayFigure,
  TrafficResult,
  Verdict,
} from '../analysis/result.ts';
import {
  formatCount,
  formatDuration,
  formatFigure,
  formatInterval,
  formatValue,
  hasInterval,
  isObserved,
} from './format.ts';

/**
 * What the figures say, in words: shared by the terminal, the page and the Markdown summary, so that all three
 * say the same. Every number here is read from the result. Leaves out layout, colour and escaping.
 */

/** One cause of failure. */
export interface Failure {
  readonly cause: Outcome;
  readonly count: number;
  /** Of all requests sent, 0..1. */
  readonly share: number;
}

const VERDICT_WORDS: Readonly<Record<Verdict | 'none', string>> = {
  holds: 'HOLDS',
  missed: 'MISSED',
  'not decided': 'NOT DECIDED',
  none: 'NO SLO',
};

export function verdictWord(verdict: Verdict | 'none'): string {
  return VERDICT_WORDS[verdict];
}

/** The overall verdict as a sentence. */
export function verdictSentence({ verdict, slos }: Pick<Result, 'verdict' | 'slos'>): string {
  const count = (wanted: Verdict) => slos.filter((slo) => slo.verdict === wanted).length;
  const of = (number: number) => `${number} of ${slos.length}`;
  switch (verdict) {
    case 'none':
      return 'No SLO was given, so nothing is promised: the figures stand for themselves.';
    case 'holds':
      if (slos.length === 1) return 'The SLO holds.';
      return slos.length === 2 ? 'Both SLOs hold.' : `All ${slos.length} SLOs hold.`;
    case 'missed':
      if (slos.length === 2 && count('missed') === 2) return 'Both SLOs are missed.';
      return slos.length === 1 ? 'The SLO is missed.' : `${of(count('missed'))} SLOs ${isAre(count('missed'))} missed.`;
    case 'not decided':
      return slos.length === 1
        ? 'The SLO is not decided: its interval straddles the limit.'
        : `${of(count('not decided'))} SLOs ${isAre(count('not decided'))} not decided: the interval straddles the limit.`;
  }
}

/** The SLO as it is read aloud: with its client where it is one client's. */
export function sloName(slo: SloResult): string {
  return slo.client === null || slo.slo.startsWith(slo.client) ? slo.slo : `${slo.client}: ${slo.slo}`;
}

/** What lies between the figure and its limit: `80 ms to spare`, `over by 35 ms`, `straddles 200 ms`. */
export function margin(slo: SloResult): string {
  const { figure, limit, operator } = slo;
  if (!isObserved(figure)) return 'nothing to judge by';
  const below = operator.startsWith('<');
  if (slo.verdict === 'not decided') {
    if (!hasInterval(figure)) return 'no interval to judge by';
    const near = slo.within !== undefined && slo.within <= INDIFFERENCE;
    const at = formatValue(limit, figure.unit);
    return near ? `within ${formatValue(slo.within, 'share', 2)} of ${at}` : `straddles ${at}`;
  }
  const distance = distanceText(Math.abs(limit - figure.value), figure.unit);
  if (slo.verdict === 'holds') return `${distance} to spare`;
  return below ? `over by ${distance}` : `short by ${distance}`;
}

/** True for an SLO on the share of failed requests. */
export function isErrorSlo(slo: SloResult): boolean {
  return slo.figure.unit === 'share' && /(^|:\s*)errors\b/.test(slo.slo);
}

/** The traffic that an SLO speaks of. */
export function trafficOf(result: Result, slo: SloResult): TrafficResult {
  return (slo.client === null ? undefined : result.clients[slo.client]) ?? result.total;
}

export function failedCount(failed: TrafficResult['failed']): number {
  return OUTCOMES.reduce((sum, cause) => sum + (failed[cause] ?? 0), 0);
}

/** Requests that ended in the window: what shares are of. */
export function endedCount({ ok, failed }: Pick<TrafficResult, 'ok' | 'failed'>): number {
  return ok + failedCount(failed);
}

/** Failures by cause, most frequent first. */
export function failures(traffic: Pick<TrafficResult, 'ok' | 'failed'>): Failure[] {
  const { failed } = traffic;
  const ended = Math.max(1, endedCount(traffic));
  return OUTCOMES.filter((cause) => cause !== 'ok' && (failed[cause] ?? 0) > 0)
    .map((cause) => ({ cause, count: failed[cause] ?? 0, share: (failed[cause] ?? 0) / ended }))
    .sort((a, b) => b.count - a.count);
}

/** Errors by cause in a sentence, or that there were none. */
export function failuresSentence(traffic: TrafficResult): string {
  const all = failures(traffic);
  if (all.length === 0) return `None of ${formatCount(endedCount(traffic))} requests failed.`;
  const causes = all.map(({ cause, count }) => `${formatCount(count)} ${cause}`).join(', ');
  return `${formatCount(failedCount(traffic.failed))} of ${formatCount(endedCount(traffic))} requests failed: ${causes}.`;
}

/** The limit that ends the growth first: the smallest load at which something is full; null where none is known. */
export function firstLimit(limits: readonly Limit[]): Limit | null {
  let first: Limit | null = null;
  for (const limit of limits) {
    if (limit.endsAt !== null && (first === null || limit.endsAt < first.endsAt!)) first = limit;
  }
  return first;
}

/** Used so much that it is full: more load would only wait. */
const FULL = 0.995;
/** Used less than this is not worth a line. */
const HARDLY_USED = 1e-4;

/** True where it is full at this load, so that no higher load can say where it would end. */
export function isFull({ used }: Limit): boolean {
  return isObserved(used) && used.value >= FULL;
}

/** True for a limit that a table or a chart can show. */
export function isUsed({ used }: Limit): boolean {
  return isObserved(used) && used.value >= HARDLY_USED;
}

/** Where it would end: `1,778 req/s`, `full`, `-` where that is not known. */
export function endText(limit: Limit): string {
  if (isFull(limit)) return 'full';
  return limit.endsAt === null ? '-' : loadText(limit.endsAt);
}

/** A load in the words of the scenario: `1,778 req/s`; from 10,000 on with three digits, since it is a far guess. */
function loadText(load: number): string {
  return formatValue(load >= 10_000 ? Number(load.toPrecision(3)) : load, '1/s');
}

/** What the cluster is loaded with now: `800 req/s`, `2,500 users`. */
export function loadNow({ unit, value }: Result['load']): string {
  return unit === 'users' ? `${formatValue(value, '1')} users` : formatValue(value, '1/s', 3);
}

export function limitSentence({ limits, load }: Pick<Result, 'limits' | 'load'>): string {
  const full = limits.filter(isFull).map(({ name }) => name);
  if (full.length > 0) return `${listed(full)} ${isAre(full.length)} full at this load.`;
  const first = firstLimit(limits);
  if (first === null) {
    const most = limits.find(({ used }) => isObserved(used));
    return most === undefined
      ? 'No limit of this system is known.'
      : `${most.name} is used most, ${formatFigure(most.used, 2)}; the load that would fill it is not known.`;
  }
  const factor = first.endsAt! / load.value;
  const times = Number.isFinite(factor) ? `, ${formatValue(factor, '1')} times this load` : '';
  return `${first.name} ends the growth first: ${formatFigure(first.used, 2)} used here, full at ${endText(first)}${times}.`;
}

/** `a, b and c`. */
function listed(words: readonly string[]): string {
  const [last, ...others] = [...words].reverse();
  return others.length === 0 ? last : `${others.reverse().join(', ')} and ${last}`;
}

/**
 * What stays full when the load has gone, and so keeps the system down: memory that lives longer than the requests that
 * filled it. Empty where nothing does.
 */
export function stuckSentences({ services }: Pick<Result, 'services'>): string[] {
  return Object.entries(services).flatMap(([name, { heap, servers }]) =>
    heap === undefined || heap.fullSince === null
      ? []
      : [
          `The session heap of ${servers === 1 ? name : `${name}.*`} is ${formatFigure(heap.filledAtEnd, 2)} full from ` +
            `${formatDuration(heap.fullSince.value)} on and stays so: a session lives ${formatDuration(heap.lifetime)}, ` +
            `and garbage collection leaves the processor ${formatFigure(heap.speedAtEnd, 2)} of its speed.`,
        ],
  );
}

/** Share of the response time from which on a generator's lateness is worth a sentence. */
const LATE = 0.1;

/**
 * Whether a load test shows the system or its own generators, for each client that has one. Empty where they send in time.
 */
export function generatorSentences({ generators = [], clients }: Pick<Result, 'generators' | 'clients'>): string[] {
  return generators.flatMap((generator) => {
    const { busiest, late, bound } = generator;
    const { response, fromSend, throughput, offered } = clients[generator.clients];
    if (bound) {
      const answered =
        throughput.value < (1 - LATE) * offered.value
          ? `${formatFigure(throughput, 3)} of the ${formatFigure(offered, 3)} that were due are answered, and they`
          : 'Requests';
      return [
        `The test of ${generator.clients} is generator-bound: ${busiest!.name} is ${formatFigure(busiest!.used, 2)} used, ` +
          `${testedText(generator)}. ${answered} leave ${formatFigure(late, 3)} late on average: ` +
          `response times count from when a request was due (p95 ${formatFigure(response.p95, 3)}); ` +
          `from when it was sent p95 is ${formatFigure(fromSend.p95, 3)}.`,
      ];
    }
    if (!(late.value >= LATE * response.mean.value)) return [];
    const busy = busiest === null ? '' : ` (${busiest.name} is ${formatFigure(busiest.used, 2)} used)`;
    return [
      `Requests of ${generator.clients} leave ${generator.service} ${formatFigure(late, 3)} late on average${busy}: ` +
        `response times count from when they were due, from the send p95 is ${formatFigure(fromSend.p95, 3)}.`,
    ];
  });
}

function testedText({ tested }: GeneratorResult): string {
  return tested === null
    ? 'while nothing of what it tests has a limit'
    : `while nothing of what it tests is used more than ${formatFigure(tested.used, 2)} (${tested.name})`;
}

/** How far the replicas of each database are behind; the furthest one, where there are several. */
export function lagSentences({ services }: Pick<Result, 'services'>): string[] {
  return Object.entries(services).flatMap(([name, { replication }]) => {
    if (replication === undefined) return [];
    const [[server, worst]] = Object.entries(replication.servers).sort(([, a], [, b]) => b.lag.value - a.lag.value);
    const waits = acknowledgementText(replication);
    if (!(worst.lagMax.value > 0)) return [`no server of ${name} lacks a write${waits}`];
    const end = worst.behind.value > 0 ? `, and lacks ${formatFigure(worst.behind, 3)} writes at the end` : '';
    const stale =
      replication.staleReads.value > 0
        ? `; ${formatFigure(replication.staleReads, 2)} of reads miss what their own reader wrote before`
        : '';
    return [
      `${server} is ${formatFigure(worst.lag, 3)} behind on average, ${formatFigure(worst.lagMax, 3)} at most${end}${stale}${waits}`,
    ];
  });
}

function acknowledgementText({ semiSync }: NonNullable<Result['services'][string]['replication']>): string {
  if (semiSync === undefined) return '';
  const { wait, alone, lost } = semiSync;
  const without = alone.value > 0 ? `, ${formatFigure(alone, 2)} go without` : '';
  const gone = lost.value > 0 ? `; ${formatFigure(lost, 3)} writes were only at a server that died` : '';
  return `; writes wait ${formatFigure(wait, 3)} for an acknowledgement${without}${gone}`;
}

/** When each alert fires. */
export function alertSentences({ alerts = [] }: Pick<Result, 'alerts'>): string[] {
  return alerts.map((alert) => {
    const fires = alert.firing.length === 0 ? 'does not fire' : `fires ${alertFires(alert)}`;
    return `${alert.name} (${alertRule(alert)}) ${fires}`;
  });
}

/** `mean > 500 ms for 30 s`. */
export function alertRule({ text, for: held }: AlertResult): string {
  return `${text}${held > 0 ? ` for ${formatDuration(held)}` : ''}`;
}

/** `from 90 s to 4 min`; `never`. */
export function alertFires({ firing }: AlertResult): string {
  if (firing.length === 0) return 'never';
  return firing
    .map(({ from, until }) => `from ${formatDuration(from)} to ${until === null ? 'the end' : formatDuration(until)}`)
    .join(', ');
}

/** What each cache found, and what it could not spare those behind it. */
export function cacheSentences({ caches = {} }: Pick<Result, 'caches'>): string[] {
  return Object.entries(caches).map(([name, { hitRatio, lookups, loads, delayed }]) => {
    const waited = delayed.value > 0 ? `, ${formatFigure(delayed, 3)} waited for another's load` : '';
    return `${name} has ${formatFigure(hitRatio, 4)} of ${formatFigure(lookups, 3)} lookups; ${formatFigure(loads, 3)} loads${waited}`;
  });
}

/** How many connections whoever keeps them opens all the same. */
export function connectionSentences({ connections = [] }: Pick<Result, 'connections'>): string[] {
  return connections.map(
    ({ keeper, opened, reused }) =>
      `${keeper} opens ${formatFigure(opened, 3).replace('req/s', 'connections/s')}; ${formatFigure(reused, 3)} of its requests find one open`,
  );
}

/** What protected calls and services from overload, where it did anything. */
export function protectionSentences({ protections = [] }: Pick<Result, 'protections'>): string[] {
  return protections.flatMap((one) => {
    const did = protectionText(one);
    return did === null ? [] : [`${protectionName(one)} ${did}`];
  });
}

/** `breaker of app to db`. */
export function protectionName({ kind, name }: ProtectionResult): string {
  if (kind === 'rule') return `rule ${name}`;
  if (kind === 'shedding') return name;
  return { breakers: 'breaker', retries: 'retries', hedges: 'hedges' }[kind] + ` of ${name}`;
}

/** What it did; null = nothing. */
export function protectionText(one: ProtectionResult): string | null {
  switch (one.kind) {
    case 'breakers': {
      if (one.opened.value === 0 && one.open.value === 0) return null;
      const instead = one.fallbacks.value > 0 ? `, ${formatFigure(one.fallbacks, 3)} answered by the fallback` : '';
      return `opens ${timesText(one.opened)}, is open ${formatFigure(one.open, 3)} of the time, refuses ${formatFigure(one.refused, 3)}${instead}`;
    }
    case 'retries': {
      if (one.made.value === 0 && one.overBudget.value === 0) return null;
      const causes = Object.entries(one.causes).map(([cause, rate]) => `${cause} ${formatFigure(rate, 3)}`);
      const after = causes.length === 0 ? '' : ` (after ${causes.join(', ')})`;
      const spent = one.overBudget.value > 0 ? `; the budget stops ${formatFigure(one.overBudget, 3)}` : '';
      return `are ${formatFigure(one.made, 3)}${after}${spent}`;
    }
    case 'hedges':
      if (one.sent.value === 0) return null;
      return `send copies of ${formatFigure(one.sent, 3)} of ${formatFigure(one.calls, 3)}; a copy answers first in ${formatFigure(one.won, 3)}`;
    case 'shedding':
      return one.turnedAway.value === 0 ? null : `sheds ${formatFigure(one.turnedAway, 3)}`;
    case 'rule': {
      if (one.switched.value === 0 && one.on.value === 0) return null;
      const away = one.turnedAway.value > 0 ? `, turns away ${formatFigure(one.turnedAway, 3)}` : '';
      return `goes on ${timesText(one.switched)}, for ${formatFigure(one.on, 3)} of the time${away}`;
    }
  }
}

function timesText(figure: Figure): string {
  return figure.value === 1 ? 'once' : `${formatFigure(figure, 3)} times`;
}

/** How many servers there were, where they come and go. */
export function scalingSentences({ services }: Pick<Result, 'services'>): string[] {
  return Object.entries(services).flatMap(([name, { scaling }]) => {
    if (scaling === undefined) return [];
    const { servers, min, max, serverHours, nodeHours, changes, atEnd } = scaling;
    const range = min === max ? `always ${max}` : `${min} to ${max} allowed`;
    const nodes = nodeHours === null ? '' : `, ${formatFigure(nodeHours, 3)} machine hours`;
    return [
      `${name} has ${formatFigure(servers, 3)} servers on average (${range}), ${formatFigure(atEnd, 2)} at the end; ${formatFigure(serverHours, 3)} server hours${nodes}, ${formatFigure(changes, 2)} changes`,
    ];
  });
}

/** What consumers of a topic keep up with. */
export function topicSentences({ topics = {} }: Pick<Result, 'topics'>): string[] {
  return Object.entries(topics).flatMap(([name, { published, groups, turnedAway, unsent }]) => {
    const lost = turnedAway + unsent > 0 ? `; ${formatCount(turnedAway + unsent)} never came into it` : '';
    return [
      `${name} gets ${records(published)}${lost}`,
      ...Object.entries(groups).map(([group, one]) => {
        const { throughput, latency, lag, lagMax, lagAtEnd, replayed, lost: gone } = one;
        const again = replayed > 0 ? `, ${formatCount(replayed)} processed twice` : '';
        const expired = gone > 0 ? `, ${formatCount(gone)} expired` : '';
        return `${group} does ${records(throughput)} of ${name}: p50 ${formatFigure(latency.p50, 3)}, p99 ${formatFigure(latency.p99, 3)} after they were due; lag ${formatFigure(lag, 3)}, at most ${formatFigure(lagMax, 3)}, ${formatFigure(lagAtEnd, 3)} at the end${again}${expired}`;
      }),
    ];
  });
}

function records(rate: Result['total']['throughput']): string {
  return formatFigure(rate, 3).replace('req/s', 'records/s');
}

/** Whether the model repeats what was measured, and which figures prove nothing because it was set from them. */
export function todaySentence(today: readonly TodayFigure[]): string {
  const differing = today.filter((figure) => !figure.agrees);
  const fitted = today.filter((figure) => figure.fitted);
  const start =
    differing.length === 0
      ? 'The model agrees with what was measured.'
      : `The model differs from what was measured in ${names(differing)}: treat the forecast with care.`;
  if (fitted.length === 0) return start;
  if (fitted.length === today.length) return `${start} It was set from these very figures, so agreement proves little.`;
  return `${start} It was set from ${names(fitted)}, so agreement there proves little.`;
}

/** How the figures were obtained. */
export function methodSentence({ method, seed }: Pick<Result, 'method' | 'seed'>): string {
  const batched = method.intervals === 'batch means';
  const runs = batched
    ? `one run in ${formatCount(method.replications)} batches`
    : method.replications === 1
      ? 'one run'
      : `${formatCount(method.replications)} independent runs`;
  const warmup = method.warmup > 0 ? ` after ${formatDuration(method.warmup)} of warm-up (${method.warmupMethod})` : '';
  const intervals =
    method.replications === 1
      ? 'no intervals'
      : `${formatValue(method.level, 'share')} intervals${batched ? ' by batch means' : ''}`;
  const kind = method.kind === 'steady state' ? 'Steady state' : 'From start to end';
  return `${kind}: ${runs} of ${formatDuration(method.duration)}${warmup}, ${intervals}, seed ${seed}.`;
}

/** What makes the figures less sure than they look; empty when there is nothing. */
export function methodDoubts({ method }: Pick<Result, 'method'>): string[] {
  const doubts: string[] = [];
  if (method.partial) doubts.push('The run ended before it was complete: the figures are of what had finished.');
  if (method.replications === 1) doubts.push('A single run has no intervals: another seed gives other figures.');
  else if (!method.precisionReached) {
    doubts.push(`The asked precision of ${formatValue(method.precision, 'share')} was not reached.`);
  }
  return doubts;
}

/** The sentence under every chart over time (a series has no interval). */
export function seriesNote({ method }: Pick<Result, 'method'>): string {
  return method.replications === 1 || method.intervals === 'batch means'
    ? 'A series has no interval: one run.'
    : `A series has no interval: mean of ${formatCount(method.replications)} runs.`;
}

/** The command that gives the same bytes again. */
export function reproduceCommand({ scenario, seed, method }: Pick<Result, 'scenario' | 'seed' | 'method'>): string {
  const how = method.intervals === 'batch means' ? ' --method batch-means' : '';
  return `windtunnel run ${shellWord(scenario.name)} --seed ${shellWord(seed)}${how}`;
}

function distanceText(distance: number, unit: SloResult['figure']['unit']): string {
  const text = formatValue(distance, unit, 2);
  return text.replace('%', text === '1 %' ? 'point' : 'points');
}

function names(figures: readonly TodayFigure[]): string {
  return figures.map((figure) => figure.name).join(', ');
}

function isAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}

function shellWord(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * What each uncertain input alone does to the headline figure, the one that moves it most first; before them, how far
 * chance moves it. Empty where no input is uncertain.
 */
export function inputDoubtSentences({
  inputDoubts,
  slos,
  total,
}: Pick<Result, 'inputDoubts' | 'slos' | 'total'>): string[] {
  if (inputDoubts.length === 0) return [];
  const headline = slos.length > 0 ? slos[0].figure : total.response.p95;
  const width = ({ atLow, atHigh }: InputDoubt): number => Math.abs(atHigh.value - atLow.value);
  const sorted = [...inputDoubts].sort((a, b) => width(b) - width(a));
  const chance = `chance alone: ${sorted[0].figure} ${formatInterval(headline)}`;
  return [
    chance,
    ...sorted.map(
      ({ path, low, high, figure, atLow, atHigh }) =>
        `${path} ${low} to ${high}: ${figure} ${formatFigure(atLow, 3)} to ${formatFigure(atHigh, 3)}`,
    ),
  ];
}
