/** Reference cases of a dispatcher with backends. */
import { law } from '../given-law.ts';
import type { Law } from '../given-law.ts';
import { patternBackend, powerOfChoices, twoBackends } from '../balanced.ts';
import type { Backend, BackendAnswer } from '../balanced.ts';
import { gm1 } from '../gm1.ts';
import { lawMoments } from '../law-moments.ts';
import { mmc } from '../mmc.ts';
import { mixedLaw, timeQuantile } from '../time-law.ts';
import type { TimeLaw } from '../time-law.ts';
import { percentilesOf } from './case.ts';
import type { CaseAnswer } from './case.ts';
import { stationFigures } from './station.ts';

interface Balanced {
  readonly arrivals: { readonly rate?: number; readonly rate_per_backend?: number };
  readonly policy: {
    readonly name: string;
    readonly probabilities?: readonly number[];
    readonly weights?: readonly number[];
    readonly d?: number | null;
  };
  readonly backends?: readonly { readonly name: string; readonly service: Law; readonly servers: number }[];
  readonly service?: Law;
}

const SHARES = 40;

export function balancedCase({ arrivals, policy, backends = [], service }: Balanced): CaseAnswer | null {
  if (service !== undefined && arrivals.rate_per_backend !== undefined) {
    const mean = lawMoments(law(service))[0];
    const field = powerOfChoices(arrivals.rate_per_backend * mean, policy.d ?? 1, mean);
    return {
      mean_response: field.meanResponse,
      dist_backend_at_least_k: Array.from({ length: SHARES }, (_, k) => field.atLeast(k)),
    };
  }
  const rate = arrivals.rate!;
  const each = backends.map((backend): Backend => ({
    service: lawMoments(law(backend.service))[0],
    servers: backend.servers,
  }));
  switch (policy.name) {
    case 'random':
      return figures(
        rate,
        backends,
        each.map(({ service: mean, servers }, k): Summary => {
          const share = policy.probabilities![k];
          const answer = mmc({ rate: rate * share, service: mean, servers });
          return { share, ...answer, response: answer.response! };
        }),
      );
    case 'round-robin': {
      const gaps = { kind: 'erlang', phases: each.length, mean: each.length / rate } as const;
      return { ...stationFigures(gm1(gaps, each[0].service)), throughput: rate };
    }
    case 'smooth-wrr':
    case 'lvs-wrr': {
      const turns = policy.name === 'lvs-wrr' ? listTurns(policy.weights!) : smoothTurns(policy.weights!);
      return figures(
        rate,
        backends,
        each.map(({ service: mean }, k) => {
          const answer = patternBackend(
            rate,
            mean,
            turns.map((turn) => turn === k),
          );
          return summary(answer);
        }),
      );
    }
    default:
      return each.length === 2 ? pair(rate, policy, backends, [each[0], each[1]]) : null;
  }
}

function pair(
  rate: number,
  { name, weights = [1, 1] }: Balanced['policy'],
  backends: NonNullable<Balanced['backends']>,
  each: readonly [Backend, Backend],
): CaseAnswer | null {
  const least = (overhead: (number: number, k: number) => number, tie: number) => (a: number, b: number) => {
    const difference = overhead(a, 0) - overhead(b, 1);
    return difference === 0 ? tie : Number(difference < 0);
  };
  const ratio = weights[0] / weights[1];
  const both = (weight: number, overhead: (number: number, k: number) => number, tie: number) =>
    twoBackends(rate, each, weight, least(overhead, tie));
  const answer = (two: readonly ReturnType<typeof summary>[]): CaseAnswer => figures(rate, backends, two);
  switch (name) {
    case 'jsq': {
      const [one, two] = both(1, (number) => number, 0.5);
      return {
        ...answer([one, two].map(summary)),
        utilisation: (one.utilisation + two.utilisation) / 2,
        prob_wait: one.share * one.laws.waitShare + two.share * two.laws.waitShare,
        dist_backend_queue: one.numberShares.map((share, k) => (share + (two.numberShares[k] ?? 0)) / 2),
      };
    }
    case 'lvs-wlc':
      return answer(both(ratio, (number, k) => number / weights[k], 1).map(summary));
    case 'lvs-sed':
      return answer(both(ratio, (number, k) => (number + 1) / weights[k], 1).map(summary));
    case 'lvs-lc':
      return answer(both(1, (number) => number, 1).map(summary));
    default:
      return null;
  }
}

interface Summary {
  readonly share: number;
  readonly meanNumber: number;
  readonly meanResponse: number;
  readonly utilisation: number;
  readonly response: TimeLaw;
}

function summary({ share, meanNumber, meanResponse, utilisation, laws }: BackendAnswer): Summary {
  return { share, meanNumber, meanResponse, utilisation, response: laws.response };
}

function figures(rate: number, backends: readonly { readonly name: string }[], parts: readonly Summary[]): CaseAnswer {
  const whole = mixedLaw(parts.map(({ share, response }) => ({ share, law: response })));
  const meanNumber = parts.reduce((sum, part) => sum + part.meanNumber, 0);
  return {
    throughput: rate,
    mean_number: meanNumber,
    mean_response: meanNumber / rate,
    ...percentilesOf('response', (level) => timeQuantile(whole, level)),
    ...Object.fromEntries(
      backends.flatMap(({ name }, k) => [
        [`share_${name}`, parts[k].share],
        [`mean_number_${name}`, parts[k].meanNumber],
        [`mean_response_${name}`, parts[k].meanResponse],
        [`utilisation_${name}`, parts[k].utilisation],
      ]),
    ),
  };
}

/** One round of nginx's smooth weighted round robin. */
function smoothTurns(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const credits = weights.map(() => 0);
  return Array.from({ length: total }, () => {
    weights.forEach((weight, k) => (credits[k] += weight));
    const turn = credits.indexOf(Math.max(...credits));
    credits[turn] -= total;
    return turn;
  });
}

/** One round of LVS wrr: passes over the list with a falling bar (weights without common divisor). */
function listTurns(weights: readonly number[]): number[] {
  const turns: number[] = [];
  for (let bar = Math.max(...weights); bar > 0; bar--) {
    weights.forEach((weight, k) => {
      if (weight >= bar) turns.push(k);
    });
  }
  return turns;
}
