/** What every scheduler of the table promises, and what those promise that spread by weight. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Change, nothingTried } from '../../../../src/models/directors/scheduler.ts';
import { schedulerKinds, schedulers } from '../../../../src/models/directors/schedulers/index.ts';
import { idlePicks, makeScheduler, schedulerContract, tally, upstreamOf } from '../../../contracts/scheduler.ts';

/** Other options than the defaults. Small rings and tables: they are made anew at each change. */
const options: Readonly<Record<string, readonly object[]>> = {
  'lvs/mh': [{ slots: 251 }],
  'nginx/rr': [{}, { maxFails: 2 }],
  'nginx/hash': [{}, { key: 'source', consistent: true }],
  'nginx/random': [{}, { two: 'least_conn' }],
  'haproxy/uri': [{ type: 'consistent' }],
  'haproxy/random': [{}, { draws: 1 }],
  'envoy/ring_hash': [{ minRingSize: 16 }],
  'envoy/maglev': [{ tableSize: 101 }],
};
/** Rules that may pick nobody although somebody is usable. */
const giveUp = new Set(['sh', 'dh', 'mh', 'ovf'].map((name) => `lvs/${name}`));
for (const name of ['source', 'uri', 'hdr', 'random']) giveUp.add(`haproxy/${name}`);

for (const kind of schedulerKinds) {
  for (const given of options[kind.name] ?? [{}]) schedulerContract(kind, given, { mayGiveUp: giveUp.has(kind.name) });
}

const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

describe('weights over whole cycles', () => {
  test.each(['lvs/wrr', 'nginx/rr', 'nginx/least_conn', 'haproxy/static-rr'])(
    '%s, idle: in each of ten cycles every server is picked exactly its weight',
    (name) => {
      fc.assert(
        fc.property(weights, (given) => {
          const cycle = sum(given);
          const picks = idlePicks(schedulers.get(name)!, given, 10 * cycle);
          for (let start = 0; start < picks.length; start += cycle) {
            expect(tally(picks.slice(start, start + cycle), given.length)).toEqual(given);
          }
        }),
        { seed: 4, numRuns: 40 },
      );
    },
  );

  test.each(['lvs/wlc', 'lvs/sed', 'lvs/nq', 'lvs/lblc', 'nginx/least_conn', 'haproxy/leastconn'])(
    '%s, nothing ending: after each of five cycles every server has its weight once more',
    (name) => {
      fc.assert(
        fc.property(weights, (given) => {
          const upstream = upstreamOf(given);
          const scheduler = makeScheduler(schedulers.get(name)!, upstream);
          for (let cycle = 1, key = 0; cycle <= 5; cycle++) {
            for (let pick = 0; pick < sum(given); pick++) {
              const server = scheduler.pick(key++, nothingTried); // no key comes again
              upstream.active[server] += 1;
              scheduler.changed(server, Change.load);
            }
            expect([...upstream.active]).toEqual(given.map((weight) => cycle * weight));
          }
        }),
        { seed: 4, numRuns: 40 },
      );
    },
  );

  test('envoy/least_request, idle, of unequal weights: never more than a pick off', () => {
    fc.assert(
      fc.property(weights, (given) => {
        if (new Set(given).size === 1) return;
        const cycle = sum(given);
        const picks = idlePicks(schedulers.get('envoy/least_request')!, given, 10 * cycle);
        tally(picks, given.length).forEach((count, server) => {
          expect(Math.abs(count - 10 * given[server])).toBeLessThanOrEqual(1);
        });
      }),
      { seed: 4, numRuns: 40 },
    );
  });
});
