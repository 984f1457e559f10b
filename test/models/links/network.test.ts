/** What a network adds: trips, line rates, cards, the work of forwarding. */
import { describe, expect, test } from 'vitest';
import { cardLimits, connectionTraffic, flows } from '../../../src/models/directors/modes.ts';
import type { Mode } from '../../../src/models/directors/modes.ts';
import type { ClusterDescription, DirectorDescription, LinkDescription } from '../../../src/models/description.ts';
import { Link } from '../../../src/models/links/link.ts';
import { call, director, service } from '../random-cluster.ts';
import { clients, closed, cluster, compute, exactly, expectTimes, play, trace } from '../hand-made.ts';

describe('a line', () => {
  test('carries one message after the other at its rate', () => {
    const link = new Link('l', 8000, null, 0);
    expect([link.carry(1000, 1, 0), link.carry(500, 1, 0), link.carry(1000, 1, 0.5), link.carry(1000, 1, 10)]).toEqual([
      1, 1.5, 2, 1,
    ]);
    expect([link.bits, link.busySeconds]).toEqual([28_000, 3.5]);
  });

  test('its first packet leaves early, where there is more than one', () => {
    const link = new Link('l', 8000, null, 0);
    expect(link.firstPacket(link.carry(3000, 2, 0), 3000, 2)).toBe(1.5);
    expect(link.firstPacket(link.carry(1000, 1, 0), 1000, 1)).toBe(4);
    expect(link.firstPacket(link.carry(3000, 2, 0), 3000, 2)).toBe(4 + 1.5);
  });

  test('forwarding takes time by the packet', () => {
    expect(new Link('l', Infinity, null, 0.01).carry(1e9, 5, 0)).toBeCloseTo(0.05, 12);
  });
});

describe('a link', () => {
  function ends(link: Partial<LinkDescription>, keep: 'request' | 'connection', sizes = {}): readonly number[] {
    const description = cluster({
      clients: { c: trace([0, 0], [call('s', sizes)], { keep }) },
      services: { s: service({ work: { '*': [compute(1)] } }) },
      links: { wan: { between: ['s', 'c'], latency: exactly(0), bitsPerSecond: Infinity, ...link } },
    });
    return play(description).ends;
  }

  test('adds its latency there and back; a new connection takes two trips more', () => {
    const latency = exactly(0.02);
    expectTimes(ends({ latency }, 'connection'), [1.04, 1.04]);
    expectTimes(ends({ latency }, 'request'), [1.08, 1.08]);
  });

  test('carries each way at its own line rate, headers included', () => {
    const sizes = { requestBytes: 100, responseBytes: 10_000 };
    const { forward, backward } = connectionTraffic({ ...sizes, opens: false });
    const [there, back] = [(8 * forward.bytes) / 1e5, (8 * backward.bytes) / 1e5];
    const late = exactly(0.25);
    expectTimes(ends({ bitsPerSecond: 1e5, latency: late }, 'connection', sizes), [
      there + 1 + back + 0.5,
      there + 1 + 2 * back + 0.5,
    ]);
  });

  test('between others is none of its business', () => {
    expectTimes(ends({ between: ['c', 'x'], latency: exactly(9) }, 'connection'), [1, 1]);
  });

  test.each([
    ['nat', Infinity, 0.02 * 3 + 0.5 * 3 + 0.52],
    ['proxy', 10, 0.02 * 3 + 0.5 + 0.52], // its own connections are kept
    ['dr', Infinity, 0.02 * 3 + 0.5 * 3 + 0.02],
  ] as const)('between a director and a server is on the way: %s', (mode, workers, onTheWay) => {
    const link = (a: string, b: string, seconds: number): LinkDescription => ({
      between: [a, b],
      latency: exactly(seconds),
      bitsPerSecond: Infinity,
    });
    const members = ['near', 'far'].map((name) => ({ service: name, server: 0, weight: 1, limit: Infinity }));
    const { ends } = play(
      cluster({
        clients: { c: trace([0, 0], [call('d')]) },
        directors: { d: director({ mode, workers, members }) },
        services: { near: service({ work: { '*': [] } }), far: service({ work: { '*': [] } }) },
        links: { wan: link('c', 'd', 0.02), lan: link('far', 'd', 0.5) },
      }),
    );
    expectTimes(ends, [0.08, onTheWay]);
  });

  test('the failure to connect is known at once', () => {
    const { outcomes } = play(
      cluster({
        clients: { c: trace([0], [call('s', { timeout: exactly(0.5) })]) },
        services: { s: service({ work: { '*': [] } }) },
        links: { wan: { between: ['c', 's'], latency: exactly(1), bitsPerSecond: Infinity } },
      }),
    );
    expect(outcomes).toEqual(['timeout']);
  });
});

