/**
 * The pause of a user after a failure: drawn from a law, or a multiple of the response times that the server gives at present.
 */
import type { RandomStream } from '../../sim/random/stream.ts';
import type { PauseDescription } from '../description.ts';
import { Draw } from '../draw.ts';

/** Responses that a moving mean is about. */
const REMEMBERED = 100;

/** Moving mean of the response times from each server, in seconds: exponential, over about the last 100. */
export class MovingMeans {
  private mean = new Float64Array(16);
  private count = new Float64Array(16);

  /** @param server its index; -1 = nobody in particular. */
  record(server: number, seconds: number): void {
    const place = server + 1;
    if (place >= this.mean.length) this.grow(place);
    if (this.count[place] < REMEMBERED) this.count[place]++;
    this.mean[place] += (seconds - this.mean[place]) / this.count[place];
  }

  /** Of a server that has answered nobody yet: 0. */
  of(server: number): number {
    return server + 1 < this.mean.length ? this.mean[server + 1] : 0;
  }

  private grow(place: number): void {
    let size = this.mean.length;
    while (size <= place) size *= 2;
    const mean = new Float64Array(size);
    const count = new Float64Array(size);
    mean.set(this.mean);
    count.set(this.count);
    this.mean = mean;
    this.count = count;
  }
}

export class Pause {
  /** It depends on the response times of late. */
  readonly follows: boolean;
  private readonly draw: Draw | null;

  constructor(
    private readonly description: PauseDescription,
    private readonly stream: RandomStream,
  ) {
    this.follows = description.kind === 'times-response';
    this.draw = description.kind === 'times-response' ? null : new Draw(description, stream);
  }

  /** Seconds, after a failure at `server`. */
  after(server: number, recent: MovingMeans | null): number {
    const { description } = this;
    if (this.draw !== null) return this.draw.sample(0);
    if (description.kind !== 'times-response' || recent === null) return 0;
    return description.factor * recent.of(server) * (1 + description.spread * (2 * this.stream.uniform() - 1));
  }
}
