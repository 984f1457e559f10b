/** What was never seen in a run is a share with an upper end, not 0 +- 0. */
import { describe, expect, test } from 'vitest';
import type * as Windtunnel from '../../src/index.ts';
import { asShipped } from '../support/as-shipped.ts';

const { htmlReport, loadScenario, simulate, terminalReport } = await asShipped<typeof Windtunnel>('src/index.ts');

const { scenario } = loadScenario(
  `clients: { all: { rate: 100 req/s, mix: { read: { share: 90 %, to: db }, write: { share: 10 %, to: db } } } }
services:
  db: { count: 2, workers: 4, work: [ { compute: 1 ms } ], replication: { writes: [ write ], apply: 0 ms } }
slos: [ "errors < 0.001 %", "errors < 50 %" ]`,
  { name: 'rare' },
);
const result = await simulate(scenario!, { replications: 10, eventBudget: 100_000 });

describe('zero seen', () => {
  const { errors, ended } = { errors: result.total.errors, ended: result.total.ok };

  test('of the requests: the exact interval, in the figure and in the SLOs', () => {
    // Clopper and Pearson for 0 of n: 1 - 0.025^(1 / n), nearly 3.689 / n
    expect(errors).toMatchObject({ value: 0, low: 0 });
    expect(errors.high * ended).toBeGreaterThan(3.68);
    expect(errors.high * ended).toBeLessThan(3.7);
    expect(result.slos.map(({ verdict }) => verdict)).toEqual(['not decided', 'holds']);
    expect(result.slos[0].figure.high).toBe(errors.high);
  });

  test('of the reads of replicas too', () => {
    const { staleReads } = result.services.db.replication!;
    expect(staleReads).toMatchObject({ value: 0, low: 0 });
    expect(staleReads.high).toBeGreaterThan(0);
  });

  test('reads as below something, on the screen and in the page', () => {
    expect(terminalReport(result, { width: 80, color: false })).toMatch(
      /errors < 0\.001 % +0 of [\d,]+ +\(below 0\.\d+ %\)/,
    );
    expect(htmlReport(result, { vega: '', vegaLite: '', vegaEmbed: '' })).toMatch(/below 0\.\d+\s%/);
  });
});
