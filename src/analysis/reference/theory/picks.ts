/** Which server a scheduler picks: from a fresh start, while connections stay open, or from given counts of connections. */
import { Change, nothingTried } from '../../../models/directors/scheduler.ts';
import { Streams } from '../../../sim/random/stream.ts';
import { LETTERS, load, scheduled } from '../idle-upstream.ts';
import type { ScheduledUpstream } from '../idle-upstream.ts';
import type { Answers } from './answers.ts';
import type { PickModel, TheoryCase } from './theory-file.ts';

/** Names of theory.json that are not ids of a scheduler with `/` for the first `-`. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  'smooth-wrr': 'nginx/rr',
  'smooth-wrr-effective': 'nginx/rr',
  'nginx-least-conn': 'nginx/least_conn',
};

/** @returns the reason where no scheduler has the algorithm. */
export function picks({ model, expect }: TheoryCase): Answers | string {
  const known = model as PickModel;
  const { algorithm, servers } = known;
  const id = ALGORITHMS[algorithm] ?? algorithm.replace('-', '/');
  const maxFails = servers[0].max_fails;
  const made = scheduled(
    id,
    maxFails === undefined ? {} : { maxFails },
    servers.map(({ weight }) => weight),
    new Streams('picks', 0).stream(id),
  );
  if (made === null) return `no scheduler is called "${id}"`;
  servers.forEach(({ active = 0, inactive = 0 }, server) => {
    made.upstream.active[server] = active;
    made.upstream.inactive[server] = inactive;
    made.scheduler.changed(server, Change.load);
  });
  if (known.kind === 'pick-from-state') return { pick: LETTERS[made.scheduler.pick(0, nothingTried)] };
  const { picked, effective } = sequence(known, made);
  const period = expect.count_period?.value;
  return {
    seq_picks: picked.map((server) => LETTERS[server]).join(' '),
    table_effective_weights_after_each: effective as unknown as number[],
    ...(typeof period === 'number' ? { count_period: periodOf(picked, period, made) } : {}),
  };
}

function sequence(
  { kind, picks: count = 0, outcomes }: Exclude<PickModel, { kind: 'pick-from-state' }>,
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
      scheduler.released?.(server, 0, outcomes[number] === 'ok');
      effective.push([...made.upstream.effective]);
    }
  }
  return { picked, effective };
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
