/** The schedulers against the exact cases of theory.json and against recordings of nginx. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Change, nothingTried } from '../../../src/models/directors/scheduler.ts';
import type { Scheduler, SchedulerKind, Upstream } from '../../../src/models/directors/scheduler.ts';
import { schedulers } from '../../../src/models/directors/schedulers/index.ts';
import { SmoothWeightedRoundRobin } from '../../../src/models/directors/schedulers/nginx-rr.ts';
import { TriedServers } from '../../../src/models/directors/tried.ts';
import { makeScheduler, tally, upstreamOf } from '../../contracts/scheduler.ts';

const letters = 'abcdefgh';

function readReference(path: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../reference/${path}`, import.meta.url), 'utf8'));
}

function kindNamed(name: string): SchedulerKind {
  const kind = schedulers.get(name);
  if (kind === undefined) {
    throw new Error(`no scheduler ${name}`);
  }
  return kind;
}

/** Lets one more request be active at a server, as the director does when it uses a pick. */
function load(upstream: Upstream, scheduler: Scheduler, server: number, by: 1 | -1): void {
  upstream.active[server] += by;
  scheduler.changed(server, Change.load);
}

// ------------------------------------------------------------------------------------------------------- theory.json

const server = z.object({
  weight: z.number(),
  active: z.number().default(0),
  inactive: z.number().default(0),
  max_fails: z.number().optional(),
});
const pickModel = z.object({
  kind: z.enum(['pick-sequence', 'fill-sequence', 'pick-from-state']),
  algorithm: z.string(),
  servers: z.array(server),
  picks: z.number().optional(),
  outcomes: z.array(z.enum(['ok', 'fail'])).optional(),
});
const theoryFile = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      model: z.looseObject({ kind: z.string() }),
      expect: z.record(z.string(), z.object({ value: z.unknown() })),
    }),
  ),
});
const theory = theoryFile.parse(readReference('theory.json')).cases;

/** The scheduler that each algorithm of theory.json is; those of later issues are not listed. */
const algorithms: Readonly<Record<string, string>> = {
  'smooth-wrr': 'nginx/rr',
  'smooth-wrr-effective': 'nginx/rr',
  'nginx-least-conn': 'nginx/least_conn',
  'lvs-wrr': 'lvs/wrr',
  'lvs-lc': 'lvs/lc',
  'lvs-wlc': 'lvs/wlc',
  'lvs-sed': 'lvs/sed',
  'lvs-nq': 'lvs/nq',
};

const pickCases = theory.flatMap(({ id, model, expect: answers }) => {
  const parsed = pickModel.safeParse(model);
  return parsed.success ? [{ id, model: parsed.data, answers }] : [];
});

describe('theory.json', () => {
  test('has the pick cases', () => {
    expect(pickCases.length).toBeGreaterThanOrEqual(31);
    expect(pickCases.filter(({ model }) => algorithms[model.algorithm] === undefined)).toEqual([]);
  });

  test.each(pickCases)('$id', ({ model, answers }) => {
    const upstream = upstreamOf(model.servers.map(({ weight }) => weight));
    upstream.active.set(model.servers.map(({ active }) => active));
    upstream.inactive.set(model.servers.map(({ inactive }) => inactive));
    const maxFails = model.servers[0].max_fails;
    const options = maxFails === undefined ? {} : { maxFails };
    const scheduler = makeScheduler(kindNamed(algorithms[model.algorithm]), upstream, options);

    if (model.kind === 'pick-from-state') {
      expect(letters[scheduler.pick(0, nothingTried)]).toBe(answers.pick.value);
      return;
    }
    const effective: number[][] = [];
    const picks: string[] = [];
    for (let number = 0; number < (model.picks ?? model.outcomes!.length); number++) {
      const picked = scheduler.pick(0, nothingTried);
      picks.push(letters[picked]);
      if (model.kind === 'fill-sequence') {
        load(upstream, scheduler, picked, 1);
      }
      if (model.outcomes !== undefined) {
        scheduler.released?.(picked, 0, model.outcomes[number] === 'ok');
        if (scheduler instanceof SmoothWeightedRoundRobin) {
          effective.push(model.servers.map((_, index) => scheduler.effectiveWeight(index)));
        }
      }
    }
    expect(picks.join(' ')).toBe(answers.seq_picks.value);
    if (answers.table_effective_weights_after_each !== undefined) {
      expect(effective).toEqual(answers.table_effective_weights_after_each.value);
    }
    const period = answers.count_period?.value;
    if (typeof period === 'number') {
      const more = Array.from({ length: 3 * period }, () => letters[scheduler.pick(0, nothingTried)]);
      const sequence = [...picks, ...more];
      sequence.slice(period).forEach((pick, index) => expect(pick).toBe(sequence[index]));
    }
  });
});

