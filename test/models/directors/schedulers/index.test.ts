import { expect, test } from 'vitest';
import { schedulerNames, schedulers } from '../../../../src/models/directors/schedulers/index.ts';

test('every id and every alias leads to its scheduler', () => {
  expect(schedulerNames).toEqual([...schedulers.keys()]);
  for (const id of ['lvs/rr', 'lvs/wrr', 'lvs/lc', 'lvs/wlc', 'lvs/sed', 'lvs/nq']) {
    expect(schedulers.get(id)?.name).toBe(id);
    expect(schedulers.get(id.slice('lvs/'.length))?.name).toBe(id);
  }
  for (const id of ['nginx/rr', 'nginx/least_conn', 'nginx/random', 'random']) {
    expect(schedulers.get(id)?.name).toBe(id);
  }
  expect(schedulers.get('swrr')?.name).toBe('nginx/rr');
  expect(schedulers.get('least_conn')?.name).toBe('nginx/least_conn');
});

test('every scheduler says what it does and where that is defined', () => {
  for (const kind of schedulers.values()) {
    expect(kind.summary).not.toBe('');
    expect(kind.source).not.toBe('');
  }
});
