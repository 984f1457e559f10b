/**
 * Picks of the Debian 12 packages nginx 1.22.1-9 and haproxy 2.6.12-1, recorded on loopback for these tests in the form of
 * `reference/real/picks.json`: what is not in that file, hash functions, parts of a path, requests without a key, answers that are
 * tried elsewhere or not, redispatch under hash rules, weights among many after a failure, backups with a line of their own.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { picks } from '../../src/analysis/reference/recorded/picks.ts';
import type { CaseReport, ReferenceCase } from '../../src/analysis/reference/suite.ts';

const text = readFileSync(new URL('golden/picks-debian12.json', import.meta.url), 'utf8');

function casesOf(json: string): readonly ReferenceCase[] {
  return picks.cases(new Map([['real/picks.json', json]]));
}

const judge = (one: ReferenceCase): Promise<CaseReport> => picks.judge(one, { seed: 'recorded', widthMax: 1 });
const wrong = ({ figures }: CaseReport): unknown[] =>
  figures.filter(({ passed }) => !passed).map(({ name, expected, found }) => ({ name, expected, found: found.value }));

test.each(casesOf(text).map((one) => [one.id, one] as const))('%s', async (_id, one) => {
  expect(one.unexpressible).toBeUndefined();
  const report = await judge(one);
  expect(wrong(report)).toEqual([]);
  expect(report.figures.length).toBeGreaterThan(0);
});

describe('a recording that says something else', () => {
  const all = JSON.parse(text) as Record<
    string,
    { config: { backend?: string[]; upstream?: string[] }; [more: string]: unknown }
  >;

  test.each([
    ['haproxy-uri-depth2', 'depth 2', 'depth 1'],
    ['haproxy-uri-whole-consistent', ' whole', ''],
    ['haproxy-hashtype-map-based-wt6-avalanche-uri', ' avalanche', ''],
    ['haproxy-hbf-125-w-churn', 'factor 125', 'factor 200'],
    ['nginx-hash-uri-path-2-1-1', '$uri', '$request_uri'],
    ['nginx-http404-next', 'http_404', 'http_500'],
    ['haproxy-refused-source-c-consistent', 'option redispatch', 'option redispatch 1'],
    ['haproxy-disabled', ' disabled', ''],
  ])('%s is failed with "%s" as "%s"', async (id, from, to) => {
    const [one] = casesOf(
      JSON.stringify({ [id]: JSON.parse(JSON.stringify(all[id]).replaceAll(from, to)) as unknown }),
    );
    expect(one.unexpressible).toBeUndefined();
    expect(wrong(await judge(one)).length).toBeGreaterThan(0);
  });

  const reason = (change: (one: (typeof all)[string]) => void, id: string): string | undefined => {
    const copy = structuredClone(all[id]);
    change(copy);
    return casesOf(JSON.stringify({ [id]: copy }))[0].unexpressible;
  };

  test('is not expressible, with the reason, where a word is not known', () => {
    expect(reason(({ config }) => config.backend!.push('use-server a if x'), 'haproxy-uri-depth2')).toContain(
      'use-server a if x',
    );
    expect(reason(({ config }) => (config.backend![1] += ' minconn 2'), 'haproxy-uri-depth2')).toContain('minconn');
    expect(reason(({ config }) => (config.backend![0] = 'balance rdp-cookie'), 'haproxy-uri-depth2')).toContain(
      'rdp-cookie',
    );
    expect(reason(({ config }) => (config.backend![0] = 'balance hdr(host)'), 'haproxy-uri-depth2')).toContain('Host');
    expect(reason(({ config }) => (config.backend![0] = 'balance random(2)'), 'haproxy-uri-depth2')).toContain('draws');
    expect(reason(({ config }) => (config.backend![0] = 'balance uri depth 0'), 'haproxy-uri-depth2')).toContain(
      'depth',
    );
    expect(reason(({ config }) => config.backend!.push('timeout queue soon'), 'haproxy-uri-depth2')).toContain('soon');
    expect(reason(({ config }) => config.upstream!.push('sticky cookie;'), 'nginx-hash-uri-2-1-1')).toContain(
      'sticky cookie',
    );
    expect(reason(({ config }) => (config.upstream![0] = 'hash $ssl_session_id;'), 'nginx-hash-uri-2-1-1')).toContain(
      '$ssl_session_id',
    );
    expect(
      reason(({ config }) => (config.upstream![1] = 'server 127.0.0.1:9001 slow_start=5s;'), 'nginx-hash-uri-2-1-1'),
    ).toContain('slow_start');
    expect(reason((one) => (one.steps = [{ op: 'reload' }]), 'nginx-hash-uri-2-1-1')).toContain('not in the form');
  });
});
