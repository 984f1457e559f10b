import { describe, expect, test } from 'vitest';
import { readdirSync, readFileSync } from 'node:fs';
import type { Simulated } from '../../src/analysis/summarise.ts';
import { theoryBeside } from '../../src/analysis/theory/beside.ts';
import { InvariantBreach } from '../../src/sim/invariant.ts';
import { Rank } from '../../src/sim/rank.ts';
import { Simulation } from '../../src/sim/simulation.ts';
import { build } from '../../src/models/build.ts';
import { Calls, HELD, INTEGER_SHIFT, STATE, State } from '../../src/models/calls.ts';
import { Traffic } from '../../src/models/clients/traffic.ts';
import type { ClusterDescription } from '../../src/models/description.ts';
import { Breaker } from '../../src/models/controllers/breaker.ts';
import { invariants } from '../../src/models/invariants.ts';
import { OUTCOME } from '../../src/models/outcome.ts';
import type { Run } from '../../src/models/run.ts';
import { Entry, Gate } from '../../src/models/services/gate.ts';
import { QueueLine } from '../../src/models/services/line.ts';
import { PreemptiveProcessor } from '../../src/models/services/preemptive-processor.ts';
import { clients, closed, exactly, wait } from './hand-made.ts';
import { call, director, openClients, service } from './random-cluster.ts';

/** Two tiers in which everything that the census looks at is at work. */
const cluster: ClusterDescription = {
  clients: {
    users: openClients(60, [call('vip')]),
    keepers: clients(closed({ users: { kind: 'constant', users: 3 }, think: exactly(0.1) }), [call('store')], {
      keep: 'connection',
    }),
  },
  directors: {
    vip: director({
      members: [0, 1].map((server) => ({ service: 'web', server, weight: 1, limit: Infinity })),
    }),
  },
  services: {
    web: service({
      count: 2,
      workers: 3,
      cores: 1,
      patience: { kind: 'exponential', mean: 0.05 },
      work: { '*': [{ do: 'compute', time: { kind: 'exponential', mean: 0.02 } }, call('db')] },
      sessions: { keep: 'own', per: 'request', lifetime: 1 },
      heap: { size: 50, gc: [{ full: 1, speed: 0.9 }] },
      tables: [{ name: 'descriptors', size: 4, perConnection: 1, linger: 0, full: 'refuse' }],
    }),
    store: service({ work: { '*': [wait(0.05)] } }),
    db: service({
      workers: 9,
      cores: 2,
      sharing: 'preemptive',
      breakdowns: { every: exactly(1), repair: exactly(0.2), crews: 1, interrupted: 'resume' },
      work: { '*': [{ do: 'compute', time: { kind: 'exponential', mean: 0.03 } }] },
    }),
  },
  links: {},
  faults: [],
  probes: [],
};

type Broken = Record<string, unknown>;

/** Runs the cluster after it was broken, with a census every now and then. */
function censusAfter(breaking: (run: Run) => void): void {
  const run = build(cluster, { seed: 1, replication: 0 });
  run.advance({ time: 2 });
  run.check();
  breaking(run);
  for (let time = 2.1; time < 8; time += 0.1) {
    run.advance({ time });
    run.check();
  }
}

function webOf(run: Run): { readonly server: Run['parts']['execution']['servers'][number]; readonly gate: Gate } {
  const server = run.parts.tiers.get('web')!.servers[0];
  return { server, gate: server.gates[0] };
}

