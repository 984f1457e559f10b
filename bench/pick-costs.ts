/**
 * What a pick costs, scheduler by scheduler, at 10 to 10,000 servers: a pick, the request counted in, and another one
 * counted out, with two requests in progress for each server, weights 2, 3, 4 repeating and 4,096 keys. Each figure is the
 * best of several rounds, in CPU time: the least disturbed by what else the machine does.
 */
import { Change, nothingTried, Upstream } from '../src/models/directors/scheduler.ts';
import { plainSurroundings } from '../src/models/directors/surroundings.ts';
import { schedulerKinds } from '../src/models/directors/schedulers/index.ts';
import { Streams } from '../src/sim/random/stream.ts';

const SIZES = [10, 100, 1000, 10_000] as const;
const KEYS = 4096;
const IN_PROGRESS = 2;
/** Growth from the smallest to the largest size that a rule should stay within. */
const GROWTH_MAX = 1.3;

/** Options beside the defaults that change the rule. */
const variants: readonly (readonly [string, object])[] = [
  ['nginx/hash', { consistent: true }],
  ['nginx/random', { two: 'least_conn' }],
  ['haproxy/uri', { type: 'consistent' }],
];

export interface PickCost {
  readonly name: string;
  /** Nanoseconds a pick at each size. */
  readonly nanoseconds: readonly number[];
}

export function pickCosts(picks: number, rounds: number, told: (name: string) => void): PickCost[] {
  const rules = schedulerKinds
    .map((kind) => ({ kind, given: {} }))
    .concat(variants.map(([name, given]) => ({ kind: schedulerKinds.find((kind) => kind.name === name)!, given })));
  return rules.map(({ kind, given }) => {
    const name = Object.keys(given).length === 0 ? kind.name : `${kind.name} ${JSON.stringify(given)}`;
    told(name);
    const runs = SIZES.map((size) => running(kind, given, size));
    const best = SIZES.map(() => Infinity);
    for (let round = 0; round < rounds; round++) {
      runs.forEach((run, k) => {
        const before = process.cpuUsage();
        run(picks);
        const { user, system } = process.cpuUsage(before);
        best[k] = Math.min(best[k], ((user + system) * 1000) / picks);
      });
    }
    return { name, nanoseconds: best };
  });
}

export function pickTable(costs: readonly PickCost[]): string {
  const width = Math.max(...costs.map(({ name }) => name.length));
  const head = `${'ns a pick'.padEnd(width)} ${SIZES.map((size) => String(size).padStart(8)).join('')}   growth`;
  const lines = costs.map(({ name, nanoseconds }) => {
    const growth = nanoseconds[SIZES.length - 1] / nanoseconds[0];
    const figures = nanoseconds.map((each) => each.toFixed(0).padStart(8)).join('');
    return `${name.padEnd(width)} ${figures} ${growth.toFixed(2).padStart(8)}${growth > GROWTH_MAX ? '  > 1.3' : ''}`;
  });
  return [head, ...lines].join('\n');
}

function running(kind: (typeof schedulerKinds)[number], given: object, size: number): (picks: number) => void {
  const upstream = new Upstream(size);
  for (let server = 0; server < size; server++) upstream.weigh(server, 2 + (server % 3));
  const stream = new Streams('bench', 0).stream(kind.name);
  let now = 0;
  const scheduler = kind.make(
    kind.options.parse(given),
    upstream,
    stream,
    plainSurroundings([], () => now),
  );
  const holders = new Int32Array(IN_PROGRESS * size).fill(-1);
  let next = 0;
  let word = 1;
  return (picks) => {
    for (let pick = 0; pick < picks; pick++) {
      next = (next + 1) & (KEYS - 1);
      now += 1e-4;
      const server = scheduler.pick(next, nothingTried);
      word = Math.imul(word, 1_664_525) + 1_013_904_223;
      const place = Math.floor(((word >>> 0) / 4_294_967_296) * holders.length);
      const left = holders[place];
      holders[place] = server;
      if (server >= 0) {
        upstream.active[server] += 1;
        scheduler.changed(server, Change.load);
      }
      if (left >= 0) {
        upstream.active[left] -= 1;
        scheduler.changed(left, Change.load);
        scheduler.released?.(left, 0.01, true);
      }
    }
  };
}
