/**
 * Plays a recorded script of requests against the simulator: the balancer with its servers as a cluster, each request at its
 * time, servers that stop listening as faults; and tells where every request went. What is compared is the whole way of a
 * request through the director, the same one as in any simulation.
 */
import { build } from '../../../models/build.ts';
import type { FaultDescription } from '../../../models/description.ts';
import type { Surroundings } from '../../../models/directors/surroundings.ts';
import { OUTCOME, OUTCOMES } from '../../../models/outcome.ts';
import type { Outcome } from '../../../models/outcome.ts';
import { Streams } from '../../../sim/random/stream.ts';
import { LETTERS } from '../idle-upstream.ts';
import { plainCall as call, plainClients as clients, plainCluster as cluster, plainService as service } from '../../../models/plain.ts';
import type { HashedText } from './nginx-lines.ts';
import type { PickDirector } from './pick-config.ts';

export interface PlayedRequest {
  /** Seconds; requests in the order of their times. */
  readonly at: number;
  /** Seconds for which its server holds it. */
  readonly held: number;
  /** What hash rules see: an address (`127.0.0.1`) or a text; absent = from 127.0.0.1, path `/`, without a key. */
  readonly key?: string;
}

export interface RequestFate {
  /** Servers tried, in order, each with the time. */
  readonly tries: readonly { readonly server: string; readonly at: number }[];
  /** When it was due. */
  readonly at: number;
  readonly ok: boolean;
  readonly outcome: Outcome | null;
  /** Seconds from `at` to the answer; NaN where there was none before the end. */
  readonly seconds: number;
}

export interface Played {
  readonly fates: readonly RequestFate[];
  /** Servers of the requests that each worker process dealt with, in order. */
  readonly byProcess: readonly string[];
  /** Connections opened to servers, where they are counted. */
  readonly opened: number;
  readonly events: number;
}

const BALANCER = 'balancer';

/** What of a whole second of nginx's clock has passed at time 0: scripts that go by it begin accordingly. */
export function clockPhase(seed: string): number {
  return new Streams(seed, 0).stream(`${BALANCER}/clock`).uniform();
}

export function play(
  { director, addresses, hashed }: PickDirector,
  requests: readonly PlayedRequest[],
  faults: readonly FaultDescription[],
  seed: string,
): Played {
  const load = {
    kind: 'trace',
    at: requests.map(({ at }) => at),
    demand: requests.map(({ held }) => held),
    priority: [],
  } as const;
  const description = cluster({
    clients: { clients: { ...clients(load, [call(BALANCER)]), keep: 'connection' } },
    directors: { [BALANCER]: director },
    services: Object.fromEntries(
      director.members.map(({ service: name }) => [
        name,
        service({ work: { '*': [{ do: 'wait', time: { kind: 'demand', scale: 1 } }] } }),
      ]),
    ),
    faults,
  });
  const run = build(description, {
    seed,
    replication: 0,
    surroundings: (plain) => recordedSurroundings(plain, addresses, hashed, requests),
  });
  const tries = requests.map((): { server: string; at: number }[] => []);
  const ends = requests.map(({ at }): Omit<RequestFate, 'tries'> => ({ at, ok: false, outcome: null, seconds: NaN }));
  const { execution, simulation, clients: sources } = run.parts;
  const byProcess: string[] = [];
  for (const one of execution.directors.filter(({ name }) => name.startsWith(BALANCER))) {
    let sequence = '';
    const place = byProcess.push('') - 1;
    const placed = one.placed.bind(one);
    // The source of a request is its number: every one comes from an address of its own.
    one.placed = (member, source) => {
      tries[source].push({ server: LETTERS[member], at: simulation.now });
      sequence += LETTERS[member];
      byProcess[place] = sequence;
      placed(member, source);
    };
  }
  sources.get('clients')!.traffic.onRow = ({ request, due, end, outcome }) => {
    ends[request] = { at: due, ok: outcome === OUTCOME.ok, outcome: OUTCOMES[outcome], seconds: end - due };
  };
  const last = Math.max(...requests.map(({ at, held }) => at + held));
  run.advance({ time: last + 30 });
  const opened = execution.directors.reduce((sum, one) => sum + (one.idle?.opened ?? 0), 0);
  return {
    fates: ends.map((end, request) => ({ ...end, tries: tries[request] })),
    byProcess: byProcess.filter((sequence) => sequence !== ''),
    opened,
    events: simulation.events,
  };
}

function recordedSurroundings(
  plain: Surroundings,
  addresses: readonly string[],
  hashed: HashedText,
  requests: readonly PlayedRequest[],
): Surroundings {
  const keyOf = (request: number): string => requests[request]?.key ?? (hashed === 'key' ? '' : '/');
  return {
    ...plain,
    serverName: (server) => addresses[server],
    sourceAddress: (request) => {
      const key = keyOf(request);
      const address = /^\d+(\.\d+){3}$/.test(key) ? key : '127.0.0.1';
      return address.split('.').reduce((number, octet) => number * 256 + Number(octet), 0);
    },
    requestText: (request) => (hashed === 'path' ? pathOf(keyOf(request)) : keyOf(request)),
  };
}

/** nginx's `$uri`: without the query, slashes that follow each other as one. */
function pathOf(uri: string): string {
  return uri.replace(/\?.*$/s, '').replace(/\/{2,}/g, '/');
}
