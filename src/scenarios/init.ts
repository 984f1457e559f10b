/**
 * A first scenario from eight answers that a dashboard gives. The questions are data: a terminal asks them, flags give
 * them. "?" is an answer to each: its line stays in the file, marked `assumed` or `missing`. Demands are never invented.
 */
import { hintFor } from './suggest.ts';
import { parseSlo } from './kinds/slos.ts';
import { formatQuantity, parseQuantity } from './units.ts';

export type QuestionId = 'front' | 'servers' | 'rate' | 'cpu' | 'response' | 'database' | 'pool' | 'promise';

export interface Question {
  readonly id: QuestionId;
  readonly prompt: string;
  /** An answer, as it may be typed. */
  readonly example: string;
  /** What else is understood. */
  readonly help: string;
  /** null where the answer is understood; "?" always is. */
  check(answer: string): AnswerProblem | null;
}

export interface AnswerProblem {
  readonly rule: string;
  readonly hint: string;
}

/** Answers as typed; absent and "?" are not known. */
export type Answers = Readonly<Partial<Record<QuestionId, string>>>;

export interface FirstScenario {
  /** YAML with comments. */
  readonly text: string;
  /** Figures that were given. */
  readonly measured: number;
  /** Lines marked `assumed`. */
  readonly assumed: number;
  /** Lines marked `missing`: no capacity can be told without them. */
  readonly missing: number;
}

export const questions: readonly Question[] = [
  question('front', 'What stands in front?', 'nginx', 'nginx, haproxy, apache, lvs or none', readFront),
  question('servers', 'How many servers, cores each?', '4 x 8', 'servers x cores of each', readServers),
  question('rate', 'Busiest hour, requests/s?', '800', 'or: 2000000 visits a day, 5 pages a visit', readRate),
  question('cpu', 'CPU of these servers then?', '45 %', 'mean over their cores', readCpu),
  question('response', 'p95 (or mean) response then?', '120 ms', 'p95; or mean 60 ms, p99 300 ms', readResponse),
  question('database', 'Database, its CPU then?', 'mysql 25 %', 'mysql, postgres, redis or none', readDatabase),
  question('pool', 'Connection pool per server?', '10', 'connections, or none', readPool),
  question('promise', 'What is promised?', 'p95 200 ms, errors 0.1 %', 'p95, mean, errors, throughput', readPromise),
];

/** What an answer means together with those before it, for the terminal; empty where there is nothing to say. */
export function echoOf(id: QuestionId, answers: Answers): string {
  if (id === 'cpu') {
    const { servers, rate, cpu } = readAll(answers);
    return servers?.cores === undefined || rate === null || cpu === null
      ? ''
      : `-> ${shortTime((cpu * servers.count * servers.cores) / rate.perSecond)} of CPU a request`;
  }
  const { rate } = readAll(answers);
  return id === 'rate' && rate !== null && rate.note !== '' ? `-> ${perSecond(rate.perSecond)} (${rate.note})` : '';
}

/** The scenario. Answers that cannot be understood count as "?"; `Question.check` tells them before. */
export function scenarioFromAnswers(answers: Answers): FirstScenario {
  const lines = draft(readAll(answers));
  const marked = (word: string) => lines.filter(({ mark }) => mark?.startsWith(word)).length;
  const width = Math.max(...lines.filter(({ mark }) => mark !== undefined).map(({ text }) => text.length), 0);
  return {
    text: `${lines.map(({ text, mark }) => (mark === undefined ? text : `${text.padEnd(width)}   # ${mark}`)).join('\n')}\n`,
    measured: lines.reduce((sum, { given = 0 }) => sum + given, 0),
    assumed: marked('assumed'),
    missing: marked('missing'),
  };
}

// ------------------------------------------------------------------------------------------------------------ answers

type Read<T> = { readonly value: T } | AnswerProblem;

interface Figures {
  readonly front: string | null;
  readonly servers: { readonly count: number; readonly cores?: number } | null;
  readonly rate: { readonly perSecond: number; readonly note: string } | null;
  /** Share. */
  readonly cpu: number | null;
  readonly response: { readonly stat: string; readonly text: string } | null;
  readonly database: { readonly kind: string; readonly cpu?: number } | null;
  readonly pool: number | 'none' | null;
  readonly promise: readonly string[] | null;
}

function question<T>(
  id: QuestionId,
  prompt: string,
  example: string,
  help: string,
  read: (answer: string) => Read<T>,
): Question {
  return {
    id,
    prompt,
    example,
    help,
    check: (answer) => {
      if (isUnknown(answer)) {
        return null;
      }
      const found = read(answer.trim());
      return 'value' in found ? null : found;
    },
  };
}

