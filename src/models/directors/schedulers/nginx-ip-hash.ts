/**
 * nginx `ip_hash`: the first three octets of the client's address decide; weights count. A server that is down, full or
 * was tried is passed over by hashing again, up to 20 times, then weighted round robin picks. All clients of one /24 go to
 * one server. Pick O(1); a change of weight costs O(total weight) at the next pick.
 *
 * Source: nginx 1.22 src/http/modules/ngx_http_upstream_ip_hash_module.c, checked against recorded maps. Left out: IPv6 (all
 * 16 octets there).
 */
import { noOptions } from '../scheduler.ts';
import type { NoOptions, SchedulerKind } from '../scheduler.ts';
import { KeyHashes } from '../hashing/key-hashes.ts';
import { plainSurroundings } from '../surroundings.ts';
import { NginxHashDraws } from './nginx-hash-draws.ts';

const START = 89;

export const nginxIpHash: SchedulerKind<NoOptions> = {
  name: 'nginx/ip_hash',
  source: 'nginx 1.22 ngx_http_upstream_ip_hash_module.c',
  summary: "by the first three octets of the client's address and weight",
  options: noOptions,
  make(_options, upstream, _random, around = plainSurroundings()) {
    const over = (key: number, hash: number): number => overThreeOctets(around.sourceAddress(key), hash);
    const first = new KeyHashes((key) => over(key, START));
    return new NginxHashDraws(upstream, 'source', (key) => first.of(key), over);
  },
};

function overThreeOctets(address: number, start: number): number {
  let hash = start;
  for (let shift = 24; shift > 0; shift -= 8) hash = (hash * 113 + ((address >>> shift) & 255)) % 6271;
  return hash;
}
