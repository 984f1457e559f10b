/**
 * nginx `hash`: a key of the request decides. Plain: CRC-32 of the key, bits 16 to 30, modulo the total weight; a server that
 * cannot be used is passed over by adding the hash of "1" + key, "2" + key ..., up to 20 times, then weighted round robin
 * picks. Most keys move when a server is added or removed.
 * With `consistent` (ketama): a ring with 160 points for each unit of weight, made from the servers' host and port; the key
 * belongs to the first point at or after its CRC-32. Points of servers that cannot be used are passed over, up to 20, then
 * weighted round robin picks. About 1/n of the keys move.
 *
 * Pick O(1) in the mean; a change of weight costs O(total weight) (ring: O(w log w) in its points) at the next pick.
 *
 * Source: nginx 1.22 src/http/modules/ngx_http_upstream_hash_module.c, checked against recorded maps. Left out: several
 * servers of one name.
 */
import { z } from 'zod';
import { Change } from '../scheduler.ts';
import type { Hashed, Scheduler, SchedulerKind, Tried, Upstream } from '../scheduler.ts';
import { CRC_START, crc32, crcOver, crcOverWord } from '../hashing/crc32.ts';
import { KeyHashes } from '../hashing/key-hashes.ts';
import { Ring } from '../hashing/ring.ts';
import type { RingPoint } from '../hashing/ring.ts';
import { textBytes } from '../hashing/text-bytes.ts';
import { dotted, plainSurroundings } from '../surroundings.ts';
import type { Surroundings } from '../surroundings.ts';
import { wholeWeight } from '../whole-weight.ts';
import { LOOKS_MAX, NginxHashDraws, NO_HASH } from './nginx-hash-draws.ts';
import { SmoothWeightedRoundRobin } from './nginx-rr.ts';

/** Points for each unit of weight. */
const POINTS = 160;

const options = z.strictObject({
  key: z
    .enum(['request', 'source'])
    .default('request')
    .describe('what is hashed: the key of the request ($request_uri, an argument), or the source ($remote_addr)'),
  consistent: z.boolean().default(false).describe('on a ketama ring: few keys move when servers come and go'),
});

export const nginxHash: SchedulerKind<z.infer<typeof options>> = {
  name: 'nginx/hash',
  source: 'nginx 1.22 ngx_http_upstream_hash_module.c',
  summary: 'by a hash of the request; with `consistent: true` on a ketama ring',
  options,
  make({ key: hashes, consistent }, upstream, _random, around = plainSurroundings()) {
    const text = (key: number): string =>
      hashes === 'source' ? dotted(around.sourceAddress(key)) : around.requestText(key);
    if (consistent) {
      const whole = (key: number): number => (text(key) === '' ? NO_HASH : crc32(textBytes(text(key))));
      return new NginxKetama(upstream, hashes, whole, around);
    }
    const hashOf = (key: number, prefix: string): number => (crc32(textBytes(prefix + text(key))) >>> 16) & 0x7fff;
    const first = new KeyHashes((key) => (text(key) === '' ? NO_HASH : hashOf(key, '')));
    return new NginxHashDraws(
      upstream,
      hashes,
      (key) => first.of(key),
      (key, before, look) => before + hashOf(key, `${look}`),
    );
  },
};

class NginxKetama implements Scheduler {
  private readonly fallback: SmoothWeightedRoundRobin;
  private ring: Ring | null = null;
  /** Place of each key on the ring, and whose it is: a ring of many servers is too large for the processor's caches. */
  private places!: KeyHashes;
  private owners!: KeyHashes;

  constructor(
    private readonly upstream: Upstream,
    readonly hashes: Hashed,
    private readonly hashOf: (key: number) => number,
    private readonly around: Surroundings,
  ) {
    this.fallback = new SmoothWeightedRoundRobin(upstream, 0);
  }

  pick(key: number, tried: Tried): number {
    const ring = (this.ring ??= this.make());
    if (this.upstream.length === 1 || ring.length === 0) return this.fallback.pick(key, tried);
    const own = this.owners.of(key);
    if (own < 0) return this.fallback.pick(key, tried);
    if (this.upstream.usable(own) && !tried.has(own)) {
      this.recover(own);
      return own;
    }
    const first = this.places.of(key);
    for (let look = 1; look <= LOOKS_MAX; look++) {
      const server = ring.owner(first + look);
      if (this.upstream.usable(server) && !tried.has(server)) {
        this.recover(server);
        return server;
      }
    }
    return this.fallback.pick(key, tried);
  }

  changed(server: number, what: Change): void {
    if (what === Change.weight) this.ring = null;
    this.fallback.changed(server, what);
  }

  private make(): Ring {
    const ring = ketamaRing(this.upstream, this.around);
    this.places = new KeyHashes((key) => {
      const hash = this.hashOf(key);
      return hash === NO_HASH ? -1 : ring.find(hash);
    });
    this.owners = new KeyHashes((key) => {
      const place = this.places.of(key);
      return place < 0 ? -1 : ring.owner(place);
    });
    return ring;
  }

  /** A pick on the ring raises the effective weight of its server, as one of round robin does. */
  private recover(server: number): void {
    const { effective, weight } = this.upstream;
    if (effective[server] >= weight[server]) return;
    effective[server] = Math.min(effective[server] + 1, weight[server]);
    this.fallback.changed(server, Change.effective);
  }
}

/** Each point is the CRC-32 of host, a zero, port, and the point before (0 at first). */
function ketamaRing(upstream: Upstream, around: Surroundings): Ring {
  const points: RingPoint[] = [];
  for (let server = 0; server < upstream.length; server++) {
    const [, host, port] = /^(.*?)(?::(\d*))?$/s.exec(around.serverName(server))!;
    const base = crcOver(CRC_START, textBytes(`${host}\0${port ?? ''}`));
    for (let left = POINTS * wholeWeight(upstream, server), hash = 0; left > 0; left--) {
      hash = (crcOverWord(base, hash) ^ CRC_START) >>> 0;
      points.push({ hash, server });
    }
  }
  return new Ring(points);
}
