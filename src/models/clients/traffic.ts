/**
 * What is counted of a client's requests. Counters are cumulative from the start of the run; the latency tallies are
 * cleared where the warm-up ends.
 */
import { InvariantBreach } from '../../sim/invariant.ts';
import { Histogram } from '../../sim/stats/histogram.ts';
import { Moments } from '../../sim/stats/moments.ts';
import type { RecentTimes } from '../controllers/recent-times.ts';
import { OUTCOME, OUTCOMES } from '../outcome.ts';
import type { OutcomeCode } from '../outcome.ts';

/** One request that has ended, for `--raw` and traces. Times in seconds. */
export interface RequestRow {
  readonly client: string;
  readonly request: number;
  readonly due: number;
  readonly end: number;
  readonly outcome: OutcomeCode;
  /** Index of the server that answered; -1 = none. */
  readonly server: number;
}

/** Bins an octave of the histogram of one time bucket. */
const BUCKET_BINS = 16;

export class Traffic {
  sent = 0;
  ended = 0;
  readonly outcomes = new Float64Array(OUTCOMES.length);
  /** Response seconds of all that ended. */
  seconds = 0;
  /** Response times of successes, from due time to last byte; and of failures, to the answer that they are. */
  readonly response = new Histogram();
  readonly responseMoments = new Moments();
  readonly failed = new Histogram();
  readonly failedMoments = new Moments();
  /** Response times of successes from when the generator sent them; null = nobody is late, they are those from when they were due. */
  readonly fromSend: { readonly histogram: Histogram; readonly moments: Moments } | null;
  /** Successes since the last time bucket began; null = no timeline. */
  bucket: Histogram | null = null;
  /** When the last request ended, in seconds; NaN = none has. */
  lastEnd = NaN;
  /** Probe: it is asked when the last request ended. */
  timed = false;
  /** Rules that watch its response times. */
  times: RecentTimes[] | null = null;
  /** Told of every request that ends. */
  onRow: ((row: RequestRow) => void) | null = null;

  /** @param late requests may leave their generator after they were due. */
  constructor(
    readonly name: string,
    late = false,
  ) {
    this.fromSend = late ? { histogram: new Histogram(), moments: new Moments() } : null;
  }

  /** A request has ended. */
  answered(outcome: OutcomeCode, request: number, due: number, now: number, server: number, sent = due): void {
    this.ended++;
    this.lastEnd = now;
    this.outcomes[outcome]++;
    const seconds = now - due;
    if (!(seconds >= 0)) refuseTime(this.name, due, now);
    this.seconds += seconds;
    if (outcome === OUTCOME.ok) {
      this.response.record(seconds);
      this.responseMoments.record(seconds);
      this.bucket?.record(seconds);
      if (this.fromSend !== null) {
        this.fromSend.histogram.record(now - sent);
        this.fromSend.moments.record(now - sent);
      }
    } else {
      this.failed.record(seconds);
      this.failedMoments.record(seconds);
    }
    if (this.times !== null) for (const recent of this.times) recent.record(seconds);
    this.onRow?.({ client: this.name, request, due, end: now, outcome, server });
  }

  /** Forgets the latencies so far (end of warm-up). */
  clearLatencies(): void {
    this.response.clear();
    this.responseMoments.clear();
    this.failed.clear();
    this.failedMoments.clear();
    this.fromSend?.histogram.clear();
    this.fromSend?.moments.clear();
  }

  /** Begins a time bucket; returns the one that ends, to be kept. */
  nextBucket(): Histogram | null {
    const ended = this.bucket;
    this.bucket = new Histogram(BUCKET_BINS);
    return ended;
  }
}

function refuseTime(name: string, due: number, now: number): never {
  throw new InvariantBreach(
    'an answer comes after its request was due',
    `${name}: due at ${due} s, answered at ${now} s`,
  );
}
