/** What the published articles get wrong: each contradiction is doubted where a scenario has it, and not in its nearest neighbour. */
import { expect, test } from 'vitest';
import { loadScenario } from '../../src/scenarios/load.ts';

const doubtsOf = (text: string): string => {
  const { doubts, problems } = loadScenario(text, { name: 'x' });
  expect(problems).toEqual([]);
  return doubts.map(({ path, text: words }) => `${path}: ${words}`).join('\n');
};

/** 100 threads and 5,000 requests/s (guide-16). */
const threads = (milliseconds: number): string => `clients: { load: { users: 100, think: none, to: web } }
services: { web: { work: [ { wait: ${milliseconds} ms } ] } }
slos: [ "throughput > 5000 req/s" ]`;

/** The stepping load of mycat-02, and the time that its results cover. */
const shape = (steps: string): string => `clients: { threads: { users: { steps: { ${steps} } }, think: none, to: db } }
services: { db: { work: [ { wait: 1 s } ] } }
time: { duration: 850 s }`;

/** A pod that dies, three checks ten seconds apart (guide-04 to guide-06). */
const pods = (
  lasts: string,
  check = 'every: 10 s, fall: 3',
  more = '',
): string => `clients: { all: { rate: 100 req/s, to: vip } }
directors: { vip: { upstream: web, check: { ${check} } } }
services: { web: { count: 10, work: [ { compute: 1 ms } ] } }
faults: [ { at: 1 min, crash: web.3, for: ${lasts} } ]
time: { duration: 5 min }
${more}`;
const promise = 'slos: [ "errors < 0.5 %" ]';

/** The guide's rule of memory (guide-09). */
const scaled = (rule: string): string => `clients: { all: { rate: 100 req/s, to: web } }
services:
  web: { count: 2, cores: 1, work: [ { compute: 1 ms } ], autoscale: { max: 4, rules: [ ${rule} ], memory: { size: 1 GB, request: 1 MB } } }
time: { duration: 10 min }`;

/** MeterSphere's alert (ms-22) over 40 requests in progress. */
const alerting = (when: string): string => `clients: { users: { users: 40, think: none, to: web } }
services: { web: { work: [ { wait: 400 ms } ] } }
time: { duration: 10 min }
alerts: { High: { when: ${when}, for: 5 min } }`;

test.each<[contradiction: string, has: string, hasNot: string, doubt: RegExp]>([
  [
    "Little's law: what so many users can do at most",
    threads(21),
    threads(19),
    /100 users do the 5,000 req\/s of .* only if each request takes 20 ms, but it needs 21 ms/,
  ],
  [
    'ramp arithmetic: a load that ends long before what was measured',
    shape('add: 100, every: 10 s, to: 5000, hold: 60 s, drop: 100, dropEvery: 1 s'),
    shape('add: 100, every: 11 s, ramp: 1 s, to: 5000, hold: 60 s, drop: 100, dropEvery: 5 s'),
    /the load ends at 9\.98 min, the run at 14\.2 min: 30 % of what is measured is of nobody/,
  ],
  [
    'detection slower than the recovery',
    pods('20 s'),
    pods('30 s'),
    /down after about 25 s, but web\.3 is back after 20 s/,
  ],
  [
    'detection slower than a promise has room for',
    pods('1 min', 'every: 10 s, fall: 3', promise),
    pods('1 min', 'every: 5 s, fall: 2', promise),
    /notices after about 25 s that web\.3 is down; "errors < 0\.5 %" of this run is spent after 15 s/,
  ],
  [
    'scaling in when memory is short',
    scaled('{ above: { memory: 85 % }, in: 1 }'),
    scaled('{ below: { memory: 85 % }, in: 1 }'),
    /scales in when memory is short: the servers that stay get the load of those that go/,
  ],
  [
    'an alert without the count: as written, and as meant',
    alerting('in progress > 0.5'),
    alerting('mean > 500 ms'),
    /"in progress > 0\.5" holds at all times: this load keeps at least 40 requests in progress/,
  ],
  [
    'the same with a limit that can be passed',
    alerting('in progress > 39'),
    alerting('in progress > 41'),
    /holds at all times/,
  ],
])('%s', (_, has, hasNot, doubt) => {
  expect(doubtsOf(has)).toMatch(doubt);
  expect(doubtsOf(hasNot)).toBe('');
});
