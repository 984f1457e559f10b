/** What stands around a pick, as people write it: into the description, into words, and into problems. */
import { describe, expect, test } from 'vitest';
import type { DirectorDescription } from '../../src/models/description.ts';
import { explainScenario } from '../../src/scenarios/describe.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import { loaded } from './loaded.ts';

const text = (rest: string, upstream = 'web'): string => `clients: { all: { rate: 10 req/s, to: vip } }
directors: { vip: { upstream: ${upstream}${rest} } }
services: { web: { count: 3, work: [ { compute: 1 ms } ] } }
`;
const vip = (rest: string, upstream?: string): DirectorDescription =>
  loaded(text(rest, upstream)).cluster.directors.vip;
const problems = (rest: string, upstream?: string): string[] =>
  loadScenario(text(rest, upstream), { name: 'x' }).problems.map(({ path, rule }) => `${path}: ${rule}`);
const explained = (rest: string, upstream?: string): string =>
  explainScenario(loaded(text(rest, upstream))).replace(/\s+/g, ' ');

describe('what is written', () => {
  test('of members, for all or for one', () => {
    const upstream =
      '{ web.1: 3, web.2: { maxFails: 0, slowStart: 5 s }, web.3: { backup: true, failTimeout: 4 s, limit: 7 } }';
    expect(vip(', maxFails: 2, failTimeout: 20 s', upstream).members).toEqual([
      { service: 'web', server: 0, weight: 3, limit: Infinity, maxFails: 2, failTimeout: 20 },
      { service: 'web', server: 1, weight: 1, limit: Infinity, slowStart: 5 },
      { service: 'web', server: 2, weight: 1, limit: 7, backup: true, maxFails: 2, failTimeout: 4 },
    ]);
    expect(vip('', '{ web.1: 1, web.2: { down: true } }').members[1]).toMatchObject({ down: true });
  });

  test('of the director', () => {
    const rest =
      ', backups: first, clientAbort: keep, removal: quiesce, processes: 4, keepalive: 16, timeout: 3 s, panic: 50 %, outlier: { consecutive: 3, maxEjectionPercent: 40 % }, retry: { times: 2, same: true, within: 5 s }, whenFull: { wait: { room: 9, roomEach: 2 } }';
    expect(vip(rest)).toMatchObject({
      backups: 'first',
      clientAbort: 'keep',
      removal: 'quiesce',
      processes: 4,
      keepalive: 16,
      tryTimeout: 3,
      panic: 0.5,
      outlier: { consecutive: 3, interval: 10, baseEjectionTime: 30, maxEjectionTime: 300, maxEjectionPercent: 40 },
      retry: { times: 2, same: true, within: 5 },
      whenFull: { do: 'wait', room: 9, roomEach: 2, patience: Infinity },
    });
    const retry = ', retry: { times: 3, same: true, elsewhere: 3, forgiven: [ error ] }';
    expect(vip(retry).retry).toMatchObject({ same: true, elsewhereEach: 3, avoid: 'last', forgiven: ['error'] });
    expect(explained(retry)).toContain('tries the same server again, another one each 3 tries,');
  });

  test('nothing: nothing stands around it', () => {
    const { members, ...rest } = vip('');
    expect(Object.keys(members[0])).toEqual(['service', 'server', 'weight', 'limit']);
    for (const key of [
      'backups',
      'clientAbort',
      'removal',
      'processes',
      'keepalive',
      'tryTimeout',
      'panic',
      'outlier',
    ]) {
      expect(rest).not.toHaveProperty(key);
    }
  });
});

