/** Servers that come and go at run time. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Life } from '../../../src/models/autoscalers/presence.ts';
import type { AutoscalerDescription, ClusterDescription, FaultDescription } from '../../../src/models/description.ts';
import { clients, cluster, compute, exactly, open, play, serversOf, trace } from '../hand-made.ts';
import { call, director, service } from '../random-cluster.ts';

const hpa = (options: Partial<AutoscalerDescription> = {}): AutoscalerDescription => ({
  from: 2,
  min: 1,
  max: 8,
  every: 15,
  window: 15,
  metrics: [{ kind: 'cpu' }],
  rule: {
    kind: 'target',
    targets: [0.5],
    tolerance: 0.1,
    behaviour: {
      out: { window: 0, policies: [], select: 'most' },
      in: { window: 60, policies: [], select: 'most' },
    },
  },
  start: exactly(10),
  drain: 30,
  ...options,
});

const members = (count: number) =>
  Array.from({ length: count }, (_, server) => ({ service: 'web', server, weight: 1, limit: Infinity }));

interface Setting {
  readonly autoscaler: AutoscalerDescription;
  readonly load: Parameters<typeof open>[0];
  readonly seconds?: number;
  readonly scheduler?: string;
  readonly faults?: readonly FaultDescription[];
}

/** A proxy in front of one-core servers, each request some seconds of work. */
function scaled({ autoscaler, load, seconds = 0.1, scheduler = 'nginx/rr', faults = [] }: Setting): ClusterDescription {
  return cluster({
    clients: { c: clients(open(load), [call('lb')]) },
    directors: { lb: director({ members: members(autoscaler.max), scheduler: { id: scheduler, options: {} } }) },
    services: {
      web: service({ count: autoscaler.max, autoscaler, cores: 1, work: { '*': [compute(seconds)] } }),
    },
    faults,
  });
}

const even = (rate: number, limit?: number) => ({
  rate: { kind: 'constant', rate } as const,
  arrivals: 'even' as const,
  ...(limit === undefined ? {} : { limit }),
});
const fault = (
  options: Partial<FaultDescription> & Pick<FaultDescription, 'do' | 'target' | 'at'>,
): FaultDescription => ({
  for: Infinity,
  factor: 1,
  ...options,
});

