/** The lesson of `k8s-degrade`: the rule goes on and off with the load, and what both readings of "30 % less" do to that. */
import { describe, expect, test } from 'vitest';
import type * as Build from '../../src/models/build.ts';
import { builtins } from '../../src/scenarios/catalogue.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import { asShipped } from '../support/as-shipped.ts';

const { build } = await asShipped<typeof Build>('src/models/build.ts');

function degraded(...set: readonly string[]) {
  const { scenario } = loadScenario(builtins['k8s-degrade'], { name: 'k8s-degrade', set });
  const run = build(scenario!.cluster, { seed: 1, replication: 0 });
  run.advance({ time: 330 });
  run.check();
  const { outcomes } = run.reading().clients.shoppers;
  const spells = run.log.filter(({ text }) => text.startsWith('the rule save is on'));
  return {
    failed: 1 - outcomes[0] / outcomes.reduce((sum, count) => sum + count, 0),
    on: spells.map(({ at, until }) => [at, until] as const),
    breakers: run.log.filter(({ text }) => text.startsWith('the breaker of shop.')),
  };
}

describe('a degradation rule', () => {
  test('is on while there is more than the shop can do, off again to see, and off when the surge is over', () => {
    const { on, failed } = degraded();
    expect(on).toHaveLength(2);
    const [[first, again], [second, last]] = on;
    expect(first).toBeGreaterThan(60);
    expect(first).toBeLessThan(70);
    expect(again! - first).toBeGreaterThanOrEqual(60);
    expect(second - again!).toBeLessThan(20);
    expect(last).toBeGreaterThan(180);
    expect(last).toBeLessThan(240);
    expect(failed).toBeLessThan(0.02);
  });

  test('leaves a failing payment to the breakers of the ten pods, within a Hystrix window', () => {
    const { breakers, on } = degraded();
    const pods = new Set(breakers.map(({ text }) => /of (shop\.\d+) for/.exec(text)![1]));
    expect(pods.size).toBe(10);
    expect(Math.min(...breakers.map(({ at }) => at))).toBeGreaterThan(240);
    expect(Math.max(...breakers.map(({ at }) => at))).toBeLessThan(250);
    expect(on.every(([at]) => at < 240)).toBe(true);
  });

  test('that takes 30 % of the servers keeps itself on until the surge ends', () => {
    const { on, failed } = degraded('rules.save.servers={ shop: 70 % }');
    expect(on).toHaveLength(1);
    expect(on[0][1]).toBeGreaterThan(235);
    expect(failed).toBeGreaterThan(0.05);
  });

  test('that admits 30 % less refuses these, and what is in has room', () => {
    const { on, failed } = degraded('rules.save.admit={ shop: 70 % }');
    expect(on).toHaveLength(2);
    expect(failed).toBeGreaterThan(0.1);
  });
});
