/** Watches: what has to be looked at request by request, because no cumulative sum of the models tells it. */
import type { RequestRow } from '../../../models/clients/traffic.ts';
import { OUTCOME } from '../../../models/outcome.ts';
import type { Run } from '../../../models/run.ts';
import type { Watch } from './observed.ts';

/** Room on either side of a reference value within which a response counts as equal to it (an atom, up to rounding). */
const ROUNDING = 1e-9;

/** How many responses are below each reference value, and how many not above it. */
export class ResponseCounts implements Watch {
  readonly counts: { readonly below: number[]; readonly notAbove: number[] };
  private readonly low: readonly number[];
  private readonly high: readonly number[];

  constructor(references: readonly number[]) {
    this.low = references.map((reference) => reference * (1 - ROUNDING));
    this.high = references.map((reference) => reference * (1 + ROUNDING));
    this.counts = { below: references.map(() => 0), notAbove: references.map(() => 0) };
  }

  row({ due, end, outcome }: RequestRow): void {
    if (outcome !== OUTCOME.ok) return;
    const response = end - due;
    const { low, high, counts } = this;
    for (let k = 0; k < low.length; k++) {
      if (response < low[k]) counts.below[k]++;
      if (response <= high[k]) counts.notAbove[k]++;
    }
  }
}

/** Sum and count of response time over own demand, for requests whose demands are known. */
export class ResponseOverSize implements Watch {
  readonly counts = { 'response over size': [0, 0] };

  constructor(private readonly sizes: readonly number[]) {}

  row({ due, end, request }: RequestRow): void {
    const sums = this.counts['response over size'];
    sums[0] += (end - due) / this.sizes[request];
    sums[1]++;
  }
}

/**
 * How many requests a departing one leaves behind at a station. Where they come and go one by one that has the same law
 * as what an arrival finds: each step up from n to n + 1 is followed by one down.
 */
export class LeftBehind implements Watch {
  readonly counts: { readonly 'left behind': number[] } = { 'left behind': [] };

  constructor(private readonly service: string) {}

  row(_row: RequestRow, run: Run): void {
    const { present } = run.parts.tiers.get(this.service)!;
    const counts = this.counts['left behind'];
    while (counts.length <= present) counts.push(0);
    counts[present]++;
  }
}

/** When each request ended, in seconds, by its number. */
export class Completions implements Watch {
  readonly counts: { readonly completions: number[] } = { completions: [] };

  row({ request, end }: RequestRow): void {
    this.counts.completions[request] = end;
  }
}

/** Which server takes each turn of a pattern that repeats: how often each place of it went where, request by request. */
export class Turns implements Watch {
  readonly counts: { readonly turns: number[] };

  /** @param names of the services, one server each. */
  constructor(
    private readonly period: number,
    private readonly names: readonly string[],
  ) {
    this.counts = { turns: new Array<number>(period * names.length).fill(0) };
  }

  row({ request, server }: RequestRow, run: Run): void {
    const place = this.names.indexOf(run.parts.execution.servers[server].tier.name);
    this.counts.turns[(request % this.period) * this.names.length + place]++;
  }

  /** Share of the turns that a server gets over whole periods, from the counts of all. */
  static share(turns: readonly number[], period: number, place: number): number {
    const servers = turns.length / period;
    let won = 0;
    for (let turn = 0; turn < period; turn++) {
      const own = turns.slice(turn * servers, (turn + 1) * servers);
      won += own[place] / own.reduce((sum, count) => sum + count, 0);
    }
    return won / period;
  }
}
