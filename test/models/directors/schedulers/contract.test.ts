/** The contract for every scheduler of the table that has no test file of its own for it. */
import { schedulers } from '../../../../src/models/directors/schedulers/index.ts';
import { schedulerContract } from '../../../contracts/scheduler.ts';
import type { ContractOptions } from '../../../contracts/scheduler.ts';

const givesUp = { mayGiveUp: true };

/** Small rings and tables: they are made anew at each change. */
const cases: readonly (readonly [string, object?, ContractOptions?])[] = [
  ['lvs/sh', {}, givesUp],
  ['lvs/dh', {}, givesUp],
  ['lvs/mh', { slots: 251 }, givesUp],
  ['lvs/lblc'],
  ['lvs/fo'],
  ['lvs/ovf', {}, givesUp],
  ['lvs/twos'],
  ['nginx/ip_hash'],
  ['nginx/hash'],
  ['nginx/hash', { key: 'source', consistent: true }],
  ['haproxy/roundrobin'],
  ['haproxy/static-rr'],
  ['haproxy/leastconn'],
  ['haproxy/first'],
  ['haproxy/source', {}, givesUp],
  ['haproxy/uri', { type: 'consistent' }, givesUp],
  ['haproxy/hdr', {}, givesUp],
  ['haproxy/random', {}, givesUp],
  ['haproxy/random', { draws: 1 }, givesUp],
  ['envoy/least_request'],
  ['envoy/ring_hash', { minRingSize: 16 }],
  ['envoy/maglev', { tableSize: 101 }],
  ['finagle/peak-ewma'],
  ['connectorj/bestResponseTime'],
  ['jiq'],
];

for (const [name, options, contract] of cases) schedulerContract(schedulers.get(name)!, options, contract);
