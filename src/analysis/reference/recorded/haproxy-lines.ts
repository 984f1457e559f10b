/** What the lines of an HAProxy configuration say of a backend: `balance`, `hash-type`, `server`, retries and queues. */
import type { CheckDescription, DirectorDescription, MemberDescription, RetryDescription } from '../../../models/description.ts';

export interface HaproxyServer {
  readonly address: string;
  readonly name: string;
  readonly member: Omit<MemberDescription, 'service' | 'server'>;
  /** Most requests in its own queue; Infinity = any number. */
  readonly maxQueue: number;
  readonly check?: CheckDescription;
}

export interface HaproxyBackend {
  readonly scheduler: DirectorDescription['scheduler'];
  readonly servers: readonly HaproxyServer[];
  readonly check?: CheckDescription;
  readonly retries: number;
  /** `option redispatch N`; 0 = none, -1 = the last retry. */
  readonly redispatch: number;
  readonly allBackups: boolean;
  readonly abortOnClose: boolean;
  /** Seconds that a request waits for a place. */
  readonly patience: number;
  /** Seconds that a server may be silent; absent = not said. */
  readonly tryTimeout?: number;
  /** What of a request is hashed; absent where nothing is. */
  readonly hashed?: 'uri' | 'key';
}

/** First words of lines that have no say in who is picked. */
const SILENT = new Set([
  'mode',
  'log',
  'http-reuse',
  'http-check',
  'stats',
  'email-alert',
  'fullconn',
  'timeout client',
  'timeout check',
  'timeout tunnel',
  'timeout client-fin',
  'timeout server-fin',
  'timeout http-request',
  'timeout http-keep-alive',
  'option httplog',
  'option tcplog',
  'option dontlognull',
  'option dontlog-normal',
  'option log-health-checks',
  'option forwardfor',
  'option http-keep-alive',
  'option http-server-close',
  'option httpclose',
  'option forceclose',
  'option tcpka',
  'option clitcpka',
  'option srvtcpka',
  'option splice-auto',
]);

/** @param lines of the defaults first, then of the backend. @throws RangeError for a line that it does not know. */
export function haproxyBackend(lines: readonly string[]): HaproxyBackend {
  let balance: readonly string[] = ['roundrobin'];
  let hashType: readonly string[] = [];
  let factor = 0;
  let retries = 3;
  let redispatch = 0;
  let patience: number | undefined;
  let connect: number | undefined;
  let checkTimeout: number | undefined;
  let tryTimeout: number | undefined;
  let kind: CheckDescription['kind'] = 'tcp';
  let standard: readonly string[] = [];
  const options = new Set<string>();
  const servers: (readonly string[])[] = [];
  for (const line of lines) {
    const words = line.trim().split(/\s+/);
    const [word, second = '', third] = words;
    const both = `${word} ${second}`;
    if (word === 'server') servers.push([second, third, ...standard, ...words.slice(3)]);
    else if (word === 'default-server') standard = [...standard, ...words.slice(1)];
    else if (word === 'balance') balance = words.slice(1);
    else if (word === 'hash-type') hashType = words.slice(1);
    else if (word === 'hash-balance-factor') factor = Number(second);
    else if (word === 'retries') retries = Number(second);
    else if (both === 'option redispatch') redispatch = Number(third ?? -1);
    else if (both === 'option httpchk') kind = 'http';
    else if (both === 'option allbackups' || both === 'option abortonclose') options.add(second);
    else if (both === 'timeout queue') patience = haproxySeconds(third);
    else if (both === 'timeout connect') connect = haproxySeconds(third);
    else if (both === 'timeout server') tryTimeout = haproxySeconds(third);
    else if (both === 'timeout check') checkTimeout = haproxySeconds(third);
    else if (!SILENT.has(word) && !SILENT.has(both)) throw new RangeError(`HAProxy: unknown line "${line}"`);
  }
  const scheduler = haproxyScheduler(balance.join(' '), hashType.join(' '), factor);
  const read = servers.map(([name, address, ...words]) => ({ name, address, ...haproxyServer(words, kind, checkTimeout) }));
  const check = commonCheck(read);
  return {
    ...scheduler,
    servers: read,
    ...(check === undefined ? {} : { check }),
    ...(tryTimeout === undefined ? {} : { tryTimeout }),
    retries,
    redispatch,
    allBackups: options.has('allbackups'),
    abortOnClose: options.has('abortonclose'),
    patience: patience ?? connect ?? Infinity,
  };
}

