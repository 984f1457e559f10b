/**
 * Log-linear histogram of times: each octave [2^k, 2^(k+1)) is cut into equal bins, found from the bits of the double.
 *
 * With 256 bins an octave a bin is at most 0.4 % wide; quantiles are interpolated inside it. Values below 2^-30 s
 * (0.93 ns) share a bin for zero, those from 2^30 s (34 years) on an overflow bin. Memory grows with the octaves seen,
 * 2 kB each. Histograms of one resolution merge exactly, in any order.
 *
 * Left out: negative values and NaN, which are refused; the bins of HdrHistogram (`src/report/hdr.ts` converts).
 */
import { HIGH, double, words } from '../random/double-bits.ts';

/** Plain data, cheap to send to another thread: one block of numbers, from the first to the last bin that is not empty. */
export interface HistogramData {
  readonly binsPerOctave: number;
  readonly zero: number;
  /** Bin of `counts[0]`; bin b starts at 2^(floor(b / binsPerOctave) - 1023), from the exponent of the double. */
  readonly first: number;
  readonly counts: Float64Array;
  readonly overflow: number;
  /** null when nothing was recorded. */
  readonly minimum: number | null;
  readonly maximum: number | null;
}

/** A bin [low, high) in seconds and how many values fell into it. */
export interface Bin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

export class Histogram {
  /** Whole power of two, 1 to 4096. */
  readonly binsPerOctave: number;
  count = 0;
  /** Smallest value; Infinity when nothing was recorded. */
  minimum = Infinity;
  /** Largest value; -Infinity when nothing was recorded. */
  maximum = -Infinity;

  readonly #shift: number;
  /** Bins of the octaves #firstOctave, #firstOctave + 1 ..., one block. */
  #counts = new Float64Array(0);
  /** Bin number (from the bits) of #counts[0]. */
  #offset = 0;
  #zero = 0;
  #overflow = 0;

  /** @throws RangeError if `binsPerOctave` is not a power of two from 1 to 4096. */
  constructor(binsPerOctave = 256) {
    const bits = 31 - Math.clz32(binsPerOctave);
    if (!(binsPerOctave >= 1 && binsPerOctave <= 4096 && 1 << bits === binsPerOctave)) {
      throw new RangeError(`Histogram: binsPerOctave must be a power of two from 1 to 4096, got ${binsPerOctave}`);
    }
    this.binsPerOctave = binsPerOctave;
    this.#shift = 20 - bits;
  }

