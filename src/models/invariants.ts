/**
 * What must hold whatever the scenario, always on: the table below names each invariant, says it in words and tells where
 * it is checked. `event` = by the models themselves, in every event that could break it; `census` = by `checkAll`, between
 * two events, from a scan of all calls: what was summed up on the way must agree with what is there; `result` = on the figures
 * of a whole run.
 *
 * A breach is a defect of windtunnel, never the user's mistake: it stops the run and says which invariant, at what
 * simulated time, with the seed that replays it.
 * Cost: O(calls in flight) a census; who runs replications spaces them out (`CensusPace`).
 * Source of the identities: Little (1961), "A proof for the queuing formula L = lambda W", read along one sample path with
 * those still present counted in (Stidham 1974); Denning and Buzen (1978), "The operational analysis of queueing network
 * models", for the utilisation law.
 */
import { invariant } from '../sim/invariant.ts';
import {
  DIRECTOR,
  DOUBLE_SHIFT,
  FLAGS,
  Flag,
  HELD,
  INTEGER_SHIFT,
  MEMBER,
  REPLY,
  SERVER,
  STARTED,
  STATE,
  State,
} from './calls.ts';
import type { Parts } from './run.ts';
import type { Server } from './services/server.ts';

export interface Invariant {
  /** Stable; what a breach is known by. */
  readonly name: string;
  readonly statement: string;
  readonly checked: 'event' | 'census' | 'result';
  /** File that checks it. */
  readonly where: string;
}

