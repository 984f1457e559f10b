/**
 * The event list as a calendar queue that tunes itself. Time is cut into days of equal width; a day hashes to a
 * bucket, an unsorted chain that it shares with the same day of other years. Only the events of today are put in
 * order (the hand). With a few events a day, insert and pop are O(1) on average; if all events fall on one day the
 * list is a plain heap, O(log n). The order is exactly (time, order) whatever the width, so the tuning never changes
 * a result.
 * After R. Brown, "Calendar queues", CACM 31 (1988); days left unsorted until they begin as in W. T. Tang,
 * R. S. M. Goh and I. L. Thng, "Ladder queue", ACM TOMACS 15 (2005).
 */
import type { EventList } from './event-list.ts';
import type { EventRecords, Handle } from './event-record.ts';
import { Heap } from './heap.ts';

const BUCKETS_MIN = 16;
/** Buckets for each event after a rebuild, at least, and the bounds within which the list is left alone. */
const BUCKETS_PER_EVENT = 1;
const BUCKETS_PER_EVENT_LOW = 0.5;
const BUCKETS_PER_EVENT_HIGH = 8;
/** Width of a day in mean gaps between events; the list is rebuilt when it is off by more than a factor of 2. */
const GAPS_PER_DAY = 2;
/** With so few events there are no days: all are in the hand. */
const HAND_ONLY = 12;
/** An event that would go farther than this down the chain of the hand joins the crowd. */
const WALK_MAX = 16;
/** Work, in pops and days passed, after which the tuning is looked at again; more in a list of many buckets. */
const WORK_MIN = 4096;
/** Fewer pops than this say little about the gap between events. */
const POPS_MIN = 64;
/** Below this a day's number and its successor are exact; a rebuild leaves time room to grow by 2^12. */
const DAY_MAX = 2 ** 52;
const DAY_MAX_AT_REBUILD = 2 ** 40;
const DAYS_PER_SECOND_MAX = 1e12;

export class Calendar implements EventList {
  size = 0;
  private readonly records: EventRecords;
  // The hand: the events of today and before, as a short sorted chain, and a heap for what would make it long.
  private head: Handle = 0;
  private readonly crowd: Heap;
  private heads = new Int32Array(BUCKETS_MIN); // first record of each bucket, 0 = none
  private mask = BUCKETS_MIN - 1;
  private daysPerSecond = NaN; // doubles from the start, so that the engine keeps one shape of this object
  private tomorrow = Infinity; // the buckets hold the events from this day on
  private crowded = HAND_ONLY; // size at which the list is rebuilt
  private pops = 0; // since the last look at the tuning
  private popsMax = WORK_MIN; // until the next; days without events come off it
  private since = NaN; // time of the last look, seconds

  constructor(records: EventRecords) {
    this.records = records;
    this.daysPerSecond = 1;
    this.since = 0;
    this.crowd = new Heap(records);
  }

  insert(handle: Handle): void {
    this.place(handle);
    if (++this.size > this.crowded) this.rebuild();
  }

  first(): Handle {
    if (this.crowd.size > 0) this.callFromCrowd();
    else if (this.head === 0 && this.size > 0) this.turn();
    return this.head;
  }

  pop(): void {
    this.head = this.records.next(this.head);
    this.size--;
    if (++this.pops >= this.popsMax) this.tune();
  }

  purge(): void {
    this.rebuild();
  }

  private place(handle: Handle): void {
    const day = this.records.time(handle) * this.daysPerSecond;
    if (day < this.tomorrow) {
      this.hold(handle);
    } else {
      const bucket = day & this.mask;
      this.records.setNext(handle, this.heads[bucket]);
      this.heads[bucket] = handle;
    }
  }

  /** Takes an event into the hand. */
  private hold(handle: Handle): void {
    const { records } = this;
    let before: Handle = 0;
    let after = this.head;
    for (let steps = 0; after !== 0 && !records.before(handle, after); steps++) {
      if (steps === WALK_MAX) {
        this.crowd.insert(handle);
        return;
      }
      before = after;
      after = records.next(after);
    }
    records.setNext(handle, after);
    if (before === 0) this.head = handle;
    else records.setNext(before, handle);
  }

  /** Puts the first of the crowd at the head of the chain if it is due before it. */
  private callFromCrowd(): void {
    const { crowd, head, records } = this;
    const first = crowd.first();
    if (head === 0 || records.before(first, head)) {
      crowd.pop();
      records.setNext(first, head);
      this.head = first;
    }
  }

  /** Goes on to the next day that has events and takes them into the empty hand. There must be such a day. */
  private turn(): void {
    const { heads, mask, tomorrow } = this;
    let bucket = tomorrow & mask;
    for (let passed = 0; passed <= mask; passed++) {
      if (heads[bucket] !== 0) {
        this.tomorrow = tomorrow + passed + 1;
        this.open(bucket);
        if (this.head !== 0) {
          this.popsMax -= passed;
          return;
        }
      }
      bucket = (bucket + 1) & mask;
    }
    this.jump();
  }

