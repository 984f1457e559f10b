/** Sessions and heaps as they are written, and what the built-ins about them show. */
import { describe, expect, test } from 'vitest';
import type * as Api from '../../src/index.ts';
import type { Result } from '../../src/analysis/result.ts';
import { explainScenario } from '../../src/scenarios/describe.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import { builtins } from '../../src/scenarios/catalogue.ts';
import { stuckSentences } from '../../src/report/sentences.ts';
import { asShipped } from '../support/as-shipped.ts';
import { loaded } from './loaded.ts';

const { simulate } = await asShipped<typeof Api>('src/index.ts');

const file = (web: string) => `
clients: { a: { rate: 9 req/s, to: web } }
services: { web: { cores: 1, workers: 9, ${web}, work: [ { compute: 20 ms } ] } }`;

function problemsOf(web: string): readonly string[] {
  return loadScenario(file(web), { name: 'x' }).problems.map(({ path, rule }) => `${path}: ${rule}`);
}

describe('the language', () => {
  test('sessions and a heap in bytes', () => {
    const { cluster } = loaded(
      file('sessions: { keep: replicated, replication: 10 % }, heap: { size: 1 GB, session: 100 kB }'),
    );
    expect(cluster.services.web.sessions).toEqual({
      keep: 'replicated',
      per: 'user',
      lifetime: 1800,
      replication: { kind: 'deterministic', value: 0.002 },
    });
    expect(cluster.services.web.heap).toEqual({
      size: 10_000,
      gc: [
        { full: 0.85, speed: 1 },
        { full: 1, speed: 0.01 },
      ],
    });
  });

  test('a central store is a wait before the work, and nothing is held', () => {
    const { cluster } = loaded(file('sessions: { keep: central, access: 3 ms }, heap: { size: 10 }'));
    expect(cluster.services.web).not.toHaveProperty('sessions');
    expect(cluster.services.web).not.toHaveProperty('heap');
    expect(cluster.services.web.work['*'][0]).toEqual({ do: 'wait', time: { kind: 'deterministic', value: 0.003 } });
  });

  test('what cannot be is said with its place', () => {
    expect(problemsOf('heap: { size: 10 }')).toEqual(['services.web.heap: nothing fills it']);
    expect(problemsOf('sessions: { keep: own }, heap: { size: 1 GB }')).toEqual([
      'services.web.heap.session: is missing: how large is a session?',
    ]);
    expect(problemsOf('sessions: { keep: own, access: 1 ms }')).toEqual([
      'services.web.sessions.access: belongs to "keep: central"',
    ]);
    expect(problemsOf('sessions: { keep: replicated, replication: 1 ms }, sharing: fifo')).toEqual([
      'services.web.sessions.replication: needs cores that requests share',
    ]);
    expect(
      problemsOf(
        'sessions: { keep: own }, heap: { size: 9, gc: [ { full: 90 %, speed: 100 % }, { full: 80 %, speed: 0 % } ] }',
      ),
    ).toEqual([
      'services.web.heap.gc[1].full: must rise from point to point',
      'services.web.heap.gc[1].speed: must be above 0 and at most 100 %',
    ]);
  });

  test('is explained', () => {
    const words = explainScenario(loaded(file('sessions: { keep: replicated, per: request }, heap: { size: 5000 }')));
    expect(words.replace(/\s+/g, ' ')).toContain(
      'a new session a request lives 30 min at every server of the service; room for 5,000 sessions; garbage collection leaves 100 % of the speed at 85 % full, 1 % of the speed at 100 % full',
    );
  });
});

describe('a held load', () => {
  const run = async (name: string, ...set: string[]) =>
    simulate(loadScenario(builtins[name], { name, set }).scenario!, { replications: 2 });

  /** At least 95 % of the probes, with a p95 below 1 s: too few of them for the SLO's interval. */
  const expectRecovered = ({ clients: { probes } }: Result) => {
    expect(probes.errors.value).toBeLessThan(0.05);
    expect(probes.response.p95.value).toBeLessThan(1);
  };

  test('that fills the heaps of the toll booth is not recovered from, and the report says what stays full', async () => {
    const result = await run('apache-tollbooth-held');
    expect(result.verdict).toBe('missed');
    expect(result.clients.probes.response.p95.value).toBeGreaterThan(8);
    expect(result.services.web.heap!.speedAtEnd.value).toBeCloseTo(0.01, 6);
    const [sentence] = stuckSentences(result);
    expect(sentence).toMatch(
      /^The session heap of web\.\* is 100 % full from 5\d s on and stays so: a session lives 30 min, and garbage collection leaves the processor 1(\.0)? % of its speed\.$/,
    );
  });

  test('is recovered from with sessions in one place, and with a heap that nothing fills', async () => {
    for (const set of ['services.web.sessions.keep=central', 'services.web.heap.size=100000']) {
      const result = await run('apache-tollbooth-held', set);
      expectRecovered(result);
      expect(stuckSentences(result)).toEqual([]);
    }
  });

  test('is recovered from behind LVS, unless the Tomcats copy sessions to each other', async () => {
    expectRecovered(await run('lvs-dr-held'));
    const copied = await run('lvs-dr-held', 'services.web.sessions={ keep: replicated, per: request }');
    expect(copied.verdict).toBe('missed');
  });
});
