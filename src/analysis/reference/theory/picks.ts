/** Which server a scheduler picks: from a fresh start, while connections stay open, or from given counts of connections. */
import { Change, nothingTried } from '../../../models/directors/scheduler.ts';
import { Streams } from '../../../sim/random/stream.ts';
import { load, scheduled } from '../idle-upstream.ts';
import type { ScheduledUpstream } from '../idle-upstream.ts';
import type { Answers } from './answers.ts';
import { schedulerNamed } from './scheduler-names.ts';
import type { PickModel, TheoryCase } from './theory-file.ts';

/** @returns the reason where no scheduler has the algorithm. */
export function picks({ model, expect }: TheoryCase): Answers | string {
  const known = model as PickModel;
  const { algorithm, servers } = known;
  const id = schedulerNamed(algorithm);
  if (id === null) return `no scheduler is called "${algorithm}"`;
  if (servers.some(({ max_fails: fails }) => fails !== undefined) && id !== 'nginx/rr') {
    return `failures of an attempt do not matter to ${id}`;
  }
  const made = scheduled(
    id,
    {},
    servers.map(({ weight }) => weight),
    new Streams('picks', 0).stream(id),
  );
  if (made === null) return `no scheduler is called "${algorithm}"`;
  servers.forEach(({ active = 0, inactive = 0 }, server) => {
    made.upstream.active[server] = active;
    made.upstream.inactive[server] = inactive;
    made.scheduler.changed(server, Change.load);
  });
  const nameOf = (server: number): string => (server < 0 ? '-' : servers[server].name);
  if (known.kind === 'pick-from-state') return { pick: nameOf(made.scheduler.pick(0, nothingTried)) };
  const { picked, effective } = sequence(known, made);
  const period = expect.count_period?.value;
  return {
    seq_picks: picked.map(nameOf).join(' '),
    table_effective_weights_after_each: effective as unknown as number[],
    ...(typeof period === 'number' ? { count_period: periodOf(picked, period, made) } : {}),
  };
}

function sequence(
  { kind, servers, picks: count = 0, outcomes }: Exclude<PickModel, { kind: 'pick-from-state' }>,
  made: ScheduledUpstream,
): { readonly picked: number[]; readonly effective: number[][] } {
  const { scheduler } = made;
  const picked: number[] = [];
  const effective: number[][] = [];
  for (let number = 0; number < (outcomes?.length ?? count); number++) {
    const server = scheduler.pick(0, nothingTried);
    picked.push(server);
    if (kind === 'fill-sequence') load(made, server, 1);
    if (outcomes !== undefined) {
      const ok = outcomes[number] === 'ok';
      scheduler.released?.(server, 0, ok);
      if (!ok) lower(made, server, servers[server].max_fails);
      effective.push([...made.upstream.effective]);
    }
  }
  return { picked, effective };
}

/** A failed attempt takes a part of the server's weight away, as a director's passive checks do it. */
function lower({ upstream, scheduler }: ScheduledUpstream, server: number, maxFails: number = 1): void {
  if (maxFails === 0) return;
  const lost = Math.floor(upstream.weight[server] / maxFails);
  upstream.effective[server] = Math.max(0, upstream.effective[server] - lost);
  scheduler.changed(server, Change.effective);
}

/** The shortest period of the picks, looked for up to the one that is expected, over several of those; 0 = none. */
function periodOf(picked: readonly number[], expected: number, { scheduler }: ScheduledUpstream): number {
  const all = [...picked];
  while (all.length < 4 * expected + picked.length) all.push(scheduler.pick(0, nothingTried));
  for (let period = 1; period <= expected; period++) {
    if (all.slice(period).every((server, k) => server === all[k])) return period;
  }
  return 0;
}
