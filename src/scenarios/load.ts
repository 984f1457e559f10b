/**
 * From a scenario's text to a `Scenario`: read, check against the schema, resolve, check as a whole. Pure: the text
 * comes in, and all problems come out at once, each with its place. Never throws for a user's mistake.
 */
import type { ClusterDescription } from '../models/description.ts';
import { ANY, Context } from './context.ts';
import type { FoundDoubt, FoundProblem } from './context.ts';
import { applySet, commentedValues, dataOf, placeOf, readDocument } from './document.ts';
import type { CommentedValue, ScenarioDocument } from './document.ts';
import { findDoubts } from './doubts.ts';
import { leastInProgress } from './load-doubts.ts';
import { problemsOf } from './issues.ts';
import { doubtAlerts, resolveAlerts } from './kinds/alerts.ts';
import { resolveCache } from './kinds/caches.ts';
import { resolveClients } from './kinds/clients.ts';
import type { GivenTrace } from './kinds/clients.ts';
import { resolveDirector } from './kinds/directors.ts';
import { applyMeasured, deriveDemands, readMeasured, tellMissing } from './kinds/measured.ts';
import { resolveFault } from './kinds/faults.ts';
import { resolveLink, resolvePrice, resolveProbe } from './kinds/rest.ts';
import { resolveRunTime } from './kinds/run-time.ts';
import { resolveRule } from './kinds/rules.ts';
import { resolveService } from './kinds/services.ts';
import type { MeasuredDemands } from './kinds/services.ts';
import { resolveTopic } from './kinds/topics.ts';
import { publishSteps } from './topics.ts';
import { resolveSlos } from './kinds/slos.ts';
import type { Doubt, Path, Problem } from './problem.ts';
import { pathText, shortValue } from './problem.ts';
import { checkReferences } from './references.ts';
import type { Assumption, Scenario } from './scenario.ts';
import { scenarioSchema } from './schema.ts';
import type { ScenarioSurface } from './schema.ts';
import { parseQuantity } from './units.ts';

export { formatDoubts, formatProblems } from './problem.ts';
export type { Doubt, Problem } from './problem.ts';
export type { Scenario } from './scenario.ts';

export interface LoadOptions {
  /** Of the scenario: the file's name without its ending. */
  readonly name: string;
  /** The file as the user calls it, for messages; the name where there is none. */
  readonly file?: string;
  /** `--set` options, `path=value`, in order. */
  readonly set?: readonly string[];
  /** Recorded requests by name, for `trace: NAME` and for clients of that name. */
  readonly traces?: Readonly<Record<string, GivenTrace>>;
}

export interface LoadResult {
  /** null where there are problems. */
  readonly scenario: Scenario | null;
  readonly problems: readonly Problem[];
  readonly doubts: readonly Doubt[];
}

export function loadScenario(text: string, { name, file = name, set = [], traces = {} }: LoadOptions): LoadResult {
  const { document, problems } = readDocument(text, file);
  if (document === null || problems.length > 0) {
    return { scenario: null, problems, doubts: [] };
  }
  const wrongSets = set.flatMap((option) => applySet(document, option));
  const { scenario, found, doubts } = understand(dataOf(document), name, traces, commentedValues(document));
  const placed = found.map((problem) => place(problem, document));
  const all = [...wrongSets, ...inOrder(placed, document)];
  return {
    scenario: all.length === 0 ? scenario : null,
    problems: all,
    doubts: doubts.map(({ path, text: words }) => ({ ...placeOf(document, path), text: words })),
  };
}

// ------------------------------------------------------------------------------------------------------------ helpers

interface Understood {
  readonly scenario: Scenario | null;
  readonly found: readonly FoundProblem[];
  readonly doubts: readonly FoundDoubt[];
}

/** The schema first; what passes it is resolved and checked even where other parts are broken. */
function understand(
  data: unknown,
  name: string,
  traces: Readonly<Record<string, GivenTrace>>,
  comments: readonly CommentedValue[],
): Understood {
  const read = scenarioSchema.safeParse(data, { error: () => '' });
  if (read.success) {
    return resolveScenario(read.data, name, traces, new Set(), comments);
  }
  const found = problemsOf(read.error.issues, scenarioSchema, data);
  const { rest, broken } = readableRest(data, found);
  if (rest === null) {
    return { scenario: null, found, doubts: [] };
  }
  const more = resolveScenario(rest, name, traces, broken, []);
  // What is missing in a thing may be what was taken out of it; what is deeper inside stands in the file.
  const sure = more.found.filter(({ path }) => path.length > 2 || !sections.includes(String(path[0])));
  return { scenario: null, found: [...found, ...sure], doubts: more.doubts };
}

const sections = ['clients', 'directors', 'services', 'links', 'caches', 'topics'];

