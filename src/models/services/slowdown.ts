import type { SlowdownDescription } from '../description.ts';

/** Speed factor (0 < factor) of each of n jobs, by load alone. */
export type Slowdown = (jobs: number) => number;

/**
 * Load-dependent speed.
 * - `usl`: 1 / (1 + contention (n - 1) + coherency n (n - 1)), so that n jobs together do the work of the universal
 *   scalability law (Gunther, Guerrilla Capacity Planning, 2007): C(n) = n / (1 + a (n - 1) + b n (n - 1)).
 * - `per-active`: 1 / (1 + coefficient n).
 * - `table`: linear between the given points, constant outside.
 */
export function slowdown(description: SlowdownDescription): Slowdown {
  switch (description.kind) {
    case 'usl': {
      const { contention, coherency } = description;
      return (jobs) => 1 / (1 + contention * (jobs - 1) + coherency * jobs * (jobs - 1));
    }
    case 'per-active': {
      const { coefficient } = description;
      return (jobs) => 1 / (1 + coefficient * jobs);
    }
    case 'table': {
      const points = [...description.points].sort((a, b) => a.active - b.active);
      return (jobs) => interpolated(points, jobs);
    }
  }
}

function interpolated(points: readonly { readonly active: number; readonly speed: number }[], jobs: number): number {
  const above = points.findIndex((point) => point.active >= jobs);
  if (above === -1) return points[points.length - 1].speed;
  if (above === 0) return points[0].speed;
  const low = points[above - 1];
  const high = points[above];
  return low.speed + ((jobs - low.active) / (high.active - low.active)) * (high.speed - low.speed);
}
