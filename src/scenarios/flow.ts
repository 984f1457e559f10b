/**
 * How a request flows through the cluster on average: visits of each service and director, processor time at each
 * service. No simulation, no waiting: operational analysis. Retries and failures are left out.
 */
import type { ClientsDescription, ClusterDescription, Step, TimeDescription } from '../models/description.ts';
import { distribution } from '../sim/random/index.ts';
import { LeastTimes, missShare } from './least-time.ts';
import { servicesBehind, workOf } from './routes.ts';

/** Means for one request. */
export interface Flow {
  /** Visits by name of service or director. */
  readonly visits: ReadonlyMap<string, number>;
  /** Processor seconds (at speed 1) by service. */
  readonly compute: ReadonlyMap<string, number>;
  /** Seconds of plain waiting by service; clients' own under ''. */
  readonly wait: ReadonlyMap<string, number>;
  /** Seconds of least stay, calls included, by service or director. */
  readonly stay: ReadonlyMap<string, number>;
  /** Seconds for which a connection is held at least, by `service.pool`. */
  readonly held: ReadonlyMap<string, number>;
}

/** Mean flow of a request of these clients. Calls must not form a cycle. */
export function flowOf(cluster: ClusterDescription, clients: ClientsDescription): Flow {
  const walker = new FlowWalker(cluster, clients.load.kind === 'trace' ? mean(clients.load.demand) : NaN);
  const total = clients.mix.reduce((sum, one) => sum + one.share, 0);
  const sum = emptyFlow();
  for (const one of clients.mix) {
    add(sum, walker.steps(one.steps, '', one.name), one.share / total);
  }
  return sum;
}

/** Mean flow of a request over all clients: by their rates where all are constant, else evenly. */
export function meanFlow(cluster: ClusterDescription): Flow {
  const clients = Object.values(cluster.clients);
  const rates = clients.map(({ load }) =>
    load.kind === 'open' && load.rate.kind === 'constant' ? load.rate.rate : NaN,
  );
  const total = rates.reduce((sum, one) => sum + one, 0);
  const sum = emptyFlow();
  clients.forEach((one, i) => {
    add(sum, flowOf(cluster, one), total > 0 ? rates[i] / total : 1 / clients.length);
  });
  return sum;
}

// ------------------------------------------------------------------------------------------------------------ helpers

interface MutableFlow {
  readonly visits: Map<string, number>;
  readonly compute: Map<string, number>;
  readonly wait: Map<string, number>;
  readonly stay: Map<string, number>;
  readonly held: Map<string, number>;
}

class FlowWalker {
  private readonly known = new Map<string, MutableFlow>();
  private readonly least: LeastTimes;

  /** @param demand mean demand of a trace in seconds; NaN where there is none. */
  constructor(
    private readonly cluster: ClusterDescription,
    private readonly demand: number,
  ) {
    this.least = new LeastTimes(cluster);
  }

  steps(steps: readonly Step[], service: string, requestClass: string): MutableFlow {
    const sum = emptyFlow();
    for (const step of steps) {
      this.step(step, service, requestClass, sum);
    }
    return sum;
  }

  private step(step: Step, service: string, requestClass: string, sum: MutableFlow): void {
    switch (step.do) {
      case 'wait':
        grow(sum.wait, service, this.meanOf(step.time));
        break;
      case 'compute':
        grow(sum.compute, service, this.meanOf(step.time));
        break;
      case 'call':
      case 'send':
        this.call(step.to, step.requestClass ?? requestClass, sum);
        break;
      case 'choice': {
        const total = step.branches.reduce((all, branch) => all + branch.weight, 0);
        for (const branch of step.branches) {
          add(sum, this.steps(branch.steps, service, requestClass), branch.weight / total);
        }
        break;
      }
      case 'parallel':
        for (const branch of step.branches) {
          add(sum, this.steps(branch, service, requestClass), 1);
        }
        break;
      case 'when': // as long as nothing is bad
        add(sum, this.steps(step.otherwise, service, requestClass), 1);
        break;
      case 'loop':
        add(sum, this.steps(step.steps, service, requestClass), distribution(step.times).mean);
        break;
      case 'walk':
        for (const [place, visits] of placeVisits(step)) {
          add(sum, this.steps(step.places[place].steps, service, requestClass), visits);
        }
        break;
      case 'lookup':
        add(sum, this.steps(step.miss, service, requestClass), missShare(this.cluster, step.cache));
        break;
      case 'publish':
      case 'acquire':
      case 'release':
        break;
    }
  }

  private call(target: string, requestClass: string, sum: MutableFlow): void {
    if (Object.hasOwn(this.cluster.directors, target)) {
      grow(sum.visits, target, 1);
      grow(sum.stay, target, this.least.ofCall(target, requestClass));
    }
    for (const [service, share] of servicesBehind(target, this.cluster)) {
      grow(sum.visits, service, share);
      add(sum, this.service(service, requestClass), share);
    }
  }

  private service(service: string, requestClass: string): MutableFlow {
    const key = `${service} ${requestClass}`;
    let flow = this.known.get(key);
    if (flow === undefined) {
      const work = workOf(this.cluster, service, requestClass);
      const { pools } = this.cluster.services[service];
      flow = this.steps(work, service, requestClass);
      grow(flow.stay, service, this.least.ofVisit(service, requestClass));
      for (const pool of Object.keys(pools)) {
        grow(flow.held, `${service}.${pool}`, this.least.holding(pool, pools[pool].to, work, requestClass));
      }
      this.known.set(key, flow);
    }
    return flow;
  }

  private meanOf(time: TimeDescription): number {
    return time.kind === 'demand' ? time.scale * this.demand : distribution(time).mean;
  }
}

/** Mean visits of each place: v = start + v P, solved by elimination. Infinite where a place is never left. */
function placeVisits(walk: Extract<Step, { do: 'walk' }>): ReadonlyMap<string, number> {
  const names = Object.keys(walk.places);
  const rows = names.map((to, i) => [
    ...names.map((from, j) => (i === j ? 1 : 0) - (walk.places[from].next[to] ?? 0)),
    walk.start[to] ?? 0,
  ]);
  const size = names.length;
  for (let pivot = 0; pivot < size; pivot++) {
    let best = pivot;
    for (let row = pivot + 1; row < size; row++) {
      best = Math.abs(rows[row][pivot]) > Math.abs(rows[best][pivot]) ? row : best;
    }
    [rows[pivot], rows[best]] = [rows[best], rows[pivot]];
    if (Math.abs(rows[pivot][pivot]) < 1e-12) {
      return new Map(names.map((name) => [name, Infinity]));
    }
    for (let row = 0; row < size; row++) {
      const factor = row === pivot ? 0 : rows[row][pivot] / rows[pivot][pivot];
      for (let column = pivot; factor !== 0 && column <= size; column++) {
        rows[row][column] -= factor * rows[pivot][column];
      }
    }
  }
  return new Map(names.map((name, i) => [name, rows[i][size] / rows[i][i]]));
}

function emptyFlow(): MutableFlow {
  return { visits: new Map(), compute: new Map(), wait: new Map(), stay: new Map(), held: new Map() };
}

function add(sum: MutableFlow, flow: Flow, times: number): void {
  for (const key of ['visits', 'compute', 'wait', 'stay', 'held'] as const) {
    for (const [name, value] of flow[key]) {
      grow(sum[key], name, value * times);
    }
  }
}

function grow(map: Map<string, number>, name: string, by: number): void {
  map.set(name, (map.get(name) ?? 0) + by);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}
