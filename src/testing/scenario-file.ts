/**
 * An arbitrary of valid scenario files: small clusters in the words of the file format, as plain data (what YAML would be
 * read into). Every one of them loads without a problem and drains by itself once its clients have stopped.
 */
import fc from 'fast-check';

/** A scenario file as plain data; `JSON.stringify` of it is a scenario file. */
export type ScenarioFile = Readonly<Record<string, unknown>>;

export interface ScenarioFileOptions {
  /** Most tiers that call one another; default 3. */
  readonly tiers?: number;
  /** Whether things crash, hang, slow down and drain; default true. */
  readonly faults?: boolean;
  /** Seconds within which faults happen; default 5. */
  readonly seconds?: number;
}

/** Scenario files that `loadScenario` takes without a problem; shrinks towards one client and one service. */
export function scenarioFile({
  tiers = 3,
  faults = true,
  seconds = 5,
}: ScenarioFileOptions = {}): fc.Arbitrary<ScenarioFile> {
  return fc.integer({ min: 1, max: tiers }).chain((depth) => {
    const names = Array.from({ length: depth }, (_, tier) => `tier-${tier + 1}`);
    return fc
      .record({
        services: fc.tuple(...names.map((_, tier) => service(names[tier + 1]))),
        directors: fc.tuple(...names.map((name) => fc.option(director(name)))),
        open: clients(fc.record({ rate: rate() })),
        closed: fc.option(clients(users())),
        faults: faults ? fc.array(fault(names, seconds), { maxLength: 4 }) : fc.constant([]),
      })
      .map(({ services, directors, open, closed, faults: log }) => {
        const chosen = names.flatMap((name, tier) =>
          directors[tier] === null ? [] : [[`to-${name}`, directors[tier]]],
        );
        const to = directors[0] === null ? names[0] : `to-${names[0]}`;
        return {
          title: 'Any cluster',
          clients: { open: { ...open, to }, ...(closed === null ? {} : { closed: { ...closed, to } }) },
          ...(chosen.length === 0 ? {} : { directors: Object.fromEntries(chosen) as object }),
          services: Object.fromEntries(names.map((name, tier) => [name, services[tier]])),
          ...(log.length === 0 ? {} : { faults: log }),
        };
      });
  });
}

function rate(): fc.Arbitrary<string> {
  return fc.integer({ min: 1, max: 60 }).map((perSecond) => `${perSecond} req/s`);
}

function users(): fc.Arbitrary<object> {
  return fc.record({ users: fc.integer({ min: 1, max: 8 }), think: time() });
}

function clients(load: fc.Arbitrary<object>): fc.Arbitrary<object> {
  return fc
    .record({
      load,
      timeout: fc.option(fc.integer({ min: 20, max: 500 })),
      retry: fc.option(fc.record({ times: fc.integer({ min: 1, max: 2 }), backoff: fc.constant('none') })),
      sources: fc.option(fc.integer({ min: 1, max: 4 })),
    })
    .map(({ load: shape, timeout, retry, sources }) => ({
      ...shape,
      ...(timeout === null ? {} : { timeout: `${timeout} ms` }),
      ...(retry === null ? {} : { retry }),
      ...(sources === null ? {} : { sources }),
    }));
}

/** @param next the tier that it calls, if there is one. */
function service(next: string | undefined): fc.Arbitrary<object> {
  const compute = time().map((law) => ({ compute: law }));
  const wait = time().map((law) => ({ wait: law }));
  const steps =
    next === undefined
      ? fc.array(fc.oneof(compute, wait), { minLength: 1, maxLength: 2 })
      : fc.tuple(compute, fc.constantFrom({ call: next }, { send: next })).map((both) => both);
  return fc
    .record({
      count: fc.integer({ min: 1, max: 3 }),
      workers: fc.option(fc.integer({ min: 1, max: 6 })),
      cores: fc.option(fc.integer({ min: 1, max: 3 })),
      queue: fc.option(fc.integer({ min: 0, max: 20 })),
      order: fc.constantFrom('fifo', 'lifo', 'random'),
      pool: fc.option(fc.record({ size: fc.integer({ min: 1, max: 4 }), patience: fc.integer({ min: 50, max: 400 }) })),
      steps,
    })
    .map(({ count, workers, cores, queue, order, pool, steps: work }) => ({
      count,
      ...(workers === null ? {} : { workers, order, ...(queue === null ? {} : { queue }) }),
      ...(cores === null ? {} : { cores }),
      ...(pool === null || next === undefined
        ? {}
        : { pool: { to: next, size: pool.size, patience: `${pool.patience} ms` } }),
      work,
    }));
}

function director(upstream: string): fc.Arbitrary<object> {
  return fc.record({
    mode: fc.constantFrom('proxy', 'nat', 'dr'),
    scheduler: fc.constantFrom('lvs/rr', 'lvs/wrr', 'lvs/wlc', 'nginx/rr', 'nginx/least_conn', 'random'),
    upstream: fc.constant(upstream),
  });
}

function fault(names: readonly string[], seconds: number): fc.Arbitrary<object> {
  return fc
    .record({
      at: fc.integer({ min: 1, max: Math.max(1, Math.round(seconds * 1000)) }),
      what: fc.constantFrom('crash', 'hang', 'drain'),
      target: fc.constantFrom(...names),
      length: fc.integer({ min: 50, max: 2000 }),
    })
    .map(({ at, what, target, length }) => ({ at: `${at} ms`, [what]: `${target}.1`, for: `${length} ms` }));
}

function time(): fc.Arbitrary<unknown> {
  return fc
    .integer({ min: 1, max: 40 })
    .chain((ms) =>
      fc.constantFrom<unknown>(
        `${ms} ms`,
        { exponential: `${ms} ms` },
        { uniform: ['0 ms', `${2 * ms} ms`] },
        { lognormal: { mean: `${ms} ms`, p99: `${5 * ms} ms` } },
      ),
    );
}
