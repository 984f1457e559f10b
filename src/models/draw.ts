/**
 * A draw: a time in a scenario bound to a stream of its own. The exponential and the constant, which nearly all hot steps are,
 * are computed in place; every other law goes through its quantile function.
 */
import type { Distribution } from '../sim/random/distribution.ts';
import { Exponentials } from '../sim/random/exponentials.ts';
import { distribution } from '../sim/random/index.ts';
import type { RandomStream } from '../sim/random/stream.ts';
import type { TimeDescription } from './description.ts';

const CONSTANT = 0;
const EXPONENTIAL = 1;
const DISTRIBUTION = 2;
const DEMAND = 3;

export class Draw {
  /** Mean in seconds; NaN where the request carries it. */
  readonly mean: number;
  private readonly kind: number;
  private readonly value: number;
  private readonly law: Distribution | null;
  private readonly exponentials: Exponentials | null;

  constructor(
    description: TimeDescription,
    private readonly stream: RandomStream,
  ) {
    this.law = null;
    this.exponentials = description.kind === 'exponential' ? new Exponentials(stream) : null;
    if (description.kind === 'demand') {
      this.kind = DEMAND;
      this.value = description.scale;
      this.mean = NaN;
      return;
    }
    const law = distribution(description);
    this.mean = law.mean;
    this.value = law.mean;
    if (description.kind === 'deterministic') this.kind = CONSTANT;
    else if (description.kind === 'exponential') this.kind = EXPONENTIAL;
    else {
      this.kind = DISTRIBUTION;
      this.law = law;
    }
  }

  /** Whether every sample is the same and known beforehand. */
  get constant(): boolean {
    return this.kind === CONSTANT;
  }

  /** @param demand seconds that the request carries. */
  sample(demand: number): number {
    switch (this.kind) {
      case CONSTANT:
        return this.value;
      case EXPONENTIAL:
        return this.value * this.exponentials!.next();
      case DEMAND:
        return this.value * demand;
      default:
        return this.law!.sample(this.stream.uniform());
    }
  }
}