/** For each invariant, how the code is broken. */
const breakings: Readonly<Record<string, () => void>> = {
  'an event is due now or later': () => new Simulation().at(-1, 0, 0, Rank.arrival),
  'time never goes back': () => {
    const simulation = new Simulation({ list: 'heap' });
    const address = simulation.register({ on: () => undefined });
    const first = simulation.at(1, address, 0, Rank.arrival);
    simulation.at(2, address, 0, Rank.arrival);
    const { records } = simulation as unknown as { records: { setTime(event: number, time: number): void } };
    records.setTime(first, 3); // the list still holds it to be the first
    simulation.run({});
  },
  'only a pending event is cancelled': () => {
    const simulation = new Simulation();
    const handle = simulation.at(1, simulation.register({ on: () => undefined }), 0, Rank.arrival);
    simulation.cancel(handle);
    simulation.cancel(handle);
  },
  'a delay is finite and >= 0': () => void new Simulation().lane(Infinity),
  'a run stops now or later': () => {
    const simulation = new Simulation();
    simulation.at(3, simulation.register({ on: () => undefined }), 0, Rank.arrival);
    simulation.run({ time: 2 });
    simulation.run({ time: 1 });
  },
  'an answer comes after its request was due': () => new Traffic('users').answered(OUTCOME.ok, 1, 5, 4, 0),
  'tokens given back were taken': () => {
    const calls = new Calls();
    new Gate(calls, 'workers', 1, 0, new QueueLine(calls, false)).leave(0);
  },
  'a closed call has let go of everything': () => {
    const calls = new Calls();
    const held = calls.open();
    calls.i[(held << INTEGER_SHIFT) + STATE] = State.running;
    calls.i[(held << INTEGER_SHIFT) + HELD] = 1;
    calls.close(held);
  },
  'a program has known operations': () =>
    censusAfter(({ parts }) => {
      parts.execution.program.code[2 * webOf({ parts } as Run).server.entry[0]] = 99;
    }),
  'preemption needs a number of cores': () => {
    const simulation = new Simulation();
    new PreemptiveProcessor(simulation, new Calls(), { computed: () => undefined }, Infinity, 1);
  },
  'sent = completed + failed + in flight': () =>
    censusAfter((run) => {
      const { traffic } = run.parts.clients.get('users')!;
      const answered = traffic.answered.bind(traffic);
      let lost = false;
      traffic.answered = (...answer) => {
        if (lost) answered(...answer);
        lost = true;
      };
    }),
  'calls = ended + present': () =>
    censusAfter((run) => {
      webOf(run).server.calls--;
    }),
  "Little's law of a server": () =>
    censusAfter((run) => {
      const { server } = webOf(run);
      const account = server.account.bind(server);
      server.account = (now) => {
        if (server.present !== 2) account(now);
      };
    }),
  "Little's law of the waiting line": () =>
    censusAfter((run) => {
      const { gate } = webOf(run);
      const withdraw = gate.withdraw.bind(gate);
      gate.withdraw = (left, now) => {
        withdraw(left, now);
        gate.waited -= 1e-6;
      };
    }),
  'every token is held by a call': () =>
    censusAfter((run) => {
      const { gate } = webOf(run);
      const enter = gate.enter.bind(gate);
      let lost = false;
      gate.enter = (entering, now) => {
        const entry = enter(entering, now);
        if (entry === Entry.taken && !lost && gate.busy < gate.tokens) {
          lost = true;
          gate.busy++;
        }
        return entry;
      };
    }),
  'busy <= workers': () =>
    censusAfter((run) => {
      const { gate } = webOf(run);
      const enter = gate.enter.bind(gate);
      gate.enter = (entering, now) => {
        gate.tokens++;
        const entry = enter(entering, now);
        gate.tokens--;
        return entry;
      };
    }),
  'nobody waits for a free worker': () =>
    censusAfter((run) => {
      const { gate } = webOf(run);
      const enter = gate.enter.bind(gate);
      gate.enter = (entering, now) => {
        if (gate.busy < 2) return enter(entering, now);
        gate.tokens--;
        const entry = enter(entering, now);
        gate.tokens++;
        return entry;
      };
    }),
  'workers = up + broken + switched off': () =>
    censusAfter((run) => {
      const { workers } = run.parts.tiers.get('db')!.servers[0];
      const breaks = workers!.breaks.bind(workers);
      workers!.breaks = (worker, now) => {
        workers!.broken--;
        return breaks(worker, now);
      };
    }),
  'no core idles beside work': () =>
    censusAfter((run) => {
      const processor = run.parts.tiers.get('db')!.servers[0].processor as unknown as Broken;
      processor.startNext = () => undefined;
    }),
  'utilisation law': () =>
    censusAfter((run) => {
      // two jobs on one core at the speed of one
      const processor = webOf(run).server.processor as unknown as {
        rate: number;
        jobs: number;
        speed: number;
        account(now: number): void;
      };
      const account = processor.account.bind(processor);
      processor.account = (now) => {
        if (processor.jobs === 2) processor.rate = processor.speed;
        account(now);
      };
    }),
  '0 <= U <= 1': () =>
    censusAfter((run) => {
      const processor = webOf(run).server.processor!;
      processor.busyArea += 9;
    }),
  'a director counts who is placed': () =>
    censusAfter((run) => {
      const vip = run.parts.directors.find(({ name }) => name === 'vip')!;
      const released = vip.released.bind(vip);
      let lost = false;
      vip.released = (...leaving) => {
        released(...leaving);
        if (!lost) vip.upstream.active[leaving[0]]++;
        lost = true;
      };
    }),
  'a kept connection is idle or in use': () =>
    censusAfter((run) => {
      run.parts.execution.servers.find(({ name }) => name === 'store.1')!.idleKept++;
    }),
  'a table has room for its entries': () =>
    censusAfter((run) => {
      const table = run.parts.tables[0];
      table.open = () => {
        table.used++;
        return true;
      };
    }),
  'sessions created = held + expired + turned away + lost': () =>
    censusAfter((run) => {
      webOf(run).server.sessions!.expired++;
    }),
  'a heap holds what its store holds, and no more than its size': () =>
    censusAfter((run) => {
      webOf(run).server.heap!.held++;
    }),
  'servers asked for are within min and max': () => {
    const [member] = cluster.directors.vip.members;
    const autoscaler = {
      ...{ from: 1, min: 1, max: 2, every: 1, window: 1, metrics: [], drain: 0 },
      ...{ rule: { kind: 'thresholds' as const, rules: [] }, start: exactly(0) },
    } as const;
    const run = build(
      {
        ...cluster,
        directors: { vip: director({ members: [member, { ...member, server: 1 }] }) },
        services: { ...cluster.services, web: { ...cluster.services.web, autoscaler } },
      },
      { seed: 1, replication: 0 },
    );
    for (const presence of run.parts.autoscalers.get('web')!.presences) {
      Object.defineProperty(presence, 'wanted', { value: false });
    }
    run.advance({ time: 2 });
  },
  'published = processed + lost + lag': () =>
    censusOfStream((run) => {
      run.parts.topics.get('log')!.groups[0].lag++;
    }),
  'a partition has one consumer, who goes on where it was': () =>
    censusOfStream((run) => {
      run.parts.topics.get('log')!.groups[0].committed[0] += 1000;
    }),
  'no more trials end than begin': () => {
    const breaker = new Breaker(
      {
        ...{ consecutive: 1, share: Infinity, slowShare: Infinity, slow: Infinity, over: { calls: 10 }, minimum: 1 },
        ...{ open: 1, trials: 2, on: ['error'] },
      },
      'web to db',
      [],
    );
    breaker.told(breaker.permits(0), OUTCOME.error, 0.1, 0);
    const trial = breaker.permits(2);
    breaker.told(trial, OUTCOME.ok, 0.1, 3);
    breaker.told(trial, OUTCOME.ok, 0.1, 3);
  },
  'operational bounds': () => {
    const users = clients(closed({ users: { kind: 'constant', users: 3 }, think: exactly(0.1) }), [call('store')]);
    const figure = (value: number) => ({ value, low: value, high: value, level: 0.95 });
    // three users with 150 ms between requests make 20 requests a second
    const run = {
      clients: { users: { failed: {}, throughput: figure(30), response: { mean: figure(0.05) } } },
      method: { kind: 'steady state', replications: 10, partial: false },
    } as unknown as Simulated;
    theoryBeside({ ...cluster, clients: { users }, directors: {}, services: { store: cluster.services.store } }, run);
  },
  'live calls fit the store': () =>
    censusAfter((run) => {
      run.parts.execution.calls.live--;
    }),
};

