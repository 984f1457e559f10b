/**
 * Picks of real balancers (`real/picks.json`), letter by letter, asked of the schedulers through their public interface.
 * What stands around a scheduler in nginx (passive checks, next upstream, connection limits) is played here.
 */
import { z } from 'zod';
import { Change, nothingTried } from '../../../models/directors/scheduler.ts';
import { TriedServers } from '../../../models/directors/tried.ts';
import { Streams } from '../../../sim/random/stream.ts';
import type { ReferenceGroup } from '../groups.ts';
import { LETTERS, load, scheduled } from '../idle-upstream.ts';
import type { ScheduledUpstream } from '../idle-upstream.ts';
import type { CaseReport, JudgedFigure, JudgeOptions, ReferenceCase, ReferenceFiles } from '../suite.ts';

const recording = z.object({
  lb: z.string(),
  config: z.object({
    upstream: z.array(z.string()).default([]),
    location: z.array(z.string()).default([]),
    workers: z.number().default(1),
  }),
  picks: z.string().optional(),
  per_worker: z.record(z.string(), z.string()).optional(),
  trace: z.string().optional(),
  counts: z.record(z.string(), z.number()).optional(),
  held: z.record(z.string(), z.number()).optional(),
  n: z.number().optional(),
  steps: z.array(z.looseObject({ op: z.string(), at: z.number().default(0) })).optional(),
});
type Recording = z.infer<typeof recording>;

/** Algorithms of nginx that are not round robin, by the line that asks for them. */
const DIRECTIVES: Readonly<Record<string, { readonly name: string; readonly options?: unknown }>> = {
  'least_conn;': { name: 'nginx/least_conn' },
  'random;': { name: 'nginx/random' },
  'random two least_conn;': { name: 'nginx/random', options: { two: 'least_conn' } },
};

/** Draws of a random scheduler, many times those of the recording. */
const DRAWS = 50_000;
/** Standard deviations of a recorded share within which the simulated one must lie. */
const DEVIATIONS = 4;

export const picks: ReferenceGroup = { families: ['picks'], cases, judge };

function cases(files: ReferenceFiles): ReferenceCase[] {
  const all = JSON.parse(files.get('real/picks.json') ?? '{}') as Record<string, unknown>;
  return Object.entries(all).map(([id, data]) => {
    const reason = unexpressible(id, data);
    return {
      suite: 'recorded',
      id,
      family: 'picks',
      data,
      cost: 0,
      ...(reason === null ? {} : { unexpressible: reason }),
    };
  });
}

function unexpressible(id: string, data: unknown): string | null {
  const parsed = recording.safeParse(data);
  if (!parsed.success) return 'not in the form of a recording of nginx';
  if (parsed.data.lb !== 'nginx') return `picks of ${parsed.data.lb} are not replayed yet`;
  const special = parsed.data.config.upstream.find((line) => /hash|backup/.test(line));
  return special === undefined && !/hash|backup/.test(id) ? null : 'no scheduler hashes or keeps backup servers yet';
}

function judge({ suite, id, family, data }: ReferenceCase, { seed }: JudgeOptions): Promise<CaseReport> {
  const recorded = recording.parse(data);
  const figures: JudgedFigure[] = [];
  for (const sequence of [recorded.picks ?? [], ...Object.values(recorded.per_worker ?? {})].flat()) {
    figures.push(same('picks', sequence, idlePicks(recorded, sequence.length, seed)));
  }
  if (recorded.trace !== undefined) figures.push(same('trace', recorded.trace, heldPicks(recorded, seed)));
  if (recorded.counts !== undefined && recorded.n !== undefined) figures.push(...randomShares(recorded, seed));
  if (recorded.steps !== undefined) figures.push(...playedSteps(recorded, seed));
  const verdict = figures.every(({ passed }) => passed) ? 'passed' : 'failed';
  return Promise.resolve({ suite, id, family, verdict, figures, events: 0 });
}

function same(name: string, expected: string, found: string): JudgedFigure {
  const passed = expected === found;
  return { name, unit: '', expected, found: { value: found, low: NaN, high: NaN }, tolerance: 'exact', passed };
}

function idlePicks(recorded: Recording, length: number, seed: string): string {
  const { made } = setUp(recorded, seed);
  return Array.from({ length }, () => LETTERS[made.scheduler.pick(0, nothingTried)]).join('');
}

function heldPicks(recorded: Recording, seed: string): string {
  const { made } = setUp(recorded, seed);
  const holders: number[] = [];
  const replayed = recorded.trace!.split(' ').map((event) => {
    if (event.startsWith('-')) {
      load(made, holders[Number(event.slice(1))], -1);
      return event;
    }
    const picked = made.scheduler.pick(0, nothingTried);
    holders.push(picked);
    load(made, picked, 1);
    return LETTERS[picked];
  });
  return replayed.join(' ');
}

function randomShares(recorded: Recording, seed: string): JudgedFigure[] {
  const { counts = {}, n = 1, held = {} } = recorded;
  const { made } = setUp(recorded, seed);
  for (let server = 0; server < made.upstream.length; server++) {
    for (let k = 0; k < (held[LETTERS[server]] ?? 0); k++) load(made, server, 1);
  }
  const tally = new Array<number>(made.upstream.length).fill(0);
  for (let draw = 0; draw < DRAWS; draw++) tally[made.scheduler.pick(0, nothingTried)]++;
  return tally.map((count, server) => {
    const seen = counts[LETTERS[server]] ?? 0;
    const expected = seen / n;
    // of the recording: the larger error by far
    const allowed = (DEVIATIONS * Math.sqrt(Math.max(seen, 1))) / n;
    const value = count / DRAWS;
    return {
      name: `share ${LETTERS[server]}`,
      unit: 'share',
      expected,
      found: { value, low: value, high: value },
      tolerance: `within ${DEVIATIONS} standard deviations of ${n} draws`,
      deviation: (value - expected) / allowed,
      passed: Math.abs(value - expected) <= allowed,
    };
  });
}

