import { describe, expect, test } from 'vitest';
import { Bar } from '../../src/models/directors/standing.ts';
import type * as Build from '../../src/models/build.ts';
import type { ClusterDescription } from '../../src/models/description.ts';
import type { Run } from '../../src/models/run.ts';
import { asShipped } from '../support/as-shipped.ts';
import { BUSY_SECONDS, randomCluster } from './random-cluster.ts';

const { build } = await asShipped<typeof Build>('src/models/build.ts');

const SEEDS = 300;
/** One seed of so many goes on under load after all its servers are back, and is counted then. */
const UNDER_LOAD = 4;
/** Events after which a run that should have drained is called endless. */
const EVENTS_MAX = 3_000_000;
/** Simulated seconds that the rest may take: faults end by BUSY_SECONDS + 3, the longest line drains long before. */
const DRAIN_SECONDS = 6000;
/** The same where workers break without end: what is left are writes to apply. */
const BREAKING_SECONDS = 100;

describe('random clusters with kills, hangs and retries', () => {
  for (let block = 0; block < SEEDS; block += 50) {
    test(`seeds ${block} to ${block + 49}: nothing is left, nothing counted twice, heap and calendar agree`, () => {
      for (let seed = block; seed < block + 50; seed++) {
        expect(readings('calendar', seed), `seed ${seed}`).toBe(readings('heap', seed));
      }
    });
  }
});

/** Runs a random cluster until it has drained, checks it on the way, and returns all that it counted. */
function readings(list: 'calendar' | 'heap', seed: number): string {
  const description = randomCluster(seed);
  const run = build(description, { seed, replication: 0, list, eventsMax: EVENTS_MAX });
  const answered = countAnswers(run);
  watchPicks(run, seed);
  const found: unknown[] = [];
  for (const share of [0.13, 0.5, 0.77, 1]) {
    expect(run.advance({ time: share * BUSY_SECONDS }), `seed ${seed}`).toBe('time');
    run.check();
    found.push(run.reading());
  }
  if (seed % UNDER_LOAD === 0) {
    for (const seconds of [2.9, 3.1, 4, 6]) {
      expect(run.advance({ time: BUSY_SECONDS + seconds }), `seed ${seed}`).toBe('time');
      run.check();
      found.push(run.reading());
    }
  }
  run.end();
  run.advance({
    time: BUSY_SECONDS + DRAIN_SECONDS,
    when: () => run.now > BUSY_SECONDS + 5 && run.parts.execution.calls.live === 0,
  });
  run.check();
  const breaks = [...run.parts.tiers.values()].some(({ breakdowns }) => breakdowns !== null);
  run.advance({ time: run.now + (breaks ? BREAKING_SECONDS : DRAIN_SECONDS) });
  for (const { servers } of Object.values(run.reading().replications)) {
    expect(
      servers.map(({ behind }) => behind),
      `seed ${seed}: writes lacked`,
    ).toEqual(servers.map(() => 0));
  }
  expectNothingLeft(run, seed, description);
  for (const [name, { traffic }] of run.parts.clients) {
    expect(traffic.ended, `seed ${seed} ${name}`).toBe(traffic.sent);
    expect(answered.get(name)!.size, `seed ${seed} ${name}: each request answered once`).toBe(traffic.sent);
  }
  found.push(run.reading(), run.log);
  return JSON.stringify(found);
}

/** No pick of a server that is at its limit, configured as down, draining, or down as far as the director knows. */
function watchPicks(run: Run, seed: number): void {
  for (const director of run.parts.execution.directors) {
    const { standing, upstream, description } = director;
    const placed = director.placed.bind(director);
    director.placed = (member, key) => {
      const { limit, down = false } = description.members[member];
      const stays = description.removal === 'quiesce' && director.persistence !== null;
      const gone = standing.has(member, Bar.down) && !standing.panicking;
      const barred = !stays && (gone || standing.has(member, Bar.draining));
      if (upstream.active[member] >= limit || down || barred) {
        throw new Error(`seed ${seed}: ${director.name} picked ${director.members[member].name}, which it must not`);
      }
      placed(member, key);
    };
  }
}

/** Notes which requests were answered: due time and origin together are unique. */
function countAnswers(run: Run): Map<string, Set<string>> {
  const answered = new Map<string, Set<string>>();
  for (const [name, { traffic }] of run.parts.clients) {
    const seen = new Set<string>();
    answered.set(name, seen);
    traffic.onRow = ({ request, due }) => {
      const key = `${request}@${due}`;
      if (seen.has(key)) throw new Error(`${name}: request ${key} was answered twice`);
      seen.add(key);
    };
  }
  return answered;
}

function expectNothingLeft(run: Run, seed: number, { services, faults }: ClusterDescription): void {
  const unending = faults.some(({ again }) => again !== undefined);
  const { execution, tiers, directors, caches } = run.parts;
  for (const { server } of execution.connecting.pools) {
    const { size, grows } = services[server.tier.name].pools.db;
    const open = server.gates.find(({ name }) => name === 'db')!.tokens;
    expect(open, `seed ${seed} ${server.name}: connections`).toBeGreaterThanOrEqual(grows === undefined ? size : 0);
    expect(open, `seed ${seed} ${server.name}: connections`).toBeLessThanOrEqual(size);
    const ends = (grows?.least ?? 0) > 0 && !unending;
    if (ends) expect(open, `seed ${seed} ${server.name}: filled again`).toBeGreaterThanOrEqual(grows!.least);
  }
  expect(execution.calls.live, `seed ${seed}: calls left`).toBe(0);
  for (const tier of tiers.values()) {
    expect(tier.present, `seed ${seed} ${tier.name}: present`).toBe(0);
    for (const server of tier.servers) {
      expect(server.computing, `seed ${seed} ${server.name}: computing`).toBe(0);
      expect(server.idleKept, `seed ${seed} ${server.name}: kept connections`).toBe(0);
      expect(server.processor?.jobs ?? 0, `seed ${seed} ${server.name}: jobs`).toBe(0);
      for (const gate of server.gates) {
        expect([gate.busy, gate.line.length], `seed ${seed} ${server.name} ${gate.name}`).toEqual([0, 0]);
      }
    }
  }
  for (const [name, cache] of caches) {
    expect(
      cache.flights.every((flight) => flight === 0),
      `seed ${seed} ${name}: loads under way`,
    ).toBe(true);
    expect(cache.held, `seed ${seed} ${name}: entries`).toBeLessThanOrEqual(cache.description.size);
  }
  for (const director of directors) {
    expect(director.active, `seed ${seed} ${director.name}: exchanges`).toBe(0);
    expect(Array.from(director.upstream.active), `seed ${seed} ${director.name}: active`).toEqual(
      director.members.map(() => 0),
    );
    expect(director.line.length, `seed ${seed} ${director.name}: line`).toBe(0);
  }
}
