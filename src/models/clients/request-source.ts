/**
 * How a client turns "a request is due" into a call: its class, its source address, its place in the program.
 */
import type { RandomStream, Streams } from '../../sim/random/stream.ts';
import type { Execution, Launch } from '../execution.ts';
import type { Keys } from './keys.ts';

/** A request class as compiled. */
export interface CompiledClass {
  readonly share: number;
  readonly requestClass: number;
  readonly priority: number;
  /** Site of a request that is one call; -1 = it begins at `start`. */
  readonly site: number;
  readonly start: number;
}

export class RequestSource {
  private readonly launchRecord: Launch;
  private readonly cumulative: readonly number[];
  private readonly mixStream: RandomStream;
  private readonly sourceStream: RandomStream;

  constructor(
    private readonly execution: Execution,
    client: number,
    private readonly classes: readonly CompiledClass[],
    /** Distinct source addresses; Infinity = every origin its own. */
    private readonly sources: number,
    streams: Streams,
    name: string,
    /** What requests ask for; null = each for something of its own. */
    private readonly keys: Keys | null,
  ) {
    const total = classes.reduce((sum, { share }) => sum + share, 0);
    let sum = 0;
    this.cumulative = classes.map(({ share }) => (sum += share) / total);
    this.mixStream = streams.stream(`${name}/mix`);
    this.sourceStream = streams.stream(`${name}/source`);
    this.launchRecord = {
      client,
      origin: 0,
      site: -1,
      start: 0,
      requestClass: 0,
      priority: 0,
      key: 0,
      request: 0,
      demand: 0,
      due: 0,
    };
  }

  /** Address of a user who keeps it: users are spread evenly over the addresses. */
  addressOfUser(user: number): number {
    return this.sources === Infinity ? user : user % this.sources;
  }

  /** Address of a request that comes from anybody. */
  anyAddress(request: number): number {
    return this.sources === Infinity ? request : Math.floor(this.sourceStream.uniform() * this.sources);
  }

  /**
   * Makes a request now.
   * @param priority of the request itself; -1 = its class's.
   */
  launch(origin: number, request: number, key: number, due: number, demand: number, priority: number): void {
    const { launchRecord, classes } = this;
    let pick = 0;
    if (classes.length > 1) {
      const u = this.mixStream.uniform();
      while (pick < classes.length - 1 && u >= this.cumulative[pick]) pick++;
    }
    const { site, start, requestClass, priority: classPriority } = classes[pick];
    launchRecord.origin = origin;
    launchRecord.site = site;
    launchRecord.start = start;
    launchRecord.requestClass = requestClass;
    launchRecord.priority = priority >= 0 ? priority : classPriority;
    launchRecord.key = key;
    launchRecord.request = this.keys === null ? request : this.keys.next();
    launchRecord.demand = demand;
    launchRecord.due = due;
    this.execution.launch(launchRecord);
  }
}
