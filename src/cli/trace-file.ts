import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';
import type { GivenTrace } from '../scenarios/kinds/clients.ts';
import { Complaint } from './complaint.ts';
import { asComplaint } from './files.ts';

/** Larger recordings do not fit in memory beside a run. */
const maxTraceBytes = 500_000_000;

/**
 * `--trace NAME=file.csv`: the recording that clients NAME replay. The file has a header; `.gz` is unpacked. Columns:
 * the due time (`at_s`; also start, due or arrival, in s, ms, us or ns), the work (`demand_s`; also service or svc) and
 * `priority`. Other columns are left alone. Rows are put into the order of their due times.
 * @throws Complaint naming the line that cannot be used.
 */
export function readTraces(options: readonly string[]): Record<string, GivenTrace> {
  const traces: Record<string, GivenTrace> = {};
  for (const option of options) {
    const split = option.indexOf('=');
    if (split < 1 || split === option.length - 1) {
      throw new Complaint(`--trace ${option}: it must be NAME=FILE`, 'For example: --trace replay=requests.csv');
    }
    traces[option.slice(0, split)] = readTrace(option.slice(split + 1));
  }
  return traces;
}

function readTrace(path: string): GivenTrace {
  const { data, meta } = Papa.parse<Record<string, string>>(readCsv(path), {
    header: true,
    skipEmptyLines: 'greedy',
    transformHeader: (header) => header.trim(),
  });
  const columns = meta.fields ?? [];
  const at = timeColumn(columns, ['at', 'start', 'due', 'arrival']);
  if (at === undefined) {
    throw new Complaint(
      `${path}: no column says when a request is due (found: ${columns.join(', ') || 'none'})`,
      'Name it at_s, at_ms or at_us (start, due and arrival are understood too).',
    );
  }
  const demand = timeColumn(columns, ['demand', 'service', 'svc']);
  const priority = columns.includes('priority') ? { name: 'priority', perSecond: 1 } : undefined;
  const read = (row: number, column: Column): number => {
    const text = data[row][column.name]?.trim() ?? '';
    const value = text === '' ? NaN : Number(text) / column.perSecond;
    if (!(value >= 0 && value < Infinity)) {
      throw new Complaint(`${path}: row ${row + 1}: ${column.name} must be a number, 0 or more; got "${text}"`);
    }
    return value;
  };
  const times = data.map((_, row) => read(row, at));
  const order = times.map((_, row) => row).sort((a, b) => times[a] - times[b] || a - b);
  const inOrder = (column: Column | undefined) =>
    column === undefined ? undefined : order.map((row) => read(row, column));
  if (order.length === 0) throw new Complaint(`${path}: it has no requests`);
  return { at: order.map((row) => times[row]), demand: inOrder(demand), priority: inOrder(priority) };
}

interface Column {
  readonly name: string;
  /** Units of the column in a second: dividing by a power of ten gives the double that the decimal means. */
  readonly perSecond: number;
}

const unitsPerSecond: Readonly<Record<string, number>> = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 };

function timeColumn(columns: readonly string[], words: readonly string[]): Column | undefined {
  for (const name of columns) {
    const [, word, unit] = /^([a-z]+)_(s|ms|us|ns)$/.exec(name) ?? [];
    if (words.includes(word)) return { name, perSecond: unitsPerSecond[unit] };
  }
  return undefined;
}

function readCsv(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > maxTraceBytes) throw new Complaint(`${path} has ${Math.round(size / 1e6)} MB; at most 500 are read`);
    const bytes = readFileSync(path);
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (error) {
    throw asComplaint(error, 'cannot read');
  }
}
