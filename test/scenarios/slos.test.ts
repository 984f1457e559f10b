import { describe, expect, test } from 'vitest';
import { parseSlo } from '../../src/scenarios/kinds/slos.ts';
import { loaded } from './loaded.ts';

describe('SLOs', () => {
  test.each([
    ['p(95) < 200 ms', { metric: { kind: 'percentile', p: 95 }, operator: '<', limit: 0.2 }],
    ['p(99.9)<=1s', { metric: { kind: 'percentile', p: 99.9 }, operator: '<=', limit: 1 }],
    ['p95 < 200 ms', { metric: { kind: 'percentile', p: 95 } }],
    ['med < 50 ms', { metric: { kind: 'percentile', p: 50 } }],
    ['avg < 80 ms', { metric: { kind: 'mean' } }],
    ['mean < 80 ms', { metric: { kind: 'mean' } }],
    ['max < 2 s', { metric: { kind: 'max' } }],
    ['errors < 0.1 %', { metric: { kind: 'errors' }, limit: 0.001 }],
    ['throughput > 500 req/s', { metric: { kind: 'throughput' }, operator: '>', limit: 500 }],
    ['rate >= 500 rps', { metric: { kind: 'throughput' }, operator: '>=', limit: 500 }],
    ['99.9% < 300 ms', { metric: { kind: 'ratio', share: 0.999 }, operator: '<', limit: 0.3 }],
    ['visitors: p(95) < 200 ms', { client: 'visitors', text: 'p(95) < 200 ms' }],
  ])('%s', (text, expected) => {
    expect(parseSlo(text)).toMatchObject(expected);
  });

  test.each([
    'p(0) < 5 ms',
    'p(100) < 5 ms',
    '0 % < 5 ms',
    '100 % < 5 ms',
    '99 % > 5 ms',
    'p(95) < 5 %',
    'errors < 5 ms',
    'p(95) 5 ms',
    '',
    'p(95) <',
  ])('%j is refused', (text) => {
    expect(parseSlo(text)).toHaveProperty('rule');
  });

  test('a list, one text, and a map by client mean the same', () => {
    const slosOf = (slos: string) =>
      loaded(`clients: { a: { rate: 1 req/s, to: s } }\nservices: { s: { work: [] } }\nslos: ${slos}`).slos;
    expect(slosOf('"p(95) < 200 ms"')).toEqual(slosOf('[ "p(95) < 200 ms" ]'));
    expect(slosOf('{ a: "p(95) < 200 ms" }')).toEqual(slosOf('[ "a: p(95) < 200 ms" ]'));
    expect(slosOf('[]')).toEqual([]);
  });
});
