/**
 * A rule of operation: watches a figure over a window, and is on while things are bad. With hysteresis: on after the figure
 * was above its limit for `holds` seconds, off after it was at or below `back` for `rests` seconds; `back` null = never.
 * While it is on, steps take their cheaper way (`steps/when.ts`), a share of the requests is turned away at a service, or a
 * share of its servers gets nothing new.
 *
 * What it turns away itself is no error to it, unless `countsShed`: a rule that counts them keeps itself on.
 * Where nothing was seen in the window the figure is 0. Left out: the work of watching.
 */
import type { RandomStream } from '../../sim/random/stream.ts';
import { Rank } from '../../sim/rank.ts';
import type { Component, Simulation } from '../../sim/simulation.ts';
import type { Traffic } from '../clients/traffic.ts';
import type { RuleDescription } from '../description.ts';
import type { Director } from '../directors/director.ts';
import { Bar } from '../directors/standing.ts';
import type { Execution } from '../execution.ts';
import { note } from '../faults/log.ts';
import type { LogEntry } from '../faults/log.ts';
import { OUTCOME } from '../outcome.ts';
import type { Server, Tier } from '../services/server.ts';
import { RecentTimes } from './recent-times.ts';

/** Entries of one rule that the log keeps. */
const ENTRIES_MAX = 25;

export interface RuleContext {
  readonly simulation: Simulation;
  readonly execution: Execution;
  readonly tiers: ReadonlyMap<string, Tier>;
  /** By client. */
  readonly traffic: ReadonlyMap<string, Traffic>;
  readonly log: LogEntry[];
}

/** All rules of a run: they end when nothing else is left to happen. */
export class Rules implements Component {
  private readonly address: number;

  constructor(
    private readonly simulation: Simulation,
    readonly all: readonly Rule[],
  ) {
    this.address = simulation.register(this);
    all.forEach(({ description: { every } }, index) => {
      simulation.at(every, this.address, index, Rank.control);
    });
  }

  on(_: number, index: number): void {
    const { simulation } = this;
    const rule = this.all[index];
    rule.evaluate(simulation.now);
    const others = simulation.pending - (this.all.length - 1);
    if (others > 0) simulation.at(simulation.now + rule.description.every, this.address, index, Rank.control);
  }
}

export class Rule {
  on = false;
  /** Cumulative: times it went on; requests it turned away. */
  trips = 0;
  turnedAway = 0;
  /** Seconds on, up to when it went off last; and when it went on. */
  private onArea = 0;
  private onSince = 0;
  private readonly figure: (now: number) => number;
  /** Since when the figure asks for a change; NaN = it does not. */
  private since = NaN;
  private entry: LogEntry | null = null;

  constructor(
    readonly name: string,
    readonly description: RuleDescription,
    private readonly context: RuleContext,
    private readonly stream: RandomStream,
  ) {
    this.figure = this.watch();
    for (const service of Object.keys(description.admit)) {
      const tier = context.tiers.get(service)!;
      (tier.rules ??= []).push(this);
    }
  }

  /** Whether a request may come in at a service. */
  admits(service: string): boolean {
    if (!this.on || this.stream.uniform() < (this.description.admit[service] ?? 1)) return true;
    this.turnedAway++;
    return false;
  }

  /** Seconds so far that it was on. */
  onSeconds(now: number): number {
    return this.onArea + (this.on ? now - this.onSince : 0);
  }

  evaluate(now: number): void {
    const { above, back, holds, rests } = this.description;
    const value = this.figure(now);
    const asks = this.on ? back !== null && value <= back : value > above;
    if (!asks) {
      this.since = NaN;
      return;
    }
    if (Number.isNaN(this.since)) this.since = now;
    // the figure is known at these moments only
    if (now - this.since < (this.on ? rests : holds)) return;
    this.since = NaN;
    this.on = !this.on;
    this.effect(now, value);
  }

