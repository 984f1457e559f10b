/** The model's figures for today beside the measured ones, before anything is forecast. */
import type { Measured, MeasuredFigure, Scenario } from '../scenarios/scenario.ts';
import { figure } from './figure.ts';
import type { Precision } from './figure.ts';
import { estimate, perServer } from './observations.ts';
import type { ServiceWindow } from './observations.ts';
import type { Figure, TodayFigure, TrafficResult } from './result.ts';

/** Difference from a dashboard's reading that still counts as agreement: readings are rounded and vary by the minute. */
const TOLERANCE = 0.05;

export interface TodayInput {
  readonly total: TrafficResult;
  readonly client: (name: string) => TrafficResult;
  readonly services: Readonly<
    Record<string, { readonly pooled: ServiceWindow; readonly each: readonly ServiceWindow[] }>
  >;
  readonly plain: Precision;
  readonly scenario: Scenario;
}

export function today({ figures, client }: Measured, input: TodayInput): TodayFigure[] {
  const traffic = client === null ? input.total : input.client(client);
  return figures.flatMap((measured) => {
    const model = modelFigure(measured, traffic, input);
    if (model === null) return [];
    const low = measured.range?.low ?? measured.value;
    const high = measured.range?.high ?? measured.value;
    const agrees = model.value >= low * (1 - TOLERANCE) && model.value <= high * (1 + TOLERANCE);
    return [
      {
        name: measured.name,
        measured: measured.value,
        model,
        unit: measured.unit,
        tolerance: TOLERANCE,
        agrees,
        fitted: measured.fitted,
      },
    ];
  });
}

function modelFigure(
  { of }: MeasuredFigure,
  traffic: TrafficResult,
  { services, plain, scenario }: TodayInput,
): Figure | null {
  switch (of.kind) {
    case 'rate':
      return traffic.offered;
    case 'response':
      return traffic.response[of.stat];
    case 'users':
      return null;
    case 'utilisation': {
      const { cores, workers } = scenario.cluster.services[of.service];
      const size = Math.min(cores, workers);
      const { pooled, each } = services[of.service];
      const used = (window: ServiceWindow): number => perServer(window.computeArea, window, size);
      return figure(estimate(pooled, each, used), 'share', plain);
    }
    case 'threads': {
      const { pooled, each } = services[of.service];
      const busy = ({ gates, presentArea, seconds, servers }: ServiceWindow): number =>
        (gates.workers?.busyArea ?? presentArea) / (seconds * servers);
      return figure(estimate(pooled, each, busy), '1', plain);
    }
  }
}
