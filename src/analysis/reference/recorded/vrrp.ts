/**
 * Takeovers of keepalived (`real/vrrp.json`), trial by trial: a pair of nodes in a simulation, whose active node fails at
 * the recorded moment after its last advertisement, while a client asks every 20 ms.
 *
 * What of a trial is not recorded (the phase of a tracked script, when the master came back) is drawn, several times.
 * A client's outage is judged by the median over the trials: after more than five seconds without an answer Linux probes its neighbour
 * entry again (RFC 4861 timers for IPv4 too), which delays some clients by up to a second and is not modelled.
 */
import { z } from 'zod';
import { build } from '../../../models/build.ts';
import type { ClusterDescription, FaultKind, VrrpDescription } from '../../../models/description.ts';
import { OUTCOME } from '../../../models/outcome.ts';
import { Streams } from '../../../sim/random/stream.ts';
import type { ReferenceGroup } from '../groups.ts';
import type { CaseReport, JudgedFigure, JudgeOptions, ReferenceCase, ReferenceFiles } from '../suite.ts';
import { caseReport } from './case-report.ts';
import { plainCall as call, plainClients as clients, plainCluster as cluster, plainService as service, plainDirector } from '../../../models/plain.ts';

const seconds = z.number().nullish();
const recording = z.looseObject({
  case: z.looseObject({
    id: z.string(),
    advert: z.number().positive(),
    prioA: z.number().int(),
    prioB: z.number().int(),
    mode: z.enum(['crash', 'kill9', 'kill9parent', 'sigterm', 'track']),
    failback: z.boolean().default(false),
    version: z.union([z.literal(2), z.literal(3)]).optional(),
    vrrp_version: z.union([z.literal(2), z.literal(3)]).optional(),
    nopreempt: z.boolean().default(false),
    preempt_delay: z.number().min(0).default(0),
    track: z
      .object({
        interval: z.number().positive(),
        fall: z.number().int().default(1),
        rise: z.number().int().default(1),
        weight: z.number().int().nullish(),
      })
      .nullish(),
  }),
  runs: z
    .array(
      z.looseObject({
        takeover_s: z.number(),
        since_last_advert_s: seconds,
        kill_phase_s: seconds,
        client_outage_s: seconds,
        failback_s: seconds,
      }),
    )
    .min(1),
});
type Recording = z.infer<typeof recording>;

/** Allowed between recorded and simulated: of what is counted from an event, and from the last advertisement. */
const FROM_EVENT = 0.04;
const FROM_ADVERT = 0.02;
/** Simulations of a trial of which something was not recorded. */
const DRAWS = 32;
/** Seconds before the event. */
const BEFORE = 60;
/** Of the client that probes the address. */
const PROBE_SECONDS = 0.02;

const EVENTS: Readonly<Record<Recording['case']['mode'], FaultKind>> = {
  crash: 'crash',
  kill9: 'kill9',
  kill9parent: 'stop',
  sigterm: 'stop',
  track: 'script',
};

export const vrrp: ReferenceGroup = { families: ['vrrp'], cases, judge };

function cases(files: ReferenceFiles): ReferenceCase[] {
  const all = JSON.parse(files.get('real/vrrp.json') ?? '[]') as readonly { readonly case?: { readonly id?: string } }[];
  return all.map((data, index) => {
    const parsed = recording.safeParse(data);
    const id = data.case?.id ?? `case ${index + 1}`;
    const unexpressible = parsed.success ? {} : { unexpressible: `not in the form of a takeover: ${parsed.error.issues[0].message}` };
    return { suite: 'recorded', id, family: 'vrrp', data, cost: 400_000, ...unexpressible };
  });
}

function judge(of: ReferenceCase, { seed }: JudgeOptions): Promise<CaseReport> {
  const recorded = recording.parse(of.data);
  const replays = recorded.runs.map((run, trial) => {
    const phase = run.kill_phase_s ?? null;
    const draws = recorded.case.mode === 'track' || phase === null ? DRAWS : 1;
    return Array.from({ length: draws }, (_, draw) => replay(recorded.case, phase, draw === 0, `${seed}/${of.id}/${trial}/${draw}`));
  });
  const figures: JudgedFigure[] = [takeover(recorded, replays)];
  const since = recorded.runs.map((run) => run.since_last_advert_s);
  if (since.every((one) => one != null)) figures.push(sinceAdvert(since, replays));
  if (recorded.case.failback) figures.push(failback(recorded, replays));
  const outages = recorded.runs.map((run) => run.client_outage_s);
  if (outages.every((one) => one != null)) figures.push(outage(recorded, outages, replays));
  return caseReport(of, { figures, events: replays.flat().reduce((sum, one) => sum + one.events, 0) });
}

