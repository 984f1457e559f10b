/**
 * Laws that every scenario obeys, to property-test one's own: each runs a cluster and throws an error that says what was
 * found. They know nothing of what the cluster is for; what it should carry is for SLOs to say.
 */
import { build } from '../models/build.ts';
import type { BuildOptions } from '../models/build.ts';
import type { ClusterDescription, TraceLoad } from '../models/description.ts';
import type { RequestRow } from '../models/clients/traffic.ts';
import type { Run } from '../models/run.ts';

export interface LawOptions {
  /** Default 1. */
  readonly seed?: string | number;
  /** Simulated seconds during which clients make requests; default 5. */
  readonly seconds?: number;
  /** Most events of a run; a run that needs more is cut there. Default 200,000. */
  readonly events?: number;
}

export type Law = (cluster: ClusterDescription, options?: LawOptions) => void;

/** Times at which a run is looked at, as shares of its seconds: nothing special about them, which is the point. */
const LOOKS = [0.09, 0.31, 0.5, 0.83, 1];

/**
 * Conservation at any time: sent = completed + failed + in flight, tokens, tables, Little's law, work: all that the census
 * of `models/invariants.ts` looks at.
 */
export const conserves: Law = (cluster, options) => {
  played(cluster, options, {}, (run) => run.check());
};

/** The same seed gives the same run, event by event as far as counts can tell. */
export const isDeterministic: Law = (cluster, options) => {
  same('the same run twice', counts(cluster, options, {}), counts(cluster, options, {}));
};

/** The event list is no part of the model: calendar and heap give the same run. */
export const ignoresTheEventList: Law = (cluster, options) => {
  same('calendar and heap', counts(cluster, options, { list: 'calendar' }), counts(cluster, options, { list: 'heap' }));
};

/** Looking at a run does not change it: one that is stopped on the way ends as one that is not. */
export const stopsAnywhere: Law = (cluster, options) => {
  const { seconds } = complete(options);
  const through = start(cluster, options, {});
  through.advance({ time: seconds });
  const halting = start(cluster, options, {});
  for (const share of LOOKS) halting.advance({ time: share * seconds });
  same('a run and the same run in pieces', reading(through), reading(halting));
};

/** A recorded load replayed: the due times of open clients, given as a trace, lead to the very same answers. */
export const replays: Law = (cluster, options) => {
  const recorded = rows(cluster, options);
  const clients = Object.entries(cluster.clients).map(([name, description]) => {
    if (description.load.kind !== 'open') return [name, description] as const;
    const at = recorded
      .filter(({ client }) => client === name)
      .sort((a, b) => a.request - b.request)
      .map(({ due }) => due);
    const load: TraceLoad = { kind: 'trace', at, demand: [], priority: [] };
    return [name, { ...description, load }] as const;
  });
  const again = rows({ ...cluster, clients: Object.fromEntries(clients) }, options);
  same('a run and its replay', JSON.stringify(recorded), JSON.stringify(again));
};

/** All laws by name, for a loop over them. */
export const laws: Readonly<Record<string, Law>> = {
  conserves,
  isDeterministic,
  ignoresTheEventList,
  stopsAnywhere,
  replays,
};

function complete({ seed = 1, seconds = 5, events = 200_000 }: LawOptions = {}): Required<LawOptions> {
  return { seed, seconds, events };
}

function start(cluster: ClusterDescription, options: LawOptions | undefined, more: Partial<BuildOptions>): Run {
  const { seed, events } = complete(options);
  return build(cluster, { seed, replication: 0, eventsMax: events, ...more });
}

function played(
  cluster: ClusterDescription,
  options: LawOptions | undefined,
  more: Partial<BuildOptions>,
  look: (run: Run) => void,
): Run {
  const { seconds } = complete(options);
  const run = start(cluster, options, more);
  for (const share of LOOKS) {
    run.advance({ time: share * seconds });
    look(run);
  }
  return run;
}

function counts(cluster: ClusterDescription, options: LawOptions | undefined, more: Partial<BuildOptions>): string {
  const found: string[] = [];
  played(cluster, options, more, (run) => found.push(reading(run)));
  return found.join('\n');
}

function reading(run: Run): string {
  return JSON.stringify([run.reading(), run.log]);
}

/** Every answer within the seconds and some more, so that all requests that were due have theirs. */
function rows(cluster: ClusterDescription, options: LawOptions | undefined): RequestRow[] {
  const { seconds } = complete(options);
  const run = start(cluster, options, {});
  const found: RequestRow[] = [];
  for (const { traffic } of run.parts.clients.values()) traffic.onRow = (row) => found.push(row);
  run.advance({ time: seconds });
  run.end();
  run.advance({ time: 100 * seconds, when: () => run.parts.execution.calls.live === 0 });
  return found;
}

function same(what: string, one: string, other: string): void {
  if (one === other) return;
  let at = 0;
  while (one[at] === other[at]) at++;
  const from = Math.max(0, at - 60);
  throw new Error(`${what} differ: ...${one.slice(from, at + 60)}... against ...${other.slice(from, at + 60)}...`);
}
