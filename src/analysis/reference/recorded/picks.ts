/**
 * Picks of real balancers (`real/picks.json`), letter by letter. Sequences, maps, held requests and scripts of failures are
 * played through a simulated cluster with the recorded configuration (`pick-play.ts`); shares of random rules are drawn from
 * the scheduler itself and compared by a chi-square test of homogeneity.
 */
import { z } from 'zod';
import type { FaultDescription } from '../../../models/description.ts';
import { Change, nothingTried } from '../../../models/directors/scheduler.ts';
import { schedulers } from '../../../models/directors/schedulers/index.ts';
import { Streams } from '../../../sim/random/stream.ts';
import { chiSquareCdf } from '../../statistics/index.ts';
import type { ReferenceGroup } from '../groups.ts';
import { LETTERS, load, scheduled } from '../idle-upstream.ts';
import type { CaseReport, JudgedFigure, JudgeOptions, ReferenceCase, ReferenceFiles } from '../suite.ts';
import { caseReport } from './case-report.ts';
import { pickConfig, pickDirector } from './pick-config.ts';
import type { PickDirector } from './pick-config.ts';
import { clockPhase, play } from './pick-play.ts';
import type { Played, PlayedRequest, RequestFate } from './pick-play.ts';

const counter = z.object({
  server: z.string(),
  total: z.number(),
  conn_errors: z.number(),
  retries: z.number(),
  redispatches: z.number(),
});
const step = z.object({
  op: z.enum(['req', 'hold', 'rel', 'down', 'up', 'mode', 'sleep', 'tick', 'counters']),
  /** Milliseconds since the script began, at the end of the step. */
  at: z.number().optional(),
  n: z.number().default(0),
  /** Server; letter. */
  b: z.string().default(''),
  i: z.number().default(0),
  first: z.number().default(0),
  code: z.number().default(0),
  q: z.record(z.string(), z.string()).default({}),
  picks: z.union([z.string(), z.array(z.string())]).default(''),
  /** Latency of each request. */
  ms: z.union([z.number(), z.array(z.number())]).default([]),
  rows: z.array(counter).default([]),
});
type Step = z.infer<typeof step>;
const letterCounts = z.record(z.string(), z.number());
const recording = z.object({
  lb: z.string(),
  config: pickConfig,
  picks: z.string().optional(),
  per_worker: z.record(z.string(), z.string()).optional(),
  backend_connections: letterCounts.optional(),
  trace: z.string().optional(),
  /** Of the requests of a trace, what is hashed of each. */
  keys: z.array(z.string()).default([]),
  before: z.array(step).default([]),
  map: z.record(z.string(), z.string()).optional(),
  counts: letterCounts.optional(),
  held: letterCounts.default({}),
  n: z.number().optional(),
  steps: z.array(step).optional(),
});
type Recording = z.infer<typeof recording>;

/** Draws of a random scheduler, many times those of the recording. */
const DRAWS = 50_000;
/** Chance of failing a share case whose rule is right. */
const SIGNIFICANCE = 1e-4;
/** By how much the latency of a request may differ, milliseconds: the machine of the recordings had two busy cores. */
const LATENCY_SLACK = 10;
/** Seconds between requests that follow one another at once, and between the events of a trace. */
const PAUSE = 1e-4;
const SLOT = 0.01;
/** Seconds for which a server holds a request that ends at once. */
const INSTANT = 1e-5;
/** Simulated time of the beginning of scripts, from the next whole second on. */
const BEGIN = 2;

export const picks: ReferenceGroup = { families: ['picks'], cases, judge };

function cases(files: ReferenceFiles): ReferenceCase[] {
  const all = JSON.parse(files.get('real/picks.json') ?? '{}') as Record<string, unknown>;
  return Object.entries(all).map(([id, data]) => {
    const reason = unexpressible(data);
    const common = { suite: 'recorded', id, family: 'picks', data, cost: 1000 } as const;
    return reason === null ? common : { ...common, unexpressible: reason };
  });
}