describe('a service that follows its CPU', () => {
  test('asks for ceil(2 x 0.8 / 0.5) servers at 15 s, has them 10 s later, and does not ask for more meanwhile', () => {
    // 16 requests a second of 0.1 s on two cores: 80 %
    const { run } = play(scaled({ autoscaler: hpa(), load: even(16) }), { until: 40 });
    expect(run.log).toEqual([
      { at: 15, until: 25, text: 'web scales out 2 -> 4: CPU 80 % against a target of 50 %', kind: 'scaling' },
    ]);
    const reading = run.reading().autoscalers.web;
    expect(reading).toMatchObject({ ready: 4, wanted: 4, started: 2, stopped: 0, changes: 1, nodeSeconds: null });
    expect(reading.heldSeconds).toBeCloseTo(2 * 40 + 2 * 25, 9);
    expect(reading.servedSeconds).toBeCloseTo(2 * 40 + 2 * 15, 9);
  });

  test('a server that became ready in the window is set aside: it does not make the others look idle', () => {
    const out = { window: 0, policies: [], select: 'most' } as const;
    const rule = { kind: 'target', targets: [0.5], tolerance: 0.1, behaviour: { out, in: out } } as const;
    const points = [
      { at: 0, rate: 12 },
      { at: 15, rate: 12 },
      { at: 15, rate: 9.6 },
    ];
    const load = { rate: { kind: 'points', points }, arrivals: 'even' } as const;
    // ready at 29 s; at 30 s the other two have used 47 % of 15 s, it 2 %
    const { run: one } = play(scaled({ autoscaler: hpa({ start: exactly(14), rule }), load }), { until: 31 });
    expect(one.log.map(({ at, text }) => [at, text.split(':')[0]])).toEqual([[15, 'web scales out 2 -> 3']]);
  });

  test('the director picks a server from when it is ready, and no longer when it is to go', () => {
    const played = play(scaled({ autoscaler: hpa(), load: { ...even(16), limit: 16 * 40 } }), { until: 200 });
    const names = serversOf(played);
    const ofNew = names.flatMap((name, k) => (name === 'web.3' || name === 'web.4' ? [k / 16] : []));
    expect(Math.min(...ofNew)).toBeGreaterThanOrEqual(25);
    expect(Math.min(...ofNew)).toBeLessThan(25.5);
    expect(played.outcomes.every((outcome) => outcome === 'ok')).toBe(true);
    expect(run(played).ready).toBe(1); // the load has ended
    expect(played.run.parts.execution.servers.filter(({ up }) => up)).toHaveLength(1);
  });

  test('a machine must be there first, and goes when it is not needed', () => {
    const nodes = { room: 2, start: exactly(40), idle: 50 };
    const played = play(scaled({ autoscaler: hpa({ nodes }), load: { ...even(16), limit: 16 * 70 } }), { until: 300 });
    expect(played.run.log[0]).toMatchObject({ at: 15, until: 65 });
    const { nodeSeconds } = run(played);
    const back = played.run.log.find(({ text }) => text.includes('scales in'))!;
    // one machine all the time, the other from 55 s to 50 s after its servers have gone
    expect(nodeSeconds).toBeGreaterThan(300 + (back.at - 55) + 50 - 1e-9);
    expect(nodeSeconds).toBeLessThan(300 + (back.until! - 55) + 50 + 16);
  });

  test('a new server is slow at first', () => {
    const warm = { factor: 0.5, over: 100 };
    const { rows, run: one } = play(scaled({ autoscaler: hpa({ warm }), load: even(16) }), { until: 27 });
    const names = one.parts.execution.servers.map(({ name }) => name);
    const response = (server: string) =>
      rows.filter((row) => names[row.server] === server && row.end > 25).map((row) => row.end - row.due);
    expect(response('web.3')[0]).toBeCloseTo(0.2, 6);
    expect(response('web.1')[0]).toBeCloseTo(0.1, 6);
  });

  test('a server that goes finishes what it has within its grace; what it then still has is reset', () => {
    // requests of 3.5 s, one a second: the servers that are let go at 49 s are at work
    const load = {
      rate: {
        kind: 'points',
        points: [
          { at: 0, rate: 1 },
          { at: 50, rate: 1 },
          { at: 50, rate: 0 },
        ],
      },
      arrivals: 'even',
    } as const;
    const rule = {
      kind: 'thresholds',
      rules: [{ metric: 0, when: 'below', limit: 1e9, do: 'in', by: { kind: 'servers', value: 3 } }],
    } as const;
    const autoscaler = hpa({ from: 4, max: 4, every: 49, metrics: [{ kind: 'rate' }], rule });
    const patient = play(scaled({ autoscaler, load, seconds: 3.5 }), { until: 300 });
    expect(new Set(patient.outcomes)).toEqual(new Set(['ok']));
    const hasty = play(scaled({ autoscaler: { ...autoscaler, drain: 1 }, load, seconds: 3.5 }), { until: 300 });
    expect(hasty.outcomes.filter((outcome) => outcome === 'reset').length).toBeGreaterThan(0);
    expect(run(hasty).wanted).toBe(1);
  });

  test('the youngest go first', () => {
    const autoscaler = hpa();
    const played = play(scaled({ autoscaler, load: { ...even(16), limit: 16 * 40 } }), { until: 90 });
    const left = played.run.parts.autoscalers.get('web')!.presences.filter(({ wanted }) => wanted);
    expect(left.map(({ server }) => server.name)).toEqual(left.map((_, k) => `web.${k + 1}`));
  });
});