  private effect(now: number, value: number): void {
    const { directors } = this.context.execution;
    for (const [service, share] of Object.entries(this.description.servers)) {
      const resting = this.on ? this.lastOf(service, share) : null;
      for (const director of directors) this.rest(director, service, resting);
    }
    if (this.on) this.onSince = now;
    else this.onArea += now - this.onSince;
    if (!this.on) {
      if (this.entry !== null) this.entry.until = now;
      this.entry = null;
      return;
    }
    this.trips++;
    if (this.trips > ENTRIES_MAX) return;
    const text = `the rule ${this.name} is on: ${valueText(this.description, value)}`;
    this.entry = { at: now, until: null, text, kind: 'detection' };
    note(this.context.log, this.entry);
  }

  /** The servers beyond the share that stays, of those that there are now. */
  private lastOf(service: string, share: number): ReadonlySet<Server> {
    const there = this.context.tiers.get(service)!.servers.filter(({ presence }) => presence?.wanted ?? true);
    return new Set(there.slice(Math.max(1, Math.round(share * there.length))));
  }

  /** These get nothing new while the rule is on; null = all of the service are back. */
  private rest(director: Director, service: string, resting: ReadonlySet<Server> | null): void {
    director.members.forEach((server, member) => {
      if (server.tier.name !== service || resting?.has(server) === false) return;
      director.standing.set(member, Bar.rested, resting !== null);
    });
    if (!this.on) this.context.execution.placing.admit(director);
  }

  // ---------------------------------------------------------------------------------------------------- the figure

  private watch(): (now: number) => number {
    const { figure, of, level } = this.description.watch;
    const tier = this.context.tiers.get(of);
    const traffic = this.context.traffic.get(of);
    if (figure === 'time') return this.timeOf((traffic ?? tier)!, level);
    return figure === 'cpu' ? this.cpuOf(tier!) : this.errorsOf(traffic, tier);
  }

  private timeOf(watched: { times: RecentTimes[] | null }, level: number): () => number {
    const times = new RecentTimes(this.slices);
    (watched.times ??= []).push(times);
    return () => {
      const value = times.quantile(level);
      times.turn();
      return Number.isNaN(value) ? 0 : value;
    };
  }

  private cpuOf(tier: Tier): (now: number) => number {
    const used = new Differences(this.slices);
    return (now) => used.next(tier.areas(now).busyArea) / (tier.capacity * this.description.every * used.filled);
  }

  private errorsOf(traffic: Traffic | undefined, tier: Tier | undefined): () => number {
    const ended = new Differences(this.slices);
    const good = new Differences(this.slices);
    const outcomes = traffic === undefined ? tier!.servers.map((server) => server.outcomes) : [traffic.outcomes];
    return () => {
      let all = this.description.countsShed ? 0 : -this.turnedAway;
      let ok = 0;
      for (const counts of outcomes) {
        for (let code = 0; code < counts.length; code++) all += counts[code];
        all -= counts[OUTCOME.canceled];
        ok += counts[OUTCOME.ok];
      }
      const seen = ended.next(all);
      const went = good.next(ok);
      return seen > 0 ? Math.max(0, seen - went) / seen : 0;
    };
  }

  private get slices(): number {
    return Math.max(1, Math.round(this.description.over / this.description.every));
  }
}

/** How much a growing sum grew over the last slices. */
class Differences {
  filled = 0;
  private readonly before: Float64Array;
  private place = 0;

  constructor(slices: number) {
    this.before = new Float64Array(slices);
  }

  /** @param sum now; it was 0 at the beginning. */
  next(sum: number): number {
    const { before } = this;
    const grown = sum - before[this.place];
    before[this.place] = sum;
    this.place = (this.place + 1) % before.length;
    if (this.filled < before.length) this.filled++;
    return grown;
  }
}

function valueText({ watch: { figure, of, level }, above }: RuleDescription, value: number): string {
  const shown = (x: number): string => (figure === 'time' ? `${number(1000 * x)} ms` : `${number(100 * x)} %`);
  const what = { errors: `errors of ${of}`, cpu: `CPU of ${of}`, time: `p${number(100 * level)} of ${of}` }[figure];
  return `${what} ${shown(value)}, above ${shown(above)}`;
}

function number(x: number): string {
  return String(Number(x.toPrecision(3)));
}
