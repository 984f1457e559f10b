/**
 * One measurement of a scheduler in a process of its own: `node pick-cost.js NAME OPTIONS PICKS ROUNDS`. A pick, the request
 * counted in, and another one, drawn among those in progress, counted out: two requests in progress for each server, weights 2, 3, 4
 * repeating, 4,096 keys, answers within 5 to 15 ms. In each round every size runs once, in turn, so that what else the machine does disturbs them
 * alike. What the loop itself costs, to draw who leaves and keep who holds what, is measured in the same round and taken off. Prints
 * the CPU nanoseconds of each round and size as JSON.
 */
import { Change, nothingTried, Upstream } from '../src/models/directors/scheduler.ts';
import { plainSurroundings } from '../src/models/directors/surroundings.ts';
import { schedulerKinds } from '../src/models/directors/schedulers/index.ts';
import { Streams } from '../src/sim/random/stream.ts';
import { SIZES } from './pick-costs.ts';

const KEYS = 4096;
const IN_PROGRESS = 2;

const [name, options, picks, rounds] = process.argv.slice(2);
const kind = schedulerKinds.find((each) => each.name === name)!;
const runs = SIZES.map((size) => running(JSON.parse(options) as object, size));
const idle = SIZES.map((size) => idling(size));
for (const run of [...runs, ...idle]) run(100_000); // warm: compiled, and every table made
const nanoseconds: number[][] = [];
for (let round = 0; round < Number(rounds); round++) {
  nanoseconds.push(runs.map((run, size) => timed(run) - timed(idle[size])));
}
console.log(JSON.stringify(nanoseconds));

function timed(run: (cycles: number) => void): number {
  const before = process.cpuUsage();
  run(Number(picks));
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / Number(picks);
}

/** The loop without a scheduler. */
function idling(size: number): (cycles: number) => void {
  const holders = new Int16Array(IN_PROGRESS * size);
  let word = 1;
  let sum = 0;
  return (cycles) => {
    for (let cycle = 0; cycle < cycles; cycle++) {
      word = (Math.imul(word, 1_664_525) + 1_013_904_223) | 0;
      const place = Math.floor(((word >>> 0) / 4_294_967_296) * holders.length);
      sum = (sum + holders[place]) | 0;
      holders[place] = cycle;
    }
    if (sum === 1) console.error('never'); // the sum must not be optimised away
  };
}

function running(given: object, size: number): (picks: number) => void {
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
  const holders = new Int16Array(IN_PROGRESS * size).fill(-1);
  let next = 0;
  let word = 1;
  return (cycles) => {
    for (let cycle = 0; cycle < cycles; cycle++) {
      word = (Math.imul(word, 1_664_525) + 1_013_904_223) | 0;
      const place = Math.floor(((word >>> 0) / 4_294_967_296) * holders.length);
      const left = holders[place];
      next = (next + 1) & (KEYS - 1);
      now += 1e-4;
      const server = scheduler.pick(next, nothingTried);
      holders[place] = server;
      if (server >= 0) {
        upstream.active[server] += 1;
        scheduler.changed(server, Change.load);
      }
      if (left >= 0) {
        upstream.active[left] -= 1;
        scheduler.changed(left, Change.load);
        scheduler.released?.(left, 0.005 + ((word >>> 8) & 1023) * 1e-5, true);
      }
    }
  };
}
