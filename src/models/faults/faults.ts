/**
 * Faults: each a process that begins and ends what it does to its targets, at a time or again and again (a renewal
 * process: the law of the time from one end to the next beginning, and of how long each lasts). What a fault hits at one
 * moment fails together; a process of its own for each target makes them independent. A repair begins at once, or when the
 * takeover is over, and with fewer crews than targets when one of those is free: in the order in which they could begin.
 */
import { Rank } from '../../sim/rank.ts';
import type { Streams } from '../../sim/random/stream.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { FaultDescription } from '../description.ts';
import { Draw } from '../draw.ts';
import type { Cut } from '../failover/reach.ts';
import { note } from './log.ts';
import type { LogEntry } from './log.ts';
import { sickness } from './target.ts';
import type { Begun, FaultTarget } from './target.ts';
import type { Sickness } from '../services/server.ts';

export interface FaultSetting {
  readonly simulation: Simulation;
  readonly streams: Streams;
  readonly log: LogEntry[];
  /** What a name stands for. @throws RangeError where that is nothing. */
  find(name: string): readonly FaultTarget[];
  /** What a pulled cable or a partition cuts. @throws RangeError as `find`. */
  cut(fault: FaultDescription): Cut;
  setCut(cut: Cut, on: boolean): void;
  /** Told when a fault begins, before it acts, and when it has ended. */
  episode(fault: number, begins: boolean, targets: readonly string[]): void;
}

const BEGIN = 0;
const END = 1;
const WARMER = 2;

/** Steps in which a cold server becomes warm. */
const WARM_STEPS = 10;

/** One fault of the list at the targets that it hits together. */
interface Process {
  /** Its place in the list. */
  readonly index: number;
  readonly fault: FaultDescription;
  readonly text: string;
  readonly targets: readonly FaultTarget[];
  /** Of the targets, or of both sides of a partition. */
  readonly names: readonly string[];
  readonly cut: Cut | null;
  readonly sick: Sickness | null;
  readonly every: Draw | null;
  readonly lasts: Draw | null;
  begun: Begun[];
  entry: LogEntry | null;
  /** Steps of warming still to come; -1 = warm. */
  warming: number;
  /** A repair that waits for a takeover to be over. */
  waits: boolean;
}

export class Faults {
  private readonly address: number;
  private readonly processes: Process[] = [];
  /** By fault: crews that have nothing to do, and the processes that wait for one. */
  private readonly crews = new Map<number, { free: number; readonly line: number[] }>();

  constructor(
    private readonly setting: FaultSetting,
    faults: readonly FaultDescription[],
  ) {
    this.address = setting.simulation.register(this);
    faults.forEach((fault, index) => {
      if (fault.again?.crews !== undefined) this.crews.set(index, { free: fault.again.crews, line: [] });
      const targets =
        fault.sides !== undefined ? [] : (fault.targets ?? [fault.target]).flatMap((name) => setting.find(name));
      if (fault.again === undefined || fault.again.together || fault.sides !== undefined) {
        this.add(fault, index, targets, fault.target);
      } else {
        for (const target of targets) this.add(fault, index, [target], target.actor.name);
      }
    });
  }

  /** The takeover that repairs wait for is over at a node (or cannot be). */
  settled(target: FaultTarget): void {
    for (const [number, process] of this.processes.entries()) {
      if (!process.waits || !process.targets.includes(target)) continue;
      process.waits = false;
      this.repair(process, number);
    }
  }

  on(kind: number, number: number): void {
    const process = this.processes[number];
    if (kind === BEGIN) this.begin(process, number);
    else if (kind === END) this.end(process, number);
    else this.warm(process, number);
  }

