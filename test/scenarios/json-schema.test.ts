import { describe, expect, test } from 'vitest';
import { scenarioJsonSchema } from '../../src/scenarios/json-schema.ts';
import { conformsTo } from './json-schema-check.ts';

type Sections = Readonly<
  Record<string, { readonly additionalProperties: { readonly properties: Record<string, { description?: string }> } }>
>;

const shortest = {
  clients: { all: { rate: '900 req/s', to: 's' } },
  services: { s: { workers: 1, work: [{ compute: { exponential: '1 ms' } }] } },
};

describe('the JSON Schema', () => {
  const schema = scenarioJsonSchema();

  test('is draft 2020-12 and describes every field of the top level', () => {
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    for (const [name, field] of Object.entries(schema.properties as Record<string, { description?: string }>)) {
      expect(field.description, name).toBeTypeOf('string');
    }
  });

  test('describes every field of clients, directors and services', () => {
    const thing = (section: string) => (schema.properties as Sections)[section].additionalProperties.properties;
    for (const section of ['clients', 'directors', 'services']) {
      for (const [name, field] of Object.entries(thing(section))) {
        expect(field.description, `${section}.${name}`).toBeTypeOf('string');
      }
    }
  });

  test('accepts the shortest scenario', () => {
    expect(conformsTo(schema, shortest)).toEqual([]);
  });

  test.each([
    ['an unknown key', { ...shortest, vus: 3 }],
    ['a bare number', { ...shortest, clients: { all: { rate: 900, to: 's' } } }],
    ['a step that is a word', { ...shortest, services: { s: { work: ['compute'] } } }],
    ['a step that is not known', { ...shortest, services: { s: { work: [{ compte: '1 ms' }] } } }],
    ['a missing section', { clients: shortest.clients }],
    ['no unit', { ...shortest, time: { duration: '5' } }],
  ])('refuses %s', (_, data) => {
    expect(conformsTo(schema, data)).not.toEqual([]);
  });
});
