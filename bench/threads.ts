/**
 * How fast replications are done by so many worker threads: `node threads.js WORKERS REPLICATIONS`. Prints a JSON line as
 * ref.c does, but with time on the clock: what threads are for.
 */
import { fileURLToPath } from 'node:url';
import { inlineRunner } from '../src/analysis/inline-runner.ts';
import { simulateJobs } from '../src/analysis/simulate-jobs.ts';
import { simulate } from '../src/analysis/simulate.ts';
import { threads } from '../src/runners/threads.ts';
import { loadScenario } from '../src/scenarios/load.ts';
import { queueScenario } from './models/product.ts';

const [workers, replications] = process.argv.slice(2).map(Number);
const { scenario } = loadScenario(queueScenario(1), { name: 'bench' });
// As the command does it: one worker is this thread.
const runner =
  workers === 1
    ? inlineRunner(simulateJobs)
    : await threads({ workers, workerFile: fileURLToPath(new URL('worker.js', import.meta.url)) });
await simulate(scenario!, { replications: 10, runner });
const before = performance.now();
const result = await simulate(scenario!, { replications, runner });
const seconds = (performance.now() - before) / 1000;
console.log(
  JSON.stringify({
    s: seconds,
    ns_unit: (1e9 * seconds) / replications,
    check: result.total.response.mean.value,
    rss_mb: process.resourceUsage().maxRSS / 1000,
  }),
);
await runner.close();
