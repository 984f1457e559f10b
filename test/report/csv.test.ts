import { parse } from 'papaparse';
import { expect, test } from 'vitest';
import { timelineCsv } from '../../src/report/csv.ts';
import { failover, shop, undecided } from './fixture.ts';

test('a row a bucket, units in the headers', () => {
  const { data, errors } = parse<string[]>(timelineCsv(failover).trimEnd());
  expect(errors).toEqual([]);
  expect(data[0]).toEqual([
    'time (s)',
    'sent (1/s)',
    'ok (1/s)',
    'failed (1/s)',
    'p50 (ms)',
    'p95 (ms)',
    'p99 (ms)',
    'web utilisation (%)',
    'web queue (requests)',
    'sessions utilisation (%)',
    'sessions queue (requests)',
  ]);
  expect(data).toHaveLength(1 + failover.timeline.at.length);
  expect(data[1].slice(0, 6)).toEqual(['0', '626', '626', '0.4', '400', '1300']);
});

test('where nothing was observed the field is empty', () => {
  const { data } = parse<string[]>(timelineCsv(failover));
  expect(data[1 + 36].slice(0, 7)).toEqual(['180', '626', '60', '566', '', '', '']);
});

test('a name that a spreadsheet would run is escaped', () => {
  const services = { '=cmd|calc': shop.timeline.services.app };
  const [header] = timelineCsv({ timeline: { ...shop.timeline, services } }).split('\n');
  expect(header).toContain("'=cmd|calc utilisation (%)");
});

test('without buckets only the header remains', () => {
  expect(timelineCsv(undecided).split('\n')).toHaveLength(2);
});
