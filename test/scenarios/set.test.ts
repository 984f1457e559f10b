/** `--set path=value` and writing back. */
import { describe, expect, test } from 'vitest';
import { applySet, dataOf, readDocument, writeBack } from '../../src/scenarios/document.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import { loaded, saying } from './loaded.ts';

const shop = `# the shop
measured: { rate: 800 req/s, app.cpu: 45 % } # from the dashboard
clients:
  visitors: { rate: 800 req/s, to: lb } # today
directors: { lb: { upstream: { app.1: { weight: 2 }, app.2: 1 } } }
services:
  app: { count: 4, cores: 8, pool: { to: db, size: 10 }, work: [ { compute: measured }, { call: db } ] }
  db: { work: [ { compute: &slow 5 ms } ] }
  other: { work: [ { compute: *slow } ] }
faults: [ { at: 1 min, crash: app.1 }, { at: 2 min, restore: app.1 } ]
slos: [ "p(95) < 200 ms" ]
`;

/** Data of any shape: what is not there is undefined, and the expectation fails. */
interface Data {
  readonly [key: string]: Data;
}

function after(...options: string[]): { text: string; data: Data; problems: readonly string[] } {
  const { document } = readDocument(shop, 'shop.yaml');
  const problems = options.flatMap((option) => applySet(document!, option));
  return {
    text: writeBack(document!),
    data: dataOf(document!) as Data,
    problems: problems.map(({ rule }) => rule),
  };
}

describe('--set', () => {
  test('changes one value, and keeps comments and order', () => {
    const { text, problems } = after('services.app.pool.size=20', 'clients.visitors.rate=1200 req/s');
    expect(problems).toEqual([]);
    expect(text).toBe(shop.replace('size: 10', 'size: 20').replace('visitors: { rate: 800', 'visitors: { rate: 1200'));
  });

  test('reaches list items, dotted names and new maps', () => {
    const { data, problems } = after(
      'faults[1].at=3 min',
      'slos[0]=p(95) < 100 ms',
      'slos[1]=errors < 1 %',
      'measured.app.cpu=50 %',
      'directors.lb.upstream.app.1.weight=5',
      'directors.lb.upstream.app.2=3',
      'time.duration=10 min',
      'services.app.work[1].timeout=2 s',
    );
    expect(problems).toEqual([]);
    expect(data.faults[1].at).toBe('3 min');
    expect(data.slos).toEqual(['p(95) < 100 ms', 'errors < 1 %']);
    expect(data.measured['app.cpu']).toBe('50 %');
    expect(data.directors.lb.upstream).toEqual({ 'app.1': { weight: 5 }, 'app.2': 3 });
    expect(data.time).toEqual({ duration: '10 min' });
    expect(data.services.app.work[1]).toEqual({ call: 'db', timeout: '2 s' });
  });

  test('takes YAML as value', () => {
    const { data } = after('services.db.work=[ { compute: { exponential: 7 ms } } ]', 'clients.visitors.sources=1');
    expect(data.services.db.work).toEqual([{ compute: { exponential: '7 ms' } }]);
    expect(data.clients.visitors.sources).toBe(1);
  });

  test('leaves what shares an anchor alone', () => {
    const { data } = after('services.other.work[0].compute=9 ms');
    expect(data.services.other.work[0].compute).toBe('9 ms');
    expect(data.services.db.work[0].compute).toBe('5 ms');
  });

  test.each([
    ['services.app.pool.size', 'must be path=value'],
    ['=5', 'must be path=value'],
    ['a..b=5', 'is no path'],
    ['slos[7]=x', 'is a list with items [0] to [0]'],
    ['clients[0]=x', 'is a map, not a list'],
    ['clients.visitors.to.name=x', 'is "lb", it has no name'],
    ['faults[0].crash[1]=x', 'is "app.1", it has no [1]'],
    ['zones[0]=x', 'is not in the scenario'],
    ['services.db=[', /is not YAML here/],
    ['services.db=!x y', /tag/i],
  ])('%s is told', (option, rule) => {
    expect(after(option).problems).toEqual([typeof rule === 'string' ? rule : saying(rule)]);
  });

  test('problems in a value given so name the option', () => {
    const { problems } = loadScenario(shop, { name: 'shop', set: ['services.app.pool.size=many'] });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      file: '--set services.app.pool.size=many',
      line: null,
      path: 'services.app.pool.size',
    });
  });

  test('a value that is set reaches the cluster', () => {
    const { cluster } = loaded(shop, { set: ['services.app.pool.size=20'] });
    expect(cluster.services.app.pools.db.size).toBe(20);
  });
});