function isUnknown(answer: string | undefined): boolean {
  return answer === undefined || /^\s*\??\s*$/.test(answer);
}

function readAll(answers: Answers): Figures {
  const value = <T>(id: QuestionId, read: (answer: string) => Read<T>): T | null => {
    const answer = answers[id];
    if (answer === undefined || isUnknown(answer)) {
      return null;
    }
    const found = read(answer.trim());
    return 'value' in found ? found.value : null;
  };
  return {
    front: value('front', readFront),
    servers: value('servers', readServers),
    rate: value('rate', readRate),
    cpu: value('cpu', readCpu),
    response: value('response', readResponse),
    database: value('database', readDatabase),
    pool: value('pool', readPool),
    promise: value('promise', readPromise),
  };
}

const fronts: ReadonlyMap<string, string> = new Map([
  ['nginx', 'nginx'],
  ['haproxy', 'haproxy'],
  ['apache', 'apache-prefork'],
  ['httpd', 'apache-prefork'],
  ['apache-prefork', 'apache-prefork'],
  ['lvs', 'lvs'],
  ['keepalived', 'lvs'],
  ['ipvs', 'lvs'],
  ['none', 'none'],
  ['nothing', 'none'],
]);

const databases: ReadonlyMap<string, string> = new Map([
  ['mysql', 'mysql'],
  ['mariadb', 'mysql'],
  ['postgres', 'postgres'],
  ['postgresql', 'postgres'],
  ['redis', 'redis'],
  ['none', 'none'],
]);

function readFront(answer: string): Read<string> {
  const value = fronts.get(answer.toLowerCase());
  return value === undefined
    ? { rule: `"${answer}" is not known`, hint: hintFor(answer, [...fronts.keys()]) }
    : { value };
}

function readServers(answer: string): Read<{ count: number; cores?: number }> {
  const match =
    /^(\d+)(?:\s*(?:servers?)?\s*(?:[x*×,]|with|à)?\s*(\d+)\s*(?:cores?|cpus?|vcpus?)?(?:\s*each)?)?$/i.exec(answer);
  const count = Number(match?.[1]);
  const cores = match?.[2] === undefined ? undefined : Number(match[2]);
  if (!(count >= 1 && count <= 10_000) || cores === 0) {
    return {
      rule: `"${answer}" is no number of servers and cores`,
      hint: 'for example 4 x 8: four servers with eight cores each',
    };
  }
  return { value: cores === undefined ? { count } : { count, cores } };
}

function readRate(answer: string): Read<{ perSecond: number; note: string }> {
  const daily =
    /^([\d.]+)\s*([kM]?)\s*(?:visits?|visitors?|requests?|req|pages?|hits?)?\s*(?:\/|a |an |per )\s*d(?:ay)?\s*(?:[,;]\s*([\d.]+)\s*(?:pages?|requests?|req|hits?).*)?$/i.exec(
      answer,
    );
  if (daily !== null) {
    const [, count, prefix, pages = '1'] = daily;
    const perDay = Number(count) * (prefix === 'M' ? 1e6 : prefix === '' ? 1 : 1000) * Number(pages);
    const note = `${PEAK_FACTOR} x the mean of the day, a published rule of thumb`;
    return perDay > 0 && perDay < Infinity
      ? { value: { perSecond: Number(((perDay * PEAK_FACTOR) / 86_400).toPrecision(3)), note } }
      : noRate(answer);
  }
  const read = parseQuantity(/^[\d.]+$/.test(answer) ? `${answer} req/s` : answer, 'rate');
  return read.ok && read.value > 0 ? { value: { perSecond: read.value, note: '' } } : noRate(answer);
}

/** Peak hour against the mean of the day, for audiences all over the world. */
const PEAK_FACTOR = 1.7;

function noRate(answer: string): AnswerProblem {
  return { rule: `"${answer}" is no rate`, hint: 'for example 800, or 2000000 visits a day, 5 pages a visit' };
}

function readCpu(answer: string): Read<number> {
  const read = parseQuantity(/^[\d.]+$/.test(answer) ? `${answer} %` : answer, 'share');
  if (!read.ok || read.value <= 0 || read.value > 1) {
    return { rule: `"${answer}" is no utilisation`, hint: 'above 0 % and up to 100 %, the mean over all cores: 45 %' };
  }
  return { value: read.value };
}