/**
 * What is left when everything that the schema refused is taken out: first the wrong values alone, then whole things.
 * `broken` are the names of things taken out.
 */
function readableRest(
  data: unknown,
  found: readonly FoundProblem[],
): { rest: ScenarioSurface | null; broken: ReadonlySet<string> } {
  const broken = new Set<string>();
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return { rest: null, broken };
  }
  const kept: Tree = structuredClone({ clients: {}, services: {}, ...data });
  if (!('clients' in data) || !('services' in data)) {
    broken.add(ANY);
  }
  for (const { path, key } of found) {
    const whole = key === undefined ? path : [...path, key];
    const list = whole.findIndex((step) => typeof step === 'number');
    takeOut(kept, list < 0 ? whole : whole.slice(0, list), broken);
  }
  const read = scenarioSchema.safeParse(kept);
  if (read.success) {
    return { rest: read.data, broken };
  }
  for (const { path } of read.error.issues) {
    takeOut(kept, (path as Path).slice(0, sections.includes(String(path[0])) ? 2 : 1), broken);
  }
  const again = scenarioSchema.safeParse(kept);
  return { rest: again.success ? again.data : null, broken };
}

interface Tree {
  [key: string]: unknown;
}

function takeOut(data: Tree, path: Path, broken: Set<string>): void {
  const [section, name] = path.map(String);
  const things = sections.includes(section);
  if (things && path.length === 2) {
    broken.add(name);
  } else if (things && path.length === 1) {
    broken.add(ANY);
  }
  if (path.length === 1 && (section === 'clients' || section === 'services')) {
    data[section] = {};
    return;
  }
  let parent: unknown = data;
  for (const step of path.slice(0, -1)) {
    parent = isTree(parent) ? parent[step] : undefined;
  }
  if (isTree(parent)) {
    delete parent[path[path.length - 1]];
  }
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function resolveScenario(
  surface: ScenarioSurface,
  name: string,
  traces: Readonly<Record<string, GivenTrace>>,
  broken: ReadonlySet<string>,
  comments: readonly CommentedValue[],
): Understood {
  const context = new Context(broken);
  noteMissing(comments, context);
  const serviceNames = Object.keys(surface.services);
  const figures = readMeasured(surface.measured, serviceNames, Object.keys(surface.clients), context);
  const sketch = (demand: number) =>
    resolveCluster(
      surface,
      traces,
      { has: (service) => figures.utilisation.has(service), of: () => demand },
      new Context(broken),
    );

  // Without measured demands first: the references must hold before anything can be derived.
  const check = new Context(broken);
  const bare = resolveCluster(
    surface,
    traces,
    { has: (service) => figures.utilisation.has(service), of: () => 0 },
    check,
  );
  checkSections(surface, broken, check);
  const followable = checkReferences(bare, Object.keys(surface.prices ?? {}), surface.zones ?? {}, check);
  const slos = resolveSlos(surface.slos, Object.keys(surface.clients), check);
  resolveAlerts(surface.alerts, check);
  if (!followable || check.problems.length > 0 || context.problems.length > 0 || broken.size > 0) {
    return {
      scenario: null,
      found: [...context.problems, ...check.problems],
      doubts: [...context.doubts, ...check.doubts],
    };
  }

  const demands = deriveDemands(figures, bare, sketch(1), context);
  const told = new Set<string>();
  const measured: MeasuredDemands = {
    has: (service) => figures.utilisation.has(service),
    of: (service) => {
      const demand = demands.get(service) ?? null;
      if (demand === null && !told.has(service)) {
        told.add(service);
        tellMissing(service, figures, bare, context);
      }
      return demand;
    },
  };
  const plain = resolveCluster(surface, traces, measured, context);
  resolveSlos(surface.slos, Object.keys(surface.clients), context);
  const { measured: today, cluster } = applyMeasured(figures, plain, demands, context);
  const time = resolveRunTime(surface.time, cluster, context);
  noteAssumed(comments, context);
  context.seconds = time.duration ?? NaN;
  const alerts = resolveAlerts(surface.alerts, context);
  findDoubts(cluster, slos, context);
  doubtAlerts(alerts, { until: context.seconds, inProgress: leastInProgress(cluster) }, context);
  const scenario: Scenario = {
    name,
    title: surface.title ?? name,
    description: surface.description ?? '',
    cluster,
    slos,
    ...(alerts.length === 0 ? {} : { alerts }),
    measured: today,
    time,
    seed: String(surface.seed ?? '1'),
    assumptions: ranked(context.assumptions),
    missing: context.missing,
    uncertain: context.uncertain,
    prices: Object.fromEntries(
      Object.entries(surface.prices ?? {}).map(([service, price]) => [service, resolvePrice(price)]),
    ),
  };
  return { scenario, found: context.problems, doubts: context.doubts };
}

/** Values whose comment begins with `missing` stand in for something unknown: `init` writes such lines. */
function noteMissing(comments: readonly CommentedValue[], context: Context): void {
  for (const { path, comment } of comments) {
    const what = /^missing\b[:\s]*(.*)$/.exec(comment)?.[1];
    if (what !== undefined) {
      context.missing.push({
        path: pathText(path),
        what: what === '' ? pathText(path) : what,
        certain: [],
        how: 'put the value in the file and take the comment away',
      });
    }
  }
}

/** Values whose comment begins with `assumed` are the author's assumptions. */
function noteAssumed(comments: readonly CommentedValue[], context: Context): void {
  const told = new Set(context.assumptions.filter(({ kind }) => kind === 'assumed').map(({ path }) => path));
  for (const { path, comment, value } of comments) {
    const text = /^assumed\b[:\s]*(.*)$/.exec(comment)?.[1];
    if (text !== undefined && !told.has(pathText(path))) {
      context.assume(
        path,
        'assumed',
        shortValue(value).replaceAll('"', ''),
        'the scenario file',
        text === '' ? pathText(path) : text,
      );
    }
  }
}

function resolveCluster(
  surface: ScenarioSurface,
  traces: Readonly<Record<string, GivenTrace>>,
  measured: MeasuredDemands,
  context: Context,
): ClusterDescription {
  const duration = surface.time?.duration === undefined ? null : parseQuantity(surface.time.duration, 'time');
  const until = duration?.ok === true ? duration.value : Infinity;
  context.publishing = new Map(
    Object.entries(surface.topics ?? {}).map(([name, { broker, acks = 'all', linger }]) => [
      name,
      publishSteps(name, broker, acks, linger !== undefined),
    ]),
  );
  const zones = surface.zones ?? {};
  const services = mapValues(surface.services, (service, name) => resolveService(service, name, measured, context));
  return {
    clients: mapValues(surface.clients, (clients, name) => resolveClients(clients, name, { context, traces, until })),
    directors: mapValues(surface.directors ?? {}, (director, name) =>
      resolveDirector(director, name, { services, zones }, context),
    ),
    services,
    ...(surface.caches === undefined
      ? {}
      : { caches: mapValues(surface.caches, (cache, name) => resolveCache(cache, name, context)) }),
    ...(surface.topics === undefined
      ? {}
      : { topics: mapValues(surface.topics, (topic, name) => resolveTopic(topic, name, context)) }),
    ...(surface.rules === undefined
      ? {}
      : { rules: mapValues(surface.rules, (rule, name) => resolveRule(rule, name, context)) }),
    links: mapValues(surface.links ?? {}, (link, name) => resolveLink(link, name, zones, context)),
    faults: (surface.faults ?? []).map((fault, index) => resolveFault(fault, index, zones, context)),
    probes: (surface.measure ?? []).map((probe, index) => resolveProbe(probe, index, context)),
  };
}

function checkSections(surface: ScenarioSurface, broken: ReadonlySet<string>, context: Context): void {
  if (broken.size > 0) {
    return;
  }
  if (Object.keys(surface.clients).length === 0) {
    context.problem(
      ['clients'],
      'is empty: nobody sends requests',
      'for example clients: { all: { rate: 100 req/s, to: web } }',
    );
  }
  if (Object.keys(surface.services).length === 0) {
    context.problem(
      ['services'],
      'is empty: nobody serves',
      'for example services: { web: { workers: 8, work: [ { compute: 10 ms } ] } }',
    );
  }
}

function place(problem: FoundProblem, document: ScenarioDocument): Problem {
  return {
    ...placeOf(document, problem.path, problem.key),
    rule: problem.rule,
    hint: problem.hint,
    value: shortValue(problem.value),
  };
}

/** By line; each place and rule once. */
function inOrder(problems: readonly Problem[], { file }: ScenarioDocument): readonly Problem[] {
  const once = new Map(problems.map((problem) => [`${problem.file} ${problem.path} ${problem.rule}`, problem]));
  const rank = ({ line, column, file: where }: Problem) =>
    where === file ? (line ?? 0) * 10_000 + Math.min(9999, column ?? 0) : 0;
  return [...once.values()].sort((a, b) => rank(a) - rank(b));
}

/** What was assumed first, then what was derived, then presets, then defaults; each once. */
function ranked(assumptions: readonly Assumption[]): readonly Assumption[] {
  const order: readonly Assumption['kind'][] = ['assumed', 'fitted', 'derived', 'preset', 'default'];
  const once = new Map(assumptions.map((one) => [`${one.path} ${one.kind} ${one.text}`, one]));
  return [...once.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

function mapValues<In, Out>(
  map: Readonly<Record<string, In>>,
  make: (value: In, name: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, make(value, name)]));
}
