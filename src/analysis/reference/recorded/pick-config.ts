/** The lines of a recorded balancer's configuration as a director: nginx `upstream`, HAProxy `backend`. */
import { z } from 'zod';
import { plainDirector } from '../../../models/plain.ts';
import type { DirectorDescription, RetryDescription } from '../../../models/description.ts';
import { LETTERS } from '../idle-upstream.ts';
import { haproxyBackend, haproxyRetry } from './haproxy-lines.ts';
import { codesTriedAgain, nginxRetry, nginxUpstream } from './nginx-lines.ts';
import type { HashedText } from './nginx-lines.ts';

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
  /** What of a request's key is hashed. */
  readonly hashed: HashedText;
}

/**
 * @param codes that servers answer at some time of the script.
 * @throws RangeError for a line that it does not know.
 */
export function pickDirector(lb: string, config: PickConfig, codes: readonly number[]): PickDirector {
  if (lb === 'nginx') return nginx(config, codes);
  if (lb === 'haproxy') return haproxy(config);
  throw new RangeError(`picks of ${lb} are not replayed`);
}

function director(parts: Partial<DirectorDescription> & Pick<DirectorDescription, 'scheduler' | 'members'>) {
  return plainDirector({ mode: 'proxy', ...parts });
}

function nginx({ upstream, location, workers }: PickConfig, codes: readonly number[]): PickDirector {
  const { scheduler, servers, shared, keepalive, hashed = 'key' } = nginxUpstream(upstream);
  const up = servers.filter(({ words }) => words.down !== true).length;
  const again = codesTriedAgain(location);
  const tried = codes.filter((code) => again.has(code));
  if (tried.length > 0 && tried.length < codes.length) {
    throw new RangeError(`nginx: of the codes ${codes.join(', ')} some are tried again, others are not`);
  }
  const forgiven = tried.filter((code) => FORGIVEN.has(code));
  if (forgiven.length > 0 && forgiven.length < tried.length) {
    throw new RangeError(`nginx: of the codes ${tried.join(', ')} some count as failures, others do not`);
  }
  const retry = nginxRetry(location, up, tried.length > 0);
  return {
    addresses: servers.map(({ address }) => address),
    hashed,
    director: director({
      scheduler,
      members: servers.map(({ words }, index) => ({ service: letterOf(index), server: 0, ...words })),
      backups: 'overflow',
      processes: shared ? 1 : workers,
      ...(keepalive === undefined ? {} : { keepalive }),
      ...(retry === undefined ? {} : { retry: forgiven.length > 0 ? { ...retry, forgiven: ERROR } : retry }),
    }),
  };
}

/** Answers that may be tried elsewhere and are never held against the server. */
const FORGIVEN = new Set([403, 404]);
const ERROR: RetryDescription['on'] = ['error'];

function haproxy({ defaults, backend }: PickConfig): PickDirector {
  const read = haproxyBackend([...defaults, ...backend]);
  const { servers, check } = read;
  const roomEach = Math.max(...servers.map(({ maxQueue }) => maxQueue));
  if (servers.some(({ maxQueue }) => maxQueue !== roomEach)) throw new RangeError('HAProxy: servers with different maxqueue');
  return {
    addresses: servers.map(({ address }) => address),
    hashed: read.hashed ?? 'key',
    director: director({
      scheduler: read.scheduler,
      members: servers.map(({ member }, index) => ({ service: letterOf(index), server: 0, ...member })),
      backups: read.allBackups ? 'all' : 'first',
      whenFull: { do: 'wait', room: Infinity, roomEach, patience: read.patience },
      ...haproxyRetry(read),
      ...(check === undefined ? {} : { check }),
    }),
  };
}

function letterOf(index: number): string {
  if (index >= LETTERS.length) throw new RangeError(`more servers than letters (${LETTERS.length})`);
  return LETTERS[index];
}
