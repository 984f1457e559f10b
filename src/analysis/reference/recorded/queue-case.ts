/**
 * A recorded case of `real/queue` as its file has it: balancer, algorithm, backends, load and events, and what the lines
 * of the balancers' configuration say. Microseconds and texts there, seconds and numbers here.
 */
import { z } from 'zod';
import type { DistributionSpec } from '../../../sim/random/index.ts';

const event = z.object({
  t: z.number(),
  kill: z.string().optional(),
  stop: z.string().optional(),
  cont: z.string().optional(),
  start: z.string().optional(),
  /** When it was done, in a run. */
  actual_s: z.number().optional(),
});
export type RecordedEvent = z.infer<typeof event>;

const backend = z.object({
  name: z.string(),
  c: z.number().int().min(1),
  scale: z.number().positive().default(1),
  weight: z.number().min(0).optional(),
  maxconn: z.number().int().min(1).optional(),
  opts: z.string().default(''),
});
export type RecordedBackend = z.infer<typeof backend>;

const recordedCase = z.object({
  id: z.string(),
  lb: z.enum(['none', 'nginx', 'haproxy']),
  algo: z.string().default(''),
  backends: z.array(backend).min(1),
  load: z.object({
    mode: z.enum(['open', 'closed', 'burst']),
    rate: z.number().optional(),
    users: z.number().optional(),
    think: z.number().optional(),
    n: z.number().optional(),
    svc: z.string(),
    dur: z.number(),
    timeout: z.number().optional(),
    retries: z.number().default(0),
    backoff: z.number().default(0),
  }),
  warm: z.number().default(0),
  events: z.array(event).default([]),
  lbopts: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
});
export type RecordedCase = z.infer<typeof recordedCase>;

/** What was measured in one repeat; milliseconds where it says so. */
const recordedRun = z.object({
  n: z.number(),
  ok: z.number(),
  status: z.record(z.string(), z.number()),
  throughput_rps: z.number().nullish(),
  mean_ms: z.number().nullish(),
  p50_ms: z.number().nullish(),
  p95_ms: z.number().nullish(),
  p99_ms: z.number().nullish(),
  shares: z.record(z.string(), z.number()).default({}),
  last_error_s: z.number().nullish(),
  events: z.array(z.object({ first_ok_after_s: z.number().nullish() })).default([]),
  event_times: z.array(event).default([]),
  timeline: z.array(z.object({ t: z.number(), n: z.number(), ok: z.number() })).default([]),
});
export type RecordedRun = z.infer<typeof recordedRun>;

export const recording = z.object({ case: recordedCase, runs: z.array(recordedRun).min(1) });
export type Recording = z.infer<typeof recording>;

const MICRO = 1e-6;

/** `exp:MEAN`, `det:X`, `h2:P:M1:M2`, `logn:MEAN:CV`, in microseconds. @throws RangeError for any other law. */
export function serviceLaw(svc: string): DistributionSpec {
  const [law, ...numbers] = svc.split(':');
  const [a, b, c] = numbers.map(Number);
  const wanted = { exp: 1, det: 1, h2: 3, logn: 2 }[law] ?? numbers.length;
  if (numbers.length !== wanted || numbers.some((text) => !(Number(text) >= 0) || text === '')) {
    throw new RangeError(`service "${svc}": ${wanted} numbers after ${law}`);
  }
  switch (law) {
    case 'exp':
      return { kind: 'exponential', mean: a * MICRO };
    case 'det':
      return { kind: 'deterministic', value: a * MICRO };
    case 'h2':
      return { kind: 'hyperexponential', probabilities: [a, 1 - a], means: [b * MICRO, c * MICRO] };
    case 'logn':
      return { kind: 'lognormal', mean: a * MICRO, cv: b };
    default:
      throw new RangeError(`service "${svc}" is no law that is known: exp, det, h2, logn`);
  }
}

/** A law with every sample `factor` times as long. */
export function scaledLaw(law: DistributionSpec, factor: number): DistributionSpec {
  switch (law.kind) {
    case 'deterministic':
      return { kind: law.kind, value: law.value * factor };
    case 'hyperexponential':
      return 'means' in law ? { ...law, means: law.means.map((mean) => mean * factor) } : law;
    case 'exponential':
      return { kind: law.kind, mean: law.mean * factor };
    case 'lognormal':
      return 'mean' in law ? { ...law, mean: law.mean * factor } : law;
    default:
      throw new RangeError(`a service law of kind ${law.kind} is not scaled`);
  }
}

/** Mean service time in seconds. */
export function meanService(svc: string): number {
  const [law, ...numbers] = svc.split(':');
  const [a, b, c] = numbers.map(Number);
  return MICRO * (law === 'h2' ? a * b + (1 - a) * c : a);
}

/** The lines of configuration that a case adds in one place (`location`, `defaults`, ...). */
export function linesOf({ lbopts }: RecordedCase, place: string): readonly string[] {
  return [lbopts[place] ?? []].flat().flatMap((lines) => lines.split('\n'));
}
