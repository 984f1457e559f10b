/** Doubts about autoscaling: rules that take away what is short, and loops slower than the load. */
import type { AutoscalerDescription, ClusterDescription, RateShape } from '../models/description.ts';
import { boundsOf } from './bounds.ts';
import type { Context } from './context.ts';
import type { Slo } from './kinds/slos.ts';
import { displayQuantity } from './units.ts';

export function doubtAutoscalers(cluster: ClusterDescription, slos: readonly Slo[], context: Context): void {
  for (const [name, { autoscaler }] of Object.entries(cluster.services)) {
    if (autoscaler === undefined) continue;
    doubtRules(name, autoscaler, context);
    if (slos.some(({ metric }) => metric.kind === 'percentile' || metric.kind === 'ratio')) {
      doubtLoop(name, autoscaler, cluster, context);
    }
  }
}

// ------------------------------------------------------------------------------------------------------------ helpers

/** What is short when servers are loaded: fewer servers make it shorter. */
const pressing: ReadonlySet<string> = new Set(['cpu', 'memory', 'queue', 'present', 'lag']);

function doubtRules(name: string, { rule, metrics }: AutoscalerDescription, context: Context): void {
  if (rule.kind !== 'thresholds') return;
  rule.rules.forEach(({ metric, when, do: direction }, k) => {
    const { kind } = metrics[metric];
    if (when === 'above' && direction === 'in' && pressing.has(kind)) {
      context.doubt(
        ['services', name, 'autoscale', 'rules', k],
        `scales in when ${kind === 'cpu' ? 'CPU' : kind} is short: the servers that stay get the load of those that go`,
      );
    }
    if (when === 'below' && direction === 'out') {
      context.doubt(
        ['services', name, 'autoscale', 'rules', k],
        'scales out when there is little to do, and more servers make it less',
      );
    }
  });
}

/** A surge that outgrows the servers there are before the autoscaler looks again. */
function doubtLoop(
  name: string,
  { every, from, max, rule }: AutoscalerDescription,
  cluster: ClusterDescription,
  context: Context,
): void {
  if (rule.kind === 'fixed' || from === 0) return;
  for (const clients of Object.values(cluster.clients)) {
    if (clients.load.kind !== 'open') continue;
    const bound = boundsOf(cluster, clients).find((one) => one.name === `${name} CPU`);
    if (bound === undefined) continue;
    const carried = (bound.fullAt * from) / max;
    const rise = riseAbove(clients.load.rate, carried);
    if (rise === null || rise.seconds >= every) continue;
    const seconds = displayQuantity(every, 'time', 3);
    context.doubt(
      ['services', name, 'autoscale', 'every'],
      `looks every ${seconds}, but the load grows from what ${from} ${from === 1 ? 'server' : 'servers'} can do (${Math.round(carried)} req/s) to ${Math.round(rise.peak)} req/s ${rise.seconds === 0 ? 'at once' : `within ${displayQuantity(rise.seconds, 'time', 3)}`}: until the next look it queues`,
    );
  }
}

/** How long a load takes from `level` to its peak; null where it never gets so high, or its shape is not known. */
function riseAbove(rate: RateShape, level: number): { readonly seconds: number; readonly peak: number } | null {
  if (rate.kind !== 'points') return null;
  const peak = Math.max(...rate.points.map((point) => point.rate));
  if (peak <= level) return null;
  const top = rate.points.findIndex((point) => point.rate === peak);
  let at = rate.points[0].at;
  for (let k = top; k > 0; k--) {
    const [a, b] = [rate.points[k - 1], rate.points[k]];
    if (a.rate > level) continue;
    at = a.at + ((level - a.rate) / (b.rate - a.rate)) * (b.at - a.at);
    break;
  }
  return { seconds: rate.points[top].at - at, peak };
}
