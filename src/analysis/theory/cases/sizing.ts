/** Reference cases that ask for the fewest servers. */
import { erlangB } from '../erlang.ts';
import { law } from '../given-law.ts';
import type { Law } from '../given-law.ts';
import { lawMoments } from '../law-moments.ts';
import { mmc } from '../mmc.ts';
import { NoAnswer } from '../refusal.ts';
import { fewestServers, fewestWithoutLine } from '../sizing.ts';
import type { StationAnswer } from '../station.ts';
import { timeQuantile } from '../time-law.ts';
import { PERCENTILES } from './case.ts';
import type { CaseAnswer } from './case.ts';

interface SizingModel {
  /** `prob_wait<=0.2`. */
  readonly goal: string;
  readonly arrivals?: { readonly rate: number };
  readonly service?: Law;
  readonly offered_erlang?: number;
}

const MEASURES: Readonly<Record<string, (answer: StationAnswer) => number>> = {
  prob_wait: ({ waitShare }) => waitShare,
  mean_wait: ({ meanWait }) => meanWait,
  mean_response: ({ meanResponse }) => meanResponse,
  mean_queue: ({ meanQueue }) => meanQueue,
  mean_number: ({ meanNumber }) => meanNumber,
  utilisation: ({ utilisation }) => utilisation,
  ...percentileMeasures('wait'),
  ...percentileMeasures('response'),
};

function percentileMeasures(of: 'wait' | 'response'): Readonly<Record<string, (answer: StationAnswer) => number>> {
  return Object.fromEntries(
    PERCENTILES.map(([name, level]) => [`${of}_${name}`, (answer: StationAnswer) => timeQuantile(answer[of]!, level)]),
  );
}

/** @throws NoAnswer for a goal that is not worked out, or a load that is not given. */
export function sizingCase({ goal, arrivals, service, offered_erlang: load }: SizingModel): CaseAnswer {
  const [name, limit] = goal.split('<=');
  const blocks = name === 'prob_block';
  if (!blocks && !Object.hasOwn(MEASURES, name))
    throw new NoAnswer('input', `sizing: no measure for the goal "${goal}"`);
  // what is lost without a line hangs on the mean of the service only
  if (!blocks && service !== undefined && service.dist !== 'exponential') {
    throw new NoAnswer('input', `sizing: "${goal}" is worked out for exponential service only`);
  }
  const open =
    arrivals !== undefined && service !== undefined
      ? { rate: arrivals.rate, service: lawMoments(law(service))[0] }
      : { rate: load ?? NaN, service: 1 };
  const found = (servers: number, at: (servers: number) => number, least: number): CaseAnswer => ({
    count_servers: servers,
    [`${name}_at_answer`]: at(servers),
    ...(servers - 1 > least ? { [`${name}_one_fewer`]: at(servers - 1) } : {}),
  });
  const offered = open.rate * open.service;
  if (blocks) return found(fewestWithoutLine(offered, Number(limit)), (servers) => erlangB(servers, offered), -1);
  const measure = MEASURES[name];
  // with one fewer there may be no steady state
  return found(fewestServers(open, measure, Number(limit)), (servers) => measure(mmc({ ...open, servers })), offered);
}
