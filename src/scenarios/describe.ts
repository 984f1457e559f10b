/**
 * A scenario in plain words, with its bounds and the source of every default, without simulating. 80 columns.
 */
import type {
  CallStep,
  CacheDescription,
  ClientsDescription,
  ClusterDescription,
  DirectorDescription,
  KeysDescription,
  LinkDescription,
  ProbeDescription,
  RetryDescription,
  RateShape,
  ServiceDescription,
  Step,
  TimeDescription,
} from '../models/description.ts';
import type { DistributionSpec } from '../sim/random/index.ts';
import { distribution } from '../sim/random/index.ts';
import { boundsOf, closedBound } from './bounds.ts';
import type { Bound } from './bounds.ts';
import { autoscaleText } from './autoscale-text.ts';
import type { Alert } from './kinds/alerts.ts';
import { aroundPickFacts } from './kinds/around-pick.ts';
import { breakerText } from './kinds/breakers.ts';
import { doorFacts } from './kinds/doors.ts';
import { ruleText } from './kinds/rules.ts';
import type { Assumption, Scenario } from './scenario.ts';
import { topicText } from './topics.ts';
import { faultText } from './fault-text.ts';
import { displayQuantity } from './units.ts';

/** Several paragraphs, each line at most 80 columns (names of things may make it longer). */
export function explainScenario(scenario: Scenario): string {
  const { cluster } = scenario;
  const sections = [
    [scenario.title, ...(scenario.description === '' ? [] : ['', ...wrap(scenario.description, '')])],
    ['LOAD', ...Object.entries(cluster.clients).flatMap(([name, clients]) => clientsLines(name, clients))],
    [
      'PARTS',
      ...Object.entries(cluster.directors).flatMap(([name, one]) => directorLines(name, one, cluster)),
      ...Object.entries(cluster.services).flatMap(([name, one]) => serviceLines(name, one)),
      ...Object.entries(cluster.caches ?? {}).flatMap(([name, one]) => cacheLines(name, one)),
      ...Object.entries(cluster.topics ?? {}).flatMap(([name, one]) => wrap(topicText(name, one))),
      ...Object.values(cluster.links).flatMap((link) => zoneLines(link)),
    ],
    cluster.rules === undefined
      ? []
      : ['RULES', ...Object.entries(cluster.rules).flatMap(([name, rule]) => wrap(`${ruleText(name, rule)}.`))],
    cluster.faults.length === 0 ? [] : ['WHAT HAPPENS', ...faultLines(scenario)],
    cluster.probes.length === 0
      ? []
      : ['MEASURED BESIDES', ...cluster.probes.flatMap((probe) => wrap(`${probeText(probe)}.`))],
    ['ENDS', ...wrap(endText(scenario))],
    boundLines(scenario),
    scenario.slos.length === 0
      ? []
      : [
          'PROMISED',
          ...scenario.slos.flatMap((slo) => wrap(`${slo.client === null ? '' : `${slo.client}: `}${slo.text}`)),
        ],
    scenario.alerts === undefined ? [] : ['ALERTS', ...scenario.alerts.flatMap((alert) => wrap(alertText(alert)))],
    missingLines(scenario),
    assumptionLines(
      'ASSUMED, DERIVED (not measured)',
      scenario.assumptions.filter(({ kind }) => kind !== 'preset' && kind !== 'default'),
    ),
    assumptionLines(
      'DEFAULTS USED',
      scenario.assumptions.filter(({ kind }) => kind === 'preset' || kind === 'default'),
    ),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

// ------------------------------------------------------------------------------------------------------------ helpers

const WIDTH = 80;

function probeText(probe: ProbeDescription): string {
  switch (probe.kind) {
    case 'number':
      return `How long each number of requests is present at ${probe.of}`;
    case 'up':
      return `How long each number of workers of ${probe.of} is up`;
    case 'wait':
      return `How long requests wait for the workers of ${probe.of}`;
    case 'in-use':
      return `How long each number of connections of ${probe.of} is in use`;
    case 'states':
      return `How many are present at ${probe.of} after ${probe.at.map((at) => displayQuantity(at, 'time')).join(', ')}, averaged over the runs`;
    case 'falls':
      return `When the number present at ${probe.of} first falls to ${probe.level}`;
    case 'reaches':
      return `When the number present at ${probe.of} first reaches ${probe.level}`;
    case 'items':
      return `How often each item of ${probe.of} is asked for and found`;
    case 'makespan':
      return `When the last request of ${probe.of} ends`;
  }
}

function zoneLines({ between, zones, latency }: LinkDescription): readonly string[] {
  if (zones === undefined) return [];
  const ends = between.map((name, k) => (zones[k].join() === name ? name : `${name} (${zones[k].join(', ')})`));
  return wrap(`From ${ends.join(' to ')}: ${lawText(latency)} each way.`);
}

function clientsLines(name: string, clients: ClientsDescription): readonly string[] {
  const sources =
    clients.sources === Infinity ? '' : `, from ${plural(clients.sources, 'source address', 'source addresses')}`;
  const keys =
    clients.keys === undefined
      ? ''
      : `, asking for ${plural(clients.keys.items, 'item')}${popularityText(clients.keys)}`;
  const maker =
    clients.generator === undefined
      ? ''
      : ` Made by ${clients.generator}: what is busy there makes requests late, and response times count from when they were due.`;
  const lines = wrap(`${name}: ${loadText(clients)}${sources}${keys}.${maker}`);
  return clients.mix.length === 1
    ? [...lines, ...wrap(`A request ${stepsText(clients.mix[0].steps)}.`, '    ')]
    : [
        ...lines,
        ...clients.mix.flatMap((one) => wrap(`${percent(one.share)} ${one.name}: ${stepsText(one.steps)}.`, '    ')),
      ];
}

function alertText({ name, text, over, for: held }: Alert): string {
  const lasting = held > 0 ? `, for ${seconds(held)}` : '';
  return `${name}: ${text}, over ${seconds(over)}${lasting}.`;
}

function popularityText({ popularity, absent }: KeysDescription): string {
  const how = 'zipf' in popularity ? (popularity.zipf > 0 ? ` (Zipf ${popularity.zipf})` : ' alike') : '';
  return `${how}${absent > 0 ? `, ${percent(absent)} for what does not exist` : ''}`;
}

function loadText({ load }: ClientsDescription): string {
  switch (load.kind) {
    case 'open': {
      const spacing =
        load.arrivals === 'poisson'
          ? 'at random times (Poisson)'
          : load.arrivals === 'even'
            ? 'evenly spaced'
            : `spaced ${lawText(load.arrivals)}`;
      return `${rateText(load.rate)}, ${spacing}${load.limit === undefined ? '' : `, ${count(load.limit)} in all`}${load.backlog === undefined ? '' : `, and ${count(load.backlog)} that wait already when the run begins`}`;
    }
    case 'closed': {
      const users =
        load.users.kind === 'constant'
          ? plural(load.users.users, 'user')
          : `up to ${plural(Math.max(...load.users.points.map((point) => point.users)), 'user')}, changing over time`;
      const think =
        meanOf(load.think) === 0 ? 'without think time' : `who think ${lawText(load.think)} between requests`;
      const start =
        load.start.kind === 'rendezvous' ? `; all start together, spread ${lawText(load.start.spread)}` : '';
      const often = load.iterations === Infinity ? '' : `; each makes ${plural(load.iterations, 'request')}`;
      return `${users} ${load.iterations === 1 ? '' : think}${often}${start}`.replace(' ;', ';');
    }
    case 'trace':
      return `${plural(load.at.length, 'recorded request')} over ${seconds((load.at[load.at.length - 1] ?? 0) - (load.at[0] ?? 0))}`;
  }
}

function rateText(rate: RateShape): string {
  switch (rate.kind) {
    case 'constant':
      return perSecond(rate.rate);
    case 'points':
      return rate.points.map((point) => `${perSecond(point.rate)} at ${seconds(point.at)}`).join(', ');
    case 'expression':
      return `${rate.expression} req/s (at most ${perSecond(rate.max)})`;
  }
}

function directorLines(name: string, director: DirectorDescription, cluster: ClusterDescription): readonly string[] {
  const services = [...new Set(director.members.map((member) => member.service))];
  const members = services.map((service) => {
    const servers = director.members.filter((member) => member.service === service);
    return servers.length === cluster.services[service].count
      ? `${plural(servers.length, 'server')} of ${service}`
      : servers.map((member) => `${service}.${member.server + 1}`).join(', ');
  });
  const weights = new Set(director.members.map((member) => member.weight));
  const facts = [
    `${modeText[director.mode]}; picks one of ${members.join(', ')} by ${director.scheduler.id}`,
    ...(weights.size > 1 ? [`weights ${director.members.map((member) => member.weight).join(', ')}`] : []),
    ...(director.workers < Infinity ? [`${count(director.workers)} workers${queueText(director)}`] : []),
    ...(director.persistence > 0 ? [`an address stays on its server for ${seconds(director.persistence)}`] : []),
    ...(director.relay === undefined ? [] : [`${lawText(director.relay)} of its own for each exchange`]),
    ...(director.check === undefined
      ? []
      : [
          `asks each server every ${seconds(director.check.every)}: down after ${director.check.fall}, up after ${director.check.rise}${probeCostText(director.check)}`,
        ]),
    ...(director.vrrp === undefined ? [] : [pairText(director)]),
    ...(director.retry === undefined
      ? []
      : [
          `tries ${director.retry.same === true ? sameServer(director.retry) : director.retry.other ? 'another server' : 'again'} after ${director.retry.on.join(', ')}, ${director.retry.times} times at most`,
        ]),
    ...tlsFacts(director),
    ...aroundPickFacts(director),
    ...director.tables.map((table) => `${table.name}: ${count(table.size)} entries`),
  ];
  return wrap(`${name}: ${facts.join('; ')}.`);
}

function sameServer({ elsewhereEach = 0 }: RetryDescription): string {
  if (elsewhereEach === 0) return 'the same server again';
  return elsewhereEach === 1 ? 'another server' : `the same server again, another one each ${elsewhereEach} tries,`;
}

function probeCostText({ cost, every }: NonNullable<DirectorDescription['check']>): string {
  if (cost === undefined) return '';
  return `; a probe costs ${seconds(cost)} of its processor, ${((100 * cost) / every).toPrecision(2)} % of a core`;
}

function tlsFacts({ tls }: ServiceDescription | DirectorDescription): readonly string[] {
  if (tls === undefined) return [];
  const cpu = tls.cpu === undefined ? '' : ` and ${lawText(tls.cpu)} of CPU`;
  return [`TLS: ${plural(tls.roundTrips, 'further round trip')}${cpu} for each new connection of a client`];
}

const modeText: Readonly<Record<DirectorDescription['mode'], string>> = {
  nat: 'NAT, requests and replies pass it',
  dr: 'direct routing, replies bypass it',
  tun: 'tunnels requests, replies bypass it',
  fullnat: 'full NAT, requests and replies pass it',
  proxy: 'a proxy, with connections of its own',
  'client-side': 'clients choose for themselves',
};

/** Takeover as the protocol gives it: 3 adverts and the backup's skew after the last advert. */
function pairText({ nodes, vrrp }: DirectorDescription): string {
  const [first, second] = [...nodes].sort((a, b) => b.priority - a.priority);
  const { advert, version } = vrrp!;
  const skew = ((256 - second.priority) / 256) * (version === 3 ? advert : 1);
  return `${first.name} is active; ${second.name} takes over ${seconds(3 * advert + skew)} after its last advert, ${seconds(skew)} after an orderly stop`;
}

function serviceLines(name: string, service: ServiceDescription): readonly string[] {
  const workers =
    service.workers === Infinity
      ? 'no limit of workers'
      : `${service.holds === 'compute' ? `${plural(service.workers, 'event loop')} (held only while computing)` : plural(service.workers, 'worker')}${queueText(service)}`;
  const cores =
    service.cores === Infinity
      ? ''
      : `${plural(service.cores, 'core')} (${service.sharing === 'processor' ? 'shared evenly' : service.sharing}), `;
  const pools = Object.entries(service.pools).map(
    ([pool, { size, patience, grows }]) =>
      `pool ${pool}: ${grows === undefined ? '' : `${count(grows.least)} idle, up to `}${count(size)} connections${patience < Infinity ? `, waits ${seconds(patience)}` : ''}`,
  );
  const connections = service.connections < Infinity ? [`${count(service.connections)} connections`] : [];
  const kept = sessionsText(service);
  const { autoscaler } = service;
  const servers =
    autoscaler === undefined || autoscaler.min === autoscaler.max
      ? plural(service.count, 'server')
      : `${count(autoscaler.min)} to ${plural(autoscaler.max, 'server')}, ${count(autoscaler.from)} at first`;
  const doors = doorFacts(service);
  const head = [
    `${servers}, ${cores}${workers}`,
    ...doors,
    ...tlsFacts(service),
    ...connections,
    ...pools,
    ...kept,
    ...commitFacts(service),
  ].join('; ');
  const works = Object.entries(service.work).map(
    ([requestClass, steps]) => `${requestClass === '*' ? 'A request' : `Class ${requestClass}`} ${stepsText(steps)}.`,
  );
  const scales = service.autoscaler === undefined ? [] : wrap(`${autoscaleText(service.autoscaler)}.`, '    ');
  return [...wrap(`${name}: ${head}.`), ...scales, ...works.flatMap((text) => wrap(text, '    '))];
}

function commitFacts({ replication }: ServiceDescription): readonly string[] {
  if (replication?.semiSync === undefined) return [];
  const { ack, timeout } = replication.semiSync;
  return [`a commit waits for one other server (${lawText(ack)}), or ${seconds(timeout)} before it goes on without`];
}

function cacheLines(name: string, cache: CacheDescription): readonly string[] {
  const { hit, size, evict, ttl, jitter, singleFlight, start, absent } = cache;
  const room = size === Infinity ? 'a cache without limit' : `a cache of ${plural(size, 'item')}, ${evict} goes first`;
  const life =
    ttl === Infinity ? 'for ever' : `${seconds(ttl)}${jitter > 0 ? `, each up to ${percent(jitter)} shorter` : ''}`;
  const starts = {
    cold: 'starts empty',
    warm: 'starts filled',
    together: 'starts filled at once: all expires together',
  };
  const facts =
    hit === undefined
      ? [
          room,
          `an entry lives ${life}`,
          starts[start],
          ...(singleFlight ? ['one load at a time of an item'] : []),
          ...(absent === 'filtered' ? ['what does not exist is known without a load'] : []),
        ]
      : [`a cache that has ${percent(hit)} of what it is asked for`];
  return wrap(`${name}: ${facts.join('; ')}.`);
}

function sessionsText({ sessions, heap }: ServiceDescription): readonly string[] {
  if (sessions === undefined) return [];
  const { keep, per, lifetime } = sessions;
  const holder = keep === 'own' ? 'the server that made it' : 'every server of the service';
  const bounded =
    heap === undefined
      ? []
      : [
          `room for ${plural(heap.size, 'session')}; garbage collection leaves ${heap.gc.map(({ full, speed }) => `${percent(speed)} of the speed at ${percent(full)} full`).join(', ')}`,
        ];
  return [
    `${per === 'user' ? 'a session a user' : 'a new session a request'} lives ${seconds(lifetime)} at ${holder}`,
    ...bounded,
  ];
}

function queueText({ queue, full }: { queue: number; full: 'refuse' | 'drop' }): string {
  return queue === Infinity ? '' : `, ${count(queue)} may wait, the rest is ${full === 'drop' ? 'dropped' : 'refused'}`;
}

function stepsText(steps: readonly Step[]): string {
  return steps.length === 0 ? 'does nothing' : steps.map(stepText).join(', then ');
}

function stepText(step: Step): string {
  switch (step.do) {
    case 'wait':
      return step.role === 'remainder'
        ? `waits ${lawText(step.time)} (what no CPU explains; fitted in a run)`
        : `waits ${lawText(step.time)}`;
    case 'compute':
      return `computes ${lawText(step.time)}`;
    case 'call': {
      const timeout = step.timeout === undefined ? '' : `, for ${lawText(step.timeout)} at most`;
      const retry = step.retry === undefined ? '' : `, ${plural(step.retry.times, 'retry', 'retries')}`;
      const breaker = step.breaker === undefined ? '' : `, behind ${breakerText(step.breaker)}`;
      const fallback = step.fallback === undefined ? '' : ` (then: ${stepsText(step.fallback)})`;
      return `calls ${step.to}${timeout}${retry}${hedgeText(step.hedge)}${breaker}${fallback}`;
    }
    case 'send':
      return `sends a message to ${step.to}`;
    case 'publish':
      return `publishes to ${step.topic}`;
    case 'lookup':
      return `looks it up in ${step.cache}, and where it is not there: ${stepsText(step.miss)}`;
    case 'when':
      return `while the rule ${step.rule} is on: ${stepsText(step.steps)}, else ${stepsText(step.otherwise)}`;
    case 'acquire':
      return `takes a connection of ${step.pool}`;
    case 'release':
      return `gives back its connection of ${step.pool}`;
    case 'choice': {
      const total = step.branches.reduce((sum, branch) => sum + branch.weight, 0);
      return `either ${step.branches.map((branch) => `(${percent(branch.weight / total)}) ${stepsText(branch.steps)}`).join(', or ')}`;
    }
    case 'parallel': {
      const need = step.need === step.branches.length ? 'all' : `${step.need} of them`;
      return `at once [${step.branches.map(stepsText).join(' | ')}], until ${need} ended`;
    }
    case 'loop':
      return `${step.times.kind === 'deterministic' ? step.times.value : `about ${round(distribution(step.times).mean)}`} times ${stepsText(step.steps)}`;
    case 'walk':
      return `walks between ${Object.keys(step.places).join(', ')}`;
  }
}

function hedgeText(hedge: CallStep['hedge']): string {
  if (hedge === undefined) return '';
  const { copies, after } = hedge;
  const pause = 'seconds' in after ? `after ${seconds(after.seconds)}` : `after the p${100 * after.level} of late`;
  return `, ${plural(copies, 'more copy', 'more copies')} ${pause} each`;
}

function faultLines({ cluster }: Scenario): readonly string[] {
  return cluster.faults.flatMap((fault) => wrap(faultText(fault)));
}

function endText({ time }: Scenario): string {
  if (time.kind === 'steady') {
    return time.duration === null
      ? 'steady state: runs until the figures are precise enough'
      : `steady state, ${seconds(time.duration)} a run`;
  }
  return time.duration === null
    ? 'when every client has finished and nothing is in progress'
    : `at ${seconds(time.duration)}`;
}

function boundLines({ cluster, missing }: Scenario): readonly string[] {
  if (missing.length > 0) {
    return [];
  }
  const lines = Object.entries(cluster.clients).flatMap(([name, clients]) => {
    const bounds = boundsOf(cluster, clients);
    const load = clients.load.kind === 'open' && clients.load.rate.kind === 'constant' ? clients.load.rate.rate : null;
    const heading = `  ${`${name}`.padEnd(28)}${'a request needs'.padStart(17)}${'full at'.padStart(18)}${load === null ? '' : 'used'.padStart(9)}`;
    return [
      ...(bounds.length === 0
        ? [`  ${name}: nothing is limited`]
        : [heading, ...bounds.slice(0, 12).map((bound, index) => boundLine(bound, load, index === 0))]),
      ...closedLines(cluster, clients),
    ];
  });
  const note = lines.some((line) => line.includes('~'))
    ? ['  ~ at the latest: waiting lengthens what a request needs']
    : [];
  return ['BOUNDS (no simulation: utilisation law)', ...lines, ...note];
}

function boundLine({ name, demand, unit, fullAt, optimistic }: Bound, load: number | null, first: boolean): string {
  const need =
    unit === 'bit' ? `${round(demand / 8000)} kB` : unit === 's' ? seconds(demand) : `${round(demand)} entry s`;
  const used = load === null ? '' : percent(load / fullAt).padStart(9);
  return `    ${name.padEnd(26)}${need.padStart(15)}${`${optimistic ? '~' : ''}${perSecond(fullAt)}`.padStart(18)}${used}${first ? ' <first' : ''}`;
}

function closedLines(cluster: ClusterDescription, clients: ClientsDescription): readonly string[] {
  const bound = closedBound(cluster, clients);
  if (bound === null) {
    return [];
  }
  const { response, think, users, throughput, knee } = bound;
  return wrap(
    `${plural(users, 'user')}: at most ${perSecond(throughput)}; a request takes ${seconds(response)} at least${think > 0 ? `, thinking ${seconds(think)}` : ''}` +
      (knee < Infinity ? `; from about ${count(Math.max(1, Math.ceil(knee)))} on users wait for each other` : ''),
    '    ',
  );
}

function missingLines({ missing }: Scenario): readonly string[] {
  if (missing.length === 0) {
    return [];
  }
  return [
    'MISSING (no run without it)',
    ...missing.flatMap(({ path, what, certain, how }) => [
      ...wrap(`${path}: ${what}`),
      ...(certain.length > 0 ? wrap(`certain: ${certain.join('; ')}`, '    ') : []),
      ...wrap(`needed: ${how}`, '    '),
    ]),
  ];
}

function assumptionLines(heading: string, assumptions: readonly Assumption[]): readonly string[] {
  if (assumptions.length === 0) {
    return [];
  }
  return [
    heading,
    ...assumptions.flatMap(({ path, value, source, text }) =>
      wrap(`${path}: ${text}${value === '' ? '' : ` = ${value}`}  [${source}]`),
    ),
  ];
}

function lawText(law: TimeDescription): string {
  if (law.kind === 'demand') {
    return 'its recorded demand';
  }
  const words = law.kind === 'deterministic' ? '' : ` on average (${law.kind})`;
  return `${seconds(meanOf(law))}${words}`;
}

function meanOf(law: DistributionSpec | TimeDescription): number {
  return law.kind === 'demand' ? 0 : distribution(law).mean;
}

function seconds(value: number): string {
  return Number.isFinite(value) ? displayQuantity(value, 'time') : 'unlimited time';
}

function perSecond(value: number): string {
  return `${count(Number(value.toPrecision(4)))} req/s`;
}

function percent(share: number): string {
  return share > 0 && share < 0.001 ? '<0.1 %' : `${round(share * 100)} %`;
}

function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function count(value: number): string {
  const [whole, decimals] = String(value).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}

function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Lines of at most 80 columns, the first indented, the rest two more. */
function wrap(text: string, indent = '  '): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    if (line.trim() !== '' && line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = `${indent}  ${word}`;
    } else {
      line = line.trim() === '' ? `${line}${word}` : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
