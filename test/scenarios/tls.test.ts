/** What connections cost when they are opened, and how many are opened anew after a takeover or a crash. */
import { describe, expect, test } from 'vitest';
import { simulate } from '../../src/analysis/simulate.ts';
import type { FaultResult } from '../../src/analysis/result.ts';
import { faultRow, faultSentence } from '../../src/report/failover.ts';
import { explainScenario } from '../../src/scenarios/describe.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import type { Reading } from '../../src/models/reading.ts';
import { play } from '../models/hand-made.ts';
import { loaded, near } from './loaded.ts';

/**
 * Forty users begin at once, over a link of 5 ms. The handshake of each takes the only worker 10 ms; requests take it none.
 * From then on they follow each other by 10 ms, every 1.01 s. The director's node is lost at 3 s, and replaced at 4 s.
 */
const takeover = (more = '', tls = ', tls: { version: 1.3, cpu: 10 ms }', keep = 'connection'): string => `
clients: { app: { users: 40, start: { rendezvous: 0 s }, think: 1 s, keep: ${keep}, to: vip } }
directors: { vip: { mode: nat, upstream: web, nodes: { a: { priority: 100 }, b: { priority: 99 } }, takeover: 1 s${more} } }
services: { web: { workers: 1, work: [ { wait: 0 s } ]${tls} } }
links: { lan: { between: [ app, vip ], latency: 5 ms } }
faults: [ { at: 3 s, crash: vip.a } ]
time: { duration: 8 s, warmup: 0 s }
`;

const readingAt = (text: string, until: number): Reading => play(loaded(text).cluster, { until }).run.reading();
const handshakes = (text: string, until: number): number => readingAt(text, until).services.web[0].handshakes!;
const answered = (text: string, until: number): number[] =>
  play(loaded(text).cluster, { until }).rows.map(({ end }) => end);

async function fault(text: string): Promise<FaultResult> {
  const { failover } = await simulate(loaded(text), { seed: '1', replications: 1 });
  return failover!.faults[0];
}

describe('a new connection', () => {
  test('takes a round trip more with TLS 1.3, two more with TLS 1.2, and processor time', () => {
    // SYN, SYN-ACK, [ClientHello, ServerHello, [Finished, Finished]], request, then the answer
    const first = (tls: string): number => answered(takeover('', tls), 1)[0];
    expect(first('')).toBeCloseTo(0.02, 9);
    expect(first(', tls: { version: 1.3 }')).toBeCloseTo(0.03, 9);
    expect(first(', tls: {}')).toBeCloseTo(0.03, 9);
    expect(first(', tls: { version: 1.2 }')).toBeCloseTo(0.04, 9);
    expect(first(', tls: { version: 1.2, cpu: 10 ms }')).toBeCloseTo(0.05, 9);
    // the second request of the first user comes 1 s after its answer, and takes a trip each way
    expect(answered(takeover(), 1.06)[40]).toBeCloseTo(0.04 + 1 + 0.01, 9);
  });

  test('is each request where none is kept', () => {
    const { web } = readingAt(takeover('', undefined, 'request'), 2.9).services;
    expect(web[0].handshakes).toBe(web[0].calls);
    expect(web[0].handshakes).toBeGreaterThan(100);
  });

  test('costs no processor time where its user has gone', () => {
    // at 100 ms all give up; by then eight have begun
    const text = takeover().replace('to: vip', 'to: vip, timeout: 100 ms');
    expect(handshakes(text, 0.9)).toBe(8);
  });

  test('ends at a proxy that has TLS, which pays', () => {
    const text = takeover(', tls: { cpu: 10 ms }, cores: 1', '').replace('mode: nat', 'mode: proxy');
    const { services } = readingAt(text, 2.9);
    expect(services.vip[0].handshakes).toBe(40);
    expect(services.vip[0].computeArea).toBeCloseTo(0.4, 9);
    expect(services.web[0].computeArea).toBe(0);
    // a proxy without TLS: what its servers have is not its clients' business
    const inside = takeover().replace('mode: nat', 'mode: proxy');
    expect(handshakes(inside, 2.9)).toBe(0);
    expect(answered(inside, 1)[0]).toBeCloseTo(0.02, 9);
  });
});

