/** What calls from zone to zone pay: by the places of their two ends, whoever picks the server. */
import { expect, test } from 'vitest';
import type { ClusterDescription, DirectorDescription } from '../../../src/models/description.ts';
import { cluster, compute, exactly, expectTimes, play, trace } from '../hand-made.ts';
import { call, director, service } from '../random-cluster.ts';

/** Zones a and b, 20 ms apart. */
function apart(a: readonly string[], b: readonly string[]): ClusterDescription['links'] {
  const zones = [a, b] as const;
  return { wan: { between: ['a', 'b'], zones, latency: exactly(0.02), bitsPerSecond: Infinity } };
}

test('the server that is picked decides', () => {
  const { ends } = play(
    cluster({
      clients: { c: trace([0, 0, 0, 0], [call('s')], { keep: 'connection' }) },
      services: { s: service({ count: 2, work: { '*': [compute(1)] } }) },
      links: apart(['c', 's.1'], ['s.2']),
    }),
  );
  expectTimes([...ends].sort(), [1, 1, 1.04, 1.04]);
});

test('so does the server that calls; what is in no zone is near to all', () => {
  const { ends } = play(
    cluster({
      clients: { c: trace([0, 0], [call('s')], { keep: 'connection' }) },
      services: {
        s: service({ count: 2, work: { '*': [call('t'), call('nowhere')] } }),
        t: service({ work: { '*': [compute(1)] } }),
        nowhere: service({ work: { '*': [compute(0.1)] } }),
      },
      links: apart(['s.1'], ['s.2', 't']),
    }),
  );
  expectTimes([...ends].sort(), [1.1, 1.14]);
});

test('a connection that is opened crosses three times before the answer', () => {
  const { ends } = play(
    cluster({
      clients: { c: trace([0], [call('s')]) },
      services: { s: service({ work: { '*': [compute(1)] } }) },
      links: apart(['s'], ['c']),
    }),
  );
  expectTimes(ends, [1.08]);
});

test.each([
  ['nat', 4],
  ['dr', 2],
  ['client-side', 0],
] as const)('a director in the other zone is a detour: %s crosses %d times', (mode, crossings) => {
  const members = [{ service: 's', server: 0, weight: 1, limit: Infinity }];
  const nodes: DirectorDescription['nodes'] = [
    { name: 'x', priority: 90 },
    { name: 'y', priority: 100 },
  ];
  const { ends } = play(
    cluster({
      clients: { c: trace([0], [call('d')], { keep: 'connection' }) },
      directors: { d: director({ mode, members, nodes }) },
      services: { s: service({ work: { '*': [compute(1)] } }) },
      links: apart(['c', 's', 'd.x'], ['d.y']),
    }),
  );
  expectTimes(ends, [1 + 0.02 * crossings]);
});

test('a proxy has a place too, where it works', () => {
  const members = [{ service: 's', server: 0, weight: 1, limit: Infinity }];
  const { ends } = play(
    cluster({
      clients: { c: trace([0], [call('d')], { keep: 'connection' }) },
      directors: { d: director({ mode: 'proxy', members, workers: 4 }) },
      services: { s: service({ work: { '*': [compute(1)] } }) },
      links: apart(['c', 's'], ['d']),
    }),
  );
  expectTimes(ends, [1.08]);
});

test.each([
  ['s.1', 1],
  ['s.2', 0],
])('a message from %s crosses %d times, though nobody waits for it', (to, times) => {
  const { run } = play(
    cluster({
      clients: { c: trace([0], [call(to)], { keep: 'connection' }) },
      services: {
        s: service({ count: 2, work: { '*': [{ do: 'send', to: 't', requestBytes: 1000 }] } }),
        t: service({ work: { '*': [compute(1)] } }),
      },
      links: apart(['s.1'], ['s.2', 't']),
    }),
  );
  expect(run.reading().links['wan a to b'].bits > 0 ? 1 : 0).toBe(times);
});