/** All that are checked must be checked alike, and either all or none: a director has one check. */
function commonCheck(servers: readonly HaproxyServer[]): CheckDescription | undefined {
  const texts = new Set(servers.map(({ check }) => JSON.stringify(check ?? null)));
  if (texts.size > 1) throw new RangeError('HAProxy: the servers have different health checks');
  return servers[0]?.check;
}

/** Rules that have nothing to set. */
const PLAIN = new Set(['roundrobin', 'static-rr', 'leastconn', 'first']);

/**
 * A scheduler by the arguments of `balance`, `hash-type` and `hash-balance-factor`.
 * @throws RangeError where there is none for them.
 */
export function haproxyScheduler(balance: string, hashType = '', factor = 0): Pick<HaproxyBackend, 'scheduler' | 'hashed'> {
  const [, name = '', argument, rest = ''] = /^([\w-]+)(?:\((.*?)\))?\s*(.*)$/.exec(balance) ?? [];
  const unknown = (): RangeError => new RangeError(`HAProxy: "balance ${balance}" is not a rule that is known`);
  if (PLAIN.has(name)) return { scheduler: { id: `haproxy/${name}`, options: {} } };
  if (name === 'random') return { scheduler: { id: 'haproxy/random', options: { draws: Number(argument ?? 2) } } };
  const hash: HashOptions = { ...hashOptions(hashType), ...(factor === 0 ? {} : { balanceFactor: factor }) };
  if (name === 'source') {
    delete hash.function; // an address is a number: no function of a text
    return { scheduler: { id: 'haproxy/source', options: { ...hash } } };
  }
  if (name === 'uri') return { scheduler: { id: 'haproxy/uri', options: { ...hash, ...uriOptions(rest) } }, hashed: 'uri' };
  if (name === 'url_param' && /^\S+$/.test(rest)) return { scheduler: { id: 'haproxy/hdr', options: { ...hash } }, hashed: 'key' };
  if (name === 'hdr' && argument?.toLowerCase() === 'host') throw new RangeError('HAProxy: the Host of the requests was not recorded');
  if (name === 'hdr' && rest === '') return { scheduler: { id: 'haproxy/hdr', options: { ...hash } }, hashed: 'key' };
  throw unknown();
}

interface HashOptions {
  type?: string;
  function?: string;
  avalanche?: boolean;
  balanceFactor?: number;
}

/** `map-based sdbm avalanche`. */
function hashOptions(hashType: string): HashOptions {
  const [type, ...rest] = hashType.split(/\s+/);
  const name = rest.find((word) => word !== 'avalanche');
  return {
    ...(type === '' ? {} : { type }),
    ...(name === undefined ? {} : { function: name }),
    ...(rest.length > 0 ? { avalanche: rest.includes('avalanche') } : {}),
  };
}

function uriOptions(text: string): Record<string, unknown> {
  const words = text === '' ? [] : text.split(/\s+/);
  const options: Record<string, unknown> = {};
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === 'whole') options.whole = true;
    else if (word === 'depth') options.depth = Number(words.shift());
    else if (word === 'len') options.length = Number(words.shift());
    else if (word !== 'path-only') throw new RangeError(`HAProxy: unknown word "${word}" of "balance uri"`);
  }
  return options;
}

/** Words of a `server` line with an argument, those without one, and those that have no say in who is picked. */
const WITH_NUMBER = new Set(['weight', 'maxconn', 'maxqueue', 'rise', 'fall']);
const WITH_TIME = new Set(['inter', 'fastinter', 'downinter', 'slowstart']);
const FLAGS = new Set(['check', 'backup', 'disabled']);
const SILENT_FLAGS = new Set(['enabled', 'no-check-ssl']);
const SILENT_WITH_WORD = new Set(['cookie', 'id', 'pool-max-conn', 'pool-purge-delay', 'pool-low-conn', 'max-reuse']);

