/**
 * An autoscaler at work: every period it measures the servers of one service, asks its rule how many there should be, and
 * starts or drains servers. The youngest go first, those that have not started before all others (Kubernetes' ReplicaSet).
 *
 * Sources: `hpa.ts`, `behaviour.ts`, `nodes.ts`. Left out: vertical scaling, and rules over several services at once.
 */
import { invariant } from '../../sim/invariant.ts';
import { Rank } from '../../sim/rank.ts';
import type { Streams } from '../../sim/random/stream.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { AutoscalerDescription, MetricDescription } from '../description.ts';
import { Draw } from '../draw.ts';
import type { Execution } from '../execution.ts';
import { note } from '../faults/log.ts';
import type { LogEntry } from '../faults/log.ts';
import type { Tier } from '../services/server.ts';
import { Behaviour } from './behaviour.ts';
import { largestWanted, wantedServers } from './hpa.ts';
import { METRIC_WORDS, Meter } from './metrics.ts';
import { Nodes } from './nodes.ts';
import { Life, Presence } from './presence.ts';
import { afterRule, ruleThatHolds } from './thresholds.ts';

const EVALUATE = 0;
const MARK = 1;

export interface AutoscalerContext {
  readonly simulation: Simulation;
  readonly execution: Execution;
  readonly streams: Streams;
  readonly log: LogEntry[];
  readonly lag: (topic: string, group: string) => number;
}

/** Cumulative; a window is the difference of two. */
export interface AutoscalerReading {
  readonly ready: number;
  readonly wanted: number;
  /** Server-seconds on a machine, and in which a server could serve. */
  readonly heldSeconds: number;
  readonly servedSeconds: number;
  /** Machine-seconds; null where machines are not modelled. */
  readonly nodeSeconds: number | null;
  /** Servers started and let go, and decisions to do so. */
  readonly started: number;
  readonly stopped: number;
  readonly changes: number;
}

export class Autoscaler {
  readonly presences: readonly Presence[];
  readonly nodes: Nodes | null;
  private readonly address: number;
  private readonly meter: Meter;
  private readonly behaviour: Behaviour | null;
  private readonly window: number;
  private started = 0;
  private stopped = 0;
  private changes = 0;
  /** Decisions of which not all servers have started, or gone. */
  private readonly open: { readonly entry: LogEntry; readonly of: Set<Presence> }[] = [];

  constructor(
    readonly tier: Tier,
    private readonly description: AutoscalerDescription,
    private readonly context: AutoscalerContext,
  ) {
    const { simulation, execution, streams } = context;
    const { from, start, warm, drain, nodes, metrics, every, rule } = description;
    this.address = simulation.register(this);
    const stream = (purpose: string): ReturnType<Streams['stream']> => streams.stream(`${tier.name}/${purpose}`);
    this.nodes =
      nodes === undefined
        ? null
        : new Nodes(simulation, nodes.room, new Draw(nodes.start, stream('node start')), nodes.idle, from);
    const rules = { start: new Draw(start, stream('start')), warm: warm ?? null, drain };
    this.presences = tier.servers.map(
      (server, k) =>
        new Presence(simulation, execution, server, rules, this.nodes, k < from, (one) => this.settled(one)),
    );
    this.meter = new Meter(this.presences, metrics, context.lag);
    this.behaviour = rule.kind === 'target' ? new Behaviour(rule.behaviour, from) : null;
    this.window = Math.min(description.window, every);
    this.next(rule.kind === 'fixed' ? 0 : every);
  }

  /** Servers that are wanted now: ready, or on their way. */
  get wanted(): number {
    return this.presences.reduce((sum, { wanted }) => sum + (wanted ? 1 : 0), 0);
  }

  get ready(): number {
    return this.presences.reduce((sum, { serves }) => sum + (serves ? 1 : 0), 0);
  }

  reading(): AutoscalerReading {
    const { now } = this.context.simulation;
    let heldSeconds = 0;
    let servedSeconds = 0;
    for (const presence of this.presences) {
      const { held, served } = presence.seconds(now);
      heldSeconds += held;
      servedSeconds += served;
    }
    return {
      ready: this.ready,
      wanted: this.wanted,
      heldSeconds,
      servedSeconds,
      nodeSeconds: this.nodes?.seconds(now) ?? null,
      started: this.started,
      stopped: this.stopped,
      changes: this.changes,
    };
  }

  on(kind: number): void {
    const { now } = this.context.simulation;
    if (kind === EVALUATE) {
      this.evaluate(now);
      if (this.description.rule.kind === 'fixed') return;
      this.next(this.description.every);
    } else this.meter.mark(now);
  }

  // ---------------------------------------------------------------------------------------------------------- helpers