function playedSteps(recorded: Recording, seed: string): JudgedFigure[] {
  const steps = recorded.steps!;
  const nginx = new NginxUpstream(recorded, seed);
  let tickAt = 0;
  return steps.map((step, index) => {
    if (step.op === 'tick') tickAt = steps[index + 1].at;
    const played = nginx.play(step, Math.floor((step.at - tickAt) / 1000));
    return same(`step ${index} (${step.op})`, JSON.stringify(step), JSON.stringify(played));
  });
}

function setUp({ config }: Recording, seed: string) {
  const servers = config.upstream.filter((line) => line.startsWith('server '));
  const setting = (name: string, otherwise: number): number[] =>
    servers.map((line) => Number(new RegExp(`${name}=(\\d+)`).exec(line)?.[1] ?? otherwise));
  const directive = config.upstream.map((line) => DIRECTIVES[line]).find((found) => found !== undefined);
  const maxFails = setting('max_fails', 1);
  const id = directive?.name ?? 'nginx/rr';
  const options = directive === undefined ? { maxFails: maxFails[0] } : (directive.options ?? {});
  const made = scheduled(id, options, setting('weight', 1), new Streams(seed, 0).stream(id));
  if (made === null) throw new RangeError(`no scheduler is called "${id}"`);
  servers.forEach((line, server) => {
    made.upstream.eligible[server] = line.includes(' down') ? 0 : 1;
    made.scheduler.changed(server, Change.eligibility);
  });
  return { made, maxFails, failTimeout: setting('fail_timeout', 10), limits: setting('max_conns', Infinity) };
}

interface PlayedStep {
  readonly op: string;
  readonly [name: string]: unknown;
}

/** What nginx does around its scheduler: passive checks, next upstream, connection limits. `seconds` are whole. */
class NginxUpstream {
  private readonly parts;
  private readonly tried: TriedServers;
  private readonly tries: number;
  private readonly broken = new Set<number>();
  private readonly fails: number[];
  private readonly failedAt: number[];
  private readonly checkedAt: number[];
  private readonly holders: number[] = [];

  constructor(recorded: Recording, seed: string) {
    this.parts = setUp(recorded, seed);
    const { length } = this.parts.made.upstream;
    const location = recorded.config.location.join(' ');
    this.tries = location.includes('next_upstream off')
      ? 1
      : Number(/next_upstream_tries (\d+)/.exec(location)?.[1] ?? length);
    this.tried = new TriedServers(length);
    this.fails = new Array<number>(length).fill(0);
    this.failedAt = new Array<number>(length).fill(0);
    this.checkedAt = new Array<number>(length).fill(-Infinity);
  }

  /** The step as nginx would have recorded it. */
  play(step: PlayedStep, seconds: number): object {
    const target = LETTERS.indexOf(String(step.b));
    const count = Number(step.n);
    switch (step.op) {
      case 'req': {
        const replies = Array.from({ length: count }, () => this.request(seconds));
        return { ...step, picks: typeof step.picks === 'string' ? replies.join('') : replies };
      }
      case 'hold':
        return { ...step, picks: Array.from({ length: count }, () => this.hold(seconds)) };
      case 'rel':
        load(this.parts.made, this.holders[Number(step.i)], -1);
        return { ...step, b: LETTERS[this.holders[Number(step.i)]] };
      case 'down':
        this.broken.add(target);
        return step;
      case 'mode':
        if (Number(step.code) === 0) this.broken.delete(target);
        else this.broken.add(target);
        return step;
      case 'up':
        this.broken.delete(target);
        return step;
      default:
        return step;
    }
  }

  /** `b`, or `a>b:200` when it took more than one try, or `-:502`. */
  private request(seconds: number): string {
    this.tried.clear();
    let path = '';
    while (this.tried.size < this.tries) {
      const picked = this.pick(seconds);
      if (picked < 0) break;
      path += (path === '' ? '' : '>') + LETTERS[picked];
      const ok = !this.broken.has(picked);
      this.scheduler().released?.(picked, 0, ok);
      if (ok) {
        if (this.failedAt[picked] < this.checkedAt[picked]) this.fails[picked] = 0;
        return path.length === 1 ? path : `${path}:200`;
      }
      this.tried.add(picked);
      this.fails[picked] += 1;
      this.failedAt[picked] = seconds;
      this.checkedAt[picked] = seconds;
    }
    return `${path === '' ? '-' : path}:502`;
  }

  private hold(seconds: number): string {
    this.tried.clear();
    const picked = this.pick(seconds);
    if (picked < 0) return '502';
    this.holders.push(picked);
    load(this.parts.made, picked, 1);
    return LETTERS[picked];
  }

  private pick(seconds: number): number {
    const { made, maxFails, failTimeout, limits } = this.parts;
    const { upstream, scheduler } = made;
    for (let index = 0; index < upstream.length; index++) {
      const marked =
        upstream.length > 1 &&
        maxFails[index] > 0 &&
        this.fails[index] >= maxFails[index] &&
        seconds - this.checkedAt[index] <= failTimeout[index];
      upstream.eligible[index] = !marked && upstream.active[index] < limits[index] ? 1 : 0;
      scheduler.changed(index, Change.eligibility);
    }
    const picked = scheduler.pick(0, this.tried);
    if (picked >= 0 && seconds - this.checkedAt[picked] > failTimeout[picked]) this.checkedAt[picked] = seconds;
    return picked;
  }

  private scheduler(): ScheduledUpstream['scheduler'] {
    return this.parts.made.scheduler;
  }
}