function unexpressible(data: unknown): string | null {
  const parsed = recording.safeParse(data);
  if (!parsed.success) return 'not in the form of a recording of picks';
  try {
    made(parsed.data);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** @throws RangeError for a configuration that it does not know. */
function made(recorded: Recording): PickDirector {
  const { lb, config, steps = [], before } = recorded;
  const codes = [...before, ...steps].flatMap(({ op, code }) => (op === 'mode' && isError(code) ? [code] : []));
  const director = pickDirector(lb, config, [...new Set(codes)]);
  const { id, options } = director.director.scheduler;
  const kind = schedulers.get(id);
  if (kind === undefined) throw new RangeError(`there is no scheduler "${id}"`);
  const parsed = kind.options.safeParse(options);
  if (!parsed.success) throw new RangeError(`${id}: ${parsed.error.issues[0].path.join('.')} ${parsed.error.issues[0].message}`);
  const letters = recorded.picks ?? recorded.trace ?? recorded.steps ?? recorded.map ?? recorded.per_worker;
  if (RANDOM.has(id) && letters !== undefined) throw new RangeError(`${id} draws: its picks have no order to be compared with`);
  return director;
}

/** Rules by which the same requests fall otherwise each time. */
const RANDOM = new Set(['nginx/random', 'haproxy/random']);

function isError(code: number): boolean {
  return code >= 400;
}

function judge(of: ReferenceCase, { seed }: JudgeOptions): Promise<CaseReport> {
  const recorded = recording.parse(of.data);
  const director = made(recorded);
  const judged = [
    ...(recorded.n === undefined || recorded.counts === undefined ? [] : [shares(recorded, director, seed)]),
    ...(recorded.picks === undefined ? [] : [idlePicks(recorded, recorded.picks, director, seed)]),
    ...(recorded.per_worker === undefined ? [] : [picksOfWorkers(recorded.per_worker, director, seed)]),
    ...(recorded.trace === undefined ? [] : [heldPicks(recorded, recorded.trace, director, seed)]),
    ...(recorded.steps === undefined ? [] : [new Script(recorded.lb, director, seed).judge(recorded.steps)]),
    ...(recorded.map === undefined ? [] : [new Script(recorded.lb, director, seed).judge(recorded.before, recorded.map)]),
  ];
  return caseReport(of, {
    figures: judged.flatMap((one) => one.figures),
    events: judged.reduce((sum, one) => sum + one.events, 0),
  });
}

interface Judged {
  readonly figures: readonly JudgedFigure[];
  readonly events: number;
}

function same(name: string, expected: string, found: string): JudgedFigure {
  const passed = expected === found;
  return { name, unit: '', expected, found: { value: found, low: NaN, high: NaN }, tolerance: 'exact', passed };
}

// --------------------------------------------------------------------------------------------------------- sequences

/** Requests that end before the next one comes. */
function idleRequests(count: number): PlayedRequest[] {
  return Array.from({ length: count }, (_, k) => ({ at: BEGIN + k * SLOT, held: INSTANT }));
}

function idlePicks(
  { backend_connections: connections }: Recording,
  sequence: string,
  made: PickDirector,
  seed: string,
): Judged {
  // Where connections are counted but none is kept, every request opens one.
  const { keepalive = connections === undefined ? undefined : 0 } = made.director;
  const counted = keepalive === undefined ? made : { ...made, director: { ...made.director, keepalive } };
  const { fates, opened, events } = play(counted, idleRequests(sequence.length), [], seed);
  const figures = [same('picks', sequence, fates.map(placeOf).join(''))];
  if (connections !== undefined) {
    const all = Object.values(connections).reduce((sum, count) => sum + count, 0);
    figures.push(same('connections to servers', String(all), String(opened)));
  }
  return { figures, events };
}

function picksOfWorkers(recorded: Readonly<Record<string, string>>, made: PickDirector, seed: string): Judged {
  const sequences = Object.entries(recorded);
  const longest = Math.max(...sequences.map(([, sequence]) => sequence.length));
  // Each worker gets a random share of the requests: enough for all of them.
  const { byProcess, events } = play(made, idleRequests(4 * sequences.length * longest), [], seed);
  const figures = sequences.map(([name, sequence], worker) =>
    same(`picks of ${name}`, sequence, (byProcess[worker] ?? '').slice(0, sequence.length)),
  );
  return { figures, events };
}

function placeOf({ tries }: RequestFate): string {
  return tries.at(-1)?.server ?? '-';
}

// ------------------------------------------------------------------------------------------------------ held requests

/** A trace: one slot of time for each word, requests of one word follow each other at once. */
function heldPicks({ lb, keys }: Recording, trace: string, made: PickDirector, seed: string): Judged {
  const words = trace.split(' ').map((word) => word.split(','));
  const slotAt = (slot: number): number => BEGIN + slot * SLOT;
  const requests: { at: number; begins: number; held: number; slot: number }[] = [];
  words.forEach((items, slot) => {
    for (const [place, item] of items.entries()) {
      const at = slotAt(slot) + place * PAUSE;
      const end = /^-(\d+)(?:>(\d+))?/.exec(item);
      if (end === null) {
        requests.push({ at, begins: at, held: Infinity, slot });
        continue;
      }
      const ended = requests[Number(end[1])];
      ended.held = at - ended.begins;
      if (end[2] !== undefined) requests[Number(end[2])].begins = at;
    }
  });
  const end = slotAt(words.length) + 1;
  const { fates, events } = play(
    made,
    requests.map(({ at, begins, held }, k) => ({ at, held: held === Infinity ? end - begins : held, key: keys[k] })),
    [],
    seed,
  );
  let next = 0;
  const replayed = words.map((items, slot) =>
    items
      .map((item) => {
        if (!item.startsWith('-')) return arrival(lb, fates[next++], slotAt(slot + 1), requests[next - 1].at);
        const freed = fates.flatMap(({ tries }, request) => {
          const begun = tries.find(({ at }) => at >= slotAt(slot) && at < slotAt(slot + 1));
          return begun !== undefined && requests[request].slot < slot ? [`>${request}${begun.server}`] : [];
        });
        return `-${/^-(\d+)/.exec(item)![1]}${freed.join('')}`;
      })
      .join(','),
  );
  return { figures: [same('trace', trace, replayed.join(' '))], events };
}

/** A request as a trace has it when the next event comes. */
function arrival(lb: string, { tries, ok, seconds }: RequestFate, until: number, at: number): string {
  if (tries.length > 0 && tries[0].at < until) return tries[0].server;
  return !ok && at + seconds < until ? errorOf(lb) : 'queued';
}

function errorOf(lb: string): string {
  return lb === 'nginx' ? '502' : '503';
}

// ------------------------------------------------------------------------------------------------------------ scripts

/** A script of steps, and of keys to be mapped after it. */
class Script {
  private readonly requests: { at: number; held: number; key?: string }[] = [];
  private readonly faults: FaultDescription[] = [];
  private readonly holding: number[] = [];
  /** What each server answers that is not well. */
  private readonly codes = new Map<string, number>();
  /** How the figures are made, once everything has been played. */
  private readonly figures: ((played: Played) => JudgedFigure[])[] = [];
  private begin = BEGIN;
  /** Milliseconds of the script, as the recording counts them; and when the sleep of the last step is over. */
  private cursor = -100;
  private awake = -Infinity;

  constructor(
    private readonly lb: string,
    private readonly made: PickDirector,
    private readonly seed: string,
  ) {}

  judge(steps: readonly Step[], map?: Readonly<Record<string, string>>): Judged {
    this.alignClock(steps);
    steps.forEach((one, index) => this.step(one, index));
    if (map !== undefined) this.map(map);
    const end = this.time(this.cursor) + 1;
    const requests = this.requests.map(({ held, ...rest }) => ({ ...rest, held: held === Infinity ? end - rest.at : held }));
    const played = play(this.made, requests, this.faults, this.seed);
    return { figures: this.figures.flatMap((figure) => figure(played)), events: played.events };
  }

  /** nginx counts whole seconds: those of the simulated clock change where those of the recorded one did, at the tick. */
  private alignClock(steps: readonly Step[]): void {
    const tick = steps.findIndex(({ op }) => op === 'tick');
    const after = tick < 0 ? undefined : steps[tick + 1];
    if (after?.at === undefined) return;
    const boundary = (after.at - 5) / 1000 - after.n * PAUSE;
    this.begin = Math.ceil(BEGIN + boundary) - boundary - clockPhase(this.seed) + 1;
  }

  private time(milliseconds: number): number {
    return this.begin + milliseconds / 1000;
  }

  private step(one: Step, index: number): void {
    const { op, b, code } = one;
    const { at = this.awake } = one;
    const ms = typeof one.ms === 'number' ? one.ms : 0;
    switch (op) {
      case 'req':
        this.send(one, index);
        break;
      case 'hold':
        this.hold(one, index);
        break;
      case 'rel':
        this.pass(at);
        this.requests[this.holding[one.i]].held = this.time(this.cursor) - this.requests[this.holding[one.i]].at;
        break;
      case 'down':
      case 'up':
      case 'mode': {
        this.pass(at);
        if (op === 'mode') this.codes.set(b, code);
        const fault = op === 'down' ? 'crash' : op === 'mode' && isError(code) ? 'sick' : 'restore';
        this.faults.push({ at: this.time(this.cursor), do: fault, target: b, for: Infinity, factor: 1 });
        break;
      }
      case 'counters':
        this.figures.push((played) => one.rows.map((row) => counted(row, played)));
        break;
      case 'sleep':
        this.awake = this.cursor + ms;
        break;
      case 'tick':
        break;
    }
  }

  /** Goes on to a time of the script, at least a little. */
  private pass(at = -Infinity): void {
    this.cursor = Math.max(this.cursor + 1000 * PAUSE, at);
  }

  private send({ n, at = this.awake, ms, picks, q }: Step, index: number): void {
    const latencies = Array.isArray(ms) ? ms : [];
    const lasts = Array.from({ length: n }, (_, k) => Math.max(latencies[k] ?? 0, 1000 * PAUSE));
    const total = lasts.reduce((sum, each) => sum + each, 0);
    this.pass(at - total);
    const first = this.requests.length;
    const codes = new Map(this.codes);
    for (const each of lasts) {
      this.requests.push({ at: this.time(this.cursor), held: INSTANT, key: Object.values(q)[0] });
      this.cursor += each;
    }
    this.figures.push(({ fates }) => {
      const sent = fates.slice(first, first + n);
      const ways = sent.map((fate) => this.way(fate, codes));
      const isText = typeof picks === 'string';
      const figures = [
        same(`step ${index}`, isText ? picks : picks.join(' '), isText ? ways.join('') : ways.join(' ')),
      ];
      if (latencies.length > 0) figures.push(latencyFigure(index, latencies, sent));
      return figures;
    });
  }

  private hold({ n, at = this.awake, picks }: Step, index: number): void {
    const first = this.requests.length;
    for (let k = 0; k < n; k++) {
      this.pass(at);
      this.holding.push(this.requests.push({ at: this.time(this.cursor), held: Infinity }) - 1);
    }
    this.figures.push(({ fates }) => {
      const found = fates.slice(first, first + n).map(({ tries }) => tries[0]?.server ?? errorOf(this.lb));
      return [same(`step ${index}`, [...picks].join(' '), found.join(' '))];
    });
  }

  private map(map: Readonly<Record<string, string>>): void {
    this.pass(this.awake);
    const first = this.requests.length;
    for (const key of Object.keys(map)) {
      this.pass();
      this.requests.push({ at: this.time(this.cursor), held: INSTANT, key });
    }
    this.figures.push(({ fates }) => {
      const found = Object.keys(map).map((key, k) => `${key}:${placeOf(fates[first + k])}`);
      const expected = Object.entries(map).map(([key, server]) => `${key}:${server}`);
      return [same('map', expected.join(' '), found.join(' '))];
    });
  }

  /** `b`; `a>b:200` when nginx took more than one try; `a:500`, `-:502`. HAProxy's recordings have the last server only. */
  private way({ ok, outcome, tries }: RequestFate, codes: ReadonlyMap<string, number>): string {
    const servers = tries.map(({ server }) => server);
    const last = servers.at(-1) ?? '-';
    if (ok && (servers.length === 1 || this.lb !== 'nginx')) return last;
    const answered = outcome === 'error' && last !== '-';
    const code = ok ? '200' : answered ? String(codes.get(last)) : errorOf(this.lb);
    if (this.lb !== 'nginx') return `${answered ? last : '-'}:${code}`;
    return `${servers.length === 0 ? '-' : servers.join('>')}:${code}`;
  }
}

function latencyFigure(index: number, recorded: readonly number[], sent: readonly RequestFate[]): JudgedFigure {
  const found = sent.map(({ seconds }) => 1000 * seconds);
  return {
    name: `latencies of step ${index}`,
    unit: 'ms',
    expected: recorded,
    found: { value: found, low: NaN, high: NaN },
    tolerance: `each within ${LATENCY_SLACK} ms`,
    passed: found.every((ms, k) => Math.abs(ms - recorded[k]) <= LATENCY_SLACK),
  };
}

/**
 * HAProxy's counters of a server: a try that is followed by one elsewhere is a redispatch, by one there a retry. Tries that are
 * repeated there keep the request's place: their number is told by the seconds that it stays, one for each.
 */
function counted(row: z.infer<typeof counter>, { fates }: Played): JudgedFigure {
  const isBackend = row.server === 'BACKEND';
  const own = (server: string): boolean => isBackend || server === row.server;
  const found = { total: isBackend ? fates.length : 0, conn_errors: 0, retries: 0, redispatches: 0 };
  for (const { ok, at, seconds, tries } of fates) {
    tries.forEach(({ server, at: begun }, k) => {
      if (!own(server)) return;
      const next = tries.at(k + 1);
      const repeats = Math.round((next?.at ?? at + seconds) - begun);
      found.retries += repeats;
      if (!isBackend) found.total += 1 + repeats;
      if (next === undefined) found.conn_errors += ok ? 0 : 1;
      else if (next.server === server) found.retries++;
      else found.redispatches++;
    });
  }
  const { server, ...expected } = row;
  return same(`counters of ${server}`, JSON.stringify(expected), JSON.stringify(found));
}

// ------------------------------------------------------------------------------------------------------------- shares

function shares({ counts = {}, n = 1, held }: Recording, { director }: PickDirector, seed: string): Judged {
  const { id, options } = director.scheduler;
  const weights = director.members.map(({ weight }) => weight);
  const made = scheduled(id, options, weights, new Streams(seed, 0).stream(id));
  if (made === null) throw new RangeError(`no scheduler is called "${id}"`);
  director.members.forEach(({ down = false, backup = false }, server) => {
    if (down || backup) made.upstream.eligible[server] = 0;
    if (down || backup) made.scheduler.changed(server, Change.eligibility);
    for (let k = 0; k < (held[LETTERS[server]] ?? 0); k++) load(made, server, 1);
  });
  const drawn = weights.map(() => 0);
  for (let draw = 0; draw < DRAWS; draw++) drawn[made.scheduler.pick(0, nothingTried)]++;
  const recorded = weights.map((_, server) => counts[LETTERS[server]] ?? 0);
  return { figures: [homogeneity(recorded, n, drawn)], events: 0 };
}

/** Whether two tallies come from one law: Pearson's statistic of the two rows. */
function homogeneity(recorded: readonly number[], n: number, drawn: readonly number[]): JudgedFigure {
  let statistic = 0;
  let kinds = 0;
  recorded.forEach((seen, server) => {
    const both = seen + drawn[server];
    if (both === 0) return;
    kinds++;
    const expected = (both * n) / (n + DRAWS);
    const expectedDrawn = both - expected;
    const surplus = seen - expected;
    statistic += (surplus * surplus) / expected + (surplus * surplus) / expectedDrawn;
  });
  const probability = kinds < 2 ? 1 : 1 - chiSquareCdf(statistic, kinds - 1);
  return {
    name: 'shares',
    unit: 'share',
    expected: recorded.map((seen) => seen / n),
    found: { value: drawn.map((count) => count / DRAWS), low: NaN, high: NaN },
    tolerance: `chi-square of ${n} recorded picks at ${SIGNIFICANCE}`,
    passed: probability >= SIGNIFICANCE,
    note: `chi-square ${statistic.toFixed(1)}, probability ${probability.toPrecision(2)}`,
  };
}