  /** The next look, and the beginning of its window. */
  private next(seconds: number): void {
    const { simulation } = this.context;
    const at = simulation.now + seconds;
    if (this.window >= seconds) this.meter.mark(simulation.now);
    else simulation.at(at - this.window, this.address + MARK, 0, Rank.control);
    simulation.at(at, this.address + EVALUATE, 0, Rank.control);
  }

  private evaluate(now: number): void {
    const { min, max, rule, metrics } = this.description;
    const current = this.wanted;
    let wanted = current;
    let why = '';
    if (rule.kind === 'target') {
      const readings = metrics.map((_, k) => this.meter.read(k, now));
      const answers = readings.map((reading, k) =>
        current === 0 ? null : wantedServers(current, reading, { target: rule.targets[k], tolerance: rule.tolerance }),
      );
      const most = largestWanted(current, answers);
      const k = Math.max(0, answers.indexOf(most));
      const { sum, measured, external } = readings[k];
      wanted = this.behaviour!.limit(now, current, most);
      const asked = wanted === most ? '' : ` (${most} asked for)`;
      const target = `${external ? ' in all' : ''} against a target of ${shown(metrics[k], rule.targets[k])}${external ? ' a server' : ''}`;
      why = `${named(metrics[k])} ${shown(metrics[k], sum / measured)}${target}${asked}`;
    } else if (rule.kind === 'thresholds') {
      const means = metrics.map((_, k) => {
        const { sum, measured } = this.meter.read(k, now);
        return sum / measured;
      });
      const holds = ruleThatHolds(rule.rules, means);
      if (holds !== null) {
        wanted = afterRule(current, holds);
        const metric = metrics[holds.metric];
        why = `${named(metric)} ${shown(metric, means[holds.metric])} ${holds.when} ${shown(metric, holds.limit)}`;
      }
    }
    const limited = Math.min(max, Math.max(min, wanted));
    if (limited !== wanted) why = why === '' ? `at least ${min}` : `${why}, from ${min} to ${max}`;
    if (limited !== current) this.scale(now, current, limited, why);
    const asked = this.wanted;
    invariant(
      asked >= min && asked <= max,
      'servers asked for are within min and max',
      () => `${this.tier.name} has ${asked}, allowed ${min} to ${max}`,
    );
  }

  private scale(now: number, current: number, wanted: number, why: string): void {
    const { name } = this.tier;
    const out = wanted > current;
    const by = Math.abs(wanted - current);
    const chosen = out ? this.toStart(by) : this.toStop(by);
    const text = `${name} scales ${out ? 'out' : 'in'} ${current} -> ${wanted}${why === '' ? '' : `: ${why}`}`;
    const entry: LogEntry = { at: now, until: null, text, kind: 'scaling' };
    note(this.context.log, entry);
    this.open.push({ entry, of: new Set(chosen) });
    this.changes++;
    if (out) this.started += by;
    else this.stopped += by;
    this.behaviour?.changed(now, wanted - current);
    for (const presence of chosen) {
      if (out) presence.begin();
      else presence.end();
    }
    this.close();
  }

  /** Those that are gone; of those that still drain none: a new server has a name of its own. */
  private toStart(count: number): Presence[] {
    const gone = this.presences.filter(({ life }) => life === Life.gone);
    if (gone.length >= count) return gone.slice(0, count);
    // every other place is still drained: it is taken over at once
    const draining = this.presences.filter(({ life }) => life === Life.drains);
    for (const presence of draining.slice(0, count - gone.length)) presence.cutShort();
    return this.presences.filter(({ life }) => life === Life.gone).slice(0, count);
  }

  /** Those not started first, then the youngest. */
  private toStop(count: number): Presence[] {
    const age = ({ life, readyAt }: Presence): number => (life === Life.ready ? readyAt : Infinity);
    const wanted = this.presences.filter(({ wanted: one }) => one);
    return wanted
      .map((presence, place) => ({ presence, place }))
      .sort((a, b) => compare(age(b.presence), age(a.presence)) || b.place - a.place)
      .slice(0, count)
      .map(({ presence }) => presence);
  }

  private settled(presence: Presence): void {
    for (const { of } of this.open) of.delete(presence);
    this.close();
  }

  private close(): void {
    const { now } = this.context.simulation;
    for (let k = this.open.length - 1; k >= 0; k--) {
      const { entry, of } = this.open[k];
      for (const one of of) if (one.life === Life.gone) of.delete(one);
      if (of.size > 0) continue;
      entry.until = now;
      this.open.splice(k, 1);
    }
  }
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function named(metric: MetricDescription): string {
  return metric.kind === 'lag' ? `lag of ${metric.topic}` : METRIC_WORDS[metric.kind];
}

function shown({ kind }: MetricDescription, value: number): string {
  if (kind === 'cpu' || kind === 'memory') return `${Math.round(100 * value)} %`;
  const number = Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
  return kind === 'rate' ? `${number} req/s` : number;
}
