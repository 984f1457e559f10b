/**
 * The exact response time of a two-tier layered system: users think, take one of the application's threads, compute on it,
 * and hold it while one of the database's workers serves them. Neither tier alone tells the answer.
 *
 * A Markov chain: (users in the system, threads that are at the database). The law of the response time follows a tagged
 * user from its arrival (which sees the chain weighted by the users who think: no product form here) to its absorption, by
 * uniformisation (Jensen 1953).
 */
import { exp, ln } from '../../src/sim/random/elementary.ts';

export interface Layered {
  readonly users: number;
  /** Means of exponential times, seconds. */
  readonly think: number;
  readonly compute: number;
  readonly query: number;
  readonly threads: number;
  readonly databaseWorkers: number;
}

export interface LayeredAnswer {
  readonly mean: number;
  /** Response time below which a share of the requests stays, seconds. */
  readonly quantile: (share: number) => number;
}

/** Where the tagged user is: in line for a thread with `ahead` before it, computing, or at the database. */
type Place = 'line' | 'computing' | 'database';

interface TaggedState {
  readonly place: Place;
  /** Others before it in the line of that place (`line`: for a thread; `database`: for a worker). */
  readonly ahead: number;
  /** The others: users in the system, and of the threads they hold those at the database. */
  readonly present: number;
  readonly atDatabase: number;
}

export function layered(model: Layered): LayeredAnswer {
  const { users, think, compute, query, threads, databaseWorkers } = model;
  const stationary = stationaryOf(model);
  const states: TaggedState[] = [];
  const indexOf = new Map<string, number>();
  const arcs: { readonly to: number; readonly rate: number }[][] = [];
  const find = (state: TaggedState): number => {
    const key = `${state.place} ${state.ahead} ${state.present} ${state.atDatabase}`;
    let index = indexOf.get(key);
    if (index === undefined) {
      index = states.push(state) - 1;
      indexOf.set(key, index);
    }
    return index;
  };
  const GONE = -1;

  /** Seen on arrival: the others, weighted by how many think and may be the one who comes. */
  const begins = new Map<number, number>();
  let weight = 0;
  for (const { present, atDatabase, share } of stationary) {
    const thinking = users - present;
    if (thinking === 0) continue;
    const place: Place = present < threads ? 'computing' : 'line';
    const index = find({ place, ahead: Math.max(0, present - threads), present, atDatabase });
    begins.set(index, (begins.get(index) ?? 0) + share * thinking);
    weight += share * thinking;
  }

  for (let index = 0; index < states.length; index++) {
    const { place, ahead, present, atDatabase } = states[index];
    const out: { to: number; rate: number }[] = [];
    arcs.push(out);
    const go = (rate: number, to: TaggedState | null): void => {
      if (rate > 0) out.push({ to: to === null ? GONE : find(to), rate });
    };
    // in line, the others hold all threads; else the tagged user holds one of them
    const othersHold = place === 'line' ? threads : Math.min(present, threads - 1);
    const computing = othersHold - atDatabase;
    go((users - 1 - present) / think, { place, ahead, present: present + 1, atDatabase });
    if (place === 'database') {
      go(computing / compute, { place, ahead, present, atDatabase: atDatabase + 1 }); // comes behind
      const behind = atDatabase - ahead;
      const servedAhead = Math.min(ahead, databaseWorkers);
      const served = ahead < databaseWorkers; // the tagged user itself
      go(servedAhead / query, { place, ahead: ahead - 1, present: present - 1, atDatabase: atDatabase - 1 });
      if (served) {
        const servedBehind = Math.min(behind, databaseWorkers - ahead - 1);
        go(servedBehind / query, { place, ahead, present: present - 1, atDatabase: atDatabase - 1 });
        go(1 / query, null);
      }
      continue;
    }
    go(computing / compute, { place, ahead, present, atDatabase: atDatabase + 1 });
    const leaves = Math.min(atDatabase, databaseWorkers) / query;
    if (place === 'computing') {
      go(leaves, { place, ahead, present: present - 1, atDatabase: atDatabase - 1 });
      go(1 / compute, { place: 'database', ahead: atDatabase, present, atDatabase });
    } else {
      // a thread comes free: the first in line has it
      const next: TaggedState =
        ahead > 0
          ? { place, ahead: ahead - 1, present: present - 1, atDatabase: atDatabase - 1 }
          : { place: 'computing', ahead: 0, present: present - 1, atDatabase: atDatabase - 1 };
      go(leaves, next);
    }
  }

  const fastest = Math.max(...arcs.map((out) => out.reduce((sum, { rate }) => sum + rate, 0)));
  const alive = absorbing(arcs, fastest, begins, weight, states.length);
  const tail = (seconds: number): number => poissonMixture(alive, fastest * seconds);
  const mean = alive.reduce((sum, share) => sum + share, 0) / fastest;
  return {
    mean,
    quantile: (share) => {
      let low = 0;
      let high = 200 * mean;
      while (high - low > 1e-12 * high) {
        const middle = (low + high) / 2;
        if (tail(middle) > 1 - share) low = middle;
        else high = middle;
      }
      return (low + high) / 2;
    },
  };
}