// ---------------------------------------------------------------------------------------------- recordings of nginx

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
const directives: Readonly<Record<string, { readonly name: string; readonly options?: unknown }>> = {
  'least_conn;': { name: 'nginx/least_conn' },
  'random;': { name: 'nginx/random' },
  'random two least_conn;': { name: 'nginx/random', options: { two: 'least_conn' } },
};

const recordings = Object.entries(z.record(z.string(), z.unknown()).parse(readReference('real/picks.json'))).flatMap(
  ([id, value]) => {
    const parsed = recording.safeParse(value);
    const known = parsed.success && parsed.data.lb === 'nginx' && !/hash|backup/.test(id);
    return known ? [{ id, ...parsed.data }] : [];
  },
);

function setUp({ config }: Recording) {
  const servers = config.upstream.filter((line) => line.startsWith('server '));
  const setting = (name: string, otherwise: number): number[] =>
    servers.map((line) => Number(new RegExp(`${name}=(\\d+)`).exec(line)?.[1] ?? otherwise));
  const directive = config.upstream.map((line) => directives[line]).find((found) => found !== undefined);
  const upstream = upstreamOf(setting('weight', 1));
  servers.forEach((line, index) => {
    upstream.eligible[index] = line.includes(' down') ? 0 : 1;
  });
  const maxFails = setting('max_fails', 1);
  const kind = kindNamed(directive?.name ?? 'nginx/rr');
  const options = directive === undefined ? { maxFails: maxFails[0] } : (directive.options ?? {});
  return {
    upstream,
    scheduler: makeScheduler(kind, upstream, options),
    maxFails,
    failTimeout: setting('fail_timeout', 10),
    limits: setting('max_conns', Infinity),
  };
}

describe('nginx: picks of idle servers', () => {
  const cases = recordings.flatMap(({ id, picks, per_worker: perWorker, ...rest }) =>
    [picks ?? [], ...Object.values(perWorker ?? {})].flat().map((sequence) => ({ id, sequence, ...rest })),
  );

  test('are there', () => expect(cases.length).toBeGreaterThanOrEqual(11));

  test.each(cases)('$id', ({ sequence, ...rest }) => {
    const { scheduler } = setUp(rest);
    expect([...sequence].map(() => letters[scheduler.pick(0, nothingTried)]).join('')).toBe(sequence);
  });
});

describe('nginx: picks while requests are held', () => {
  const cases = recordings.flatMap(({ trace, ...rest }) => (trace === undefined ? [] : [{ trace, ...rest }]));

  test('are there', () => expect(cases.length).toBeGreaterThanOrEqual(3));

  test.each(cases)('$id', ({ trace, ...rest }) => {
    const { scheduler, upstream } = setUp(rest);
    const holders: number[] = [];
    const replayed = trace.split(' ').map((event) => {
      if (event.startsWith('-')) {
        load(upstream, scheduler, holders[Number(event.slice(1))], -1);
        return event;
      }
      const picked = scheduler.pick(0, nothingTried);
      holders.push(picked);
      load(upstream, scheduler, picked, 1);
      return letters[picked];
    });
    expect(replayed.join(' ')).toBe(trace);
  });
});

