/**
 * Stationary laws of Markov chains by state reduction: states are taken out one after the other, the last first, and put
 * back in reverse. There is no subtraction in it, so every probability has some 13 right digits, the smallest too.
 * Source: W. Grassmann, M. Taksar and D. Heyman, "Regenerative analysis and steady state distributions for Markov chains",
 * Operations Research 33 (1985). Cost: states x band².
 */
import { NoAnswer } from './refusal.ts';

/** Told of every transition out of a state: to which, at which rate (1/s) or with which probability. */
export type Emit = (to: number, rate: number) => void;

/** Products of states and band: 200 MB of numbers. */
const CELLS_MAX = 25_000_000;

/**
 * @param states 0 to states - 1, one communicating class, ordered so that transitions are short.
 * @returns probabilities that add up to 1.
 * @throws NoAnswer where the chain is too large.
 */
export function stationary(states: number, transitions: (from: number, emit: Emit) => void): Float64Array {
  let band = 1;
  for (let from = 0; from < states; from++) {
    transitions(from, (to) => {
      band = Math.max(band, Math.abs(to - from));
    });
  }
  const width = 2 * band + 1;
  if (states * width > CELLS_MAX) throw new NoAnswer('size', `a Markov chain of ${states} states is too large`);
  // row `from`, column `to - from + band`
  const rates = new Float64Array(states * width);
  for (let from = 0; from < states; from++) {
    transitions(from, (to, rate) => {
      if (to !== from) rates[from * width + to - from + band] += rate;
    });
  }
  for (let last = states - 1; last > 0; last--) {
    const row = last * width + band - last;
    const first = Math.max(0, last - band);
    let out = 0;
    for (let to = first; to < last; to++) out += rates[row + to];
    for (let from = first; from < last; from++) {
      const here = from * width + band - from;
      const into = rates[here + last];
      if (into === 0) continue;
      const share = into / out;
      rates[here + last] = share;
      for (let to = first; to < last; to++) rates[here + to] += share * rates[row + to];
    }
  }
  const law = new Float64Array(states);
  law[0] = 1;
  let total = 1;
  for (let state = 1; state < states; state++) {
    let weight = 0;
    for (let from = Math.max(0, state - band); from < state; from++) {
      weight += law[from] * rates[from * width + band - from + state];
    }
    law[state] = weight;
    total += weight;
  }
  return law.map((weight) => weight / total);
}

/** A chain of levels 0, 1, 2 ... with the same phases at each. */
export interface LevelChain {
  readonly phases: number;
  /** Transitions out of (level, phase); never below level 0. Those above the last level are dropped. */
  transitions(level: number, phase: number, emit: (level: number, phase: number, rate: number) => void): void;
}

/** P(level, phase) as `shares[level][phase]`, with as many levels as carry more than 1e-16 of the time. */
export function stationaryLevels(chain: LevelChain, levelsFirst = 64): readonly Float64Array[] {
  const { phases } = chain;
  for (let levels = levelsFirst; ; levels *= 2) {
    const law = stationary(levels * phases, (from, emit) => {
      const phase = from % phases;
      chain.transitions((from - phase) / phases, phase, (level, to, rate) => {
        if (level < levels) emit(level * phases + to, rate);
      });
    });
    const shares = Array.from({ length: levels }, (_, level) => law.slice(level * phases, (level + 1) * phases));
    if (sum(shares[levels - 1]) < LEVEL_CUT) return shares;
    if (levels * phases > STATES_MAX)
      throw new NoAnswer('size', 'a Markov chain without end: no steady state, or a very heavy load');
  }
}

const LEVEL_CUT = 1e-16;
const STATES_MAX = 200_000;

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
