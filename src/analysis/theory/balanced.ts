/**
 * A dispatcher in front of single lines: two backends with a rule that looks at both, a pattern of turns, and very many
 * backends of which d are asked.
 * Source: F. Haight 1958 and J. Kingman 1961 (the shorter queue; solved here as a chain near its diagonal); M. Mitzenmacher,
 * IEEE TPDS 12 (2001) and N. Vvedenskaya and others 1996 (power of d choices, mean field).
 */
import { pow } from '../../sim/random/elementary.ts';
import { fifoLaws } from './fifo-law.ts';
import type { FifoLaws } from './fifo-law.ts';
import { stationary, stationaryLevels } from './markov.ts';
import { NoAnswer, requirePositive, requireStable } from './refusal.ts';

export interface Backend {
  /** Mean service time, exponential, s. */
  readonly service: number;
  readonly servers: number;
}

export interface BackendAnswer {
  /** Of the requests. */
  readonly share: number;
  readonly meanNumber: number;
  readonly meanResponse: number;
  readonly utilisation: number;
  readonly laws: FifoLaws;
  /** Share of time with k present. */
  readonly numberShares: readonly number[];
}

/** Distance from the diagonal beyond which nothing worth counting happens, and the mass allowed at the far end. */
const APART = 48;
const END_CUT = 1e-15;
const LEVELS_MAX = 1000;

/**
 * Two backends. @param slope requests at the first for each at the second where the rule is indifferent.
 * @param first P(the first is picked), by what is present at both.
 */
export function twoBackends(
  rate: number,
  backends: readonly [Backend, Backend],
  slope: number,
  first: (a: number, b: number) => number,
): readonly [BackendAnswer, BackendAnswer] {
  requirePositive('two backends', { rate, slope });
  const [one, two] = backends;
  requireStable('two backends', rate / (one.servers / one.service + two.servers / two.service));
  for (let levels = 64; levels <= LEVELS_MAX; levels *= 2) {
    const states: { readonly a: number; readonly b: number }[] = [];
    const places = new Map<number, number>();
    const key = (a: number, b: number): number => b * 65536 + a;
    for (let b = 0; b < levels; b++) {
      for (let a = Math.max(0, slope * b - APART); a <= slope * b + APART; a++) {
        places.set(key(a, b), states.length);
        states.push({ a, b });
      }
    }
    const law = stationary(states.length, (from, emit) => {
      const { a, b } = states[from];
      const to = (next: number | undefined, at: number): void => {
        if (next !== undefined && at > 0) emit(next, at);
      };
      const share = first(a, b);
      to(places.get(key(a + 1, b)), rate * share);
      to(places.get(key(a, b + 1)), rate * (1 - share));
      if (a > 0) to(places.get(key(a - 1, b)), Math.min(a, one.servers) / one.service);
      if (b > 0) to(places.get(key(a, b - 1)), Math.min(b, two.servers) / two.service);
    });
    let edge = 0;
    states.forEach(({ b }, k) => {
      if (b === levels - 1) edge += law[k];
    });
    if (edge > END_CUT) continue;
    return [
      answerOf(
        rate,
        one,
        states.map(({ a, b }, k) => ({ number: a, share: law[k], picked: first(a, b) })),
      ),
      answerOf(
        rate,
        two,
        states.map(({ a, b }, k) => ({ number: b, share: law[k], picked: 1 - first(a, b) })),
      ),
    ];
  }
  throw new NoAnswer('size', 'two backends: the chain is too long');
}

function answerOf(
  rate: number,
  { service, servers }: Backend,
  states: readonly { readonly number: number; readonly share: number; readonly picked: number }[],
): BackendAnswer {
  const numberShares: number[] = [];
  const found: number[] = [];
  let picked = 0;
  let meanNumber = 0;
  for (const state of states) {
    numberShares[state.number] = (numberShares[state.number] ?? 0) + state.share;
    found[state.number] = (found[state.number] ?? 0) + state.share * state.picked;
    picked += state.share * state.picked;
    meanNumber += state.share * state.number;
  }
  const laws = fifoLaws(
    found.map((share) => share / picked),
    servers,
    service,
  );
  return {
    share: picked,
    meanNumber,
    meanResponse: meanNumber / (rate * picked),
    utilisation: (rate * picked * service) / servers,
    laws,
    numberShares,
  };
}

/** One of several single-server backends that are dealt requests by a pattern that repeats; `own` = the pattern's turns at it. */
export function patternBackend(rate: number, service: number, own: readonly boolean[]): BackendAnswer {
  requirePositive('pattern', { rate, service });
  const share = own.filter((mine) => mine).length / own.length;
  requireStable('pattern', rate * share * service);
  const levels = stationaryLevels({
    phases: own.length,
    transitions: (level, phase, emit) => {
      emit(own[phase] ? level + 1 : level, (phase + 1) % own.length, rate);
      if (level > 0) emit(level - 1, phase, 1 / service);
    },
  });
  return answerOf(
    rate,
    { service, servers: 1 },
    levels.flatMap((phases, number) =>
      [...phases].map((weight, phase) => ({ number, share: weight, picked: Number(own[phase]) })),
    ),
  );
}

export interface MeanField {
  readonly meanResponse: number;
  /** P(a backend has at least k present). */
  atLeast(k: number): number;
}

/** Very many single-server backends, of which each request asks d at random. @param load of a backend. */
export function powerOfChoices(load: number, choices: number, service: number): MeanField {
  requirePositive('power of d', { load, service });
  requireStable('power of d', load);
  if (!(choices >= 2)) throw new NoAnswer('input', `power of d: at least 2 choices, got ${choices}`);
  const atLeast = (k: number): number => pow(load, (pow(choices, k) - 1) / (choices - 1));
  let number = 0;
  for (let k = 1, share = 1; share > 1e-20; k++) number += share = atLeast(k);
  return { meanResponse: (number / load) * service, atLeast };
}
