/** When alerts fire: their expressions over the timeline, as Prometheus evaluates them, once at the end of each of its pieces. */
import type { Alert } from '../scenarios/kinds/alerts.ts';
import type { AlertResult, Method, Timeline } from './result.ts';

/** Cumulative over the pieces of a window. */
interface Window {
  seconds: number;
  ok: number;
  failed: number;
  responseSeconds: number;
}

/**
 * @param method of a steady state (nothing changes over time, and it lasts as long as one looks) the whole of it is one window.
 */
export function alertResults(alerts: readonly Alert[], timeline: Timeline, method: Method): AlertResult[] {
  return alerts.map((alert) => {
    const { name, text, over, for: held } = alert;
    const firing = method.kind === 'steady state' ? steady(alert, timeline, method.warmup) : fired(alert, timeline);
    return { name, text, over, for: held, firing };
  });
}

function steady(alert: Alert, { at, bucketSeconds, ...series }: Timeline, warmup: number): AlertResult['firing'] {
  const window: Window = { seconds: 0, ok: 0, failed: 0, responseSeconds: 0 };
  at.forEach((start, k) => {
    if (start >= warmup) add(window, series, k, bucketSeconds);
  });
  return holds(alert, window) ? [{ from: warmup + alert.for, until: null }] : [];
}

function fired(alert: Alert, { at, bucketSeconds, ...series }: Timeline): AlertResult['firing'] {
  const found: { from: number; until: number | null }[] = [];
  const pieces = Math.max(1, Math.round(alert.over / bucketSeconds));
  let since = NaN;
  let open: { from: number; until: number | null } | null = null;
  at.forEach((start, k) => {
    const now = start + bucketSeconds;
    const window: Window = { seconds: 0, ok: 0, failed: 0, responseSeconds: 0 };
    for (let j = Math.max(0, k - pieces + 1); j <= k; j++) add(window, series, j, bucketSeconds);
    if (!holds(alert, window)) {
      if (open !== null) open.until = now;
      open = null;
      since = NaN;
      return;
    }
    if (Number.isNaN(since)) since = now;
    if (open === null && now - since >= alert.for) {
      open = { from: now, until: null };
      found.push(open);
    }
  });
  return found;
}

function add(
  window: Window,
  series: Pick<Timeline, 'ok' | 'failed' | 'responseSeconds'>,
  k: number,
  seconds: number,
): void {
  window.seconds += seconds;
  window.ok += series.ok[k] * seconds;
  window.failed += series.failed[k] * seconds;
  window.responseSeconds += series.responseSeconds[k] * seconds;
}

/** False where nothing has ended that a mean could be taken of. */
function holds({ metric, operator, limit }: Alert, window: Window): boolean {
  const { seconds, ok, failed, responseSeconds } = window;
  const value = {
    mean: responseSeconds / (ok + failed),
    'in progress': responseSeconds / seconds,
    errors: failed / (ok + failed),
    throughput: ok / seconds,
  }[metric];
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
  }
}
