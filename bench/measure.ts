/**
 * One measurement in a process of its own: `node measure.js MODEL SIZE UNITS`. Runs once to warm up, then prints a JSON
 * line as ref.c does, with the CPU time of the whole process while it ran, garbage collector and compiler included.
 */
import { cluster } from './models/cluster.ts';
import { ListHold } from './models/list-hold.ts';
import { Hold } from './models/hold.ts';
import type { Outcome } from './models/outcome.ts';
import { productCluster, productQueue } from './models/product.ts';
import { queue } from './models/queue.ts';
import { replicatedCluster, replicatedQueue } from './models/replications.ts';
import { FlatQueueHold } from './peers/flatqueue.ts';
import { simjsQueue } from './peers/simjs.ts';
import { simscriptQueue } from './peers/simscript.ts';

type Run = (units: number) => Outcome | Promise<Outcome>;

const models: Record<string, (size: number) => Run> = {
  queue: (workers) => (units) => queue(workers, units),
  hold: (pending) => {
    const hold = new Hold(pending);
    return (units) => hold.run(units);
  },
  'list-hold': (pending) => {
    const hold = new ListHold(pending);
    return (units) => hold.run(units);
  },
  cluster: (servers) => (units) => cluster(servers, units),
  'cluster-without-timers': (servers) => (units) => cluster(servers, units, 'none'),
  'cluster-outstanding': (servers) => (units) => cluster(servers, units, 'outstanding'),
  'cluster-keep-alive': (servers) => (units) => cluster(servers, units, 'keep-alive'),
  'product-queue': (workers) => (units) => productQueue(workers, units),
  'product-cluster': (servers) => (units) => productCluster(servers, units),
  'replicated-queue': (workers) => (units) => replicatedQueue(workers, units),
  'replicated-cluster': (servers) => (units) => replicatedCluster(servers, units),
  'simjs-queue': (workers) => (units) => simjsQueue(workers, units),
  'simscript-queue': (workers) => (units) => simscriptQueue(workers, units),
  'flatqueue-hold': (pending) => {
    const hold = new FlatQueueHold(pending);
    return (units) => hold.run(units);
  },
};

const [model, size, units] = process.argv.slice(2);
const run = models[model](Number(size));
await run(Math.min(Number(units), 300_000));
const before = process.cpuUsage();
const outcome = await run(Number(units));
const { user, system } = process.cpuUsage(before);
const nanoseconds = (user + system) * 1000;
console.log(
  JSON.stringify({
    model,
    size: Number(size),
    ...outcome,
    s: nanoseconds / 1e9,
    ns_event: nanoseconds / outcome.events,
    ns_unit: nanoseconds / outcome.units,
    rss_mb: process.resourceUsage().maxRSS / 1000,
  }),
);