test('over several hops the packets are pipelined: the slowest counts once, the others a packet', () => {
  const sizes = { requestBytes: 0, responseBytes: 150_000 };
  const { backward } = connectionTraffic({ ...sizes, opens: false });
  const { ends } = play(
    cluster({
      clients: { c: trace([0], [call('d', sizes)], { keep: 'connection' }) },
      directors: {
        d: director({
          mode: 'nat',
          members: [{ service: 's', server: 0, weight: 1, limit: Infinity }],
          sendBitsPerSecond: 1e6,
        }),
      },
      services: { s: service({ work: { '*': [] }, sendBitsPerSecond: 2e6 }) },
    }),
  );
  const { forward } = connectionTraffic({ ...sizes, opens: false });
  const request = (8 * forward.bytes) / 1e6; // through the director's card
  expectTimes(ends, [request + (8 * 1500) / 2e6 + (8 * backward.bytes) / 1e6]);
});

describe('throughput of full cards', () => {
  const sizes = { requestBytes: 500, responseBytes: 100_000 };
  const traffic = connectionTraffic({ ...sizes, opens: true, closedBy: 'client' });

  /** Exchanges/s of many users who never think. */
  function throughput(mode: Mode, options: Partial<DirectorDescription>, serverBits: number): number {
    const description: ClusterDescription = cluster({
      clients: { c: clients(closed({ users: { kind: 'constant', users: 60 } }), [call('d', sizes)]) },
      directors: {
        d: director({
          mode,
          members: [0, 1, 2].map((server) => ({ service: 's', server, weight: 1, limit: Infinity })),
          ...options,
        }),
      },
      services: {
        s: service({ count: 3, work: { '*': [] }, sendBitsPerSecond: serverBits, receiveBitsPerSecond: serverBits }),
      },
    });
    const { run } = play(description, { until: 20 });
    const before = run.reading().clients.c.ended;
    run.advance({ time: 120 });
    return (run.reading().clients.c.ended - before) / 100;
  }

  function expectWithin(found: number, expected: number): void {
    expect(Math.abs(found / expected - 1), `${found} against ${expected} exchanges/s`).toBeLessThan(0.01);
  }

  const card = 1e7;
  const cards = { sendBitsPerSecond: card, receiveBitsPerSecond: card };
  const cases: readonly (readonly [string, Mode, Partial<DirectorDescription>])[] = [
    ['nat', 'nat', {}],
    ['proxy', 'proxy', {}],
    ['proxy with workers', 'proxy', { workers: 1000 }],
  ];

  test.each(cases)('%s: the card of the director, whatever the servers', (_, mode, options) => {
    expectWithin(throughput(mode, { ...cards, ...options }, card), cardLimits(flows(mode, traffic), card).oneCard);
  });

  test.each([...cases, ['direct return', 'dr', {}] as const])('%s: the cards of the servers', (_, mode, options) => {
    const limit = 3 * cardLimits(flows(mode, traffic), card / 10).server;
    expectWithin(throughput(mode, { ...cards, ...options }, card / 10), limit);
  });

  test('direct return: three times the card of a server, though the director has one like it', () => {
    expectWithin(throughput('dr', cards, card), 3 * cardLimits(flows('dr', traffic), card).server);
  });

  test('the work of forwarding, one packet at a time', () => {
    const packets = traffic.forward.packets;
    expectWithin(throughput('dr', { packetCost: 1e-4 }, Infinity), 1 / (packets * 1e-4));
    expectWithin(throughput('nat', { packetCost: 1e-4 }, Infinity), 1 / ((packets + traffic.backward.packets) * 1e-4));
  });
});