describe('products', () => {
  test('nginx leaves a server out for 10 s after one failure, and tries the next after 60 s', () => {
    const nginx = vip(', preset: nginx');
    expect(nginx.members[0]).toMatchObject({ maxFails: 1, failTimeout: 10 });
    expect(nginx).toMatchObject({ tryTimeout: 60, retry: { times: 2, other: true } });
    expect(nginx.retry!.on).toEqual(['refused', 'connect-timeout', 'reset', 'timeout']);
    expect(explained(', preset: nginx')).toContain('a server is left out for 10 s after 1 failure');
    expect(explained(', preset: nginx')).toContain('nginx upstream module: fail_timeout=10s');
    expect(vip(', preset: nginx, maxFails: 0').members[0]).not.toHaveProperty('maxFails');
  });

  test('Envoy uses all hosts when fewer than half are healthy', () => {
    expect(vip(', preset: envoy')).toMatchObject({ mode: 'proxy', panic: 0.5 });
    expect(vip(', preset: envoy, outlier: {}').outlier).toMatchObject({ consecutive: 5, maxEjectionPercent: 10 });
  });

  test('HAProxy tries the same server again, waits for room, and uses one backup', () => {
    expect(vip(', preset: haproxy')).toMatchObject({
      scheduler: { id: 'haproxy/roundrobin' },
      backups: 'first',
      clientAbort: 'keep',
      retry: { times: 3, same: true, backoff: { base: 1 }, on: ['refused', 'connect-timeout'] },
      whenFull: { do: 'wait', room: Infinity },
    });
    expect(explained(', preset: haproxy')).toContain(
      'tries the same server again after refused, connect-timeout, 3 times',
    );
  });
});

test('explain says what there is', () => {
  const upstream = '{ web.1: 1, web.2: { slowStart: 20 s }, web.3: { backup: true } }';
  const words = explained(
    ', outlier: {}, panic: 50 %, processes: 2, keepalive: 8, timeout: 3 s, removal: quiesce',
    upstream,
  );
  for (const fact of [
    '1 backup when no other server can take a request',
    'its full share after 20 s',
    'ejects a server after 5 failures in a row',
    'with fewer than 50 % healthy all are used',
    '2 worker processes that share nothing',
    'keeps 8 idle connections to servers',
    'a try fails after 3 s',
    'persistent clients stay with a server that is taken out',
    'Envoy 1.30 documentation, outlier detection',
  ]) {
    expect(words).toContain(fact);
  }
});

describe('mistakes', () => {
  test.each([
    [', maxFails: 1, failTimeout: 1500 ms', undefined, 'directors.vip.failTimeout: must be whole seconds'],
    ['', '{ web.1: { backup: true } }', 'directors.vip.upstream: every server is a backup'],
    ['', '{ web.1: { down: true } }', 'directors.vip.upstream: every server is down'],
    [', retry: { times: 2, same: true, other: true }', undefined, 'directors.vip.retry.same: does not go with other'],
    [
      ', retry: { times: 2, elsewhere: 2 }',
      undefined,
      'directors.vip.retry.elsewhere: says nothing without `same: true`',
    ],
    [', retry: { times: 2, same: true, budget: 20 % }', undefined, 'directors.vip.retry.same: does not go with budget'],
  ] as const)('%s %s', (rest, upstream, problem) => {
    expect(problems(rest, upstream)).toContain(problem);
  });

  test('words of directors in a call, unknown words, numbers without a unit', () => {
    const call = `clients: { all: { rate: 9 req/s, to: s, retry: { times: 1, same: true } } }\nservices: { s: { work: [ { compute: 1 ms } ] } }`;
    expect(loadScenario(call, { name: 'x' }).problems.length).toBe(1);
    expect(problems(', backups: some')[0]).toContain('directors.vip.backups');
    expect(problems(', failTimeout: 10')[0]).toContain('directors.vip.failTimeout');
    expect(problems(', processes: 0')[0]).toContain('directors.vip.processes');
  });

  test('a single server is never left out: a doubt', () => {
    const { doubts } = loadScenario(text(', maxFails: 1', 'web.1'), { name: 'x' });
    expect(doubts.map(({ path }) => path)).toContain('directors.vip.maxFails');
  });
});