/** The words of a `server` after its address. @throws RangeError for one that it does not know. */
export function haproxyServer(
  words: readonly string[],
  kind: CheckDescription['kind'],
  checkTimeout?: number,
): Pick<HaproxyServer, 'member' | 'maxQueue' | 'check'> {
  const numbers = new Map<string, number>();
  const flags = new Set<string>();
  for (let place = 0; place < words.length; place++) {
    const word = words[place];
    if (WITH_NUMBER.has(word)) numbers.set(word, Number(words[++place]));
    else if (WITH_TIME.has(word)) numbers.set(word, haproxySeconds(words[++place]));
    else if (FLAGS.has(word)) flags.add(word);
    else if (SILENT_WITH_WORD.has(word)) place++;
    else if (!SILENT_FLAGS.has(word)) throw new RangeError(`HAProxy: unknown word "${word}" of a server`);
  }
  const orNone = (name: string, none: number): number => numbers.get(name) || none;
  const every = numbers.get('inter') ?? 2;
  const fast = numbers.get('fastinter');
  const down = numbers.get('downinter');
  return {
    member: {
      weight: numbers.get('weight') ?? 1,
      limit: orNone('maxconn', Infinity),
      backup: flags.has('backup'),
      down: flags.has('disabled'),
      slowStart: numbers.get('slowstart') ?? 0,
    },
    maxQueue: orNone('maxqueue', Infinity),
    ...(!flags.has('check')
      ? {}
      : {
          check: {
            every,
            timeout: checkTimeout ?? every,
            fall: numbers.get('fall') ?? 3,
            rise: numbers.get('rise') ?? 2,
            ...(fast === undefined ? {} : { failing: fast, rising: fast }),
            ...(down === undefined ? {} : { down }),
            kind,
          },
        }),
  };
}

const UNITS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86400 };

/** `300ms`, `60s`, or milliseconds. @throws RangeError for another text. */
export function haproxySeconds(text: string): number {
  const [, count, unit = 'ms'] = /^(\d+)(us|ms|s|m|h|d)?$/.exec(text) ?? [];
  if (count === undefined) throw new RangeError(`HAProxy: "${text}" is no time`);
  return Number(count) * UNITS[unit];
}

const AT_ONCE: RetryDescription['backoff'] = { base: 0, factor: 1, max: 0, jitter: 'none' };
/** Before the same server is tried again. */
const TURN_ROUND: RetryDescription['backoff'] = { base: 1, factor: 1, max: 1, jitter: 'none' };

/** Rules that tie a request to its server: these go elsewhere after as many tries as `option redispatch` says. */
export const TIED: ReadonlySet<string> = new Set(['haproxy/source', 'haproxy/uri', 'haproxy/hdr']);

/**
 * Tries after a connection that failed. With `option redispatch` rules that spread requests go to another server at once, each
 * time; where there is only one, and without the option, it is the same server after a second.
 */
export function haproxyRetry({
  retries,
  redispatch,
  scheduler,
  servers,
}: Pick<HaproxyBackend, 'retries' | 'redispatch' | 'scheduler' | 'servers'>): Pick<DirectorDescription, 'retry'> {
  if (retries === 0) return {};
  const common = { times: retries, on: ['refused', 'connect-timeout'], budget: Infinity } as const;
  const active = servers.filter(({ member }) => member.backup !== true && member.down !== true && member.weight > 0).length;
  const each = redispatch < 0 ? retries + 1 + redispatch : redispatch;
  const stays = { ...common, backoff: TURN_ROUND, other: false, same: true } as const;
  if (each <= 0 || active <= 1) return { retry: stays };
  if (TIED.has(scheduler.id)) return { retry: { ...stays, elsewhereEach: each, avoid: 'last' } };
  return { retry: { ...common, backoff: AT_ONCE, other: true, avoid: 'last' } };
}