/** Every invariant of the simulator. A test breaks the code for each, and sees it fire. */
export const invariants: readonly Invariant[] = [
  {
    name: 'an event is due now or later',
    statement: 'Causality: nothing is scheduled into the past, at infinity or at no time.',
    checked: 'event',
    where: 'src/sim/simulation.ts',
  },
  {
    name: 'time never goes back',
    statement: 'Causality: events are executed in the order of their times.',
    checked: 'event',
    where: 'src/sim/simulation.ts',
  },
  {
    name: 'only a pending event is cancelled',
    statement: 'An event is cancelled at most once, and never after it was executed.',
    checked: 'event',
    where: 'src/sim/simulation.ts',
  },
  {
    name: 'a delay is finite and >= 0',
    statement: 'A lane has a delay that can pass.',
    checked: 'event',
    where: 'src/sim/simulation.ts',
  },
  {
    name: 'a run stops now or later',
    statement: 'Simulated time is never asked to stop in the past.',
    checked: 'event',
    where: 'src/sim/simulation.ts',
  },
  {
    name: 'an answer comes after its request was due',
    statement: 'Causality: a response time is a number >= 0.',
    checked: 'event',
    where: 'src/models/clients/traffic.ts',
  },
  {
    name: 'tokens given back were taken',
    statement: 'A gate never gets back more tokens (workers, connections) than it gave out.',
    checked: 'event',
    where: 'src/models/services/gate.ts',
  },
  {
    name: 'a closed call has let go of everything',
    statement:
      'A call that ends holds no token, stands in no line, owns no event, timer or alarm, and waits for no child.',
    checked: 'event',
    where: 'src/models/calls.ts',
  },
  {
    name: 'a program has known operations',
    statement: 'The interpreter meets only instructions that the compiler emits.',
    checked: 'event',
    where: 'src/models/execution.ts',
  },
  {
    name: 'preemption needs a number of cores',
    statement: 'A processor with preemptive priority has finitely many cores.',
    checked: 'event',
    where: 'src/models/services/preemptive-processor.ts',
  },
  {
    name: 'servers asked for are within min and max',
    statement: 'An autoscaler never asks for fewer servers than its least, nor for more than its most.',
    checked: 'event',
    where: 'src/models/autoscalers/autoscaler.ts',
  },
  {
    name: 'no more trials end than begin',
    statement: 'A half-open circuit breaker hears of each trial call once at most.',
    checked: 'event',
    where: 'src/models/controllers/breaker.ts',
  },
  {
    name: 'sent = completed + failed + in flight',
    statement:
      'Conservation: each request of a client was answered once, by one outcome, or one call is in flight for it.',
    checked: 'census',
    where: 'src/models/invariants.ts',
  },
  {
    name: 'calls = ended + present',
    statement: 'Conservation: each call that came to a server has ended there once, or is there.',
    checked: 'census',
    where: 'src/models/invariants.ts',
  },
  {
    name: "Little's law of a server",
    statement:
      'The integral of the number present is the sum of the times spent there, those still present counted in.',
    checked: 'census',
    where: 'src/models/invariants.ts',
  },
  {
    name: "Little's law of the waiting line",
    statement: 'The integral of the length of a line is the sum of the times waited, those still waiting counted in.',
    checked: 'census',
    where: 'src/models/invariants.ts',
  },
  {
    name: 'every token is held by a call',
    statement: 'The tokens in use at a gate are those that calls hold: none is lost, none is held twice.',
    checked: 'census',
    where: 'src/models/invariants.ts',
  },
  {
    name: 'busy <= workers',
    statement: '0 <= busy <= workers: a gate never has more tokens in use than it has.',
    checked: 'census',
    where: 'src/models/invariants.ts',
  },
  {
    name: 'nobody waits for a free worker',
    statement: 'Work conservation: a line is empty while its gate has a free token.',
    checked: 'census',
    where: 'src/models/invariants.ts',
  },
  {
    name: 'workers = up + broken + switched off',
    statement:
      'The tokens of a gate are the workers that neither broke nor are switched off; each is idle or serves one call.',
    checked: 'census',
    where: 'src/models/invariants.ts',
  },
  {
    name: 'no core idles beside work',
    statement: 'Work conservation: a processor that is not stopped runs as many jobs as it has jobs and cores for.',
    checked: 'census',
    where: 'src/models/invariants.ts',
  },
  {
    name: 'utilisation law',
    statement:
      'The work that a processor has done is the work it was given less the work that is left, and its speed times the core-seconds used.',
    checked: 'census',
    where: 'src/models/invariants.ts',
  },
  {
    name: '0 <= U <= 1',
    statement: 'No server has used more core-seconds than its cores had.',
    checked: 'census',
    where: 'src/models/invariants.ts',
  },
  {
    name: 'a director counts who is placed',
    statement:
      'The requests in progress that a scheduler sees at each member are the calls that are placed there, and the connections that users keep there.',
    checked: 'census',
    where: 'src/models/invariants.ts',
  },
  {
    name: 'a kept connection is idle or in use',
    statement:
      'The connections that users keep at a server are those it counts as idle and those a call there is using.',
    checked: 'census',
    where: 'src/models/invariants.ts',
  },
  {
    name: 'a table has room for its entries',
    statement: '0 <= entries in use <= size of the table.',
    checked: 'census',
    where: 'src/models/invariants.ts',
  },
  {
    name: 'sessions created = held + expired + turned away + lost',
    statement: 'Conservation of sessions in a store.',
    checked: 'census',
    where: 'src/models/invariants.ts',
  },
  {
    name: 'a heap holds what its store holds, and no more than its size',
    statement: 'A bounded heap is as full as its sessions make it, never fuller than its size.',
    checked: 'census',
    where: 'src/models/invariants.ts',
  },
  {
    name: 'published = processed + lost + lag',
    statement:
      'Conservation of records: each that a topic kept was processed once, lost by retention, or is in the lag.',
    checked: 'census',
    where: 'src/models/streams/group.ts',
  },
  {
    name: 'a partition has one consumer, who goes on where it was',
    statement: 'Offsets of a group are in order: kept from, committed, polled, end; no partition is dealt out twice.',
    checked: 'census',
    where: 'src/models/streams/group.ts',
  },
  {
    name: 'live calls fit the store',
    statement: 'The records in use are those that the store counts.',
    checked: 'census',
    where: 'src/models/invariants.ts',
  },
  {
    name: 'operational bounds',
    statement:
      'A steady run without failures keeps the bounds of the utilisation law, of users and think time, and of balanced jobs.',
    checked: 'result',
    where: 'src/analysis/theory/beside.ts',
  },
];

/** Relative rounding that sums over a run may have. */
const ROUNDING = 1e-9;

/** What a scan of the calls finds. */
interface Census {
  live: number;
  /** By client. */
  readonly inFlight: Float64Array;
  /** By server: calls present, and seconds since they came. */
  readonly present: Float64Array;
  readonly stay: Float64Array;
  /** By server, then gate: tokens held. */
  readonly held: readonly Float64Array[];
  /** By server: kept connections that a call there is using, and all that are kept there. */
  readonly keptInUse: Float64Array;
  readonly kept: Float64Array;
  /** By director, then member: calls placed, and connections kept. */
  readonly placed: readonly Float64Array[];
}