  /** Takes the events that are due before tomorrow out of a bucket into the hand. */
  private open(bucket: number): void {
    const { heads, daysPerSecond, tomorrow, records } = this;
    let later: Handle = 0;
    for (let handle = heads[bucket], next = 0; handle !== 0; handle = next) {
      next = records.next(handle);
      if (records.time(handle) * daysPerSecond < tomorrow) {
        this.hold(handle);
      } else {
        records.setNext(handle, later);
        later = handle;
      }
    }
    heads[bucket] = later;
  }

  /** A year has no events: goes straight to the first day that has any. */
  private jump(): void {
    const { records } = this;
    let earliest = Infinity;
    for (const head of this.heads) {
      for (let handle = head; handle !== 0; handle = records.next(handle)) {
        earliest = Math.min(earliest, records.time(handle));
      }
    }
    const day = Math.floor(earliest * this.daysPerSecond);
    if (day < DAY_MAX) {
      this.tomorrow = day + 1;
      this.open(day & this.mask);
      this.popsMax -= this.heads.length + this.size;
    } else {
      this.rebuild();
    }
  }

  /** Looks at the tuning: rebuilds the list if the number of buckets or the width of a day is off. */
  private tune(): void {
    const buckets = this.heads.length;
    const gap = this.measuredGap() * this.daysPerSecond * GAPS_PER_DAY; // 1 = as planned
    if (
      (buckets > BUCKETS_MIN && buckets > BUCKETS_PER_EVENT_HIGH * this.size) ||
      gap > 2 ||
      (gap > 0 && gap < 0.5) ||
      this.pops < POPS_MIN // so few, and yet so much work
    ) {
      this.rebuild();
    } else {
      this.startMeasuring();
    }
  }

  /** Mean seconds between the pops since the last look; 0 if there were too few to say, or all at one time. */
  private measuredGap(): number {
    return this.pops < POPS_MIN ? 0 : Math.max(0, this.time() - this.since) / this.pops;
  }

  /** How far the list has got, in seconds. */
  private time(): number {
    const first = this.crowd.size > 0 ? this.first() : this.head;
    if (first !== 0) return this.records.time(first);
    return this.tomorrow === Infinity ? this.since : (this.tomorrow - 1) / this.daysPerSecond;
  }

  private startMeasuring(): void {
    this.pops = 0;
    this.popsMax = Math.max(WORK_MIN, 2 * this.heads.length);
    this.since = this.time();
  }

  /** Chooses buckets and width anew and puts every event into its place; drops the cancelled ones. */
  private rebuild(): void {
    const measured = this.measuredGap();
    const chain = this.gather();
    if (chain !== 0) this.resize(chain, measured);
    for (let handle = chain, next = 0; handle !== 0; handle = next) {
      next = this.records.next(handle);
      this.place(handle);
    }
    this.startMeasuring();
  }

  /** Empties hand and buckets into one chain, counts it, and gives back the cancelled events. */
  private gather(): Handle {
    const { crowd, heads, records } = this;
    let chain: Handle = 0;
    this.size = 0;
    const keep = (handle: Handle): void => {
      if (records.isCancelled(handle)) {
        records.discard(handle);
      } else {
        records.setNext(handle, chain);
        chain = handle;
        this.size++;
      }
    };
    const keepChain = (head: Handle): void => {
      for (let handle = head, next = 0; handle !== 0; handle = next) {
        next = records.next(handle);
        keep(handle);
      }
    };
    heads.forEach(keepChain);
    heads.fill(0);
    keepChain(this.head);
    this.head = 0;
    crowd.drain(keep);
    return chain;
  }

  /**
   * Buckets for the events of `chain`, and days of one mean gap: the measured one, else that of events which lie as
   * far ahead, on average, as these.
   */
  private resize(chain: Handle, measuredGap: number): void {
    const { records, size } = this;
    let earliest = Infinity;
    let sum = 0;
    for (let handle = chain; handle !== 0; handle = records.next(handle)) {
      earliest = Math.min(earliest, records.time(handle));
      sum += records.time(handle);
    }
    const width = GAPS_PER_DAY * (measuredGap || (sum / size - earliest) / size);
    if (width > 0 && width < Infinity) this.daysPerSecond = Math.min(1 / width, DAYS_PER_SECOND_MAX);
    this.daysPerSecond = Math.min(this.daysPerSecond, DAY_MAX_AT_REBUILD / earliest);

    let buckets = BUCKETS_MIN;
    while (buckets < BUCKETS_PER_EVENT * size) buckets *= 2;
    if (buckets !== this.heads.length) this.heads = new Int32Array(buckets);
    this.mask = buckets - 1;
    if (size <= HAND_ONLY) {
      this.tomorrow = Infinity;
      this.crowded = HAND_ONLY;
    } else {
      this.tomorrow = Math.floor(earliest * this.daysPerSecond) + 1;
      this.crowded = buckets / BUCKETS_PER_EVENT_LOW;
    }
  }
}
