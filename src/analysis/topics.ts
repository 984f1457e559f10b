/** What topics and their consumers did: every figure with its interval. */
import { Histogram } from '../sim/stats/histogram.ts';
import type { GroupReading, TopicReading } from '../models/streams/topic.ts';
import { figure, quantileFigure } from './figure.ts';
import type { Precision } from './figure.ts';
import type { ReplicationOutcome } from './replicate.ts';
import type { Figure, GroupResult, TopicResult } from './result.ts';

/** @returns by topic. */
export function topicResults(
  names: readonly string[],
  outcomes: readonly ReplicationOutcome[],
  precision: Precision,
): Record<string, TopicResult> {
  return Object.fromEntries(names.map((name) => [name, topicResult(name, outcomes, precision)]));
}

// ------------------------------------------------------------------------------------------------------------ helpers

function topicResult(name: string, outcomes: readonly ReplicationOutcome[], precision: Precision): TopicResult {
  const over = (
    unit: Figure['unit'],
    of: (before: TopicReading, after: TopicReading, seconds: number) => number,
  ): Figure => {
    const each = outcomes.map(({ before, after, seconds }) => of(before.topics[name], after.topics[name], seconds));
    return figure({ pooled: mean(each), each }, unit, precision);
  };
  const total = (of: (reading: TopicReading) => number): number =>
    outcomes.reduce((sum, { before, after }) => sum + of(after.topics[name]) - of(before.topics[name]), 0);
  return {
    published: over('1/s', (before, after, seconds) => (after.published - before.published) / seconds),
    turnedAway: total(({ turnedAway }) => turnedAway),
    unsent: total(({ unsent }) => unsent),
    groups: Object.fromEntries(
      Object.keys(outcomes[0].after.topics[name].groups).map((group) => [
        group,
        groupResult(name, group, outcomes, precision),
      ]),
    ),
  };
}

function groupResult(
  topic: string,
  group: string,
  outcomes: readonly ReplicationOutcome[],
  precision: Precision,
): GroupResult {
  const pairs = outcomes.map(({ before, after, seconds }) => ({
    before: before.topics[topic].groups[group],
    after: after.topics[topic].groups[group],
    seconds,
  }));
  const over = (
    unit: Figure['unit'],
    of: (before: GroupReading, after: GroupReading, seconds: number) => number,
  ): Figure => {
    const each = pairs.map(({ before, after, seconds }) => of(before, after, seconds));
    return figure({ pooled: mean(each), each }, unit, precision);
  };
  const total = (of: (reading: GroupReading) => number): number =>
    pairs.reduce((sum, { before, after }) => sum + of(after) - of(before), 0);
  const each = outcomes.map(({ records }) => Histogram.fromData(records[topic][group]));
  const pooled = new Histogram();
  for (const histogram of each) pooled.merge(histogram);
  const percentile = (q: number): Figure => quantileFigure(q, pooled, each, 's', precision);
  return {
    throughput: over('1/s', (before, after, seconds) => (after.processed - before.processed) / seconds),
    lag: over('1', (before, after, seconds) => (after.lagArea - before.lagArea) / seconds),
    lagAtEnd: over('1', (_, after) => after.lag),
    lagMax: over('1', (_, after) => after.lagMax),
    batch: over('1', (before, after) => ratio(after.processed - before.processed, after.batches - before.batches)),
    latency: { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99), p999: percentile(0.999) },
    paused: over('share', (before, after, seconds) => (after.pausedSeconds - before.pausedSeconds) / seconds),
    lost: total(({ lost }) => lost),
    replayed: total(({ replayed }) => replayed),
    failedBatches: total(({ failedBatches }) => failedBatches),
    rebalances: total(({ rebalances }) => rebalances),
    checkpoints: total(({ checkpoints }) => checkpoints),
  };
}

function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
