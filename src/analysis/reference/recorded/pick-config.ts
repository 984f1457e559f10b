/** The lines of a recorded balancer's configuration as a director: nginx `upstream`, HAProxy `backend`. */
import { z } from 'zod';
import { plainDirector } from '../../../models/plain.ts';
import type { DirectorDescription, MemberDescription, RetryDescription } from '../../../models/description.ts';
import { LETTERS } from '../idle-upstream.ts';

export const pickConfig = z.object({
  upstream: z.array(z.string()).default([]),
  location: z.array(z.string()).default([]),
  workers: z.number().default(1),
  defaults: z.array(z.string()).default([]),
  backend: z.array(z.string()).default([]),
});
export type PickConfig = z.infer<typeof pickConfig>;

export interface PickDirector {
  /** Members are the services a, b, c ... */
  readonly director: DirectorDescription;
  /** `host:port` of each. */
  readonly addresses: readonly string[];
}

const COUNTED = ['refused', 'connect-timeout', 'reset', 'timeout'] as const;
const AT_ONCE: RetryDescription['backoff'] = { base: 0, factor: 1, max: 0, jitter: 'none' };
/** HAProxy waits a second before it tries the same server again. */
const TURN_ROUND: RetryDescription['backoff'] = { base: 1, factor: 1, max: 1, jitter: 'none' };

/** @throws RangeError for a line that it does not know. */
export function pickDirector(lb: string, config: PickConfig): PickDirector {
  if (lb === 'nginx') return nginx(config);
  if (lb === 'haproxy') return haproxy(config);
  throw new RangeError(`picks of ${lb} are not replayed`);
}

function director(parts: Partial<DirectorDescription> & Pick<DirectorDescription, 'scheduler' | 'members'>) {
  return plainDirector({ mode: 'proxy', ...parts });
}

// -------------------------------------------------------------------------------------------------------------- nginx

function nginx({ upstream, location, workers }: PickConfig): PickDirector {
  let scheduler: DirectorDescription['scheduler'] = { id: 'nginx/rr', options: {} };
  let keepalive: number | undefined;
  const members: MemberDescription[] = [];
  const addresses: string[] = [];
  for (const line of upstream) {
    const [word, ...rest] = line.replace(/;$/, '').split(/\s+/);
    switch (word) {
      case 'server':
        members.push(nginxServer(members.length, rest.slice(1)));
        addresses.push(rest[0]);
        break;
      case 'least_conn':
      case 'ip_hash':
        scheduler = { id: `nginx/${word}`, options: {} };
        break;
      case 'hash':
        scheduler = {
          id: 'nginx/hash',
          options: { key: rest[0] === '$remote_addr' ? 'source' : 'request', consistent: rest[1] === 'consistent' },
        };
        break;
      case 'random':
        scheduler = { id: 'nginx/random', options: rest.length > 0 ? { two: 'least_conn' } : {} };
        break;
      case 'keepalive':
        keepalive = Number(rest[0]);
        break;
      case 'zone':
        break;
      default:
        throw new RangeError(`nginx: unknown line "${line}"`);
    }
  }
  const tries = triesOf(location, members.length);
  const shared = upstream.some((line) => line.startsWith('zone '));
  return {
    addresses,
    director: director({
      scheduler,
      members,
      backups: 'overflow',
      processes: shared ? 1 : workers,
      ...(keepalive === undefined ? {} : { keepalive }),
      retry: { times: tries - 1, backoff: AT_ONCE, on: COUNTED, other: true, avoid: 'always', budget: Infinity },
    }),
  };
}

function nginxServer(index: number, words: readonly string[]): MemberDescription {
  const number = (name: string, otherwise: number): number => {
    const found = words.find((word) => word.startsWith(`${name}=`));
    return found === undefined ? otherwise : Number.parseFloat(found.slice(name.length + 1));
  };
  return {
    service: LETTERS[index],
    server: 0,
    weight: number('weight', 1),
    limit: number('max_conns', Infinity),
    maxFails: number('max_fails', 1),
    failTimeout: number('fail_timeout', 10),
    backup: words.includes('backup'),
    down: words.includes('down'),
  };
}

/** `http_500` among the causes changes nothing here: a server that answers 500 is played as one that refuses. */
function triesOf(location: readonly string[], servers: number): number {
  const lines = location.join(' ');
  if (lines.includes('proxy_next_upstream off')) return 1;
  return Number(/proxy_next_upstream_tries (\d+)/.exec(lines)?.[1] ?? servers);
}

// ------------------------------------------------------------------------------------------------------------ HAProxy

function haproxy({ defaults, backend }: PickConfig): PickDirector {
  let id = 'haproxy/roundrobin';
  const options: Record<string, unknown> = {};
  const members: MemberDescription[] = [];
  const addresses: string[] = [];
  let check: DirectorDescription['check'];
  for (const line of backend) {
    const [word, ...rest] = line.split(/\s+/);
    if (word === 'server') {
      const server = haproxyServer(members.length, rest.slice(2));
      members.push(server.member);
      addresses.push(rest[1]);
      check = server.check ?? check;
    } else if (word === 'balance') {
      const [, name, argument] = /^([\w-]+)(?:\((.*)\))?$/.exec(rest[0])!;
      id = `haproxy/${name}`;
      if (name === 'random' && argument !== undefined) options.draws = Number(argument);
    } else if (word === 'hash-type') {
      options.type = rest[0];
    } else if (word !== 'option') {
      throw new RangeError(`HAProxy: unknown line "${line}"`);
    }
  }
  const retries = Number(numberAfter(defaults, 'retries') ?? 3);
  const redispatch = defaults.includes('option redispatch');
  const patience = numberAfter(defaults, 'timeout queue');
  const common = { times: retries, on: ['refused'], budget: Infinity } as const;
  return {
    addresses,
    director: director({
      scheduler: { id, options },
      members,
      backups: defaults.includes('option allbackups') ? 'all' : 'first',
      whenFull: { do: 'wait', room: Infinity, patience: patience === undefined ? Infinity : seconds(patience) },
      retry: redispatch
        ? { ...common, backoff: AT_ONCE, other: true, avoid: 'last' }
        : { ...common, backoff: TURN_ROUND, other: false, same: true },
      ...(check === undefined ? {} : { check }),
    }),
  };
}

function haproxyServer(
  index: number,
  words: readonly string[],
): { readonly member: MemberDescription; readonly check?: DirectorDescription['check'] } {
  const after = (name: string): number | undefined => {
    const place = words.indexOf(name);
    return place < 0 ? undefined : Number(words[place + 1]);
  };
  const member: MemberDescription = {
    service: LETTERS[index],
    server: 0,
    weight: after('weight') ?? 1,
    limit: after('maxconn') ?? Infinity,
    backup: words.includes('backup'),
  };
  if (!words.includes('check')) return { member };
  const every = (after('inter') ?? 2000) / 1000;
  return { member, check: { every, timeout: every, fall: after('fall') ?? 3, rise: after('rise') ?? 2 } };
}

/** The word after `name` in the line that begins with it. */
function numberAfter(lines: readonly string[], name: string): string | undefined {
  return lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1);
}

/** `300ms`, `60s`, or milliseconds. */
function seconds(text: string): number {
  const value = Number.parseFloat(text);
  return /\ds$/.test(text) ? value : value / 1000;
}