/** A topic with a consumer, broken. */
function censusOfStream(breaking: (run: Run) => void): void {
  const record = exactly(0.01);
  const consumers = { batch: 1, gather: 0, slots: 1, record, heartbeat: 3, session: 45, rebalance: record };
  const run = build(
    {
      clients: { users: openClients(60, [{ do: 'publish', topic: 'log' }]) },
      ...{ directors: {}, links: {}, faults: [], probes: [] },
      services: { store: service({ work: { '*': [wait(0.005)] } }) },
      topics: {
        log: { partitions: 1, key: 'none', retention: Infinity, room: Infinity, groups: { store: consumers } },
      },
    },
    { seed: 1, replication: 0 },
  );
  run.advance({ time: 2 });
  run.check();
  breaking(run);
  run.check();
}

describe('each invariant fires when the code is broken', () => {
  for (const { name } of invariants) {
    test(name, () => {
      expect(breakings[name]).toBeTypeOf('function');
      let breach: unknown;
      try {
        breakings[name]();
      } catch (error) {
        breach = error;
      }
      expect(breach).toBeInstanceOf(InvariantBreach);
      expect((breach as InvariantBreach).invariant).toBe(name);
    });
  }
});

test('servers that switch off are counted as those that break are', () => {
  const store = service({ workers: 2, setup: { time: exactly(0.01), offAfter: 0 }, work: { '*': [wait(0.05)] } });
  const run = build({ ...cluster, services: { ...cluster.services, store } }, { seed: 1, replication: 0 });
  run.advance({ time: 2 });
  run.check();
  const setup = run.parts.tiers.get('store')!.servers[0].setup!;
  setup.state = setup.state === 'on' ? 'off' : 'on';
  expect(() => run.check()).toThrow(/workers = up \+ broken \+ switched off/);
});