/** Share of the requests that are still there after 0, 1, 2 ... steps of the uniformised chain. */
function absorbing(
  arcs: readonly (readonly { readonly to: number; readonly rate: number }[])[],
  fastest: number,
  begins: ReadonlyMap<number, number>,
  weight: number,
  states: number,
): number[] {
  let now = new Float64Array(states);
  for (const [index, share] of begins) now[index] = share / weight;
  const alive: number[] = [];
  for (;;) {
    const left = now.reduce((sum, share) => sum + share, 0);
    alive.push(left);
    if (left < 1e-14) return alive;
    const next = new Float64Array(states);
    now.forEach((share, index) => {
      let stays = 1;
      for (const { to, rate } of arcs[index]) {
        stays -= rate / fastest;
        if (to >= 0) next[to] += (share * rate) / fastest;
      }
      next[index] += share * stays;
    });
    now = next;
  }
}

/** The sum over n of Poisson(n; mean) x alive(n). */
function poissonMixture(alive: readonly number[], mean: number): number {
  if (mean === 0) return alive[0];
  let sum = 0;
  let logarithm = -mean;
  for (let n = 0; n < alive.length; n++) {
    if (n > 0) logarithm += ln(mean / n);
    if (logarithm > -745) sum += exp(logarithm) * alive[n];
  }
  return sum;
}

interface Share {
  readonly present: number;
  readonly atDatabase: number;
  share: number;
}

/** The stationary law, by iterating the uniformised chain until it stands still. */
function stationaryOf({ users, think, compute, query, threads, databaseWorkers }: Layered): readonly Share[] {
  const states: Share[] = [];
  const indexOf = new Map<string, number>();
  for (let present = 0; present <= users; present++) {
    for (let atDatabase = 0; atDatabase <= Math.min(present, threads); atDatabase++) {
      indexOf.set(`${present} ${atDatabase}`, states.push({ present, atDatabase, share: 0 }) - 1);
    }
  }
  const arcs = states.map(({ present, atDatabase }) => [
    { to: indexOf.get(`${present + 1} ${atDatabase}`), rate: (users - present) / think },
    { to: indexOf.get(`${present} ${atDatabase + 1}`), rate: (Math.min(present, threads) - atDatabase) / compute },
    { to: indexOf.get(`${present - 1} ${atDatabase - 1}`), rate: Math.min(atDatabase, databaseWorkers) / query },
  ]);
  const fastest = 1.01 * Math.max(...arcs.map((out) => out.reduce((sum, { rate }) => sum + rate, 0)));
  let now = new Float64Array(states.length).fill(1 / states.length);
  for (let moved = 1; moved > 1e-15;) {
    const next = new Float64Array(states.length);
    now.forEach((share, index) => {
      let stays = 1;
      for (const { to, rate } of arcs[index]) {
        if (rate <= 0) continue;
        stays -= rate / fastest;
        next[to!] += (share * rate) / fastest;
      }
      next[index] += share * stays;
    });
    moved = next.reduce((most, share, index) => Math.max(most, Math.abs(share - now[index])), 0);
    now = next;
  }
  states.forEach((state, index) => {
    state.share = now[index];
  });
  return states;
}