describe('thresholds and fixed numbers', () => {
  test('above 70 % one more every 5 min, as the guide writes it; memory above 85 % one fewer', () => {
    const metrics = [{ kind: 'cpu' }, { kind: 'memory', size: 100, idle: 90, request: 1 }] as const;
    const rules = [
      { metric: 0, when: 'above', limit: 0.7, do: 'out', by: { kind: 'servers', value: 1 } },
      { metric: 1, when: 'above', limit: 0.85, do: 'in', by: { kind: 'servers', value: 1 } },
    ] as const;
    const autoscaler = hpa({ every: 300, window: 300, metrics, rule: { kind: 'thresholds', rules } });
    const busy = play(scaled({ autoscaler, load: even(16) }), { until: 700 });
    expect(busy.run.log.map(({ at, text }) => [at, text])).toEqual([
      [300, 'web scales out 2 -> 3: CPU 80 % above 70 %'],
      [600, expect.stringMatching(/^web scales in 3 -> 2: memory 9\d % above 85 %$/)],
    ]);
  });

  test('without a rule the servers must start first', () => {
    const nodes = { room: 1, start: exactly(90), idle: Infinity };
    const autoscaler = hpa({ from: 0, min: 3, max: 3, metrics: [], rule: { kind: 'fixed' }, nodes, start: exactly(0) });
    const played = play(scaled({ autoscaler, load: { ...even(2), firstAt: 89 } }), { until: 100 });
    expect(played.run.log).toEqual([{ at: 0, until: 90, text: 'web scales out 0 -> 3: at least 3', kind: 'scaling' }]);
    expect(played.outcomes.slice(0, 4)).toEqual(['unavailable', 'unavailable', 'ok', 'ok']);
  });
});

describe('faults', () => {
  test('of a server that is not there do nothing, and their end does not bring it', () => {
    const faults = [fault({ at: 1, do: 'crash', target: 'web.8', for: 5 })];
    const { run: one, outcomes } = play(scaled({ autoscaler: hpa(), load: even(8), faults }), { until: 30 });
    expect(one.parts.execution.servers.find(({ name }) => name === 'web.8')!.up).toBe(false);
    expect(outcomes.every((outcome) => outcome === 'ok')).toBe(true);
  });

  test('a crashed server has no metrics: it counts as idle when the others ask for more', () => {
    const faults = [fault({ at: 1, do: 'crash', target: 'web.2' })];
    const check = { every: 1, timeout: 1, fall: 1, rise: 1 };
    const base = scaled({ autoscaler: hpa(), load: even(9), faults });
    const { lb } = base.directors;
    const { run: one } = play({ ...base, directors: { lb: { ...lb, check } } }, { until: 16 });
    // one at 90 %, one missing: (0.9 + 0) / 2 is within the tolerance of 50 %
    expect(one.log.filter(({ kind }) => kind === 'scaling')).toEqual([]);
    expect(one.parts.autoscalers.get('web')!.ready).toBe(1);
  });

  test('and as at the target when they ask for fewer', () => {
    const direction = { window: 0, policies: [], select: 'most' } as const;
    const rule = {
      kind: 'target',
      targets: [0.5],
      tolerance: 0.1,
      behaviour: { out: direction, in: direction },
    } as const;
    const faults = [fault({ at: 0.5, do: 'crash', target: 'web.3' })];
    const check = { every: 0.5, timeout: 1, fall: 1, rise: 1 };
    const base = scaled({ autoscaler: hpa({ from: 3, rule }), load: even(4), faults });
    const { run: one } = play({ ...base, directors: { lb: { ...base.directors.lb, check } } }, { until: 16 });
    // two at 20 %, the third taken for 50 %: 0.9 / 0.5 servers, 2; were it taken for idle, 1
    expect(one.log.filter(({ kind }) => kind === 'scaling').map(({ text }) => text.split(':')[0])).toEqual([
      'web scales in 3 -> 2',
    ]);
  });

  test('a health check says nothing of servers that are not there', () => {
    const faults = [fault({ at: 10, do: 'slow', target: 'web.1', factor: 0.9, for: 1 })];
    const base = scaled({ autoscaler: hpa(), load: even(16), faults });
    const check = { every: 2, timeout: 1, fall: 1, rise: 1 };
    const { run: one } = play({ ...base, directors: { lb: { ...base.directors.lb, check } } }, { until: 60 });
    expect(one.log.filter(({ kind }) => kind === 'detection')).toEqual([]);
  });
});

