/** An autoscaler in words. */
import type { AutoscalerDescription, MetricDescription } from '../models/description.ts';
import type { Direction } from '../models/autoscalers/behaviour.ts';
import { METRIC_WORDS } from '../models/autoscalers/metrics.ts';
import { distribution } from '../sim/random/index.ts';
import { displayQuantity } from './units.ts';

export function autoscaleText(scaler: AutoscalerDescription): string {
  const { rule, metrics, every, from, max, start, nodes, warm, drain } = scaler;
  const facts: string[] = [];
  if (rule.kind === 'fixed') {
    facts.push(from < max ? `${from} are there at first, the others start` : 'all are there from the start');
  } else {
    facts.push(`looks every ${seconds(every)}`);
  }
  if (rule.kind === 'target') {
    const targets = rule.targets.map((target, k) => `${metricText(metrics[k])} ${valueText(metrics[k], target)}`);
    facts.push(`wants ceil(servers x metric / target) for ${targets.join(' and ')} a server (Kubernetes HPA)`);
    facts.push(...directionText('out', rule.behaviour.out), ...directionText('in', rule.behaviour.in));
  }
  if (rule.kind === 'thresholds') {
    for (const { metric, when, limit, do: direction, by } of rule.rules) {
      const step = by.kind === 'servers' ? String(by.value) : `${percent(by.value)} of them`;
      const one = metrics[metric];
      facts.push(
        `${metricText(one)} ${when} ${valueText(one, limit)}: ${step} ${direction === 'out' ? 'more' : 'fewer'}`,
      );
    }
  }
  const law = (time: AutoscalerDescription['start']): string =>
    time.kind === 'demand' ? 'its demand' : seconds(distribution(time).mean);
  if (nodes !== undefined) {
    facts.push(`a machine holds ${nodes.room} and takes ${law(nodes.start)} to come`);
  }
  if (start.kind !== 'deterministic' || start.value > 0) facts.push(`a server takes ${law(start)} to start`);
  if (warm !== undefined)
    facts.push(`it has ${percent(warm.factor)} of its speed at first, all after ${seconds(warm.over)}`);
  if (rule.kind !== 'fixed') facts.push(`one that goes finishes what it has, for ${seconds(drain)} at most`);
  return facts.join('; ');
}

// ------------------------------------------------------------------------------------------------------------ helpers

function metricText(metric: MetricDescription): string {
  return metric.kind === 'lag' ? `the lag of ${metric.topic} of` : METRIC_WORDS[metric.kind];
}

function valueText({ kind }: MetricDescription, value: number): string {
  if (kind === 'cpu' || kind === 'memory') return percent(value);
  return kind === 'rate' ? `${Number(value.toPrecision(3))} req/s` : String(Number(value.toPrecision(6)));
}

function directionText(name: 'out' | 'in', { window, select }: Direction): readonly string[] {
  if (select === 'none') return [`never scales ${name}`];
  if (window === 0) return [];
  return [`scales ${name} by the ${name === 'in' ? 'highest' : 'lowest'} recommendation of ${seconds(window)}`];
}

function seconds(value: number): string {
  return displayQuantity(value, 'time', 3);
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
