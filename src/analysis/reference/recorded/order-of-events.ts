/**
 * What a recording of nginx's `least_conn` shows of its picks one by one: the trace says who was in progress where, but for the
 * order of requests and answers that come nearly at once, which the jitter of the balancer's own time hides. This looks for an
 * order in which every recorded pick is the rule's, event by event, over all orders that are near enough; the order found is
 * then played through the scheduler itself.
 *
 * Cost: in proportion to the events, times the orders and credits that are still possible, a few dozen.
 */
import { nothingTried, Change, Upstream } from '../../../models/directors/scheduler.ts';
import { nginxLeastConnections } from '../../../models/directors/schedulers/nginx-least-conn.ts';

/** A request as recorded; seconds at which it would be picked and at which it leaves, if nothing jittered. */
export interface PickedRequest {
  readonly picked: number;
  readonly left: number;
  readonly server: number;
}

interface Event {
  readonly at: number;
  readonly request: number;
  readonly server: number;
  readonly isPick: boolean;
}

/** What may have happened up to some event: which later ones came before it, and the credit that each server has then. */
interface Past {
  /** Events before this one have all happened, and of those from it on the ones whose bit is set. */
  readonly head: number;
  readonly ahead: number;
  readonly credits: readonly number[];
  /** The last event to happen, and what was before. */
  readonly event: number;
  readonly before: Past | null;
}

/** Events beyond the head that may come before it: one bit each. */
const AHEAD_MAX = 30;
/** Pasts that are followed at a time. */
const PASTS_MAX = 2000;

/**
 * @param jitter seconds within which events may change places.
 * @returns how many picks from the first on are the scheduler's own; all of them where nothing contradicts the rule.
 */
export function picksExplained(requests: readonly PickedRequest[], weights: readonly number[], jitter: number): number {
  const events = inTime(requests);
  const last = follow(events, requests.length, weights, jitter);
  const order: Event[] = [];
  for (let past: Past | null = last; past !== null; past = past.before) if (past.event >= 0) order.push(events[past.event]);
  return confirmed(order.reverse(), weights);
}

function inTime(requests: readonly PickedRequest[]): Event[] {
  return requests
    .flatMap(({ picked, left, server }, request) => [
      { at: picked, request, server, isPick: true },
      { at: left, request, server, isPick: false },
    ])
    .sort((a, b) => a.at - b.at);
}

/** The longest past in which every pick is the rule's. */
function follow(events: readonly Event[], requests: number, weights: readonly number[], jitter: number): Past {
  const pickOf = new Int32Array(requests);
  events.forEach(({ isPick, request }, at) => {
    if (isPick) pickOf[request] = at;
  });
  const none = weights.map(() => 0);
  let pasts: Past[] = [{ head: 0, ahead: 0, credits: none, event: -1, before: null }];
  /** Requests in progress when all events before the earliest head have happened, and no others. */
  const settled = { head: 0, active: [...none] };
  const count = (active: number[], { isPick, server }: Event): void => {
    active[server] += isPick ? 1 : -1;
  };
  const happened = (past: Past, at: number): boolean => at < past.head || ((past.ahead >> (at - past.head)) & 1) === 1;
  const activeIn = (past: Past): number[] => {
    const active = [...settled.active];
    for (let at = settled.head; at < events.length && at < past.head + AHEAD_MAX; at++) {
      if (happened(past, at)) count(active, events[at]);
    }
    return active;
  };
  for (let step = 0; step < events.length; step++) {
    const next = new Map<string, Past>();
    for (const past of pasts) {
      const until = events[past.head].at + jitter;
      for (let at = past.head; at < events.length && at < past.head + AHEAD_MAX; at++) {
        const event = events[at];
        if (at > past.head && event.at > until) break;
        if (happened(past, at) || (!event.isPick && !happened(past, pickOf[event.request]))) continue;
        const credits = event.isPick ? afterPick(event.server, activeIn(past), past.credits, weights) : past.credits;
        if (credits === null) continue;
        let { head } = past;
        let ahead = past.ahead | (1 << (at - head));
        for (; (ahead & 1) === 1; ahead >>>= 1) head++;
        const key = `${head} ${ahead} ${credits.join(' ')}`;
        if (!next.has(key)) next.set(key, { head, ahead, credits, event: at, before: past });
      }
    }
    if (next.size === 0) return pasts[0];
    pasts = [...next.values()].slice(0, PASTS_MAX);
    const head = pasts.reduce((least, past) => Math.min(least, past.head), Infinity);
    for (; settled.head < head; settled.head++) count(settled.active, events[settled.head]);
  }
  return pasts[0];
}

/** Credits after a pick of `server`; null where the rule would not have picked it. */
function afterPick(
  server: number,
  active: readonly number[],
  credits: readonly number[],
  weights: readonly number[],
): readonly number[] | null {
  const least = Math.min(...active.map((requests, one) => requests / weights[one]));
  const tied = [...active.keys()].filter((one) => active[one] / weights[one] === least);
  if (!tied.includes(server)) return null;
  if (tied.length === 1) return credits;
  const after = [...credits];
  for (const one of tied) after[one] += weights[one];
  const richest = tied.reduce((best, one) => (after[one] > after[best] ? one : best));
  after[richest] -= tied.reduce((total, one) => total + weights[one], 0);
  return richest === server ? after : null;
}

/** How many picks of an order of events the scheduler makes as they were, from the first on. */
function confirmed(order: readonly Event[], weights: readonly number[]): number {
  const upstream = new Upstream(weights.length);
  weights.forEach((weight, server) => upstream.weigh(server, weight));
  const scheduler = nginxLeastConnections.make({}, upstream, { uniform: () => 0 });
  let picks = 0;
  for (const { isPick, server } of order) {
    if (isPick && scheduler.pick(0, nothingTried) !== server) return picks;
    upstream.active[server] += isPick ? 1 : -1;
    scheduler.changed(server, Change.load);
    if (isPick) picks++;
  }
  return picks;
}
