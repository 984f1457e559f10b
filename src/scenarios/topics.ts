/** Topics as a whole: that their names lead somewhere, what looks odd, and in words. */
import type { ClusterDescription, GroupDescription, Step, TopicDescription } from '../models/description.ts';
import { distribution } from '../sim/random/index.ts';
import type { Context } from './context.ts';
import { hintFor } from './suggest.ts';
import { displayQuantity } from './units.ts';

export function checkTopics({ topics = {}, services, directors }: ClusterDescription, context: Context): void {
  const names = Object.keys(topics);
  for (const { path, topic } of context.publishes) {
    if (!names.includes(topic) && !context.isBroken(topic)) {
      context.problem(path, `there is no topic "${topic}"`, hintFor(topic, names), topic);
    }
  }
  for (const { path, topic, group } of context.lags) {
    if (!Object.hasOwn(topics, topic)) {
      context.problem(path, `there is no topic "${topic}"`, hintFor(topic, names), topic);
    } else if (!Object.hasOwn(topics[topic].groups, group)) {
      context.problem(
        path,
        `${group} does not consume ${topic}`,
        `its groups: ${Object.keys(topics[topic].groups).join(', ')}`,
      );
    }
  }
  for (const [name, { groups, broker }] of Object.entries(topics)) {
    const path = ['topics', name];
    if (broker !== undefined && !Object.hasOwn(services, broker) && !Object.hasOwn(directors, broker)) {
      context.problem([...path, 'broker'], `there is no service or director "${broker}"`, '', broker);
    }
    for (const [service, { emits }] of Object.entries(groups)) {
      const at = [...path, 'groups', service];
      if (!Object.hasOwn(services, service)) {
        if (context.isBroken(service)) continue;
        const hint = hintFor(service, Object.keys(services));
        context.problem(at, `there is no service "${service}"`, hint, service);
      } else if (!Object.hasOwn(services[service].work, '*') && !Object.hasOwn(services[service].work, name)) {
        context.problem(at, `${service} has no work for "${name}"`, 'give it work: [ { compute: demand } ]');
      }
      if (emits === undefined) continue;
      if (!names.includes(emits.to)) {
        context.problem([...at, 'emits', 'to'], `there is no topic "${emits.to}"`, hintFor(emits.to, names), emits.to);
      }
    }
  }
  const circle = names.find((name) => reaches(name, name, topics, new Set()));
  if (circle !== undefined) {
    context.problem(['topics', circle], 'records go in a circle', 'take one of these `emits` away');
  }
}

export function doubtTopics({ topics = {}, services }: ClusterDescription, context: Context): void {
  for (const [name, { partitions, groups }] of Object.entries(topics)) {
    if (Object.keys(groups).length === 0) context.doubt(['topics', name], `nobody consumes ${name}`);
    const fed = context.publishes.some(({ topic }) => topic === name);
    if (!fed && !Object.values(topics).some((one) => emitsTo(one).includes(name))) {
      context.doubt(['topics', name], `nobody publishes to ${name}`);
    }
    for (const [service, { slots }] of Object.entries(groups)) {
      const { count, work } = services[service];
      if (count * slots > partitions) {
        context.doubt(
          ['topics', name, 'groups', service],
          `has ${count * slots} consumers for ${partitions} ${partitions === 1 ? 'partition' : 'partitions'}: the others do nothing`,
        );
      }
      const steps = work[name] ?? work['*'];
      if (!steps.some((step) => (step.do === 'compute' || step.do === 'wait' ? step.time.kind === 'demand' : false))) {
        context.doubt(
          ['topics', name, 'groups', service, 'record'],
          `${service} does not spend it: nothing in its work computes the demand of its records (compute: demand)`,
        );
      }
    }
  }
}

/** Services that consume: somebody uses them, though nobody calls them. */
export function consumers({ topics = {} }: ClusterDescription): readonly string[] {
  return Object.values(topics).flatMap(({ groups }) => Object.keys(groups));
}

export function topicText(
  name: string,
  { partitions, key, retention, room, linger, groups }: TopicDescription,
): string {
  const by = {
    none: 'records go round',
    source: 'a source address has its partition',
    request: 'a key has its partition',
  };
  const facts = [
    `a topic of ${partitions} ${partitions === 1 ? 'partition' : `partitions; ${by[key]}`}`,
    ...(linger === undefined
      ? []
      : [`producers gather up to ${linger.records} records, for ${seconds(linger.seconds)} at most`]),
    ...(retention < Infinity ? [`keeps a record for ${seconds(retention)}`] : []),
    ...(room < Infinity ? [`has room for ${room} records`] : []),
    ...Object.entries(groups).map(([service, group]) => groupText(service, group)),
  ];
  return `${name}: ${facts.join('; ')}.`;
}

// ------------------------------------------------------------------------------------------------------------ helpers

function groupText(service: string, { batch, record, checkpoint, emits, slots }: GroupDescription): string {
  const kept = checkpoint === undefined ? '' : `, with a checkpoint every ${seconds(checkpoint.every)}`;
  const share =
    emits === undefined || emits.share === 1 ? '' : ` ${Number((100 * emits.share).toPrecision(3))} % of them`;
  const on = emits === undefined ? '' : `, and sends${share} on to ${emits.to}`;
  const each = slots === 1 ? '' : ` with ${slots} consumers on a server`;
  return `${service}${each} takes up to ${batch} at a time, ${seconds(distribution(record).mean)} each${kept}${on}`;
}

function emitsTo({ groups }: TopicDescription): readonly string[] {
  return Object.values(groups).flatMap(({ emits }) => (emits === undefined ? [] : [emits.to]));
}

function reaches(
  from: string,
  to: string,
  topics: NonNullable<ClusterDescription['topics']>,
  seen: Set<string>,
): boolean {
  if (seen.has(from) || !Object.hasOwn(topics, from)) return false;
  seen.add(from);
  return emitsTo(topics[from]).some((next) => next === to || reaches(next, to, topics, seen));
}

function seconds(value: number): string {
  return displayQuantity(value, 'time', 3);
}

/** What publishing to a topic means for the request that does it. */
export function publishSteps(
  name: string,
  broker: string | undefined,
  acks: 'all' | 'none',
  linger: boolean,
): readonly Step[] {
  const publish: Step = { do: 'publish', topic: name };
  if (broker === undefined || linger) return [publish];
  if (acks === 'none') return [{ do: 'send', to: broker, requestBytes: 0 }, publish];
  return [{ do: 'call', to: broker, requestBytes: 0, responseBytes: 0, abandon: 'keep' }, publish];
}
