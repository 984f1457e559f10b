/** Topics: partitioned logs between those who publish and groups of consumers. */
import { z } from 'zod';
import type { GroupDescription, TopicDescription } from '../../models/description.ts';
import type { Context } from '../context.ts';
import { unlimited } from '../context.ts';
import type { Path } from '../problem.ts';
import { count, countOrUnlimited, named, reference, share, time, word } from './fields.ts';
import { resolveTime, timeLaw } from './laws.ts';

const groupSchema = z
  .strictObject({
    record: timeLaw('processing of one record; the demand of a call is the sum over its records'),
    batch: count('most records of a poll; 500 by default').optional(),
    gather: time('how long an idle member waits from the first record to its poll; 0 by default').optional(),
    slots: count('consumers on each server; 1 by default').optional(),
    heartbeat: time('between heartbeats; 3 s by default', { positive: true }).optional(),
    session: time('after which a silent member is given up; 45 s by default').optional(),
    rebalance: timeLaw('pause in which partitions are dealt out anew; 3 s by default').optional(),
    checkpoint: z
      .strictObject({ every: time('between two', { positive: true }), pause: timeLaw('in which nothing is processed') })
      .optional()
      .meta({ description: 'progress is kept so often only (Flink): { every: 10 s, pause: 100 ms }' }),
    emits: z
      .strictObject({ to: reference('a topic'), share: share('of the records; 100 % by default').optional() })
      .optional()
      .meta({ description: 'its records go on to another topic: { to: alarms, share: 1 % }' }),
  })
  .meta({ description: 'consumers: the servers of the service of this name' });

export const topicSchema = z
  .strictObject({
    partitions: count('logs that make up the topic; each has one consumer of a group').optional(),
    key: word(
      ['none', 'source', 'request'],
      "what decides a record's partition: nothing (they go round), the source address, or what the request asks for",
    ).optional(),
    retention: z
      .union([time('how long a record is kept', { positive: true }), z.literal('unlimited')])
      .optional()
      .meta({ description: 'how long a record is kept; until all have processed it by default' }),
    room: countOrUnlimited('records that may wait in it; more are turned away, and stages before it stop').optional(),
    linger: z
      .strictObject({ for: time('at most so long', { positive: true }), records: count('or until there are so many') })
      .optional()
      .meta({ description: 'producers gather records: { for: 5 ms, records: 200 }; nobody waits for that' }),
    broker: reference('the service or director called for each record, or for each gathered batch').optional(),
    acks: word(
      ['all', 'none'],
      'whether a request that publishes waits for the broker (all, the default), or not; with linger nobody does',
    ).optional(),
    groups: named(groupSchema, 'who consumes, by service: { flink: { record: 20 us } }').optional(),
  })
  .meta({ description: 'a partitioned log between those who publish and those who consume' });

export type TopicSurface = z.infer<typeof topicSchema>;

const KAFKA = 'Apache Kafka 3.0 documentation, Consumer Configs';

export function resolveTopic(surface: TopicSurface, name: string, context: Context): TopicDescription {
  const path = ['topics', name];
  const { partitions, key, retention, room, linger, broker, acks, groups = {} } = surface;
  if (acks !== undefined && (broker === undefined || linger !== undefined)) {
    context.problem(
      [...path, 'acks'],
      'needs a broker, and no linger',
      'with linger nobody waits for the broker',
      acks,
    );
  }
  return {
    partitions: context.fallback([...path, 'partitions'], partitions, 1, {
      source: 'Apache Kafka 3.0 documentation: num.partitions 1',
      text: `${name} is one log`,
    }),
    key: key ?? 'none',
    retention:
      retention === undefined || retention === 'unlimited'
        ? Infinity
        : context.quantity(retention, 'time', [...path, 'retention']),
    room: unlimited(room ?? 'unlimited'),
    ...(linger === undefined
      ? {}
      : {
          linger: {
            seconds: context.quantity(linger.for, 'time', [...path, 'linger', 'for']),
            records: linger.records,
          },
          ...(broker === undefined ? {} : { broker }),
        }),
    groups: Object.fromEntries(
      Object.entries(groups).map(([service, group]) => [
        service,
        resolveGroup(group, service, [...path, 'groups', service], context),
      ]),
    ),
  };
}

function resolveGroup(
  surface: z.infer<typeof groupSchema>,
  service: string,
  path: Path,
  context: Context,
): GroupDescription {
  const { record, batch, gather, slots, heartbeat, session, rebalance, checkpoint, emits } = surface;
  const seconds = (key: 'heartbeat' | 'session', given: string | undefined, value: number): number =>
    given === undefined ? value : context.quantity(given, 'time', [...path, key]);
  return {
    batch: context.fallback([...path, 'batch'], batch, 500, {
      source: `${KAFKA}: max.poll.records`,
      text: `${service} takes up to so many records at a time`,
    }),
    gather: gather === undefined ? 0 : context.quantity(gather, 'time', [...path, 'gather']),
    slots: slots ?? 1,
    record: resolveTime(record, [...path, 'record'], context),
    heartbeat: seconds('heartbeat', heartbeat, 3),
    session: seconds('session', session, 45),
    rebalance:
      rebalance === undefined
        ? { kind: 'deterministic', value: 3 }
        : resolveTime(rebalance, [...path, 'rebalance'], context),
    ...(checkpoint === undefined
      ? {}
      : {
          checkpoint: {
            every: context.quantity(checkpoint.every, 'time', [...path, 'checkpoint', 'every']),
            pause: resolveTime(checkpoint.pause, [...path, 'checkpoint', 'pause'], context),
          },
        }),
    ...(emits === undefined
      ? {}
      : { emits: { to: emits.to, share: emits.share === undefined ? 1 : shareOf(emits.share, path, context) } }),
  };
}

function shareOf(text: string, path: Path, context: Context): number {
  const value = context.quantity(text, 'share', [...path, 'emits', 'share']);
  if (value > 1) context.problem([...path, 'emits', 'share'], 'must be at most 100 %', '', text);
  return Math.min(1, value);
}
