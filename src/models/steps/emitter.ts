/**
 * What a step needs in order to be compiled: where to write, what its service has, and how to make call sites.
 */
import type { Streams } from '../../sim/random/stream.ts';
import type { Action } from '../action.ts';
import type { Cache } from '../caches/cache.ts';
import type { Flights } from '../caches/flights.ts';
import type { Calls } from '../calls.ts';
import type { Rule } from '../controllers/rule.ts';
import { Draw } from '../draw.ts';
import type { CallStep, Step, TimeDescription } from '../description.ts';
import { OUTCOME } from '../outcome.ts';
import type { OutcomeCode } from '../outcome.ts';
import { Op } from '../program.ts';
import type { Program } from '../program.ts';
import type { Topic } from '../streams/topic.ts';
import type { Simulation } from '../../sim/simulation.ts';

/** What the compiler knows of the service (or client) whose steps these are. */
export interface Owner {
  /** `app`, for names. */
  readonly name: string;
  /** Gate to hold while computing, -1 = none: FIFO cores, and workers that are held only then (event loop). */
  readonly computeGates: readonly number[];
  /** Pools by name. */
  readonly pools: Readonly<Record<string, OwnPool>>;
  /** Of a generator: what notes when a request leaves it. */
  readonly departure?: Action;
}

export interface OwnPool {
  readonly gate: number;
  /** The thing its connections go to. */
  readonly to: string | undefined;
  /** Longest checkout in seconds; Infinity = no limit. */
  readonly patience: number;
}

/** What lookups and publishing need. */
export interface Caching {
  readonly caches: ReadonlyMap<string, Cache>;
  readonly flights: Flights;
  readonly topics: ReadonlyMap<string, Topic>;
  readonly calls: Calls;
}

/** A message or call as a step describes it. */
export type SiteDescription = Omit<CallStep, 'do' | 'otherwise' | 'fallback' | 'hedge'>;

export class Emitter {
  /** Loops open around the step. */
  depth = 0;
  /** Pools whose connection is held here, between `acquire` and `release`. */
  readonly held: string[] = [];
  private drawn = 0;

  constructor(
    readonly program: Program,
    readonly simulation: Simulation,
    readonly streams: Streams,
    readonly owner: Owner,
    /** Names the streams: `app/read`. */
    private readonly path: string,
    private readonly makeSite: (description: SiteDescription, name: string) => number,
    private readonly compileStep: (step: Step, emitter: Emitter) => void,
    private readonly caching: Caching,
    private readonly rule: (name: string) => () => Rule,
  ) {}

  steps(steps: readonly Step[]): void {
    for (const step of steps) this.compileStep(step, this);
  }

  emit(operation: number, operand = 0): number {
    return this.program.emit(operation, operand);
  }

  /** Place of the next instruction. */
  get here(): number {
    return this.program.length;
  }

  /** A draw with a stream of its own; returns its index. */
  draw(time: TimeDescription, purpose: string): number {
    return this.program.draws.push(this.boundDraw(time, purpose)) - 1;
  }

  boundDraw(time: TimeDescription, purpose: string): Draw {
    return new Draw(time, this.streams.stream(this.name(purpose)));
  }

  site(description: SiteDescription): number {
    return this.makeSite(description, this.name(`call-${description.to}`));
  }

  name(purpose: string): string {
    return `${this.path}/${this.drawn++}-${purpose}`;
  }

  /** Emits taking a token. @returns index of the acquisition, so that its `otherwise` can be set. */
  acquire(
    gate: number,
    {
      patience,
      impatient,
      door = false,
    }: { patience: TimeDescription | number; impatient: OutcomeCode; door?: boolean },
  ): number {
    const drawn = typeof patience === 'number' ? null : this.boundDraw(patience, 'patience');
    const seconds = typeof patience === 'number' ? patience : drawn!.constant ? drawn!.mean : Infinity;
    const index =
      this.program.acquisitions.push({
        gate,
        lane: seconds < Infinity ? this.simulation.lane(seconds) : -1,
        patience: drawn !== null && !drawn.constant ? drawn : null,
        impatient,
        door,
        otherwise: -1,
      }) - 1;
    this.emit(Op.acquire, index);
    return index;
  }

  /** The pool of this owner that leads to `target` and has no connection held here; null = none. */
  poolFor(target: string): { readonly name: string; readonly pool: OwnPool } | null {
    for (const [name, pool] of Object.entries(this.owner.pools)) {
      if (pool.to === target && !this.held.includes(name)) return { name, pool };
    }
    return null;
  }

  /** Emits a cold step. */
  action(action: Action): void {
    this.emit(Op.action, this.program.actions.push(action) - 1);
  }

  acquirePool(name: string): number {
    const pool = this.pool(name);
    return this.acquire(pool.gate, { patience: pool.patience, impatient: OUTCOME['pool-timeout'] });
  }

  ruleOf(name: string): () => Rule {
    return this.rule(name);
  }

  /** @throws RangeError if there is no cache of that name. */
  cacheOf(name: string): { readonly cache: Cache; readonly flights: Flights; readonly calls: Calls } {
    const { caches, flights, calls } = this.caching;
    const cache = caches.get(name);
    if (cache === undefined) throw new RangeError(`${this.owner.name} looks up "${name}", which is no cache`);
    return { cache, flights, calls };
  }

  /** @throws RangeError if there is no topic of that name. */
  topicOf(name: string): { readonly topic: Topic; readonly calls: Calls } {
    const topic = this.caching.topics.get(name);
    if (topic === undefined) throw new RangeError(`${this.owner.name} publishes to "${name}", which is no topic`);
    return { topic, calls: this.caching.calls };
  }

  pool(name: string): OwnPool {
    const pool = this.owner.pools[name];
    if (pool === undefined) throw new RangeError(`${this.owner.name} has no pool "${name}"`);
    return pool;
  }
}