test('the cluster that is broken above is well when it is not', () => {
  expect(() => censusAfter(() => undefined)).not.toThrow();
});

test('a breach tells the simulated time and the seed that replay it', () => {
  expect(() =>
    censusAfter((run) => {
      webOf(run).server.calls--;
    }),
  ).toThrow(expect.objectContaining({ time: expect.closeTo(2.1, 9) as number, seed: 1 }));
});

test('every invariant of the code is in the table', () => {
  const root = new URL('../../src/', import.meta.url);
  const named = new Set(invariants.map(({ name }) => name));
  let sites = 0;
  for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts') || path === 'sim/invariant.ts' || path === 'analysis/failure.ts') continue;
    const code = readFileSync(new URL(path, root), 'utf8');
    for (const { index } of code.matchAll(/(?<!function )\binvariant\(|new InvariantBreach\(/g)) {
      // the first text with a space in it is the name
      const texts = [...code.slice(index).matchAll(/'([^'\n]*)'|"([^"\n]*)"/g)].map(([, one, other]) => one ?? other);
      const name = texts.find((text) => text.includes(' '));
      expect(named, path).toContain(name);
      sites++;
    }
  }
  expect(sites).toBeGreaterThanOrEqual(invariants.length);
});

test('each row of the table is in the file that it names', () => {
  for (const { name, where } of invariants) {
    const code = readFileSync(new URL(`../../${where}`, import.meta.url), 'utf8');
    const text = where === 'src/models/invariants.ts' ? code.slice(code.indexOf('export function checkAll')) : code;
    expect(text, where).toContain(name.includes("'") ? `"${name}"` : `'${name}'`);
  }
});
