/**
 * Laws of any cluster, and of stations, on random scenarios; and what was broken to see each of them fail:
 *
 * | law | broken | what fails |
 * |---|---|---|
 * | conservation at any stop time (`conserves`) | a gate forgets a token now and then | below |
 * | determinism (`isDeterministic`) | work depends on the run before | below |
 * | event-list independence (`ignoresTheEventList`) | the heap's first event is a little early | below |
 * | a run in pieces is the run (`stopsAnywhere`) | looking at a run counts a request | below |
 * | replay equals run (`replays`) | clients are told another due time | below |
 * | FIFO order, work conservation (the recursion), a faster server or one more worker is never later | the last comes first; by hand: `speeds` taken as their inverse above 1, two workers fewer than asked above 2 | stations.test.ts |
 * | work conservation of lines and processors | the gate turns away from a free worker, a core idles | models/invariants.test.ts |
 * | merge order of tallies | `Histogram.merge` leaves out the smaller part (by hand) | sim/stats/histogram.test.ts |
 * | merge order of replications | the last answer that came is taken first (by hand) | runners/threads.test.ts |
 * | a scheduler's contract and its share law | each test of directors/schedulers has its own | contracts/scheduler.ts |
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClusterDescription } from '../../src/models/description.ts';
import { Gate } from '../../src/models/services/gate.ts';
import { SharingProcessor } from '../../src/models/services/sharing-processor.ts';
import { Heap } from '../../src/sim/heap.ts';
import { OpenClients } from '../../src/models/clients/open.ts';
import { Run } from '../../src/models/run.ts';
import { builtins } from '../../src/scenarios/catalogue.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import {
  conserves,
  ignoresTheEventList,
  isDeterministic,
  laws,
  replays,
  scenarioFile,
} from '../../src/testing/index.ts';
import type { ScenarioFile } from '../../src/testing/index.ts';
import { whileBroken } from '../support/broken.ts';

const RUNS = 25;
const seed = 20261122;

function loaded(file: ScenarioFile): ClusterDescription {
  const result = loadScenario(JSON.stringify(file), { name: 'any' });
  if (result.scenario === null) throw new Error(JSON.stringify(result.problems, null, 1));
  return result.scenario.cluster;
}

const clusters = scenarioFile().map(loaded);

test(`the arbitrary makes valid scenario files only (seed ${seed})`, () => {
  fc.assert(
    fc.property(scenarioFile(), (file) => {
      expect(loadScenario(JSON.stringify(file), { name: 'any' })).toMatchObject({ problems: [] });
    }),
    { seed, numRuns: 60 },
  );
});

describe('any scenario', () => {
  for (const [name, law] of Object.entries(laws)) {
    test(`${name} (seed ${seed})`, () => {
      fc.assert(
        fc.property(clusters, fc.nat(), (cluster, run) => law(cluster, { seed: run, seconds: 3 })),
        { seed, numRuns: RUNS },
      );
    });
  }
});

describe('built-in scenarios', () => {
  const short = ['threads-and-pool', 'shop', 'retry-storm'];
  for (const name of short) {
    test(name, () => {
      const { scenario } = loadScenario(builtins[name], { name });
      for (const law of Object.values(laws)) law(scenario!.cluster, { seconds: 0.5 });
    });
  }
});

describe('each law is broken once, and says so', () => {
  /** The first counterexample's message; fails if there is none. */
  function found(law: (cluster: ClusterDescription) => void): string {
    const details = fc.check(
      fc.property(clusters, (cluster) => law(cluster)),
      { seed, numRuns: 40 },
    );
    expect(details.failed).toBe(true);
    return String((details.errorInstance as Error).message);
  }

  test('conserves: a gate that forgets a token now and then', () => {
    let leaves = 0;
    const forgetful = (leave: Gate['leave']): Gate['leave'] =>
      function (this: Gate, now) {
        const next = leave.call(this, now);
        if (++leaves % 7 === 0) this.busy++;
        return next;
      };
    whileBroken(Gate.prototype, 'leave', forgetful, () =>
      expect(found(conserves)).toMatch(/every token is held by a call|busy <= workers|free worker/),
    );
  });

  test('isDeterministic: work that depends on the run before', () => {
    let submits = 0;
    const growing = (submit: SharingProcessor['submit']): SharingProcessor['submit'] =>
      function (this: SharingProcessor, call, work) {
        submit.call(this, call, work * (1 + 1e-3 * submits++));
      };
    whileBroken(SharingProcessor.prototype, 'submit', growing, () =>
      expect(found(isDeterministic)).toMatch(/the same run twice differ/),
    );
  });

  test('ignoresTheEventList: a heap whose first event is a little early now and then', () => {
    let inserts = 0;
    const hasty = (insert: Heap['insert']): Heap['insert'] =>
      function (this: Heap, event) {
        insert.call(this, event);
        if (++inserts % 100 !== 0 || this.first() !== event) return;
        const { records } = this as unknown as {
          records: { time(event: number): number; setTime(event: number, time: number): void };
        };
        records.setTime(event, records.time(event) * (1 - 1e-12));
      };
    whileBroken(Heap.prototype, 'insert', hasty, () =>
      expect(found(ignoresTheEventList)).toMatch(/calendar and heap differ|time never goes back/),
    );
  });

  test('replays: clients that are told another due time than they had', () => {
    const mistaken = (answered: OpenClients['answered']): OpenClients['answered'] =>
      function (this: OpenClients, outcome, origin, due, sent, server) {
        answered.call(this, outcome, origin, due * (1 - 1e-6), sent, server);
      };
    whileBroken(OpenClients.prototype, 'answered', mistaken, () =>
      expect(found(replays)).toMatch(/a run and its replay differ/),
    );
  });

  test('stopsAnywhere: a run that is changed by being looked at', () => {
    const changing = (reading: Run['reading']): Run['reading'] =>
      function (this: Run) {
        for (const { traffic } of this.parts.clients.values()) traffic.sent++;
        return reading.call(this);
      };
    const looking = (advance: Run['advance']): Run['advance'] =>
      function (this: Run, stop) {
        this.reading();
        return advance.call(this, stop);
      };
    whileBroken(Run.prototype, 'reading', changing, () =>
      whileBroken(Run.prototype, 'advance', looking, () =>
        expect(found(laws.stopsAnywhere)).toMatch(/in pieces differ/),
      ),
    );
  });
});
