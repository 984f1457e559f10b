/** Directors that prefer a zone, as people write them. */
import { expect, test } from 'vitest';
import { explainScenario } from '../../src/scenarios/describe.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import { loaded } from './loaded.ts';

const file = (director: string, zones = 'zones: { az1: [ all, web.1 ], az2: [ web.2 ] }') => `
clients: { all: { rate: 10 req/s, to: mesh } }
directors: { mesh: { mode: client-side, ${director} } }
services: { web: { count: 2, work: [ { compute: 1 ms } ] }, db: { work: [] } }
${zones}`;

function said(director: string, zones?: string): readonly string[] {
  const { problems, doubts } = loadScenario(file(director, zones), { name: 'x' });
  const ours = doubts.filter(({ path }) => path.startsWith('directors'));
  return [...problems.map(({ path, rule }) => `${path}: ${rule}`), ...ours.map(({ path, text }) => `${path}? ${text}`)];
}

test('prefer: zone takes the zones of the file, and explain says so', () => {
  const scenario = loaded(file('upstream: web, prefer: zone'));
  expect(scenario.cluster.directors.mesh.near).toEqual([['all', 'web.1'], ['web.2']]);
  expect(explainScenario(scenario).replace(/\s+/g, ' ')).toContain(
    "servers in the caller's zone first, others while none there can serve",
  );
  expect(loaded(file('upstream: web')).cluster.directors.mesh).not.toHaveProperty('near');
});

test('what cannot be is said with its place, what is odd doubted', () => {
  expect(said('upstream: web, prefer: zone', '')).toEqual(['directors.mesh.prefer: there are no zones']);
  expect(said('upstream: { web.1: 1, web.2: { backup: true } }, prefer: zone')).toEqual([
    'directors.mesh.prefer: does not go with backup servers',
  ]);
  expect(said('upstream: web, prefer: zone, processes: 2')).toEqual([
    'directors.mesh.prefer: does not go with processes',
  ]);
  expect(said('upstream: web, prefer: zone', 'zones: { az1: [ all ], az2: [ db ] }')).toEqual([
    'directors.mesh.prefer? none of its servers is in a zone: none is nearer than another',
  ]);
  expect(said('upstream: web, prefer: zone')).toEqual([]);
});
