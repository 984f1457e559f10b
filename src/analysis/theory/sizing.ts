/**
 * How many servers a goal needs, by exact search; and Halfin and Whitt's square-root rule, which starts it.
 * Source: S. Halfin and W. Whitt, "Heavy-traffic limits for queues with many exponential servers", Oper. Res. 29 (1981).
 */
import { erlangB } from './erlang.ts';
import { mmc } from './mmc.ts';
import { NoAnswer, requirePositive } from './refusal.ts';
import type { StationAnswer } from './station.ts';

const SERVERS_MAX = 1_000_000;

/** The fewest servers of an M/M/c with `measure <= limit`; the measure must fall as servers are added. */
export function fewestServers(
  { rate, service }: { readonly rate: number; readonly service: number },
  measure: (answer: StationAnswer) => number,
  limit: number,
): number {
  requirePositive('sizing', { rate, service });
  const least = Math.floor(rate * service) + 1;
  return fewest(least, (servers) => measure(mmc({ rate, service, servers })) <= limit);
}

/** The fewest servers without a line that lose at most this share. */
export function fewestWithoutLine(load: number, blocked: number): number {
  requirePositive('sizing', { load });
  return fewest(1, (servers) => erlangB(servers, load) <= blocked);
}

/** Load and some square roots of it: servers for a quality that does not depend on size. */
export function squareRootStaffing(load: number, quality: number): number {
  requirePositive('square-root staffing', { load });
  return Math.ceil(load + quality * Math.sqrt(load));
}

/** By doubling and halving: `enough` is false up to some number and true from there. */
function fewest(least: number, enough: (servers: number) => boolean): number {
  let low = least - 1;
  let step = 1;
  while (!enough(low + step)) {
    low += step;
    step *= 2;
    if (low > SERVERS_MAX) throw new NoAnswer('size', `no number of servers up to ${SERVERS_MAX} is enough`);
  }
  let high = low + step;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
