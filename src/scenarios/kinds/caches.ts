/**
 * Caches, and the keys that clients' requests carry.
 */
import { z } from 'zod';
import type { CacheDescription, KeysDescription } from '../../models/description.ts';
import type { Context } from '../context.ts';
import { unlimited } from '../context.ts';
import { count, countOrUnlimited, flag, number, positive, share, time, word } from './fields.ts';

export const cacheSchema = z
  .strictObject({
    hit: share('given share of lookups that find it; without it keys decide').optional(),
    size: countOrUnlimited('items it has room for; unlimited by default').optional(),
    evict: word(
      ['lru', 'fifo', 'random'],
      'who goes when it is full: least recently used (default), oldest, any',
    ).optional(),
    ttl: z
      .union([time('how long an entry lives', { positive: true }), z.literal('unlimited')])
      .optional()
      .meta({ description: 'how long an entry lives; unlimited by default' }),
    jitter: share('each life is shorter by up to this share of it').optional(),
    renew: flag('a hit begins the life of its entry again').optional(),
    singleFlight: flag('those who miss an item that is being loaded wait for that load').optional(),
    start: word(
      ['cold', 'warm', 'together'],
      'empty (default), filled at different ages, or filled at once, so that all expire together',
    ).optional(),
    absent: z
      .union([
        word(
          ['loaded', 'filtered'],
          'what does not exist is loaded each time (default), or known at once (Bloom filter)',
        ),
        z.strictObject({ keep: time('remembered as absent for so long', { positive: true }) }),
      ])
      .optional()
      .meta({ description: 'lookups of what does not exist: loaded (default), filtered, or { keep: 10 s }' }),
  })
  .meta({ description: 'a cache that steps look things up in: { lookup: NAME, miss: [ ... ] }' });

export const keysSchema = z
  .strictObject({
    items: count('items of the catalogue').optional(),
    zipf: number('exponent of their popularity; 0 = all alike').optional(),
    shares: z.array(positive('relative popularity')).min(1).max(100_000).optional(),
    absent: share('of the requests ask for something that does not exist').optional(),
  })
  .meta({
    description:
      'what requests ask for: { zipf: 0.7, items: 20000 }; caches, and directors that hash requests, go by it',
  });

export type CacheSurface = z.infer<typeof cacheSchema>;
export type KeysSurface = z.infer<typeof keysSchema>;

export function resolveCache(surface: CacheSurface, name: string, context: Context): CacheDescription {
  const path = ['caches', name];
  const { hit, ttl, absent, jitter } = surface;
  if (hit !== undefined) {
    for (const key of ['size', 'evict', 'ttl', 'jitter', 'renew', 'start', 'absent', 'singleFlight'] as const) {
      if (surface[key] === undefined) continue;
      const hint = 'leave out hit, and give clients keys: { zipf: 0.7, items: 20000 }; or leave it out';
      context.problem([...path, key], 'does not go with a given hit ratio', hint, surface[key]);
    }
  }
  const part = (text: string | undefined, key: string): number => {
    const value = text === undefined ? 0 : context.quantity(text, 'share', [...path, key]);
    if (value > 1) context.problem([...path, key], 'must be at most 100 %', '', text);
    return Math.min(1, value);
  };
  const lifetime =
    ttl === undefined || ttl === 'unlimited' ? Infinity : context.quantity(ttl, 'time', [...path, 'ttl']);
  if (lifetime === Infinity && (jitter !== undefined || surface.renew === true)) {
    const key = jitter === undefined ? 'renew' : 'jitter';
    context.problem([...path, key], 'needs a ttl', 'for example ttl: 60 s');
  }
  return {
    ...(hit === undefined ? {} : { hit: part(hit, 'hit') }),
    size: unlimited(surface.size ?? 'unlimited'),
    evict: surface.evict ?? 'lru',
    ttl: lifetime,
    jitter: part(jitter, 'jitter'),
    renew: surface.renew ?? false,
    singleFlight: surface.singleFlight ?? false,
    start: surface.start ?? 'cold',
    absent: absent === undefined ? 'loaded' : typeof absent === 'string' ? absent : 'kept',
    absentTtl: typeof absent === 'object' ? context.quantity(absent.keep, 'time', [...path, 'absent', 'keep']) : 0,
  };
}

export function resolveKeys(surface: KeysSurface, path: readonly string[], context: Context): KeysDescription {
  const { items, zipf, shares, absent } = surface;
  if ((items === undefined) === (shares === undefined) || (zipf !== undefined && shares !== undefined)) {
    context.problem(
      path,
      'must say the popularity of items once',
      'keys: { zipf: 0.7, items: 20000 }, or keys: { shares: [ 3, 2, 1 ] }',
    );
  }
  if (items !== undefined && items > ITEMS_MAX) {
    context.problem([...path, 'items'], `must be at most ${ITEMS_MAX}`, 'model a share of them', items);
  }
  const nothing = absent === undefined ? 0 : context.quantity(absent, 'share', [...path, 'absent']);
  if (nothing > 1) context.problem([...path, 'absent'], 'must be at most 100 %', '', absent);
  return {
    items: Math.min(ITEMS_MAX, shares?.length ?? items ?? 1),
    popularity: shares === undefined ? { zipf: zipf ?? 0 } : { shares },
    absent: Math.min(1, nothing),
  };
}

/** As the law of popularity allows. */
const ITEMS_MAX = 1e7;