/**
 * Checks everything that can be seen between two events.
 * @throws InvariantBreach naming the first invariant that does not hold.
 */
export function checkAll(parts: Parts): void {
  const { simulation, clients, execution, tables } = parts;
  const now = simulation.now;
  const census = count(parts);
  invariant(
    census.live === execution.calls.live && census.live <= execution.calls.top,
    'live calls fit the store',
    () => `${census.live} found, ${execution.calls.live} counted, room for ${execution.calls.top}`,
  );
  for (const [name, { traffic }] of clients) {
    const inFlight = census.inFlight[execution.callers.findIndex((caller) => caller === clients.get(name))];
    const failed = traffic.outcomes.reduce((sum, one) => sum + one, 0);
    invariant(
      traffic.sent === traffic.ended + inFlight && failed === traffic.ended,
      'sent = completed + failed + in flight',
      () => `${name}: sent ${traffic.sent}, ended ${traffic.ended}, by outcome ${failed}, in flight ${inFlight}`,
    );
  }
  for (const server of execution.servers) checkServer(server, census, now);
  for (const director of execution.directors) {
    director.upstream.active.forEach((active, member) => {
      invariant(
        active === census.placed[director.index][member],
        'a director counts who is placed',
        () =>
          `${director.name} member ${member + 1}: ${active} counted, ${census.placed[director.index][member]} placed`,
      );
    });
  }
  for (const { groups } of parts.topics.values()) for (const group of groups) group.check();
  for (const { name, used, size } of tables) {
    invariant(used >= 0 && used <= size, 'a table has room for its entries', () => `${name}: ${used} of ${size}`);
  }
}

function count({ execution }: Parts): Census {
  const { calls, servers, callers, directors } = execution;
  const { kept } = execution.connecting;
  const { i, d } = calls;
  const now = execution.now;
  const census: Census = {
    live: 0,
    inFlight: new Float64Array(callers.length),
    present: new Float64Array(servers.length),
    stay: new Float64Array(servers.length),
    keptInUse: new Float64Array(servers.length),
    kept: new Float64Array(servers.length),
    held: servers.map(({ gates }) => new Float64Array(gates.length)),
    placed: directors.map(({ members }) => new Float64Array(members.length)),
  };
  for (let call = 1; call <= calls.top; call++) {
    const o = call << INTEGER_SHIFT;
    if (i[o + STATE] === State.free) continue;
    census.live++;
    if (i[o + REPLY] < 0) census.inFlight[~i[o + REPLY]]++;
    const flags = i[o + FLAGS];
    if ((flags & Flag.arrived) !== 0) {
      census.present[i[o + SERVER]]++;
      census.stay[i[o + SERVER]] += now - d[(call << DOUBLE_SHIFT) + STARTED];
      if ((flags & Flag.pinned) !== 0) census.keptInUse[i[o + SERVER]]++;
    }
    if ((flags & Flag.placed) !== 0) census.placed[i[o + DIRECTOR]][i[o + MEMBER]]++;
    for (let held = i[o + HELD]; held !== 0; held &= held - 1) {
      census.held[i[o + SERVER]][31 - Math.clz32(held & -held)]++;
    }
  }
  for (const connections of kept) {
    connections.each((server, member) => {
      if (connections.atServer) census.kept[server]++;
      if (connections.pinnedBy !== null && member >= 0) census.placed[connections.pinnedBy.index][member]++;
    });
  }
  return census;
}

