/** The recorded traces as text: one request a line, microseconds in the file, seconds here. */
import Papa from 'papaparse';

export interface RecordedRequest {
  /** Seconds from the beginning of the recording: when it was due, and when it ended. */
  readonly start: number;
  readonly end: number;
  /** Seconds of service that the request brought along. */
  readonly service: number;
  /** HTTP status; -1 = the client's timeout, 0 = connection error, -9 = never finished. */
  readonly status: number;
  /** Backend that answered; empty where none did. */
  readonly backend: string;
  readonly attempts: number;
}

/** Requests in the order of the file. @throws RangeError naming the row that cannot be read. */
export function parseRecordedTrace(csv: string): RecordedRequest[] {
  const { data } = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: 'greedy' });
  return data.map((row, index) => {
    const read = (column: string, perUnit = 1): number => {
      const text = row[column] ?? '';
      const value = text === '' ? NaN : Number(text);
      if (Number.isNaN(value)) throw new RangeError(`row ${index + 1}: ${column} must be a number, got "${text}"`);
      return value / perUnit;
    };
    return {
      start: read('start_us', 1e6),
      end: read('end_us', 1e6),
      service: read('svc_us', 1e6),
      status: read('status'),
      backend: row.backend ?? '',
      attempts: read('attempts'),
    };
  });
}
