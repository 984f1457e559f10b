/** Reference cases that ask for the fewest servers. */
import { erlangB } from '../erlang.ts';
import { mmc } from '../mmc.ts';
import { NoAnswer } from '../refusal.ts';
import { fewestServers, fewestWithoutLine } from '../sizing.ts';
import type { StationAnswer } from '../station.ts';
import { timeQuantile } from '../time-law.ts';
import type { CaseAnswer } from './case.ts';

interface SizingModel {
  /** `prob_wait<=0.2`. */
  readonly goal: string;
  readonly arrivals?: { readonly rate: number };
  readonly service?: { readonly mean: number };
  readonly offered_erlang?: number;
}

const MEASURES: Readonly<Record<string, (answer: StationAnswer) => number>> = {
  prob_wait: ({ waitShare }) => waitShare,
  mean_wait: ({ meanWait }) => meanWait,
  mean_response: ({ meanResponse }) => meanResponse,
  response_p99: ({ response }) => timeQuantile(response!, 0.99),
};

export function sizingCase({ goal, arrivals, service, offered_erlang: load }: SizingModel): CaseAnswer {
  const [name, limit] = goal.split('<=');
  const found = (servers: number, at: (servers: number) => number): CaseAnswer => ({
    count_servers: servers,
    [`${name}_at_answer`]: at(servers),
    [`${name}_one_fewer`]: at(servers - 1),
  });
  if (load !== undefined && name === 'prob_block') {
    return found(fewestWithoutLine(load, Number(limit)), (servers) => erlangB(servers, load));
  }
  const measure = MEASURES[name] as ((answer: StationAnswer) => number) | undefined;
  if (measure === undefined || arrivals === undefined || service === undefined) {
    throw new NoAnswer('input', `sizing: no measure for the goal "${goal}"`);
  }
  const open = { rate: arrivals.rate, service: service.mean };
  return found(fewestServers(open, measure, Number(limit)), (servers) => measure(mmc({ ...open, servers })));
}
