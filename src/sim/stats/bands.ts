/**
 * Where the time of slow and of usual requests goes: rows of numbers (seconds by tier) added up by band of latency,
 * 16 bands an octave. The row of the 99th percentile, or of any other share, is taken from the sums afterwards.
 *
 * Latencies below 2^-30 s count in the first band, those from 2^30 s in the last. 961 rows of `columns` doubles.
 */
import { HIGH, double, words } from '../random/double-bits.ts';

/** Plain data: [band, count, ...sums] of the non-empty bands. */
export interface BandsData {
  readonly columns: number;
  readonly rows: readonly (readonly number[])[];
}

export class Bands {
  readonly columns: number;
  #count = 0;
  readonly #counts = new Float64Array(BANDS);
  readonly #sums: Float64Array;

  /** @param columns whole, >= 1: numbers in a row. */
  constructor(columns: number) {
    this.columns = columns;
    this.#sums = new Float64Array(BANDS * columns);
  }

  /** Requests added. */
  get count(): number {
    return this.#count;
  }

  /** Adds the row `values[offset .. offset + columns)` of a request of this latency in seconds. */
  add(latency: number, values: ArrayLike<number>, offset = 0): void {
    double[0] = latency;
    const band = Math.min(Math.max((words[HIGH] >> SHIFT) - FIRST, 0), BANDS - 1);
    const start = band * this.columns;
    for (let column = 0; column < this.columns; column++) this.#sums[start + column] += values[offset + column];
    this.#counts[band]++;
    this.#count++;
  }

  /**
   * The mean row of the requests whose latency ranks from one share to the other: 0.98 to 1 is the slowest 2 %. A band
   * cut by a bound counts in proportion. NaN when empty. @throws RangeError unless 0 <= from < to <= 1.
   */
  meanRow(from: number, to: number): Float64Array {
    if (!(from >= 0 && to > from && to <= 1)) {
      throw new RangeError(`Bands: shares must be 0 <= from < to <= 1, got ${from} and ${to}`);
    }
    const [first, last] = [from * this.#count, to * this.#count];
    const row = new Float64Array(this.columns);
    let below = 0;
    for (let band = 0; band < BANDS; band++) {
      const count = this.#counts[band];
      const taken = Math.min(below + count, last) - Math.max(below, first);
      below += count;
      if (!(taken > 0)) continue;
      for (let column = 0; column < this.columns; column++) {
        row[column] += (taken / count) * this.#sums[band * this.columns + column];
      }
    }
    return row.map((sum) => sum / (last - first));
  }

  /** Adds what another recorded. @throws RangeError if the columns differ. */
  merge(other: Bands): void {
    if (other.columns !== this.columns) {
      throw new RangeError(`Bands: cannot merge ${other.columns} columns into ${this.columns}`);
    }
    for (let i = 0; i < this.#sums.length; i++) this.#sums[i] += other.#sums[i];
    for (let band = 0; band < BANDS; band++) this.#counts[band] += other.#counts[band];
    this.#count += other.#count;
  }

  clear(): void {
    this.#sums.fill(0);
    this.#counts.fill(0);
    this.#count = 0;
  }

  toJSON(): BandsData {
    const rows: number[][] = [];
    this.#counts.forEach((count, band) => {
      const start = band * this.columns;
      if (count > 0) rows.push([band, count, ...this.#sums.subarray(start, start + this.columns)]);
    });
    return { columns: this.columns, rows };
  }

  static fromJSON({ columns, rows }: BandsData): Bands {
    const bands = new Bands(columns);
    for (const [band, count, ...sums] of rows) {
      bands.#counts[band] = count;
      bands.#count += count;
      bands.#sums.set(sums, band * columns);
    }
    return bands;
  }
}

/** Bits above this are the band: exponent and the top 4 of the mantissa. */
const SHIFT = 16;
const FIRST = (1023 - 30) * 16;
const BANDS = 60 * 16 + 1;