describe('after a takeover without state synchronisation', () => {
  test('every user opens its connection anew: forty handshakes, 100 a second, 0.4 s of CPU', () => {
    // user k would have sent at 3.05 s + k x 10 ms; its SYN is sent again a second later, and its request comes 25 ms after
    // that: the first handshake begins at 4.085 s, and then one every 10 ms
    const text = takeover();
    expect([3, 4.08, 4.1, 4.2, 4.3, 4.4, 4.47, 4.48, 8].map((until) => handshakes(text, until))).toEqual([
      40, 40, 42, 52, 62, 72, 79, 80, 80,
    ]);
    const cpu = [4.08, 4.09, 4.285, 8].map((until) => readingAt(text, until).services.web[0].computeArea);
    expect(cpu).toEqual([near(0.4, 9), near(0.405, 9), near(0.6, 9), near(0.8, 9)]);
  });

  test('the result says so', async () => {
    const lost = await fault(takeover());
    expect([lost.reopened!.value, lost.reopenedPeak!.value]).toEqual([40, 40]);
    expect(faultSentence(lost)).toMatch(/; 40 connections opened anew, all within a second\.$/);
    expect(faultRow(lost).at(-1)).toMatch(/; 40 connections opened anew, all within a second$/);
  });

  test('nobody need call meanwhile; synchronised tables keep all, a proxy loses those to its servers too', async () => {
    // all have their answer by 3.46 s, and call next from 4.05 s on
    const short = (text: string) =>
      fault(text.replace('at: 3 s', 'at: 3470 ms').replace('takeover: 1 s', 'takeover: 500 ms'));
    expect((await short(takeover())).reopened!.value).toBe(40);
    expect((await short(takeover(', sync: true'))).reopened!.value).toBe(0);
    const proxy = takeover(', keepalive: 2', '').replace('mode: nat', 'mode: proxy');
    expect((await short(proxy)).reopened!.value).toBe(42);
    // its own process has each answer from the server before it makes the next call: one connection does for all
    expect((await short(proxy.replace('keepalive: 2', 'keepalive: 2, workers: 100'))).reopened!.value).toBe(41);
  });

  test('each fault has what was opened anew until the next', async () => {
    const text = takeover().replace('crash: vip.a }', 'crash: vip.a }, { at: 6 s, crash: web, for: 10 ms }');
    const { failover } = await simulate(loaded(text), { seed: '1', replications: 1 });
    expect(failover!.faults.map(({ reopened }) => reopened!.value)).toEqual([40, 40]);
    expect(failover!.faults.map(({ reopenedPeak }) => reopenedPeak!.value)).toEqual([40, 40]);
  });

  test('nothing is said where none are kept', async () => {
    const lost = await fault(takeover('', undefined, 'request'));
    expect(lost).not.toHaveProperty('reopened');
    expect(lost).not.toHaveProperty('reopenedPeak');
    expect(faultSentence(lost)).not.toContain('anew');
  });
});

test('each is the first of its user, or opened anew, also where a full queue drops SYNs', () => {
  // three at a time get in: at 0, 1, 3 and 7 s; after the takeover at 11 s some are dropped again
  const text = takeover('', ', queue: 2, full: drop, tls: { cpu: 20 ms }').replace('users: 40', 'users: 10');
  const counted = [12, 40].map((until) => {
    const [kept] = play(loaded(text.replace('at: 3 s', 'at: 10 s')).cluster, { until }).run.parts.execution.connecting
      .kept;
    return kept;
  });
  expect(counted.map(({ opened, reopened }) => opened - reopened)).toEqual([10, 10]);
  expect(counted[0].reopened).toBeLessThan(10);
  expect(counted[1].reopened).toBe(10);
});

test('connections that users and a proxy keep to a server that crashes are opened anew', async () => {
  // users keep theirs to the proxy; of its two idle ones, one leads to web.1, which is back before the next request
  const text = `
clients: { app: { users: 2, start: { rendezvous: 0 s }, think: 1 s, keep: connection, to: vip } }
directors: { vip: { mode: proxy, scheduler: lvs/rr, upstream: web, keepalive: 4 } }
services: { web: { count: 2, work: [ { wait: 100 ms } ] } }
faults: [ { at: 3 s, crash: web.1, for: 50 ms } ]
time: { duration: 8 s, warmup: 0 s }
`;
  expect((await fault(text)).reopened!.value).toBe(1);
  const direct = text.replace('to: vip', 'to: web.1');
  expect((await fault(direct)).reopened!.value).toBe(2);
});

test('words and problems', () => {
  const words = explainScenario(loaded(takeover())).replace(/\s+/g, ' ');
  expect(words).toContain('TLS: 1 further round trip and 10 ms of CPU for each new connection of a client');
  const { problems } = loadScenario(takeover(', tls: {}'), { name: 'test' });
  expect(problems.map(({ path, rule }) => [path, rule])).toEqual([
    ['directors.vip.tls', 'ends at the servers in mode nat'],
  ]);
});
