import type { Result } from '../../analysis/result.ts';
import type { Chart } from './chart.ts';
import { latencyDistribution } from './latency-distribution.ts';
import { latencyPercentiles } from './latency-percentiles.ts';
import { lagOverTime, serversOverTime } from './levels-over-time.ts';
import { limitsChart } from './limits.ts';
import { queueOverTime } from './queue-over-time.ts';
import { responseOverTime } from './response-over-time.ts';
import { throughputOverTime } from './throughput-over-time.ts';
import { upstreamShares } from './upstream-shares.ts';
import { utilisationOverTime } from './utilisation-over-time.ts';

export type { Chart } from './chart.ts';

/** Every chart, by the name that the page asks for; null where a result has nothing to draw. */
export const charts = {
  limits: limitsChart,
  latencyDistribution,
  latencyPercentiles,
  throughputOverTime,
  responseOverTime,
  utilisationOverTime,
  queueOverTime,
  serversOverTime,
  lagOverTime,
  upstreamShares,
} as const satisfies Readonly<Record<string, (result: Result) => Chart | null>>;