// ------------------------------------------------------------------------------------------------------------ replay

interface Replay {
  /** Seconds from the event to the backup's having the address; NaN = never. */
  readonly takeover: number;
  readonly sinceAdvert: number;
  /** Seconds from the return to the first node's having it again; NaN = never. */
  readonly failback: number;
  readonly outage: number;
  readonly events: number;
}

/**
 * @param phase seconds from the last advertisement to the event; null = any.
 * @param asked whether a client probes the address.
 */
function replay(of: Recording['case'], phase: number | null, asked: boolean, seed: string): Replay {
  const chance = new Streams(seed, 0).stream('moments');
  const advertAt = lastAdvert(of, seed);
  const at = advertAt + (phase ?? chance.uniform() * of.advert);
  const failed = longest(of) + chance.uniform() * Math.max(of.advert, of.track?.interval ?? 0);
  const run = build(describe(of, { at, failed, asked }), { seed, replication: 0 });
  let lost = 0;
  for (const { traffic } of run.parts.clients.values()) {
    traffic.onRow = ({ due, outcome }) => {
      if (outcome !== OUTCOME.ok && due >= at && due < at + failed) lost++;
    };
  }
  run.advance({ time: at + failed + longest(of) });
  const taken = run.log.filter(({ kind }) => kind === 'takeover');
  const by = (node: string, after: number): number =>
    (taken.find((one) => one.at > after && one.text.startsWith(`vip: ${node} `))?.at ?? NaN) - after;
  const takeover = by('b', at);
  return {
    takeover,
    sinceAdvert: takeover + at - advertAt,
    failback: by('a', at + failed),
    outage: lost * PROBE_SECONDS,
    events: run.reading().events,
  };
}

/** Seconds within which any takeover or failback is over. */
function longest({ advert, track, preempt_delay: delay }: Recording['case']): number {
  const script = track == null ? 0 : track.interval * Math.max(track.fall, track.rise);
  return 6 * advert + 2 * script + delay + 4;
}

/** When the active node has sent its last advertisement before the event is due: the same in every run of a seed. */
function lastAdvert(of: Recording['case'], seed: string): number {
  const run = build(describe(of, { at: 2 * BEFORE, failed: 1, asked: false }), { seed, replication: 0 });
  run.advance({ time: BEFORE });
  return run.parts.failover!.pairs.get('vip')!.lastAdvert(0);
}

interface Moments {
  readonly at: number;
  /** Seconds that the failure lasts. */
  readonly failed: number;
  readonly asked: boolean;
}

function describe(of: Recording['case'], { at, failed, asked }: Moments): ClusterDescription {
  const asks = call('vip', { timeout: { kind: 'deterministic', value: PROBE_SECONDS / 2 }, abandon: 'cancel' });
  const limit = asked ? Math.ceil((failed + 1) / PROBE_SECONDS) : 1;
  const rate = { kind: 'constant', rate: 1 / PROBE_SECONDS } as const;
  return cluster({
    clients: { probe: clients({ kind: 'open', rate, arrivals: 'even', limit, firstAt: at - 1 }, [asks]) },
    directors: {
      vip: plainDirector({
        members: [{ service: 'web', server: 0, weight: 1, limit: Infinity }],
        mode: 'dr',
        nodes: [
          { name: 'a', priority: of.prioA },
          { name: 'b', priority: of.prioB },
        ],
        vrrp: timers(of),
      }),
    },
    services: { web: service({ work: { '*': [] } }) },
    faults: [{ at, do: EVENTS[of.mode], target: 'vip.a', for: failed, factor: 1 }],
  });
}

function timers(of: Recording['case']): VrrpDescription {
  const { track } = of;
  return {
    version: of.version ?? of.vrrp_version ?? 2,
    advert: of.advert,
    preempt: !of.nopreempt,
    preemptDelay: of.preempt_delay,
    ...(track == null
      ? {}
      : {
          track: {
            every: track.interval,
            fall: track.fall,
            rise: track.rise,
            ...(track.weight == null || track.weight === 0 ? {} : { weight: track.weight }),
          },
        }),
  };
}

