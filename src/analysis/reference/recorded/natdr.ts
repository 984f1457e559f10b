/**
 * NAT against direct return, every node's card limited to one rate (`real/natdr.json`): throughput, and what the director carries.
 *
 * Tolerances: 10 % of the payload rate and of what the director sends to clients, 25 % of the director's requests and
 * acknowledgements under direct return. TCP on full links sent 3 to 18 % more than is counted (lost segments, see
 * `models/directors/modes.ts`), and acknowledges now more, now less often than every second segment.
 */
import { ethernet, ethernetCounted } from '../../../models/directors/modes.ts';
import { build } from '../../../models/build.ts';
import { formatProblems, loadScenario } from '../../../scenarios/load.ts';
import type { ReferenceGroup } from '../groups.ts';
import type { JudgedFigure, ReferenceCase, ReferenceFiles } from '../suite.ts';
import { caseReport } from './case-report.ts';
import { mean } from './queue-run.ts';

interface Recording {
  readonly mode: 'nat' | 'dr';
  readonly servers: number;
  readonly link_mbit: number;
  readonly body_bytes: number;
  readonly connections: number;
  readonly runs: readonly {
    readonly requests_per_s: number;
    readonly payload_mbit_s: number;
    readonly director_rx_mbit_s: number;
    readonly director_tx_to_client_side_mbit_s: number;
  }[];
}

/** Seconds of the model, the first of them left out. */
const SECONDS = 30;
const WARM = 5;
/** Preamble, check and gap of a frame: on the cable, but not in the counters of an interface, which were recorded. */
const UNCOUNTED_BYTES = ethernet.frameBytes - ethernetCounted.frameBytes;
/** Bytes of a GET by wrk: line, Host and nothing else. */
const REQUEST_BYTES = 60;
/** Bytes of the answer's headers. */
const HEADER_BYTES = 160;

export const natdr: ReferenceGroup = {
  families: ['natdr'],
  cases: (files: ReferenceFiles): ReferenceCase<Recording>[] =>
    Object.entries(JSON.parse(files.get('real/natdr.json') ?? '{}') as Readonly<Record<string, Recording>>).map(
      ([id, data]) => ({ suite: 'recorded', id, family: 'natdr', data, cost: 100_000 }),
    ),
  judge: (of) =>
    caseReport(of, judged(of.data as Recording), () => 'lost segments, and how often TCP acknowledges, are left out'),
};

function judged(recording: Recording): { readonly figures: JudgedFigure[]; readonly events: number } {
  const { mode, servers, link_mbit: rate, body_bytes: body, connections, runs } = recording;
  const text = `clients:
  clients: { users: ${connections}, think: none, keep: connection, to: director, request: ${REQUEST_BYTES} B, response: ${body + HEADER_BYTES} B }
directors: { director: { mode: ${mode}, scheduler: lvs/rr, upstream: server, network: ${rate} Mbit/s } }
services: { server: { count: ${servers}, network: ${rate} Mbit/s, work: [ { wait: 0.1 ms } ] } }`;
  const { scenario, problems } = loadScenario(text, { name: 'recording' });
  if (scenario === null) throw new RangeError(formatProblems(problems));
  const run = build(scenario.cluster, { seed: 1, replication: 0 });
  run.advance({ time: WARM });
  const before = run.reading();
  run.advance({ time: SECONDS });
  run.check();
  const after = run.reading();
  const seconds = SECONDS - WARM;
  const requests = (after.clients.clients.outcomes[0] - before.clients.clients.outcomes[0]) / seconds;
  const grown = (key: 'bitsOut' | 'packetsOut'): number => after.directors.director[key] - before.directors.director[key];
  const sent = (grown('bitsOut') - 8 * UNCOUNTED_BYTES * grown('packetsOut')) / seconds / 1e6;
  const figures = [
    compared('requests', '1/s', mean(runs.map(({ requests_per_s }) => requests_per_s)), requests, 0.1),
    compared('payload', 'Mbit/s', mean(runs.map(({ payload_mbit_s }) => payload_mbit_s)), (requests * body * 8) / 1e6, 0.1),
  ];
  const recorded = mean(runs.map((one) => one.director_tx_to_client_side_mbit_s));
  if (mode === 'nat') {
    // bitsOut goes to clients and to servers; to servers it sends what comes in from clients
    const requestsOut = mean(runs.map((one) => one.director_rx_mbit_s));
    figures.push(compared('sent by the director', 'Mbit/s', recorded + requestsOut, sent, 0.1));
  } else {
    figures.push(compared('forwarded by the director', 'Mbit/s', recorded, sent, 0.25));
  }
  return { figures, events: run.parts.simulation.events };
}

function compared(name: string, unit: string, expected: number, value: number, relative: number): JudgedFigure {
  return {
    name,
    unit,
    expected,
    found: { value, low: value, high: value },
    tolerance: `within ${100 * relative} %`,
    deviation: (value - expected) / (relative * expected),
    passed: Math.abs(value - expected) <= relative * expected,
  };
}
