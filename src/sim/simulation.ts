/**
 * The clock and the loop that runs it: events are numbers (address, argument) in typed arrays, components are objects
 * with one method, and nothing is allocated per event. Variable times go `at` a place in the event list; constant
 * delays, the timeouts that are mostly cancelled, go into lanes, where setting and cancelling is O(1).
 * Left out: it knows no wall clock, no chance of its own and nothing of clusters.
 */
import { Budget } from './budget.ts';
import type { BudgetLimits } from './budget.ts';
import { Calendar } from './calendar.ts';
import type { EventList } from './event-list.ts';
import { EventRecords, State } from './event-record.ts';
import type { Handle } from './event-record.ts';
import { Heap } from './heap.ts';
import { invariant, InvariantBreach } from './invariant.ts';
import type { RandomStream } from './random/stream.ts';
import { Rank, RANK_STEP } from './rank.ts';

export type { Handle } from './event-record.ts';

/** Whoever receives events. */
export interface Component {
  /**
   * An event of this component is due.
   * @param kind 0..7, its own numbering.
   * @param argument a 32-bit integer, as given when it was scheduled.
   */
  on(kind: number, argument: number): void;
}

/** When to stop; whichever comes first. Without a rule the run ends when nothing is pending. */
export interface StopRule {
  /** Simulated time in seconds, >= now. Events due at exactly this time are executed. */
  readonly time?: number;
  /** Events executed over the life of the simulation. */
  readonly events?: number;
  /** Asked before the first event and then every `checkEvery` events of this run: the same places in every run. */
  readonly when?: () => boolean;
  /** An integer >= 1; default 1,024. */
  readonly checkEvery?: number;
}

/** Why a run stopped; `budget` means that its result is partial. */
export type StopReason = 'empty' | 'time' | 'events' | 'when' | 'budget';

export interface SimulationOptions {
  /** The event list; both give the same run. Default calendar; the heap is slower and there to check it. */
  readonly list?: 'calendar' | 'heap';
  /** Puts events of equal time and rank in a random order, to show whether a result hangs on that order. */
  readonly shuffleTies?: RandomStream;
  /** Event records to begin with; the store doubles as needed. Default 1,024. */
  readonly capacity?: number;
  readonly budget?: BudgetLimits;
}

const KINDS = 8;
const CHECK_EVERY = 1024;
/** Cancelled events are swept out of the list when there are more than this many and they outnumber the others. */
const PURGE_ABOVE = 64;
/** Lanes are searched one by one when one of them is due, so the rarer delays beyond this many use the event list. */
const LANES_MAX = 16;
const SHUFFLE_STEP = 2 ** 49;

export class Simulation {
  /** Seconds since the start. Written by the simulation alone. */
  now = NaN; // a double from the start, so that the engine keeps one shape of this object; then 0
  /** Events executed so far. Written by the simulation alone. */
  events = 0;
  readonly budget: Budget;

  private readonly records: EventRecords;
  private readonly list: EventList;
  private readonly components: Component[] = [];
  private readonly shuffleTies: RandomStream | undefined;
  private sequence = 0;

  private readonly laneOf = new Map<string, Handle>();
  private readonly lanes: Handle[] = [];
  private laneEvents = 0;
  private laneBound = Infinity; // no event of any lane is due before this time

  constructor(options: SimulationOptions = {}) {
    this.now = 0;
    this.budget = new Budget(options.budget);
    this.records = new EventRecords(options.capacity ?? 1024, this.budget);
    this.list = options.list === 'heap' ? new Heap(this.records) : new Calendar(this.records);
    this.shuffleTies = options.shuffleTies;
  }

  /** Events scheduled and neither executed nor cancelled. */
  get pending(): number {
    return this.list.size - this.records.cancelled + this.laneEvents;
  }

  /** Adds a component, before or during a run; its events have the address returned here (a multiple of 8) + kind. */
  register(component: Component): number {
    return (this.components.push(component) - 1) * KINDS;
  }

  /**
   * Schedules an event, O(1) on average.
   * @param time seconds, finite and >= now.
   * @param address of the component, plus the kind of the event (0..7).
   * @param argument a 32-bit integer.
   * @throws InvariantBreach if the time is past, infinite or not a number.
   */
  at(time: number, address: number, argument: number, rank: Rank): Handle {
    if (!(time >= this.now && time < Infinity)) this.refuseTime(time);
    const { records } = this;
    const handle = records.take(address, argument);
    records.setTime(handle, time);
    records.setOrder(handle, rank * RANK_STEP + this.nextSequence());
    this.list.insert(handle);
    return handle;
  }

  /**
   * The lane of a constant delay, found or made.
   * @param delay seconds, finite and >= 0.
   */
  lane(delay: number, rank: Rank = Rank.timeout): number {
    invariant(delay >= 0 && delay < Infinity, 'a delay is finite and >= 0', () => `got ${delay} s`);
    const key = `${rank} ${delay}`;
    let lane = this.laneOf.get(key);
    if (lane === undefined) {
      lane = this.openLane(delay, rank);
      this.laneOf.set(key, lane);
    }
    return lane;
  }

