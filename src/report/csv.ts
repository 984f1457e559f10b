import { stringify } from 'csv-stringify/browser/esm/sync';
import type { Timeline } from '../analysis/result.ts';

/**
 * The timeline as CSV (RFC 4180, lines ended by LF): a row a bucket, units in the headers, an empty field where
 * nothing was observed. Text that a spreadsheet would take for a formula is escaped.
 */
export function timelineCsv({ timeline }: { readonly timeline: Timeline }): string {
  const columns = columnsOf(timeline);
  const rows = timeline.at.map((_, bucket) => columns.map(({ values, factor }) => scaled(values[bucket], factor)));
  return stringify([columns.map(({ header }) => header), ...rows], { escape_formulas: true });
}

interface Column {
  readonly header: string;
  readonly values: readonly (number | null)[];
  /** From the result's unit to the header's. */
  readonly factor: number;
}

function columnsOf({ at, sent, ok, failed, p50, p95, p99, services }: Timeline): Column[] {
  return [
    { header: 'time (s)', values: at, factor: 1 },
    { header: 'sent (1/s)', values: sent, factor: 1 },
    { header: 'ok (1/s)', values: ok, factor: 1 },
    { header: 'failed (1/s)', values: failed, factor: 1 },
    { header: 'p50 (ms)', values: p50, factor: 1e3 },
    { header: 'p95 (ms)', values: p95, factor: 1e3 },
    { header: 'p99 (ms)', values: p99, factor: 1e3 },
    ...Object.entries(services).flatMap(([name, { utilisation, queue }]) => [
      { header: `${name} utilisation (%)`, values: utilisation, factor: 100 },
      { header: `${name} queue (requests)`, values: queue, factor: 1 },
    ]),
  ];
}

/** Six significant digits: more would only show the noise of the multiplication. */
function scaled(value: number | null | undefined, factor: number): number | '' {
  return value === null || value === undefined || !Number.isFinite(value)
    ? ''
    : Number((value * factor).toPrecision(6));
}
