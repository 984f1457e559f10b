/** The log of one partition: a ring that grows with what is kept. */
import { expect, test } from 'vitest';
import { Partition } from '../../../src/models/streams/partition.ts';

test('keeps what is kept, through growing and forgetting', () => {
  const log = new Partition();
  for (let k = 0; k < 1000; k++) {
    log.append(k, 10 * k);
    expect(log.due(log.base)).toBe(10 * log.base);
    if (k % 3 === 0) log.forget(Math.floor(k / 2));
  }
  expect([log.base, log.end]).toEqual([499, 1000]);
  for (let offset = log.base; offset < log.end; offset++) expect(log.due(offset)).toBe(10 * offset);
  expect(log.after(600.5)).toBe(601);
  log.forget(2000);
  expect(log.base).toBe(1000);
});
