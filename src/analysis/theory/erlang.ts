/**
 * Erlang's loss and delay formulas. Load a = arrival rate x mean service time, in erlangs.
 * Source: A. K. Erlang 1917; the recursion: L. Kleinrock, Queueing Systems I (1975), 3.5. Cost O(servers).
 */
import { NoAnswer, requireCount, requirePositive, requireStable } from './refusal.ts';

/** P(all servers busy) without a line: share of requests lost. @param servers whole >= 0. @throws NoAnswer. */
export function erlangB(servers: number, load: number): number {
  requirePositive('Erlang B', { load });
  if (!(Number.isInteger(servers) && servers >= 0)) {
    throw new NoAnswer('input', `Erlang B: servers must be a whole number >= 0, got ${servers}`);
  }
  let blocked = 1;
  for (let k = 1; k <= servers; k++) blocked = (load * blocked) / (k + load * blocked);
  return blocked;
}

/** P(wait > 0) with an endless line. @throws NoAnswer where load >= servers. */
export function erlangC(servers: number, load: number): number {
  requireCount('Erlang C', { servers });
  requirePositive('Erlang C', { load });
  requireStable('Erlang C', load / servers);
  const blocked = erlangB(servers, load);
  return blocked / (1 - (load / servers) * (1 - blocked));
}
