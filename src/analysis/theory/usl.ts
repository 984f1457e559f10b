/**
 * Universal scalability law: throughput of N = lambda N / (1 + contention (N - 1) + coherency N (N - 1)).
 * Source: N. Gunther, Guerrilla Capacity Planning (2007). Contention alone is Amdahl's law.
 */
import { NoAnswer, requirePositive } from './refusal.ts';

export interface UslOptions {
  /** Throughput of one. */
  readonly lambda: number;
  readonly contention: number;
  readonly coherency: number;
}

export interface UslAnswer {
  throughput(n: number): number;
  /** N of the highest throughput; Infinity without coherency. */
  readonly peakAt: number;
  /** What throughput tends to without coherency; 0 with it; Infinity without contention too. */
  readonly limit: number;
}

export function usl({ lambda, contention, coherency }: UslOptions): UslAnswer {
  requirePositive('USL', { lambda });
  if (!(contention >= 0 && contention <= 1 && coherency >= 0)) {
    throw new NoAnswer('input', `USL: contention in [0, 1] and coherency >= 0, got ${contention} and ${coherency}`);
  }
  return {
    throughput: (n) => (lambda * n) / (1 + contention * (n - 1) + coherency * n * (n - 1)),
    peakAt: coherency > 0 ? Math.sqrt((1 - contention) / coherency) : Infinity,
    limit: coherency > 0 ? 0 : contention > 0 ? lambda / contention : Infinity,
  };
}
