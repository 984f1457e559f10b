/** Broken files: each is told at its place, with a hint that helps, and none throws, hangs or gives a scenario. */
import { describe, expect, test } from 'vitest';
import { schedulerNames } from '../../src/models/directors/schedulers/index.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import { formatProblems } from '../../src/scenarios/problem.ts';

/** A scenario whose second line is to be looked at; `s` is a service of one server. */
const clients = (rest: string) =>
  `services: { s: { workers: 1, work: [ { compute: 1 ms } ] } }\nclients: { all: { ${rest} } }\n`;
const services = (rest: string) => `clients: { all: { rate: 9 req/s, to: s } }\nservices: { ${rest} }\n`;
const more = (rest: string) =>
  `clients: { all: { rate: 9 req/s, to: s } }\n${rest}\nservices: { s: { work: [ { compute: 1 ms } ] }, t: { count: 2, pool: { to: s }, work: [ { call: s } ] } }\n`;

interface Broken {
  readonly name: string;
  readonly text: string;
  readonly line: number;
  readonly path: string;
  /** Words of the rule and of the hint. */
  readonly says: readonly (string | RegExp)[];
}

const broken: readonly Broken[] = [
  // ---- settings that cannot be honoured together
  {
    name: 'a slowdown without shared cores',
    text: services('s: { cores: 1, sharing: fifo, slowdown: { perActive: 0.1 }, work: [ { compute: 1 ms } ] }'),
    line: 2,
    path: 'services.s.slowdown',
    says: ['needs "sharing: processor"', 'leave out'],
  },
  {
    name: 'refusals that cost a processor that is not shared',
    text: services('s: { cores: 1, sharing: fifo, connections: 5, refusal: 1 ms, work: [ { compute: 1 ms } ] }'),
    line: 2,
    path: 'services.s.refusal',
    says: ['needs "sharing: processor"'],
  },
  {
    name: 'preemption without cores',
    text: services('s: { workers: 2, sharing: preemptive, work: [ { compute: 1 ms } ] }'),
    line: 2,
    path: 'services.s.sharing',
    says: ['needs a number of cores'],
  },
  {
    name: 'patience at the door of an event loop',
    text: services('s: { workers: 1, holds: compute, patience: 1 s, work: [ { compute: 1 ms } ] }'),
    line: 2,
    path: 'services.s.patience',
    says: ['holds: compute'],
  },
  // ---- units
  {
    name: 'a bare number for a rate',
    text: clients('rate: 900, to: s'),
    line: 2,
    path: 'clients.all.rate',
    says: ['needs a unit', '"900 req/s"'],
  },
  {
    name: 'a bare number for a time',
    text: clients('users: 5, think: 5, to: s'),
    line: 2,
    path: 'clients.all.think',
    says: ['needs a unit', '"5 ms" or "5 s"'],
  },
  {
    name: 'a bare number for a share',
    text: clients('rate: 9 req/s, mix: { a: { share: 80, to: s } }'),
    line: 2,
    path: 'clients.all.mix.a.share',
    says: ['needs a unit', '"80 %"'],
  },
  {
    name: 'a rate in ms',
    text: clients('rate: 900 ms, to: s'),
    line: 2,
    path: 'clients.all.rate',
    says: ['must be a rate', '"ms" measures a time'],
  },
  {
    name: 'metres for minutes',
    text: clients('users: 5, think: 5 m, to: s'),
    line: 2,
    path: 'clients.all.think',
    says: ['m is metres; write min'],
  },
  {
    name: 'bits for bytes',
    text: clients('rate: 9 req/s, request: 1 Mbit, to: s'),
    line: 2,
    path: 'clients.all.request',
    says: ['must be a size', 'counts bits'],
  },
  {
    name: 'an amount for a bandwidth',
    text: services('s: { network: 1 Gbit, work: [] }'),
    line: 2,
    path: 'services.s.network',
    says: ['must be a bandwidth', 'write "Gbit/s"'],
  },
  {
    name: 'a thousands separator',
    text: clients('rate: "1,500 req/s", to: s'),
    line: 2,
    path: 'clients.all.rate',
    says: ['without separators'],
  },
  {
    name: 'a range the wrong way round',
    text: services('s: { work: [ { compute: 12..8 ms } ] }'),
    line: 2,
    path: 'services.s.work[0].compute',
    says: ['from the smaller to the larger'],
  },
  {
    name: 'a unit on a count',
    text: services('s: { workers: 8 threads, work: [] }'),
    line: 2,
    path: 'services.s.workers',
    says: ['whole number >= 1', 'a count has no unit'],
  },
  // ---- numbers
  {
    name: 'a negative rate',
    text: clients('rate: -9 req/s, to: s'),
    line: 2,
    path: 'clients.all.rate',
    says: ['must not be negative'],
  },
  {
    name: 'a negative time',
    text: services('s: { work: [ { compute: -5 ms } ] }'),
    line: 2,
    path: 'services.s.work[0].compute',
    says: ['must not be negative'],
  },
  {
    name: 'NaN',
    text: clients('users: .nan, to: s'),
    line: 2,
    path: 'clients.all.users',
    says: ['whole number', 'NaN'],
  },
  {
    name: 'NaN with a unit',
    text: clients('rate: nan req/s, to: s'),
    line: 2,
    path: 'clients.all.rate',
    says: ['must be finite'],
  },
  {
    name: 'infinity',
    text: services('s: { workers: .inf, work: [] }'),
    line: 2,
    path: 'services.s.workers',
    says: ['whole number', 'unlimited', 'Infinity'],
  },
  {
    name: 'a number too large to be one',
    text: clients('rate: 1e400 req/s, to: s'),
    line: 2,
    path: 'clients.all.rate',
    says: ['must be finite'],
  },
  {
    name: 'half a worker',
    text: services('s: { workers: 1.5, work: [] }'),
    line: 2,
    path: 'services.s.workers',
    says: ['whole number >= 1', '1.5'],
  },
  {
    name: 'no server',
    text: services('s: { count: 0, work: [] }'),
    line: 2,
    path: 'services.s.count',
    says: ['whole number >= 1', 'got 0'],
  },
  {
    name: 'too many servers',
    text: services('s: { count: 10000000, work: [] }'),
    line: 2,
    path: 'services',
    says: ['at most 100000'],
  },
  {
    name: 'a weight below 0',
    text: more('directors: { d: { upstream: { s: -1 } } }'),
    line: 2,
    path: 'directors.d.upstream.s',
    says: ['must be a number >= 0', '-1'],
  },
  {
    name: 'only weights of 0',
    text: more('directors: { d: { upstream: { s: 0 } } }'),
    line: 2,
    path: 'directors.d.upstream',
    says: ['every weight is 0', 'quiesces'],
  },
  {
    name: 'speeds that do not match the servers',
    text: services('s: { count: 3, speed: [1, 2], work: [] }'),
    line: 2,
    path: 'services.s.speed',
    says: ['one speed for each of 3 servers, got 2'],
  },
  // ---- keys
  {
    name: 'an unknown key',
    text: clients('rate: 9 req/s, too: s'),
    line: 2,
    path: 'clients.all.too',
    says: ['unknown key "too"', 'did you mean "to"?'],
  },
  {
    name: "k6's word",
    text: clients('vus: 10, to: s'),
    line: 2,
    path: 'clients.all.vus',
    says: ['virtual users are `users`'],
  },
  {
    name: "Tomcat's word",
    text: services('s: { maxThreads: 200, work: [] }'),
    line: 2,
    path: 'services.s.maxThreads',
    says: ['threads are `workers`'],
  },
  {
    name: "HAProxy's word",
    text: more('backend: { b: {} }'),
    line: 2,
    path: 'backend',
    says: ['a backend is a service'],
  },
  {
    name: "Kubernetes' word",
    text: services('s: { replicas: 3, work: [] }'),
    line: 2,
    path: 'services.s.replicas',
    says: ['number of servers is `count`'],
  },
  {
    name: 'a section of a later version',
    text: more('databases: { db: {} }'),
    line: 2,
    path: 'databases',
    says: ['later version'],
  },
  {
    name: 'a word for cores',
    text: services('s: { cpu: 8, work: [] }'),
    line: 2,
    path: 'services.s.cpu',
    says: ['`cores`'],
  },
  {
    name: 'a misspelt step',
    text: services('s: { work: [ { compte: 5 ms } ] }'),
    line: 2,
    path: 'services.s.work[0].compte',
    says: ['did you mean "compute"?'],
  },
  {
    name: 'a misspelt option of a step',
    text: services('s: { work: [] }, t: { work: [ { call: s, timout: 2 s } ] }'),
    line: 2,
    path: 'services.t.work[0].timout',
    says: ['did you mean "timeout"?'],
  },
  {
    name: 'a misspelt law',
    text: services('s: { work: [ { compute: { exponentail: 5 ms } } ] }'),
    line: 2,
    path: 'services.s.work[0].compute.exponentail',
    says: ['did you mean "exponential"?'],
  },
  {
    name: 'a misspelt mode',
    text: more('directors: { d: { mode: natt, upstream: s } }'),
    line: 2,
    path: 'directors.d.mode',
    says: ['one of nat, dr', 'did you mean "nat"?'],
  },
  {
    name: 'a point in a name',
    text: 'clients: { all: { rate: 9 req/s, to: s } }\nservices: { a.b: { work: [] }, s: { work: [] } }',
    line: 2,
    path: 'services.a.b',
    says: ['cannot be a name'],
  },
  {
    name: 'a name that JavaScript knows',
    text: services('__proto__: { work: [] }, s: { work: [] }'),
    line: 2,
    path: '',
    says: ['"__proto__" cannot be a name'],
  },
  // ---- shapes
  { name: 'a list instead of a map', text: '- a\n- b\n', line: 1, path: '', says: ['must be a map, got a list of 2'] },
  { name: 'a word instead of a map', text: 'hello', line: 1, path: '', says: ['must be a map, got "hello"'] },
  { name: 'an empty file', text: '', line: 1, path: '', says: ['is empty', 'shortest scenario'] },
  { name: 'only a comment', text: '# nothing yet\n', line: 1, path: '', says: ['is empty'] },
  {
    name: 'no services',
    text: 'clients: { a: { rate: 1 req/s, to: s } }\n',
    line: 1,
    path: '',
    says: ['"services" is missing'],
  },
  {
    name: 'empty sections',
    text: 'clients: {}\nservices: {}\n',
    line: 1,
    path: 'clients',
    says: ['nobody sends requests'],
  },
  {
    name: 'steps that are no list',
    text: services('s: { work: { compute: 5 ms } }'),
    line: 2,
    path: 'services.s.work.compute',
    says: ['must be a list', 'write work: [ ... ]'],
  },
  {
    name: 'a step that is a word',
    text: services('s: { work: [ compute ] }'),
    line: 2,
    path: 'services.s.work[0]',
    says: ['must be a map', '{ compute: 5 ms }'],
  },
  {
    name: 'two laws at once',
    text: services('s: { work: [ { wait: { exponential: 5 ms, uniform: [1 s, 2 s] } } ] }'),
    line: 2,
    path: 'services.s.work[0].wait',
    says: ['has 2 laws'],
  },
  {
    name: 'a law that cannot be',
    text: services('s: { work: [ { wait: { hyperexponential: { mean: 1 s, cv: 0.5 } } } ] }'),
    line: 2,
    path: 'services.s.work[0].wait',
    says: ['cv must be > 1'],
  },
  {
    name: 'yes for true',
    text: more('time: { stopWhenEmpty: yes }'),
    line: 2,
    path: 'time.stopWhenEmpty',
    says: ['must be true or false'],
  },
  {
    name: 'a rate and users',
    text: clients('rate: 9 req/s, users: 3, to: s'),
    line: 2,
    path: 'clients.all',
    says: ['has rate and users'],
  },
  { name: 'no load', text: clients('to: s'), line: 2, path: 'clients.all', says: ['says no load', 'rate: 800 req/s'] },
  { name: 'no target', text: clients('rate: 9 req/s'), line: 2, path: 'clients.all', says: ['"to" is missing'] },
  {
    name: 'think time of a rate',
    text: clients('rate: 9 req/s, think: 1 s, to: s'),
    line: 2,
    path: 'clients.all.think',
    says: ['belongs to clients with users'],
  },
  {
    name: 'a fault that says nothing',
    text: more('faults: [ { at: 3 min } ]'),
    line: 2,
    path: 'faults[0]',
    says: ['says nothing that happens', 'crash'],
  },
  {
    name: 'a fault in other words',
    text: more('faults: [ { at: 3 min, kill: s } ]'),
    line: 2,
    path: 'faults[0].kill',
    says: ['`crash`'],
  },
  {
    name: 'a slow fault without its factor',
    text: more('faults: [ { at: 3 min, slow: s } ]'),
    line: 2,
    path: 'faults[0].factor',
    says: ['above 0 and below 1'],
  },
  // ---- references
  {
    name: 'a target that is not there',
    text: clients('rate: 9 req/s, to: serv') + 'directors: { server: { upstream: s } }',
    line: 2,
    path: 'clients.all.to',
    says: ['there is no service or director "serv"', 'did you mean "server"?'],
  },
  {
    name: 'a server that is not there',
    text: more('directors: { d: { upstream: [ t.3 ] } }'),
    line: 2,
    path: 'directors.d.upstream[0]',
    says: ['there is no server "t.3"', 't.1 to t.2'],
  },
  {
    name: 'the same server twice',
    text: more('directors: { d: { upstream: [ t, t.2 ] } }'),
    line: 2,
    path: 'directors.d.upstream[1]',
    says: ['t.2 stands twice'],
  },
  {
    name: 'a node that is not there',
    text: more(
      'directors: { d: { upstream: s, nodes: { a: { priority: 2 }, b: { priority: 1 } } } }\nfaults: [ { at: 1 s, crash: d.c } ]',
    ),
    line: 3,
    path: 'faults[0].crash',
    says: ['there is no node "d.c"', 'a, b'],
  },
  {
    name: 'a call of oneself',
    text: services('s: { work: [ { call: s } ] }'),
    line: 2,
    path: 'services.s.work[0].call',
    says: ['s calls itself'],
  },
  {
    name: 'calls in a circle',
    text: services('s: { work: [ { call: d } ] }, t: { work: [ { call: s } ] }') + 'directors: { d: { upstream: t } }',
    line: 2,
    path: 'services.t.work[0].call',
    says: ['calls go in a circle: s -> t -> s'],
  },
  {
    name: 'a circle that nobody enters',
    text: services('s: { work: [] }, t: { work: [ { call: u } ] }, u: { work: [ { call: t } ] }'),
    line: 2,
    path: 'services.u.work[0].call',
    says: ['circle: t -> u -> t'],
  },
  {
    name: 'a class that nobody serves',
    text: services('s: { work: { read: [ { compute: 1 ms } ] } }'),
    line: 1,
    path: 'clients.all.to',
    says: ['no work for requests of class "request"', 'it has read'],
  },
  {
    name: 'an unknown scheduler',
    text: more('directors: { d: { scheduler: wcl, upstream: s } }'),
    line: 2,
    path: 'directors.d.scheduler',
    says: ['unknown scheduler "wcl"', 'did you mean "wlc"?'],
  },
  {
    name: 'an option that a scheduler does not have',
    text: more('directors: { d: { scheduler: { nginx/random: { three: yes } }, upstream: s } }'),
    line: 2,
    path: 'directors.d.scheduler.nginx/random',
    says: ['option of nginx/random'],
  },
  {
    name: 'an unknown preset',
    text: more('directors: { d: { preset: ngnix, upstream: s } }'),
    line: 2,
    path: 'directors.d.preset',
    says: ['did you mean "nginx"?'],
  },
  {
    name: 'a preset of another kind',
    text: services('s: { preset: nginx, work: [] }'),
    line: 2,
    path: 'services.s.preset',
    says: ['is for a director, not a service'],
  },
  {
    name: 'an unknown connect schedule',
    text: clients('rate: 9 req/s, to: s, connect: windoze'),
    line: 2,
    path: 'clients.all.connect',
    says: ['did you mean "windows"?'],
  },
  {
    name: 'a pool that is not there',
    text: services('s: { work: [ { with: db, do: [] } ] }'),
    line: 2,
    path: 'services.s.work[0].with',
    says: ['no pool "db"'],
  },
  {
    name: 'one name for two things',
    text: more('directors: { s: { upstream: t } }'),
    line: 3,
    path: 'services.s',
    says: ['there is a director "s" too'],
  },
  {
    name: 'a trace that is not given',
    text: clients('trace: recorded, to: s'),
    line: 2,
    path: 'clients.all.trace',
    says: ['--trace recorded=file.csv'],
  },
  {
    name: 'a link to nowhere',
    text: more('links: { wan: { between: [ all, moon ] } }'),
    line: 2,
    path: 'links.wan.between[1]',
    says: ['nothing named "moon"'],
  },
  {
    name: 'a probe of a pool that is not there',
    text: more('measure: [ { in-use: t.db } ]'),
    line: 2,
    path: 'measure[0].in-use',
    says: ['no pool "t.db"', 'pools of t: s'],
  },
  {
    name: 'a price of nothing',
    text: more('prices: { web: 3/h }'),
    line: 2,
    path: 'prices.web',
    says: ['there is no service "web"'],
  },
  // ---- promises
  {
    name: 'a promise without a unit',
    text: more('slos: [ "p(95) < 200" ]'),
    line: 2,
    path: 'slos[0]',
    says: ['needs a unit'],
  },
  {
    name: 'a promise of another operator',
    text: more('slos: [ "p(95) == 200 ms" ]'),
    line: 2,
    path: 'slos[0]',
    says: ['operator == is not known'],
  },
  {
    name: 'a promise about nothing known',
    text: more('slos: [ "latency < 200 ms" ]'),
    line: 2,
    path: 'slos[0]',
    says: ['unknown metric "latency"'],
  },
  {
    name: 'a promise of clients that are not there',
    text: more('slos: [ "visitors: p(95) < 200 ms" ]'),
    line: 2,
    path: 'slos[0]',
    says: ['no clients "visitors"'],
  },
  // ---- expressions
  {
    name: 'an expression that runs code',
    text: clients('rate: "process.exit(1) * t req/s", to: s'),
    line: 2,
    path: 'clients.all.rate',
    says: ['may not be used'],
  },
  {
    name: 'an expression that imports',
    text: clients('rate: "import(1) * t req/s", to: s'),
    line: 2,
    path: 'clients.all.rate',
    says: ['function import may not be used'],
  },
  {
    name: 'an expression that reaches for a constructor',
    text: clients('rate: "cos.constructor(1) * t req/s", to: s'),
    line: 2,
    path: 'clients.all.rate',
    says: ['may not be used'],
  },
  {
    name: 'an expression that configures its evaluator',
    text: clients(`rate: 'config({number:"BigNumber"}) * t req/s', to: s`),
    line: 2,
    path: 'clients.all.rate',
    says: ['function config may not be used'],
  },
  {
    name: 'an expression without end',
    text: clients('rate: "10 * t req/s", to: s'),
    line: 2,
    path: 'clients.all.rate',
    says: ['grows without bound', 'duration'],
  },
  {
    name: 'an expression without unit',
    text: clients('rate: "10 * sin(t)", to: s'),
    line: 2,
    path: 'clients.all.rate',
    says: ['needs a unit after the expression'],
  },
  // ---- YAML
  { name: 'a tab', text: 'clients:\n\tall: 3\n', line: 2, path: '', says: ['a tab is used to indent', 'spaces'] },
  { name: 'a key twice', text: 'clients: {}\nclients: {}\n', line: 2, path: '', says: ['"clients" stands twice'] },
  {
    name: 'a merge key',
    text: 'x: &x { rate: 9 req/s }\nclients: { a: { <<: *x } }\n',
    line: 2,
    path: '',
    says: ['merge keys'],
  },
  {
    name: 'a tag',
    text: 'title: x\nclients: !!js/function "x"\n',
    line: 2,
    path: '',
    says: ['tags (!name) are not read'],
  },
  {
    name: 'an alias that points nowhere',
    text: 'title: x\nclients: *nope\n',
    line: 2,
    path: '',
    says: ['*nope points nowhere'],
  },
  { name: 'an alias bomb', text: aliasBomb(), line: 9, path: '', says: ['grow too large'] },
  {
    name: 'a bracket that is not closed',
    text: 'title: x\nclients: { all: { rate: 9 req/s\n',
    line: 3,
    path: '',
    says: ['is not YAML here', 'brackets'],
  },
  {
    name: 'deep brackets',
    text: `clients: ${'['.repeat(100_000)}`,
    line: 1,
    path: '',
    says: ['nested more than 60 levels'],
  },
  {
    name: 'deep dashes',
    text: `clients:\n  ${'- '.repeat(100_000)}x`,
    line: 1,
    path: '',
    says: ['nested more than 60 levels'],
  },
  { name: 'a binary file', text: 'title: x\nMZ\u0000\u0001\u0002', line: 2, path: '', says: ['is not a text file'] },
  { name: 'text that is not UTF-8', text: 'title: \ufffd\ufffd', line: 1, path: '', says: ['is not a text file'] },
  { name: 'two documents', text: 'title: x\n---\ntitle: y\n', line: 2, path: '', says: ['several documents'] },
  { name: '100 MB', text: `title: ${'x'.repeat(100_000_000)}`, line: 1, path: '', says: ['100 MB', '5 MB'] },
  { name: 'a map as a key', text: 'title: x\n? { a: b }\n: c\n', line: 2, path: '', says: ['a key must be a word'] },
  // ---- measured
  {
    name: 'more than all of the CPU',
    text: 'measured: { rate: 8 req/s, s.cpu: 120 % }\n' + services('s: { cores: 4 }'),
    line: 1,
    path: 'measured.s.cpu',
    says: ['120 %', 'more than 100 %'],
  },
  {
    name: 'more CPU than response time',
    text: 'measured: { rate: 800 req/s, p95: 12 ms, s.cpu: 90 % }\n' + services('s: { cores: 40 }'),
    line: 1,
    path: 'measured.p95',
    says: ['is 12 ms', 'computes 45 ms', 'contradict'],
  },
  {
    name: 'written work against measured work',
    text:
      'measured: { rate: 800 req/s, s.cpu: 10 % }\n' +
      services('s: { cores: 8, work: [ { compute: 5 ms }, { compute: measured } ] }'),
    line: 1,
    path: 'measured.s.cpu',
    says: ['5 ms', '1 ms'],
  },
  {
    name: 'percentiles the wrong way round',
    text: 'measured: { p95: 120 ms, p99: 100 ms }\n' + services('s: { work: [] }'),
    line: 1,
    path: 'measured.p99',
    says: ['100 ms, less than p95, 120 ms'],
  },
  {
    name: 'a figure of a service that is not there',
    text: 'measured: { web.cpu: 45 % }\n' + services('s: { work: [] }'),
    line: 1,
    path: 'measured.web.cpu',
    says: ['there is no service "web"'],
  },
];

