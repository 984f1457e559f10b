/**
 * Counters over time: rows of increments in buckets of equal width, which coarsens itself by pairing buckets when they
 * become too many, so that a day costs no more memory than a minute.
 *
 * Nothing is written per event. Counters elsewhere only grow; the owner compares the clock with `boundary` and, before
 * the first event at or after it, hands over the totals as of the boundary:
 *
 *     while (now >= series.boundary) series.advance(totalsAt(series.boundary));
 *
 * A time average is a counter too: the integral of the level up to the boundary.
 */

export interface SeriesOptions {
  /** Numbers in a row; whole, >= 1. */
  readonly columns: number;
  /** Seconds of a bucket at first, > 0. */
  readonly width: number;
  /** Even, >= 2: pairs are made when this many are full. */
  readonly bucketsMax?: number;
  /** Seconds; the first bucket begins here. */
  readonly start?: number;
}

/** Plain data; `rows` has `length` rows of `columns` numbers, one after the other. */
export interface SeriesData {
  readonly columns: number;
  readonly width: number;
  readonly start: number;
  readonly end: number;
  readonly replications: number;
  readonly rows: readonly number[];
}

export class Series {
  readonly columns: number;
  readonly start: number;
  /** How many runs are added up in it: 1, more after `merge`. */
  replications = 1;
  /** Where the bucket being filled ends, in seconds. */
  boundary: number;
  #width: number;
  #length = 0;
  #end: number;
  #rows: Float64Array;
  readonly #bucketsMax: number;
  readonly #totals: Float64Array;

  /** @throws RangeError on a bad option. */
  constructor({ columns, width, bucketsMax = 512, start = 0 }: SeriesOptions) {
    if (!(Number.isInteger(columns) && columns >= 1)) {
      throw new RangeError(`Series: columns must be a whole number >= 1, got ${columns}`);
    }
    if (!(width > 0 && width < Infinity)) throw new RangeError(`Series: width must be finite and > 0 s, got ${width}`);
    if (!(Number.isInteger(bucketsMax / 2) && bucketsMax >= 2)) {
      throw new RangeError(`Series: bucketsMax must be even and >= 2, got ${bucketsMax}`);
    }
    this.columns = columns;
    this.start = start;
    this.boundary = start + width;
    this.#width = width;
    this.#end = start;
    this.#rows = new Float64Array(Math.min(bucketsMax, 64) * columns);
    this.#bucketsMax = bucketsMax;
    this.#totals = new Float64Array(columns);
  }

  /** Seconds of a bucket now. */
  get width(): number {
    return this.#width;
  }

  /** Buckets closed so far. */
  get length(): number {
    return this.#length;
  }

  /** Closes the bucket being filled, given the totals as of `boundary`. */
  advance(totals: ArrayLike<number>): void {
    this.#append(totals);
    this.#end = this.boundary;
    if (this.#length === this.#bucketsMax) this.#coarsen();
    this.boundary = this.start + (this.#length + 1) * this.#width;
  }

  /** Closes the last bucket, which may be shorter; `now` must not be beyond `boundary`. Nothing may follow. */
  finish(now: number, totals: ArrayLike<number>): void {
    if (!(now > this.#end)) return;
    this.#append(totals);
    this.#end = now;
  }

  /** The increments in a bucket, a view that is valid until the next change. */
  row(bucket: number): Float64Array {
    return this.#rows.subarray(bucket * this.columns, (bucket + 1) * this.columns);
  }

  /** When a bucket begins and how long it is, in seconds; the last may be shorter than `width`. */
  bounds(bucket: number): { from: number; duration: number } {
    const from = this.start + bucket * this.#width;
    return { from, duration: Math.min(this.#width, this.#end - from) };
  }

  /**
   * Adds another finished series, bucket by bucket; the finer one is coarsened first.
   * @throws RangeError if columns or start differ, or the widths are not a power of two apart.
   */
  merge(other: Series): void {
    const wider = Math.max(this.#width, other.#width);
    const alike = other.columns === this.columns && other.start === this.start;
    if (!(alike && reaches(this.#width, wider) && reaches(other.#width, wider))) {
      throw new RangeError('Series: cannot merge series of other columns, start or width');
    }
    while (this.#width < wider) this.#coarsen();
    let added = other;
    if (other.#width < wider) {
      added = Series.fromJSON(other.toJSON());
      while (added.#width < wider) added.#coarsen();
    }
    this.#reserve(added.#length);
    for (let i = 0; i < added.#length * this.columns; i++) this.#rows[i] += added.#rows[i];
    this.#length = Math.max(this.#length, added.#length);
    this.#end = Math.max(this.#end, added.#end);
    this.replications += added.replications;
  }

  toJSON(): SeriesData {
    const { columns, start, replications } = this;
    const rows = Array.from(this.#rows.subarray(0, this.#length * columns));
    return { columns, width: this.#width, start, end: this.#end, replications, rows };
  }

  static fromJSON({ columns, width, start, end, replications, rows }: SeriesData): Series {
    const series = new Series({ columns, width, start });
    series.#length = rows.length / columns;
    series.#rows = Float64Array.from(rows);
    series.#end = end;
    series.replications = replications;
    return series;
  }

  #append(totals: ArrayLike<number>): void {
    this.#reserve(this.#length + 1);
    const row = this.row(this.#length++);
    for (let column = 0; column < this.columns; column++) {
      row[column] = totals[column] - this.#totals[column];
      this.#totals[column] = totals[column];
    }
  }

  /** Adds each second bucket to the one before it. */
  #coarsen(): void {
    const paired = Math.ceil(this.#length / 2);
    for (let bucket = 0; bucket < paired; bucket++) {
      const row = this.row(bucket);
      row.set(this.row(2 * bucket));
      if (2 * bucket + 1 === this.#length) break;
      const second = this.row(2 * bucket + 1);
      for (let column = 0; column < this.columns; column++) row[column] += second[column];
    }
    this.#rows.fill(0, paired * this.columns);
    this.#length = paired;
    this.#width *= 2;
  }

  #reserve(buckets: number): void {
    if (buckets * this.columns <= this.#rows.length) return;
    const grown = new Float64Array(Math.max(2 * this.#rows.length, buckets * this.columns));
    grown.set(this.#rows);
    this.#rows = grown;
  }
}

/** Whether doubling leads from one width to the other. */
function reaches(width: number, wider: number): boolean {
  while (width < wider) width *= 2;
  return width === wider;
}
