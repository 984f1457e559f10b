import { describe, expect, test } from 'vitest';
import { parse, View } from 'vega';
import { compile } from 'vega-lite';
import type { Result } from '../../src/analysis/result.ts';
import { charts, type Chart } from '../../src/report/charts/index.ts';
import { logTicks } from '../../src/report/charts/log-ticks.ts';
import { darkColors } from '../../src/report/charts/theme.ts';
import { exact, failover, figure, fixtures, shop, single, undecided } from './fixture.ts';

const all = Object.entries(fixtures).flatMap(([fixture, result]) =>
  Object.values(charts)
    .map((chart) => chart(result))
    .filter((chart) => chart !== null)
    .map((chart): [string, string, Chart] => [fixture, chart.id, chart]),
);

test.each(all)('%s %s compiles without a warning and draws', async (_fixture, _id, { spec, sentence }) => {
  const warnings: unknown[] = [];
  const note = (...messages: readonly unknown[]) => (warnings.push(messages.map(String).join(' ')), logger);
  const logger = { level: () => logger, error: note, warn: note, info: () => logger, debug: () => logger };
  const vega = compile({ ...spec, width: 600 }, { logger: logger }).spec;
  const svg = await new View(parse(vega), { renderer: 'none', logger: logger }).toSVG();
  expect(warnings).toEqual([]);
  expect(svg).toMatch(/<path [^>]*d="M/);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  expect(spec.description).toBe(sentence);
});

test.each(all)('%s %s holds aggregates only and refers to nothing outside', (_fixture, _id, { spec }) => {
  const json = JSON.stringify({ ...spec, $schema: '' });
  expect(json).not.toMatch(/"url"|https?:/);
  expect(json.length).toBeLessThan(60_000);
});

test.each(all)('%s %s uses colours that a dark page can exchange', (_fixture, _id, { spec }) => {
  const known = darkColors.map(({ light }) => light);
  for (const color of JSON.stringify(spec).match(/#[0-9a-f]{3,8}\b/gi) ?? []) expect(known).toContain(color);
});

test('where there is nothing to draw, there is no chart', () => {
  expect(Object.values(charts).map((chart) => chart(undecided))).toEqual(Object.values(charts).map(() => null));
  expect(charts.limits(single)).toBeNull();
  expect(charts.upstreamShares(single)).toBeNull();
});

describe('sentences are computed from the data', () => {
  const sentence = (chart: (result: Result) => Chart | null, result: Result) => chart(result)?.sentence;

  test('spread', () => {
    expect(sentence(charts.latencyDistribution, shop)).toBe(
      "Half of 3,600,000 successes take under 51.2 ms, 1 in 20 over 120 ms; 1 in 1,000 takes over 219 ms, 4.3 times the median. 99.56 % stay within the SLO's 200 ms.",
    );
    const fast = {
      ...shop,
      distribution: [
        { from: 0.01, to: 0.02, count: 7 },
        { from: 0.02, to: 0.04, count: 2 },
      ],
    };
    expect(sentence(charts.latencyDistribution, fast)).toContain("All stay within the SLO's 200 ms.");
    expect(sentence(charts.latencyDistribution, { ...shop, slos: [] })).not.toContain('SLO');
    const ofOne = shop.slos.map((slo) => ({ ...slo, client: 'visitors' }));
    expect(sentence(charts.latencyDistribution, { ...shop, slos: ofOne })).not.toContain('SLO');
  });

  test('intervals', () => {
    expect(sentence(charts.latencyPercentiles, shop)).toBe(
      'Bars are 95 % intervals; least sure is p99.9, 219 ms (213 to 225), ±2.7 %. Orange marks are SLO limits.',
    );
    expect(sentence(charts.latencyPercentiles, single)).toBe('One run: the points have no intervals.');
  });

  test('failures, and that a series has no interval', () => {
    expect(sentence(charts.throughputOverTime, shop)).toBe(
      'Of 800 req/s offered, 800 req/s succeeded; no request failed. A series has no interval: mean of 12 runs.',
    );
    expect(sentence(charts.throughputOverTime, failover)).toContain('0.71 % failed, most at 3:00 (566 req/s)');
  });

  test('range and gaps', () => {
    expect(sentence(charts.responseOverTime, failover)).toBe(
      'p95 lies between 1.3 s and 2.08 s, highest at 3:05. Gaps: nothing succeeded in 1 of 120 buckets. A series has no interval: mean of 8 runs.',
    );
  });

  test('the warm-up does not count', () => {
    const { timeline } = shop;
    const late = { ...shop, timeline: { ...timeline, p95: timeline.at.map((at) => (at < 30 ? 9 : 0.1)) } };
    expect(sentence(charts.responseOverTime, late)).toMatch(/^p95 stays at 100 ms\./);
  });

  test('the busiest service, and how many are left out', () => {
    expect(sentence(charts.utilisationOverTime, shop)).toMatch(/^app is busiest: 45\.0 % on average, at most 46\.\d %/);
    const busy = { utilisation: shop.timeline.at.map(() => 0.9), queue: shop.timeline.at.map(() => 0) };
    const services = Object.fromEntries(Array.from({ length: 9 }, (_, number) => [`s${number}`, busy]));
    const many = { ...shop, timeline: { ...shop.timeline, services } };
    expect(sentence(charts.utilisationOverTime, many)).toContain('The first 6 of 9 services are shown.');
    expect(charts.queueOverTime(many)).toBeNull();
  });

  test('even and uneven shares', () => {
    expect(sentence(charts.upstreamShares, shop)).toBe('nginx (nginx/rr) spreads over 4 servers evenly, 25 % each.');
    expect(sentence(charts.upstreamShares, failover)).toContain(
      'from 24.1 % to 26.2 %: the most is 1.09 times the least.',
    );
    const one = { ...shop.directors.nginx, share: { 'app.1': exact(1, 'share') } };
    expect(sentence(charts.upstreamShares, { ...shop, directors: { vip: one } })).toBe('vip has one server.');
  });

  test('limits that are only in the table are counted', () => {
    expect(sentence(charts.limits, shop)).toMatch(/2\.22 times this load\. 12 less used are in the table only\.$/);
  });
});

test('events at nearly one moment share a label, in the order of the list', () => {
  const json = JSON.stringify(charts.throughputOverTime(failover)?.spec);
  expect(json).toContain('"label":"1–3"');
  expect(json).toContain('"label":"4"');
});

test('the SLO of a percentile stands in its row, and one of a single client does not', () => {
  const marks = (result: Result) => JSON.stringify(charts.latencyPercentiles(result)?.spec).includes('"limit":200');
  expect(marks(shop)).toBe(true);
  expect(marks({ ...shop, slos: shop.slos.map((slo) => ({ ...slo, client: 'visitors' })) })).toBe(false);
});

test('a distribution of one value is no chart; the share of the very fastest stands at its left end', () => {
  const one = [{ from: 0.01, to: 0.01002, count: 5 }];
  expect(charts.latencyDistribution({ ...shop, distribution: one })).toBeNull();
  const fast = { from: 0, to: 1e-9, count: 1 };
  const result = { ...shop, distribution: [fast, ...shop.distribution.map((bucket) => ({ ...bucket }))] };
  const bins = JSON.stringify(charts.latencyDistribution(result)?.spec).match(
    /"from":[\d.e-]+,"to":[\d.e-]+,"share":[\d.e-]+/g,
  )!;
  const [first] = bins.map((bin) => JSON.parse(`{${bin}}`) as { from: number; share: number });
  expect(first.from).toBeGreaterThan(0.001);
  expect(bins.map((bin) => Number(/"share":(.*)/.exec(bin)![1])).reduce((a, b) => a + b, 0)).toBeCloseTo(100, 2);
});

test('labels of near percentiles cascade, so that the rule of none stands in another', () => {
  const response = { ...shop.total.response, p99: figure(0.13, 0.001, 's'), p999: figure(0.14, 0.001, 's') };
  const json = JSON.stringify(charts.latencyDistribution({ ...shop, total: { ...shop.total, response } })?.spec);
  const rows = [...json.matchAll(/"label":"(p[\d.]+)"[^}]*"row":(\d)/g)].map(([, label, row]) => [label, Number(row)]);
  expect(rows).toEqual([
    ['p50', 0],
    ['p95', 0],
    ['p99', 1],
    ['p99.9', 2],
  ]);
});

test('a limit that is full names no load at which it would end; hardly used ones are left out', () => {
  const [first, ...others] = shop.limits;
  const full = { ...first, used: figure(1, 0.0001, 'share') };
  const idle = { ...first, name: 'idle', used: exact(0.00001, 'share') };
  const chart = charts.limits({ ...shop, limits: [full, ...others, idle] })!;
  expect(chart.sentence).toMatch(new RegExp(`^${first.name} is full at this load\\.`));
  expect(JSON.stringify(chart.spec)).not.toContain('idle');
  const unknown = shop.limits.map((limit) => ({ ...limit, endsAt: null }));
  expect(charts.limits({ ...shop, limits: unknown })!.sentence).toMatch(
    new RegExp(`^${first.name} is used most, 45 %; the load that would fill it is not known\\.`),
  );
});

test('a logarithmic axis has few labels over many decades', () => {
  expect(logTicks([8, 120])).toEqual([10, 20, 50, 100]);
  expect(logTicks([0.008, 120])).toEqual([0.01, 0.1, 1, 10, 100]);
});

test('percentiles that differ a lot are drawn on a logarithmic axis', () => {
  const slow = { ...shop.total.response, p999: figure(20, 0.4, 's') };
  const spec = charts.latencyPercentiles({ ...shop, total: { ...shop.total, response: slow } })?.spec;
  expect(JSON.stringify(spec)).toContain('"type":"log"');
  expect(JSON.stringify(charts.latencyPercentiles(shop)?.spec)).not.toContain('"type":"log"');
});