  /** Schedules an event after the delay of `lane`, O(1); `cancelTimer` takes it back. Other arguments as for `at`. */
  after(lane: number, address: number, argument: number): Handle {
    const { records } = this;
    const time = this.now + records.order(lane);
    const handle = records.take(address, argument);
    records.setTime(handle, time);
    records.setOrder(handle, records.argument(lane) * RANK_STEP + this.nextSequence());
    let last = records.state(lane);
    if (last === State.listed) {
      this.list.insert(handle);
      return handle;
    }
    if (this.shuffleTies !== undefined) {
      while (last !== lane && records.before(handle, last)) last = records.state(last);
    }
    const next = records.next(last);
    records.setNext(handle, next);
    records.setState(handle, last);
    records.setNext(last, handle);
    records.setState(next, handle);
    if (time < this.laneBound) this.laneBound = time;
    this.laneEvents++;
    return handle;
  }

  /** When a pending event is due, seconds. */
  due(handle: Handle): number {
    return this.records.time(handle);
  }

  /** Takes back an event that was scheduled with `at` and has not been executed, O(1) on average. */
  cancel(handle: Handle): void {
    const { list, records } = this;
    if (records.state(handle) !== State.listed) this.refuseCancel(handle);
    records.cancel(handle);
    if (records.cancelled > PURGE_ABOVE && 2 * records.cancelled > list.size) list.purge();
  }

  /** Takes back an event that was scheduled with `after` and has not been executed, O(1). */
  cancelTimer(handle: Handle): void {
    if (this.records.state(handle) > 0) this.unlink(handle);
    else this.cancel(handle);
  }

  /**
   * Executes events in the order of (time, rank, sequence) until the rule says stop; may be called again to go on.
   * At `time` the clock stands at exactly that time; otherwise at the last event executed.
   * @throws InvariantBreach, with the simulated time, if the model breaks one.
   */
  run(stop: StopRule): StopReason {
    const time = stop.time ?? Infinity;
    invariant(time >= this.now, 'a run stops now or later', () => `asked to stop at ${time} s, now is ${this.now} s`);
    try {
      return this.execute(stop, time);
    } catch (error) {
      if (error instanceof InvariantBreach) error.time ??= this.now;
      throw error;
    }
  }

  private execute(stop: StopRule, stopTime: number): StopReason {
    const { list, components, records } = this;
    const started = this.events;
    let checkAt = started;
    for (;;) {
      if (this.events >= checkAt) {
        const reason = this.stopReason(stop);
        if (reason !== undefined) return reason;
        checkAt = this.nextCheck(stop, started);
      }
      let handle = list.first();
      if (handle === 0 || records.time(handle) >= this.laneBound) {
        handle = this.earlier(handle);
        if (handle === 0) return 'empty';
      }
      const state = records.state(handle);
      if (state === State.cancelled) {
        list.pop();
        records.discard(handle);
        continue;
      }
      const time = records.time(handle);
      if (time > stopTime) {
        this.now = stopTime;
        return 'time';
      }
      if (time < this.now) this.refuseOrder(time);
      const address = records.address(handle);
      const argument = records.argument(handle);
      if (state === State.listed) {
        list.pop();
        records.give(handle);
      } else {
        this.unlink(handle);
      }
      this.now = time;
      this.events++;
      components[address >> 3].on(address & 7, argument);
    }
  }

  /** The earlier of the list's first event (0 = none) and the lanes' first; brings the bound of the lanes up to date. */
  private earlier(listed: Handle): Handle {
    const { records } = this;
    let first: Handle = 0;
    for (const lane of this.lanes) {
      const head = records.next(lane);
      if (head !== lane && (first === 0 || records.before(head, first))) first = head;
    }
    this.laneBound = first === 0 ? Infinity : records.time(first);
    if (first === 0) return listed;
    return listed === 0 || records.before(first, listed) ? first : listed;
  }

  private stopReason(stop: StopRule): StopReason | undefined {
    if (stop.events !== undefined && this.events >= stop.events) return 'events';
    if (this.budget.exceeded(this.events)) return 'budget';
    return stop.when?.() ? 'when' : undefined;
  }

  /** Number of executed events at which `stopReason` must be asked again: exact for counts, regular for the rest. */
  private nextCheck(stop: StopRule, started: number): number {
    const every = stop.checkEvery ?? CHECK_EVERY;
    const regular = started + (Math.floor((this.events - started) / every) + 1) * every;
    return Math.min(regular, stop.events ?? Infinity, this.budget.events);
  }

  private nextSequence(): number {
    const { shuffleTies } = this;
    return shuffleTies === undefined ? this.sequence++ : Math.floor(shuffleTies.uniform() * SHUFFLE_STEP);
  }

  /** A lane is a ring of records around one that stands for it; that one holds the delay as its order, and the rank. */
  private openLane(delay: number, rank: Rank): Handle {
    const { records } = this;
    const lane = records.take(0, rank);
    records.setTime(lane, Infinity);
    records.setOrder(lane, delay);
    if (this.lanes.length < LANES_MAX) {
      records.setNext(lane, lane);
      records.setState(lane, lane);
      this.lanes.push(lane);
    } // else it stays in state listed
    return lane;
  }

  private unlink(handle: Handle): void {
    const { records } = this;
    const next = records.next(handle);
    const previous = records.state(handle);
    records.setNext(previous, next);
    records.setState(next, previous);
    records.give(handle);
    this.laneEvents--;
  }

  private refuseTime(time: number): never {
    throw new InvariantBreach('an event is due now or later', `asked for ${time} s, now is ${this.now} s`);
  }

  private refuseOrder(time: number): never {
    throw new InvariantBreach('time never goes back', `the next event is due at ${time} s, now is ${this.now} s`);
  }

  private refuseCancel(handle: Handle): never {
    throw new InvariantBreach('only a pending event is cancelled', `event ${handle} is not pending`);
  }
}
