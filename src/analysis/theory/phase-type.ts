/** Laws as the time through exponential phases. */
import type { DistributionSpec } from '../../sim/random/index.ts';
import { hyperexponentialPhases } from './law-moments.ts';

export interface PhaseType {
  /** P(begins in phase i); adds up to 1. */
  readonly initial: readonly number[];
  /** Rate of each phase, 1/s. */
  readonly rates: readonly number[];
  /** The phase after it; -1 = ends. */
  readonly next: readonly number[];
}

/** Most phases of an Erlang law for which this is the way. */
const PHASES_MAX = 60;

/** null where the law is not of this kind. */
export function phaseType(law: DistributionSpec): PhaseType | null {
  switch (law.kind) {
    case 'exponential':
      return { initial: [1], rates: [1 / law.mean], next: [-1] };
    case 'erlang': {
      const { phases, mean } = law;
      if (phases > PHASES_MAX) return null;
      return {
        initial: Array.from({ length: phases }, (_, i) => (i === 0 ? 1 : 0)),
        rates: new Array<number>(phases).fill(phases / mean),
        next: Array.from({ length: phases }, (_, i) => (i + 1 < phases ? i + 1 : -1)),
      };
    }
    case 'hyperexponential': {
      const phases = hyperexponentialPhases(law);
      return {
        initial: phases.map(({ share }) => share),
        rates: phases.map(({ mean }) => 1 / mean),
        next: phases.map(() => -1),
      };
    }
    case 'mixture': {
      const total = law.parts.reduce((sum, { weight }) => sum + weight, 0);
      const all = { initial: [] as number[], rates: [] as number[], next: [] as number[] };
      for (const { weight, of } of law.parts) {
        const part = phaseType(of);
        if (part === null) return null;
        const offset = all.rates.length;
        all.initial.push(...part.initial.map((share) => (share * weight) / total));
        all.rates.push(...part.rates);
        all.next.push(...part.next.map((next) => (next < 0 ? -1 : next + offset)));
      }
      return all;
    }
    default:
      return null;
  }
}

/** The rest of a law that is met at a random moment: the same phases, begun by the time spent in each. */
export function equilibrium({ initial, rates, next }: PhaseType): PhaseType {
  const visits = [...initial];
  next.forEach((to, i) => {
    if (to >= 0) visits[to] += visits[i]; // a phase comes after those that lead to it
  });
  const times = visits.map((visit, i) => visit / rates[i]);
  const mean = times.reduce((sum, time) => sum + time, 0);
  return { initial: times.map((time) => time / mean), rates, next };
}
