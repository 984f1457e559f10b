/** What the lines of an nginx configuration say of an upstream: `server`, the balancing rule, `proxy_next_upstream`. */
import type { DirectorDescription, MemberDescription, RetryDescription } from '../../../models/description.ts';

/** Words of a `server` line as a member of a director, and a rule of balancing as its scheduler. */
export type ServerWords = Omit<MemberDescription, 'service' | 'server'>;

const AT_ONCE: RetryDescription['backoff'] = { base: 0, factor: 1, max: 0, jitter: 'none' };

/** Lines of an upstream that have no say in who is picked, or how many connections there are of requests in turn. */
const SILENT = new Set(['zone', 'keepalive_timeout', 'keepalive_requests', 'keepalive_time']);

export interface NginxUpstream {
  readonly scheduler: DirectorDescription['scheduler'];
  readonly servers: readonly { readonly address: string; readonly words: ServerWords }[];
  /** All worker processes share one state. */
  readonly shared: boolean;
  /** Idle connections that each worker keeps; absent = none is kept. */
  readonly keepalive?: number;
  /** What of a request is hashed; absent where nothing is. */
  readonly hashed?: HashedText;
}

/** The path with or without its query, or a key by itself. */
export type HashedText = 'key' | 'path' | 'uri';

/** @throws RangeError for a line that it does not know. */
export function nginxUpstream(lines: readonly string[]): NginxUpstream {
  let scheduler: NginxUpstream['scheduler'] = { id: 'nginx/rr', options: {} };
  let keepalive: number | undefined;
  let hashed: HashedText | undefined;
  const servers: { readonly address: string; readonly words: ServerWords }[] = [];
  for (const line of lines) {
    const [word, ...rest] = wordsOf(line);
    if (word === 'server') {
      servers.push({ address: rest[0], words: nginxServer(rest.slice(1)) });
    } else if (word === 'keepalive') {
      keepalive = Number(rest[0]);
    } else if (word === 'hash') {
      hashed = hashedText(rest[0]);
      const key = rest[0] === '$remote_addr' ? 'source' : 'request';
      scheduler = { id: 'nginx/hash', options: { key, consistent: rest[1] === 'consistent' } };
    } else if (!SILENT.has(word)) {
      const found = nginxScheduler([word, ...rest].join(' '));
      if (found === undefined) throw new RangeError(`nginx: unknown line "${line}"`);
      scheduler = found;
    }
  }
  return {
    scheduler,
    servers,
    shared: lines.some((line) => line.startsWith('zone ')),
    ...(keepalive === undefined ? {} : { keepalive }),
    ...(hashed === undefined ? {} : { hashed }),
  };
}

/** Of a rule that needs no key: `least_conn`, `random two least_conn`; undefined where there is none. */
export function nginxScheduler(line: string): DirectorDescription['scheduler'] | undefined {
  switch (line) {
    case 'least_conn':
    case 'ip_hash':
      return { id: `nginx/${line}`, options: {} };
    case 'random':
      return { id: 'nginx/random', options: {} };
    case 'random two':
    case 'random two least_conn':
      return { id: 'nginx/random', options: { two: 'least_conn' } };
    default:
      return undefined;
  }
}

function hashedText(variable: string): HashedText {
  if (variable === '$request_uri') return 'uri';
  if (variable === '$uri' || variable === '$document_uri') return 'path';
  if (/^\$(?:arg_\w+|http_\w+|cookie_\w+|remote_addr)$/.test(variable)) return 'key';
  throw new RangeError(`nginx: a hash of "${variable}" is not a key that is known`);
}

/** `weight=3 max_fails=1 fail_timeout=2s max_conns=2 backup down`. @throws RangeError for another word. */
export function nginxServer(words: readonly string[]): ServerWords {
  let member: ServerWords = { weight: 1, limit: Infinity, maxFails: 1, failTimeout: 10 };
  for (const word of words) {
    const [name, value = ''] = word.split('=');
    if (name === 'weight') member = { ...member, weight: Number(value) };
    else if (name === 'max_conns') member = { ...member, limit: Number(value) === 0 ? Infinity : Number(value) };
    else if (name === 'max_fails') member = { ...member, maxFails: Number(value) };
    else if (name === 'fail_timeout') member = { ...member, failTimeout: nginxSeconds(value) };
    else if (word === 'backup') member = { ...member, backup: true };
    else if (word === 'down') member = { ...member, down: true };
    else throw new RangeError(`nginx: unknown word "${word}" of a server`);
  }
  return member;
}

/** Causes by the words of `proxy_next_upstream`; an answer is an `error` by its code, see `codesTriedAgain`. */
const CAUSES: Readonly<Record<string, RetryDescription['on']>> = {
  error: ['refused', 'reset'],
  timeout: ['timeout', 'connect-timeout'],
};

/**
 * The tries at further servers; undefined where there is one try only.
 * @param lines of the location, `proxy_next_upstream` among them.
 * @param servers that are configured and not down.
 * @param errors whether the codes that servers answer are among those tried again.
 */
export function nginxRetry(lines: readonly string[], servers: number, errors = false): RetryDescription | undefined {
  const words = nextUpstream(lines);
  const on = words.flatMap((word) => CAUSES[word] ?? []);
  const number = (name: string): string | undefined => valueOf(lines, name)?.[0];
  const most = Number(number('proxy_next_upstream_tries') ?? 0);
  const within = nginxSeconds(number('proxy_next_upstream_timeout') ?? '0');
  const tries = most === 0 ? servers : Math.min(most, servers);
  const causes = errors ? [...on, 'error' as const] : on;
  if (causes.length === 0 || tries <= 1) return undefined;
  const all = { times: tries - 1, backoff: AT_ONCE, on: causes, other: true, avoid: 'always', budget: Infinity } as const;
  return within === 0 ? all : { ...all, within };
}

/** Codes of answers that are tried elsewhere: `http_500`. */
export function codesTriedAgain(lines: readonly string[]): ReadonlySet<number> {
  return new Set(nextUpstream(lines).flatMap((word) => (word.startsWith('http_') ? [Number(word.slice(5))] : [])));
}

function nextUpstream(lines: readonly string[]): readonly string[] {
  return valueOf(lines, 'proxy_next_upstream') ?? ['error', 'timeout'];
}

/** Seconds after which a try has failed. */
export function nginxTryTimeout(lines: readonly string[]): number {
  return nginxSeconds(valueOf(lines, 'proxy_read_timeout')?.[0] ?? '60');
}

/** What follows the name of a directive; undefined where it is not there. */
function valueOf(lines: readonly string[], name: string): readonly string[] | undefined {
  return lines.flatMap((line) => line.split(';')).map(wordsOf).find(([word]) => word === name)?.slice(1);
}

function wordsOf(line: string): string[] {
  return line.trim().replace(/;$/, '').trim().split(/\s+/);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, m: 60, h: 3600, d: 86400 };

/** `10`, `2s`, `500ms`, `1m 30s`. @throws RangeError for another text. */
export function nginxSeconds(text: string): number {
  const parts = [...text.matchAll(/(\d+)(ms|s|m|h|d)?\s*/g)];
  if (parts.map(([part]) => part).join('') !== text || parts.length === 0) throw new RangeError(`nginx: "${text}" is no time`);
  return parts.reduce((sum, [, count, unit = 's']) => sum + Number(count) * UNITS[unit], 0);
}
