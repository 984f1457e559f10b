/**
 * One measurement in a process of its own: `node measure.js MODEL SIZE UNITS REPEATS`. Warms up, then prints one JSON
 * line a repeat, as ref.c does, with the CPU time of the whole process (garbage collector and compiler included).
 */
import { cluster } from './models/cluster.ts';
import { Hold } from './models/hold.ts';
import type { Outcome } from './models/outcome.ts';
import { queue } from './models/queue.ts';

const models: Record<string, (size: number) => (units: number) => Outcome> = {
  A: () => (units) => queue(1, units),
  B: () => (units) => queue(8, units),
  HOLD: (size) => {
    const hold = new Hold(size);
    return (units) => hold.run(units);
  },
  D: (size) => (units) => cluster(size, units),
};

const [model = 'A', size = '1', units = '1e6', repeats = '1'] = process.argv.slice(2);
const run = models[model](Number(size));
run(Math.min(Number(units), 200_000));
for (let repeat = 0; repeat < Number(repeats); repeat++) {
  const before = process.cpuUsage();
  const outcome = run(Number(units));
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  console.log(
    JSON.stringify({
      model,
      size: Number(size),
      ...outcome,
      seconds,
      nsEvent: (seconds * 1e9) / outcome.events,
      nsUnit: (seconds * 1e9) / outcome.units,
      rssMb: process.memoryUsage.rss() / 1e6,
    }),
  );
}