  /** Counts a value in seconds, >= 0. @throws RangeError for a negative value or NaN. */
  record(x: number): void {
    double[0] = x;
    const bin = (words[HIGH] >> this.#shift) - this.#offset;
    if (bin >= 0 && bin < this.#counts.length) this.#counts[bin]++;
    else this.#recordElsewhere(x);
    this.count++;
    if (x < this.minimum) this.minimum = x;
    if (x > this.maximum) this.maximum = x;
  }

  /**
   * The value below which a share q of the values lies, q in [0, 1]; between the extremes it is interpolated inside its
   * bin. NaN when nothing was recorded. Cost: one pass over the bins.
   */
  quantile(q: number): number {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`Histogram: q must be in [0, 1], got ${q}`);
    if (this.count === 0) return NaN;
    const rank = q * this.count;
    if (this.#zero > 0 && this.#zero >= rank) return this.#inside(0, LOWEST, rank / this.#zero);
    let below = this.#zero;
    const counts = this.#counts;
    for (let i = 0; i < counts.length; i++) {
      const count = counts[i];
      if (count > 0 && below + count >= rank) {
        const bin = this.#offset + i;
        return this.#inside(this.#boundary(bin), this.#boundary(bin + 1), (rank - below) / count);
      }
      below += count;
    }
    if (this.#overflow === 0) return this.maximum;
    return this.#inside(HIGHEST, Math.max(this.maximum, HIGHEST), (rank - below) / this.#overflow);
  }

  /** At a share of the way through a bin, as far as there are values in it. */
  #inside(low: number, high: number, share: number): number {
    const from = Math.max(low, this.minimum);
    return from + share * (Math.min(high, this.maximum) - from);
  }

  /** How many values lie below x, interpolated inside x's bin. */
  countBelow(x: number): number {
    if (x > this.maximum) return this.count;
    if (!(x > this.minimum)) return 0;
    if (x < LOWEST) return this.#zero * this.#shareBelow(x, 0, LOWEST);
    double[0] = x;
    const of = Math.min((words[HIGH] >> this.#shift) - this.#offset, this.#counts.length);
    let below = this.#zero;
    for (let i = 0; i < of; i++) below += this.#counts[i];
    if (x >= HIGHEST) return below + this.#overflow * this.#shareBelow(x, HIGHEST, Math.max(this.maximum, HIGHEST));
    if (of < 0 || of === this.#counts.length || this.#counts[of] === 0) return below;
    const bin = this.#offset + of;
    return below + this.#counts[of] * this.#shareBelow(x, this.#boundary(bin), this.#boundary(bin + 1));
  }

  /** Of the values in the bin [low, high), the share that lies below an x in it. */
  #shareBelow(x: number, low: number, high: number): number {
    const from = Math.max(low, this.minimum);
    return x > from ? (x - from) / (Math.min(high, this.maximum) - from) : 0;
  }

  /** The non-empty bins in rising order. */
  *bins(): Generator<Bin> {
    if (this.#zero > 0) yield { low: 0, high: LOWEST, count: this.#zero };
    for (let i = 0; i < this.#counts.length; i++) {
      const count = this.#counts[i];
      const bin = this.#offset + i;
      if (count > 0) yield { low: this.#boundary(bin), high: this.#boundary(bin + 1), count };
    }
    if (this.#overflow > 0) yield { low: HIGHEST, high: Math.max(this.maximum, HIGHEST), count: this.#overflow };
  }

  /** Adds what another histogram of the same resolution recorded. @throws RangeError if resolutions differ. */
  merge(other: Histogram): void {
    this.#add(other, other.#offset, other.#counts, other.#zero, other.#overflow);
    this.count += other.count;
    this.minimum = Math.min(this.minimum, other.minimum);
    this.maximum = Math.max(this.maximum, other.maximum);
  }

  /** The same from its data. @throws RangeError if resolutions differ. */
  mergeData(data: HistogramData): void {
    this.#add(data, data.first, data.counts, data.zero, data.overflow);
    this.count += data.zero + data.overflow;
    for (let i = 0; i < data.counts.length; i++) this.count += data.counts[i];
    this.minimum = Math.min(this.minimum, data.minimum ?? Infinity);
    this.maximum = Math.max(this.maximum, data.maximum ?? -Infinity);
  }

  #add(
    { binsPerOctave }: { readonly binsPerOctave: number },
    offset: number,
    counts: Float64Array,
    zero: number,
    overflow: number,
  ): void {
    if (binsPerOctave !== this.binsPerOctave) {
      throw new RangeError(`Histogram: cannot merge ${binsPerOctave} bins an octave into ${this.binsPerOctave}`);
    }
    if (counts.length > 0) {
      this.#cover(offset, offset + counts.length);
      const start = offset - this.#offset;
      for (let i = 0; i < counts.length; i++) this.#counts[start + i] += counts[i];
    }
    this.#zero += zero;
    this.#overflow += overflow;
  }

  /** Forgets all values and keeps the memory. */
  clear(): void {
    this.#counts.fill(0);
    this.#zero = 0;
    this.#overflow = 0;
    this.count = 0;
    this.minimum = Infinity;
    this.maximum = -Infinity;
  }

  /** A copy of what was recorded. */
  data(): HistogramData {
    const counts = this.#counts;
    let from = 0;
    let to = counts.length;
    while (from < to && counts[from] === 0) from++;
    while (to > from && counts[to - 1] === 0) to--;
    const empty = this.count === 0;
    return {
      binsPerOctave: this.binsPerOctave,
      zero: this.#zero,
      first: from < to ? this.#offset + from : 0,
      counts: counts.slice(from, to),
      overflow: this.#overflow,
      minimum: empty ? null : this.minimum,
      maximum: empty ? null : this.maximum,
    };
  }

  static fromData(data: HistogramData): Histogram {
    const histogram = new Histogram(data.binsPerOctave);
    histogram.mergeData(data);
    return histogram;
  }

  /** The first value of a kind outside the block, and every value outside the range. */
  #recordElsewhere(x: number): void {
    if (!(x >= 0)) throw new RangeError(`Histogram: values must be >= 0 s, got ${x}`);
    if (x < LOWEST) {
      this.#zero++;
    } else if (x >= HIGHEST) {
      this.#overflow++;
    } else {
      double[0] = x;
      const bin = words[HIGH] >> this.#shift;
      this.#cover(bin, bin + 1);
      this.#counts[bin - this.#offset]++;
    }
  }

  /** Makes the block hold the bins [from, to), by whole octaves. */
  #cover(from: number, to: number): void {
    const counts = this.#counts;
    const empty = counts.length === 0;
    const size = this.binsPerOctave;
    const first = Math.floor((empty ? from : Math.min(from, this.#offset)) / size) * size;
    const last = Math.ceil((empty ? to : Math.max(to, this.#offset + counts.length)) / size) * size;
    if (last - first === counts.length) return;
    this.#counts = new Float64Array(last - first);
    this.#counts.set(counts, empty ? 0 : this.#offset - first);
    this.#offset = first;
  }

  /** Lower bound of a bin in seconds. */
  #boundary(bin: number): number {
    double[0] = 0;
    words[HIGH] = bin << this.#shift;
    return double[0];
  }
}

/** 2^-30 and 2^30 s. */
const LOWEST = 9.313225746154785e-10;
const HIGHEST = 1073741824;
