/**
 * Exponential times of mean 1 from a stream of their own, drawn a batch at a time. The numbers are those of
 * `-ln(1 - uniform())` one by one, but the logarithms of a batch overlap, and no event waits for one: half the time.
 */
import { ln } from './elementary.ts';
import type { RandomStream } from './stream.ts';

const BATCH = 64;

export class Exponentials {
  private readonly stream: RandomStream;
  private readonly batch = new Float64Array(BATCH);
  private place = BATCH;

  /** @param stream drawn from ahead of need: nobody else may draw from it. */
  constructor(stream: RandomStream) {
    this.stream = stream;
  }

  /** The next time, >= 0; multiply it by the mean. */
  next(): number {
    if (this.place === BATCH) this.draw();
    return this.batch[this.place++];
  }

  private draw(): void {
    const { batch, stream } = this;
    for (let i = 0; i < BATCH; i++) batch[i] = 0 - ln(1 - stream.uniform());
    this.place = 0;
  }
}