function readResponse(answer: string): Read<{ stat: string; text: string }> {
  const match = /^(?:(p50|p90|p95|p99|mean|avg|average|median)\s*[:=]?\s*)?(.+)$/i.exec(answer);
  const word = (match?.[1] ?? 'p95').toLowerCase();
  const stat = word === 'avg' || word === 'average' ? 'mean' : word === 'median' ? 'p50' : word;
  const read = parseQuantity(match?.[2] ?? '', 'time');
  if (!read.ok || read.value <= 0) {
    return { rule: `"${answer}" is no response time`, hint: read.ok ? 'it is above 0' : read.hint };
  }
  return { value: { stat, text: formatQuantity(read.value, 'time') } };
}

function readDatabase(answer: string): Read<{ kind: string; cpu?: number }> {
  const [word, ...rest] = answer.split(/[\s,]+/);
  const kind = databases.get(word.toLowerCase());
  if (kind === undefined) {
    return { rule: `"${word}" is not known`, hint: hintFor(word, [...databases.keys()]) };
  }
  const figure = rest.join(' ').replace(/^at /, '');
  if (figure === '' || figure === '?') {
    return { value: { kind } };
  }
  const cpu = readCpu(figure);
  return 'value' in cpu ? { value: { kind, cpu: cpu.value } } : cpu;
}

function readPool(answer: string): Read<number | 'none'> {
  if (/^(none|no|0)$/i.test(answer)) {
    return { value: 'none' };
  }
  const size = /^\d{1,6}$/.test(answer) ? Number(answer) : NaN;
  return size >= 1
    ? { value: size }
    : { rule: `"${answer}" is no number of connections`, hint: 'connections of one server, for example 10' };
}

function readPromise(answer: string): Read<readonly string[]> {
  const slos = answer.split(/[,;]/).map((part) => asSlo(part.trim()));
  for (const slo of slos) {
    const read = parseSlo(slo);
    if ('rule' in read) {
      return { rule: read.rule, hint: read.hint };
    }
  }
  return { value: slos };
}

/** `p95 200 ms` as `p(95) < 200 ms`; what has an operator stays. */
function asSlo(text: string): string {
  const match = /^(p)\(?([\d.]+)\)?\s+(.+)$/i.exec(text);
  const spelt = match === null ? text : `p(${match[2]}) ${match[3]}`;
  if (/[<>]/.test(spelt)) {
    return spelt;
  }
  const words = /^(\S+)\s+(.+)$/.exec(spelt);
  return words === null ? spelt : `${words[1]} ${/^(throughput|rate)$/i.test(words[1]) ? '>' : '<'} ${words[2]}`;
}

// --------------------------------------------------------------------------------------------------------------- text

interface Line {
  readonly text: string;
  readonly mark?: string;
  /** Figures of the user on this line. */
  readonly given?: number;
}

function draft(figures: Figures): readonly Line[] {
  const { front, rate, database } = figures;
  const name = frontName(front ?? 'nginx');
  const hasDatabase = database !== null && database.kind !== 'none';
  return [
    {
      text: '# Made by `windtunnel init`. What is marked "assumed" was not asked or not known: correct it where you can.',
    },
    { text: '# What is marked "missing" keeps windtunnel from telling a capacity: fill it in and take the # away.' },
    { text: `title: ${titleOf(figures)}` },
    { text: '' },
    { text: '# What the dashboard says of the busiest hour. CPU a request follows: utilisation x cores / rate.' },
    ...measuredLines(figures),
    { text: '' },
    { text: 'clients:' },
    { text: '  visitors:' },
    rate === null
      ? { text: '    rate: 1 req/s', mark: 'missing: requests/s in the busiest hour' }
      : { text: `    rate: ${perSecond(rate.perSecond)}` },
    { text: `    to: ${front === 'none' ? 'app' : name}` },
    ...(front === 'none' ? [{ text: '    connect: linux' }] : []),
    { text: '' },
    ...(front === 'none'
      ? []
      : [
          { text: 'directors:' },
          {
            text: `  ${name}: { preset: ${front ?? 'nginx'}, upstream: app }`,
            ...(front === null ? { mark: 'assumed: nginx in front' } : {}),
          },
          { text: '' },
        ]),
    { text: 'services:' },
    ...appLines(figures, hasDatabase),
    ...databaseLines(figures, hasDatabase),
    { text: '' },
    ...promiseLines(figures),
  ];
}

function frontName(preset: string): string {
  return preset === 'apache-prefork' ? 'apache' : preset === 'lvs' ? 'vip' : preset;
}