describe('broken files', () => {
  test.each(broken)('$name', ({ text, line, path, says }) => {
    const { scenario, problems } = loadScenario(text, { name: 'test', file: 'mall.yaml' });
    expect(scenario).toBeNull();
    const found = problems.map((problem) => ({ ...problem, words: `${problem.rule}\n${problem.hint}` }));
    const match = found.find((problem) => problem.path === path && problem.line === line);
    expect(match, formatProblems(problems)).toBeDefined();
    for (const words of says) {
      expect(match!.words).toMatch(words);
    }
    expect(match!.column).toBeGreaterThan(0);
    expect(formatProblems(problems)).not.toMatch(/invalid union|undefined|\[object|Error:/i);
  });

  test('there are enough of them', () => {
    expect(broken.length).toBeGreaterThanOrEqual(100);
  });
});

describe('all at once', () => {
  const text = `
clients:
  visitors: { rate: 800, to: nginks }
directors:
  nginx: { scheduler: wcl, upstream: { app.9: { wieght: 2 } } }
services:
  app: { workers: -1, work: [ { call: db } ] }
`;

  test('problems of schema and references together, in the order of the file', () => {
    const { problems } = loadScenario(text, { name: 'mall', file: 'mall.yaml' });
    expect(formatProblems(problems)).toBe(`mall.yaml: 7 problems
  mall.yaml:3:21 clients.visitors.rate: needs a unit, got 800
      write "800 req/s"
  mall.yaml:3:30 clients.visitors.to: there is no service or director "nginks"
      did you mean "nginx"?
  mall.yaml:5:23 directors.nginx.scheduler: unknown scheduler "wcl"; known: ${schedulerNames.join(', ')}
      did you mean "wlc"?
  mall.yaml:5:47 directors.nginx.upstream.app.9: there is no server "app.9"
      app has one server, app.1
  mall.yaml:5:49 directors.nginx.upstream.app.9.wieght: unknown key "wieght" here
      did you mean "weight"?
  mall.yaml:7:19 services.app.workers: must be a whole number >= 1, got -1
  mall.yaml:7:39 services.app.work[0].call: there is no service or director "db"
      known here: nginx, app`);
  });

  test('nothing is said about references to things that are broken themselves', () => {
    const { problems } = loadScenario(
      'clients: { a: { rate: 9 req/s, to: s } }\nservices: { s: { wrkers: 3 }, t: { work: [ { call: u } ] } }',
      { name: 'x' },
    );
    expect(problems.map(({ path }) => path)).toEqual(['services.s.wrkers', 'services.t.work[0].call']);
  });
});

function aliasBomb(): string {
  const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
  for (let i = 1; i < 9; i++) {
    lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(',')}]`);
  }
  return lines.join('\n');
}