describe('nginx: shares of random picks', () => {
  const cases = recordings.flatMap(({ counts, n, ...rest }) =>
    counts === undefined || n === undefined ? [] : [{ counts, n, ...rest }],
  );

  test('are there', () => expect(cases.length).toBeGreaterThanOrEqual(3));

  test.each(cases)('$id', ({ counts, n, held = {}, ...rest }) => {
    const { scheduler, upstream } = setUp(rest);
    [...upstream.active.keys()].forEach((index) => {
      for (let connection = 0; connection < (held[letters[index]] ?? 0); connection++) {
        load(upstream, scheduler, index, 1);
      }
    });
    const draws = 50_000;
    const shares = tally(
      Array.from({ length: draws }, () => scheduler.pick(0, nothingTried)),
      upstream.length,
    );
    shares.forEach((count, index) => {
      const recorded = counts[letters[index]] ?? 0;
      const deviation = Math.sqrt(Math.max(recorded, 1) / n / n); // of the recording: the larger error by far
      expect(Math.abs(count / draws - recorded / n)).toBeLessThanOrEqual(4 * deviation);
    });
  });
});

describe('nginx: scripts of failures and limits', () => {
  const cases = recordings.flatMap(({ steps, ...rest }) => (steps === undefined ? [] : [{ steps, ...rest }]));

  test('are there', () => expect(cases.length).toBeGreaterThanOrEqual(8));

  test.each(cases)('$id', ({ steps, ...rest }) => {
    const nginx = new NginxUpstream(rest);
    let tickAt = 0;
    steps.forEach((step, index) => {
      if (step.op === 'tick') {
        tickAt = steps[index + 1].at;
      }
      expect({ index, ...nginx.play(step, Math.floor((step.at - tickAt) / 1000)) }).toEqual({ index, ...step });
    });
  });
});

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

  constructor(recorded: Recording) {
    this.parts = setUp(recorded);
    const { length } = this.parts.upstream;
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
  play(step: { readonly op: string; readonly [name: string]: unknown }, seconds: number): object {
    const target = letters.indexOf(String(step.b));
    const count = Number(step.n);
    switch (step.op) {
      case 'req': {
        const replies = Array.from({ length: count }, () => this.request(seconds));
        return { ...step, picks: typeof step.picks === 'string' ? replies.join('') : replies };
      }
      case 'hold':
        return { ...step, picks: Array.from({ length: count }, () => this.hold(seconds)) };
      case 'rel':
        this.count(this.holders[Number(step.i)], -1);
        return { ...step, b: letters[this.holders[Number(step.i)]] };
      case 'down':
        this.broken.add(target);
        return step;
      case 'mode':
        if (Number(step.code) === 0) {
          this.broken.delete(target);
        } else {
          this.broken.add(target);
        }
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
      if (picked < 0) {
        break;
      }
      path += (path === '' ? '' : '>') + letters[picked];
      const ok = !this.broken.has(picked);
      this.parts.scheduler.released?.(picked, 0, ok);
      if (ok) {
        if (this.failedAt[picked] < this.checkedAt[picked]) {
          this.fails[picked] = 0;
        }
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
    if (picked < 0) {
      return '502';
    }
    this.holders.push(picked);
    this.count(picked, 1);
    return letters[picked];
  }

  private pick(seconds: number): number {
    const { upstream, scheduler, maxFails, failTimeout, limits } = this.parts;
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
    if (picked >= 0 && seconds - this.checkedAt[picked] > failTimeout[picked]) {
      this.checkedAt[picked] = seconds;
    }
    return picked;
  }

  private count(index: number, by: 1 | -1): void {
    load(this.parts.upstream, this.parts.scheduler, index, by);
  }
}