function titleOf({ front, servers, rate, database }: Figures): string {
  const parts = [
    ...(front === null || front === 'none' ? [] : [frontName(front)]),
    servers === null ? 'application servers' : `${servers.count} application server${servers.count === 1 ? '' : 's'}`,
    ...(database === null || database.kind === 'none' ? [] : [database.kind]),
  ];
  return `${parts.join(' -> ')}${rate === null ? '' : `, ${perSecond(rate.perSecond)}`}`;
}

function measuredLines({ rate, response, cpu, database }: Figures): readonly Line[] {
  const known: Line[] = [];
  const missing: Line[] = [];
  if (rate === null) {
    missing.push({ text: '  # rate: 800 req/s', mark: 'missing: requests/s in the busiest hour' });
  } else {
    known.push({
      text: `  rate: ${perSecond(rate.perSecond)}`,
      given: 1,
      ...(rate.note === '' ? {} : { mark: `assumed: ${rate.note}` }),
    });
  }
  if (response === null) {
    missing.push({ text: '  # p95: 120 ms', mark: 'assumed: a request waits for nothing but CPU and queues' });
  } else {
    known.push({
      text: `  ${response.stat}: ${response.text}`,
      given: 1,
      mark: 'assumed: work spreads exponentially, waits do not grow with load',
    });
  }
  if (cpu === null) {
    missing.push({ text: '  # app.cpu: 45 %', mark: 'missing: CPU of the application servers, mean over their cores' });
  } else {
    known.push({ text: `  app.cpu: ${percent(cpu)}`, given: 1 });
  }
  if (database !== null && database.kind !== 'none') {
    if (database.cpu === undefined) {
      missing.push({ text: '  # db.cpu: 25 %', mark: 'missing: CPU of the database' });
    } else {
      known.push({ text: `  db.cpu: ${percent(database.cpu)}`, given: 1 });
    }
  }
  return [{ text: known.length > 0 ? 'measured:' : 'measured: {}' }, ...known, ...missing];
}

function appLines({ servers, pool }: Figures, hasDatabase: boolean): readonly Line[] {
  const lines: Line[] = [{ text: '  app:' }, { text: '    preset: tomcat', mark: 'assumed: 200 threads a server' }];
  if (servers === null) {
    lines.push(
      { text: '    count: 1', mark: 'missing: servers' },
      { text: '    # cores: 8', mark: 'missing: cores of each' },
    );
  } else {
    lines.push({ text: `    count: ${servers.count}`, given: 1 });
    lines.push(
      servers.cores === undefined
        ? { text: '    # cores: 8', mark: 'missing: cores of each' }
        : { text: `    cores: ${servers.cores}`, given: 1 },
    );
  }
  if (hasDatabase && pool !== 'none') {
    const size = `    pool: { to: db, size: ${pool ?? 10} }`;
    lines.push(
      pool === null
        ? { text: size, mark: 'assumed: HikariCP opens 10 connections a server' }
        : { text: size, given: 1 },
    );
  }
  lines.push({ text: '    work:' }, { text: '      - compute: measured' });
  if (hasDatabase) {
    lines.push({ text: '      - { query: db, times: 3 }', mark: 'assumed: 3 queries a request' });
  }
  return lines;
}

function databaseLines({ database, servers }: Figures, hasDatabase: boolean): readonly Line[] {
  if (!hasDatabase || database === null) {
    return [];
  }
  const cores = servers?.cores ?? 8;
  return [
    { text: '  db:' },
    { text: `    preset: ${database.kind}` },
    { text: `    cores: ${cores}`, mark: `assumed: ${cores} cores of the database` },
    { text: '    work: [ { compute: measured } ]' },
  ];
}

function promiseLines({ promise }: Figures): readonly Line[] {
  if (promise === null) {
    return [{ text: '# slos: [ "p(95) < 200 ms", "errors < 0.1 %" ]' }];
  }
  return [{ text: `slos: [ ${promise.map((slo) => JSON.stringify(slo)).join(', ')} ]`, given: promise.length }];
}

function perSecond(rate: number): string {
  return `${Number(rate.toPrecision(12))} req/s`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(12))} %`;
}

/** With one decimal, as in 18.0 ms. */
function shortTime(seconds: number): string {
  return seconds < 1e-3
    ? `${(seconds * 1e6).toFixed(0)} us`
    : seconds < 1
      ? `${(seconds * 1e3).toFixed(1)} ms`
      : `${seconds.toFixed(2)} s`;
}