  private add(fault: FaultDescription, index: number, targets: readonly FaultTarget[], text: string): void {
    const { streams } = this.setting;
    const name = `faults/${index}/${text}`;
    const draw = (law: ConstructorParameters<typeof Draw>[0] | undefined, purpose: string): Draw | null =>
      law === undefined ? null : new Draw(law, streams.stream(`${name}/${purpose}`));
    const cuts = fault.do === 'unplug' || fault.do === 'partition';
    const one = { ...fault, target: text, targets: targets.map(({ actor }) => actor.name) };
    const process: Process = {
      index,
      fault,
      text: `${fault.do} ${text}`,
      targets,
      names: fault.sides?.flat() ?? one.targets,
      cut: cuts ? this.setting.cut(fault.sides === undefined ? one : fault) : null,
      sick:
        fault.do === 'sick'
          ? sickness(fault.share ?? 1, draw(fault.answer, 'answer'), streams.stream(`${name}/sick`))
          : null,
      every: draw(fault.again?.every, 'every'),
      lasts: draw(fault.again?.for ?? fault.lasts, 'for'),
      begun: [],
      entry: null,
      warming: -1,
      waits: false,
    };
    const number = this.processes.push(process) - 1;
    this.at(fault.at + (process.every?.sample(0) ?? 0), BEGIN, number);
  }

  private at(time: number, kind: number, number: number): void {
    this.setting.simulation.at(time, this.address + kind, number, Rank.control);
  }

  private begin(process: Process, number: number): void {
    const { setting } = this;
    const { fault, targets, cut, lasts } = process;
    const now = setting.simulation.now;
    const restores = fault.do === 'restore';
    if (restores) this.closeEntries(targets, now);
    else setting.episode(process.index, true, process.names);
    process.entry = {
      at: now,
      until: restores ? now : null,
      text: process.text,
      kind: restores ? 'recovery' : 'fault',
    };
    note(setting.log, process.entry);
    process.warming = -1;
    const fromTakeover = fault.again?.repairFrom === 'takeover';
    process.waits = fromTakeover;
    process.begun = targets.map((target) => target.begin(fault, process.sick));
    if (cut !== null) setting.setCut(cut, true);
    if (restores) {
      for (const other of this.processes)
        if (other.cut !== null && overlap(other, targets)) setting.setCut(other.cut, false);
    }
    if (lasts !== null) {
      if (!fromTakeover) this.repair(process, number);
    } else if (fault.for < Infinity) this.at(now + fault.for, END, number);
  }

  /** The repair of what may be mended now begins, or waits for a crew. */
  private repair(process: Process, number: number): void {
    const crews = this.crews.get(process.index);
    if (crews?.free === 0) crews.line.push(number);
    else {
      if (crews !== undefined) crews.free--;
      this.at(this.setting.simulation.now + process.lasts!.sample(0), END, number);
    }
  }

  /** A crew has mended what it was at: it goes to the next. */
  private crewIsFree(index: number): void {
    const crews = this.crews.get(index);
    if (crews === undefined) return;
    crews.free++;
    const next = crews.line.shift();
    if (next !== undefined) this.repair(this.processes[next], next);
  }

  private end(process: Process, number: number): void {
    const { setting } = this;
    const { fault, targets, cut, every } = process;
    const now = setting.simulation.now;
    this.crewIsFree(process.index);
    if (cut !== null) setting.setCut(cut, false);
    targets.forEach((target, k) => {
      const back = target.end(process.begun[k]);
      if (back && fault.cold !== undefined) process.warming = WARM_STEPS;
    });
    if (process.entry !== null) process.entry.until ??= now;
    setting.episode(process.index, false, process.names);
    if (process.warming > 0) this.warm(process, number);
    if (every !== null) this.at(now + every.sample(0), BEGIN, number);
  }

  /** A cold server becomes a step warmer: its speed rises from `factor` to 1 in equal steps. */
  private warm(process: Process, number: number): void {
    const { cold } = process.fault;
    if (cold === undefined || process.warming < 0) return;
    const left = process.warming / WARM_STEPS;
    for (const target of process.targets) target.setWarmth(1 - (1 - cold.factor) * left);
    process.warming--;
    if (process.warming >= 0) this.at(this.setting.simulation.now + cold.over / WARM_STEPS, WARMER, number);
  }

  private closeEntries(targets: readonly FaultTarget[], now: number): void {
    for (const { entry, targets: hit } of this.processes) {
      if (entry !== null && hit.length > 0 && hit.every((target) => targets.includes(target))) entry.until ??= now;
    }
  }
}

function overlap({ targets }: Process, restored: readonly FaultTarget[]): boolean {
  return targets.length > 0 && targets.every((target) => restored.includes(target));
}