// ------------------------------------------------------------------------------------------------------------ figures

/**
 * Each trial by itself. Of those whose chance was not all recorded, the draw that comes nearest; where the takeover
 * follows a script at once, which may run at any moment, all draws as a range.
 */
function takeover({ runs, case: { track } }: Recording, replays: readonly (readonly Replay[])[]): JudgedFigure {
  const anyMoment = track != null && (track.weight ?? 0) === 0;
  const worst = runs.reduce((most, { takeover_s: recorded }, trial) => {
    const found = replays[trial].map((one) => one.takeover);
    const error = anyMoment
      ? outside([recorded], range(found))
      : Math.min(...found.map((one) => Math.abs(one - recorded)));
    return Math.max(most, error);
  }, 0);
  const found = replays.flat().map((one) => one.takeover);
  return compared('takeover', range(runs.map((run) => run.takeover_s)), found, {
    tolerance: 'every trial within 40 ms',
    worst: worst / FROM_EVENT,
  });
}

/** What is drawn may be whole intervals away from what was recorded; then each recorded one must have its like. */
function sinceAdvert(since: readonly number[], replays: readonly (readonly Replay[])[]): JudgedFigure {
  const found = replays.flat().map((one) => one.sinceAdvert);
  const drawn = found.length > replays.length;
  const worst = drawn
    ? since.map((value) => Math.min(...found.map((one) => Math.abs(one - value)))).reduce((a, b) => Math.max(a, b), 0)
    : outside(found, range(since));
  return compared('from the last advertisement', range(since), found, {
    tolerance: drawn ? 'every trial within 20 ms' : 'in the recorded range, 20 ms either side',
    worst: worst / FROM_ADVERT,
  });
}

function failback({ runs, case: of }: Recording, replays: readonly (readonly Replay[])[]): JudgedFigure {
  const tracked = of.track != null;
  const recorded = runs.map((run) => run.failback_s).filter((one) => one != null);
  const found = replays.flat().map((one) => one.failback);
  const back = found.filter((one) => !Number.isNaN(one));
  if (recorded.length === 0 || of.nopreempt) {
    const never = (none: boolean) => (none ? 'never' : 'it takes the address back');
    const value = never(back.length === 0);
    const expected = never(recorded.length === 0);
    return { name: 'failback', unit: '', expected, found: { value, low: NaN, high: NaN }, tolerance: 'exact', passed: value === expected };
  }
  // The recorder brought a tracked master back at the same phase of its script each time: one place in the range.
  const worst = tracked ? outside(recorded, range(back)) : outside(back, range(recorded));
  return compared('failback', range(recorded), back, {
    tolerance: tracked ? 'every trial in the simulated range, 40 ms either side' : 'in the recorded range, 40 ms either side',
    worst: back.length < found.length ? Infinity : worst / FROM_EVENT,
  });
}

function outage({ runs }: Recording, outages: readonly number[], replays: readonly (readonly Replay[])[]): JudgedFigure {
  const found = replays.map(([asked]) => asked.outage);
  const late = runs.filter((run) => (run.client_outage_s ?? 0) > run.takeover_s + 3 * FROM_EVENT).length;
  return {
    ...compared("client's outage", range(outages), found, {
      tolerance: 'trial by trial, the median within 40 ms',
      worst: median(outages.map((recorded, trial) => found[trial] - recorded)) / FROM_EVENT,
    }),
    ...(late === 0 ? {} : { note: `${late} recorded clients were late by their own neighbour discovery` }),
  };
}

function compared(
  name: string,
  expected: readonly [number, number],
  found: readonly number[],
  { tolerance, worst }: { readonly tolerance: string; readonly worst: number },
): JudgedFigure {
  const [low, high] = range(found);
  const value = found.reduce((sum, one) => sum + one, 0) / found.length;
  return { name, unit: 's', expected, found: { value, low, high }, tolerance, deviation: worst, passed: Math.abs(worst) <= 1 };
}

function range(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** By how much the furthest of `values` is outside a range; 0 = none is. */
function outside(values: readonly number[], [low, high]: readonly [number, number]): number {
  return values.reduce((most, value) => Math.max(most, low - value, value - high), 0);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