test('whatever happens: servers stay within min and max, nothing is lost, nobody waits at a server that is gone', () => {
  const settings = fc.record({
    from: fc.integer({ min: 0, max: 6 }),
    min: fc.integer({ min: 0, max: 3 }),
    more: fc.integer({ min: 1, max: 5 }),
    every: fc.integer({ min: 1, max: 20 }),
    window: fc.integer({ min: 1, max: 20 }),
    stabilise: fc.integer({ min: 0, max: 60 }),
    start: fc.integer({ min: 0, max: 30 }),
    drain: fc.integer({ min: 0, max: 5 }),
    room: fc.integer({ min: 0, max: 3 }),
    warm: fc.boolean(),
    kind: fc.constantFrom('cpu', 'rate', 'queue', 'present'),
    target: fc.double({ min: 0.2, max: 2, noNaN: true }),
    scheduler: fc.constantFrom(
      'nginx/rr',
      'lvs/wlc',
      'lvs/sh',
      'nginx/least_conn',
      'envoy/ring_hash',
      'haproxy/roundrobin',
    ),
    peak: fc.integer({ min: 1, max: 120 }),
    crash: fc.boolean(),
    seed: fc.integer({ min: 0, max: 1e6 }),
  });
  fc.assert(
    fc.property(settings, (one) => {
      const max = Math.max(one.from, one.min) + one.more;
      const autoscaler = hpa({
        from: one.from,
        min: one.min,
        max,
        every: one.every,
        window: one.window,
        metrics: [{ kind: one.kind }],
        rule: {
          kind: 'target',
          targets: [one.target],
          tolerance: 0.1,
          behaviour: {
            out: { window: 0, policies: [{ kind: 'servers', value: 2, period: 10 }], select: 'most' },
            in: { window: one.stabilise, policies: [], select: 'most' },
          },
        },
        start: { kind: 'exponential', mean: one.start + 0.1 },
        drain: one.drain,
        ...(one.warm ? { warm: { factor: 0.3, over: 20 } } : {}),
        ...(one.room === 0 ? {} : { nodes: { room: one.room, start: exactly(20), idle: 15 } }),
      });
      const points = [0, 20, 60, 90, 120].map((at, k) => ({ at, rate: k % 2 === 1 ? one.peak : 1 }));
      const faults = one.crash ? [fault({ at: 30, do: 'crash', target: 'web', for: 20 })] : [];
      const load = { rate: { kind: 'points', points }, limit: 4000 } as const;
      const { run: it } = play(scaled({ autoscaler, load, faults, scheduler: one.scheduler }), {
        until: 1,
        seed: one.seed,
      });
      for (let time = 5; time <= 150; time += 5) {
        it.advance({ time });
        it.check();
        const scaler = it.parts.autoscalers.get('web')!;
        if (time > one.every) expect(scaler.wanted).toBeGreaterThanOrEqual(one.min);
        expect(scaler.wanted).toBeLessThanOrEqual(max);
        for (const { life, server } of scaler.presences) {
          if (life < Life.ready) expect([server.up, server.present]).toEqual([false, 0]);
        }
        if (scaler.nodes !== null) {
          const held = scaler.presences.filter(({ life }) => life >= Life.starts).length;
          expect(held).toBeLessThanOrEqual(scaler.nodes.ready * one.room);
        }
      }
      it.end();
      it.advance({ time: 600 });
      it.check();
      const { sent, ended } = it.reading().clients.c;
      expect(ended).toBe(sent);
    }),
    { seed: 3, numRuns: 40 },
  );
});

test('a caller that names the service, without a director, finds the servers that are there', () => {
  const autoscaler = hpa({ from: 1, min: 1, max: 4, rule: { kind: 'thresholds', rules: [] } });
  const description = cluster({
    clients: { c: trace([1, 2, 3, 4], [call('web')]) },
    services: { web: service({ count: 4, autoscaler, cores: 1, work: { '*': [compute(0.1)] } }) },
  });
  const played = play(description, { until: 10 });
  expect(serversOf(played)).toEqual(['web.1', 'web.1', 'web.1', 'web.1']);
});

function run({ run: one }: ReturnType<typeof play>) {
  return one.reading().autoscalers.web;
}