function checkServer(server: Server, census: Census, now: number): void {
  const { name, index, present, calls } = server;
  const ended = server.outcomes.reduce((sum, one) => sum + one, 0);
  invariant(
    calls === ended + present && present === census.present[index],
    'calls = ended + present',
    () => `${name}: ${calls} calls, ${ended} ended, ${present} present, ${census.present[index]} found`,
  );
  invariant(
    census.kept[index] === server.idleKept + census.keptInUse[index],
    'a kept connection is idle or in use',
    () => `${name}: ${census.kept[index]} kept, ${server.idleKept} idle, ${census.keptInUse[index]} in use`,
  );
  server.account(now);
  const stay = server.responseSum + census.stay[index];
  invariant(
    near(stay, server.presentArea),
    "Little's law of a server",
    () => `${name}: ${stay} s spent there, integral of the number present ${server.presentArea} s`,
  );
  server.gates.forEach((gate, place) => {
    gate.account(now);
    const of = (): string => `${name} ${gate.name}`;
    invariant(
      gate.busy >= 0 && gate.busy <= gate.tokens,
      'busy <= workers',
      () => `${of()}: ${gate.busy} of ${gate.tokens}`,
    );
    invariant(
      gate.busy === census.held[index][place],
      'every token is held by a call',
      () => `${of()}: ${gate.busy} in use, ${census.held[index][place]} held`,
    );
    invariant(
      gate.line.length === 0 || gate.busy >= gate.tokens,
      'nobody waits for a free worker',
      () => `${of()}: ${gate.line.length} wait, ${gate.busy} of ${gate.tokens} busy`,
    );
    const waited = gate.waited + gate.waitingSince(now);
    invariant(
      near(waited, gate.lineArea),
      "Little's law of the waiting line",
      () => `${of()}: ${waited} s waited, integral of the line ${gate.lineArea} s`,
    );
  });
  checkWorkers(server);
  if (server.processor !== null) checkProcessor(server, now);
  checkSessions(server);
}

function checkWorkers({ name, workers, setup }: Server): void {
  if (workers !== null) {
    const { size, broken, resting, gate } = workers;
    invariant(
      size === gate.tokens + broken && resting === gate.tokens - gate.busy,
      'workers = up + broken + switched off',
      () => `${name}: ${size} workers, ${gate.tokens} up, ${broken} broken; ${gate.busy} busy, ${resting} idle`,
    );
  }
  if (setup !== null) {
    const { state, size, gate } = setup;
    invariant(
      gate.tokens === (state === 'on' ? size : 0) && (state !== 'off' || gate.line.length === 0),
      'workers = up + broken + switched off',
      () => `${name}: ${state}, ${gate.tokens} of ${size} workers up, ${gate.line.length} wait`,
    );
  }
}

function checkSessions({ name, sessions, heap }: Server): void {
  if (sessions !== null) {
    const { created, held, expired, turnedAway, lost } = sessions;
    invariant(
      created === held + expired + turnedAway + lost,
      'sessions created = held + expired + turned away + lost',
      () => `${name}: ${created} created, ${held} held, ${expired} expired, ${turnedAway} turned away, ${lost} lost`,
    );
  }
  if (heap !== null) {
    invariant(
      heap.held === sessions?.held && heap.held <= heap.size,
      'a heap holds what its store holds, and no more than its size',
      () => `${name}: ${heap.held} of ${heap.size}, the store ${sessions?.held}`,
    );
  }
}

function checkProcessor(server: Server, now: number): void {
  const processor = server.processor!;
  processor.account(now);
  const { jobs, running, cores } = processor;
  invariant(
    running === Math.min(jobs, cores),
    'no core idles beside work',
    () => `${server.name}: ${running} of ${jobs} jobs run on ${cores} cores`,
  );
  const { given, done, left, byClock, ends } = processor.work(now);
  const rounding = ROUNDING * Math.max(1, given);
  const clocks = rounding + 4 * Number.EPSILON * now * cores * (ends + 1);
  invariant(
    Math.abs(given - left - done) <= rounding && !(Math.abs(done - byClock) > clocks),
    'utilisation law',
    () => `${server.name}: given ${given} s of work, ${left} s left, ${done} s done, ${byClock} s by the clock`,
  );
  invariant(
    processor.busyArea >= 0 && processor.busyArea <= cores * now * (1 + ROUNDING),
    '0 <= U <= 1',
    () => `${server.name}: ${processor.busyArea} core-seconds used by ${now} s on ${cores} cores`,
  );
}

function near(sum: number, area: number): boolean {
  return Math.abs(sum - area) <= ROUNDING * Math.max(1, Math.abs(area));
}

/** Events that must have passed for each call of the store before the next census: it then costs some 1 % of a run. */
const EVENTS_A_CALL = 20;

/** When a census is due again. */
export class CensusPace {
  private next = 0;

  due({ simulation, execution }: Parts): boolean {
    if (simulation.events < this.next) return false;
    this.next = simulation.events + EVENTS_A_CALL * (execution.calls.top + 100);
    return true;
  }
}
