/** The data files: built-in scenarios and presets. */
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { builtins, presets as presetTexts } from '../../src/scenarios/catalogue.ts';
import { explainScenario } from '../../src/scenarios/describe.ts';
import { connectPreset, connectPresetNames, presets } from '../../src/scenarios/presets.ts';
import { scenarioJsonSchema } from '../../src/scenarios/json-schema.ts';
import { conformsTo } from './json-schema-check.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import { loaded } from './loaded.ts';

/** Built-ins that are about something one should not do: the doubt is the lesson. */
const lessons: Readonly<Record<string, readonly unknown[]>> = {
  'lvs-one-source': [expect.stringContaining("2 source addresses behind vip's persistence")],
  'k8s-web': [
    expect.stringMatching(/notices after about 25 s that web.3 is down; "errors < 0.01 %" of this run is spent after/),
    expect.stringContaining('scales in when memory is short'),
  ],
  'metersphere-cluster': [expect.stringContaining('"in progress > 0.5" holds at all times')],
  'metersphere-cached': [expect.stringContaining('"in progress > 0.5" holds at all times')],
  'ecommerce-sale': [
    expect.stringMatching(
      /looks every 15 min, but the load grows from what 3 servers can do \(125 req\/s\) to 140 req\/s/,
    ),
  ],
  'k8s-degrade': [
    expect.stringContaining('scales in when memory is short'),
    expect.stringMatching(/looks every 5 min, but the load grows from what 10 servers can do \(100 req\/s\)/),
  ],
  'k8s-surge': [
    expect.stringContaining('scales in when memory is short'),
    expect.stringMatching(/looks every 5 min, but the load grows from what 4 servers can do \(800 req\/s\)/),
  ],
};

describe('built-in scenarios', () => {
  test('are there', () => {
    expect(Object.keys(builtins)).toEqual(
      expect.arrayContaining([
        'shop',
        'mm1',
        'threads-and-pool',
        'retry-storm',
        'lvs-dr',
        'lvs-nat',
        'apache-tollbooth',
        'mix-and-stages',
        'apache-tollbooth-held',
        'lvs-dr-held',
        'lvs-scale-out',
        'lvs-one-source',
        'cache-avalanche',
        'pool-200',
        'k8s-web',
        'k8s-surge',
        'ecommerce-sale',
        'iot-ingest',
        'locust-fleet',
        'k8s-rollout',
        'k8s-degrade',
        'fraud-check',
      ]),
    );
  });

  test.each(Object.entries(builtins))(
    '%s loads without problem, doubt or gap, has a title and fits on a page',
    (name, text) => {
      const { scenario, problems, doubts } = loadScenario(text, { name });
      expect(problems).toEqual([]);
      expect(doubts.map(({ text: words }) => words)).toEqual(lessons[name] ?? []);
      expect(scenario!.missing).toEqual([]);
      expect(scenario!.title).not.toBe(name);
      expect(text.split('\n').length).toBeLessThan(80);
      expect(text.startsWith('#')).toBe(true);
    },
  );

  test.each(Object.entries(builtins))('%s can be explained in 80 columns', (name, text) => {
    const words = explainScenario(loaded(text, { name }));
    for (const line of words.split('\n')) {
      expect(line.length, line).toBeLessThanOrEqual(80);
    }
    expect(words).not.toMatch(/undefined|NaN|Infinity|\[object/);
  });

  test.each(Object.entries(builtins))('%s conforms to the published JSON Schema', (_, text) => {
    expect(conformsTo(scenarioJsonSchema(), parse(text))).toEqual([]);
  });
});

describe('presets', () => {
  test.each([...presets])('%s: each default has a source', (_, { defaults }) => {
    expect(Object.keys(defaults).length).toBeGreaterThan(0);
    for (const { source } of Object.values(defaults)) {
      expect(source).not.toMatch(/^\s*$/);
    }
  });

  test.each(Object.keys(presetTexts))('%s can be used as its kind', (name) => {
    const { kind } = presets.get(name)!;
    const service = {
      service: `preset: ${name}, pool: { to: db }, `,
      pool: `pool: { preset: ${name}, to: db }, `,
      director: '',
      connect: '',
      check: '',
      breaker: '',
    }[kind];
    const check = kind === 'check' ? `check: { preset: ${name.slice('check-'.length)} }, ` : '';
    const director = kind === 'director' ? `preset: ${name}, ` : check;
    const breaker = kind === 'breaker' ? `, breaker: { preset: ${name.slice('breaker-'.length)} }` : '';
    const connect = kind === 'connect' ? `, connect: ${name}` : '';
    loaded(`
clients: { a: { rate: 9 req/s, to: d${connect}${breaker} } }
directors: { d: { ${director}upstream: s } }
services: { s: { ${service}count: 2, work: [ { call: db } ] }, db: { work: [] } }`);
  });

  test('SYN schedules rise from 0 and end with giving up', () => {
    expect(connectPresetNames).toEqual(expect.arrayContaining(['windows', 'linux', 'linux-old']));
    expect(connectPreset('windows')).toMatchObject({ syn: ['0 s', '3 s', '9 s'], giveUp: '21 s' });
    expect(connectPreset('nginx')).toBeNull();
  });
});
