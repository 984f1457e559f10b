/** One run of a coverage model, on a worker thread. */
import { serve } from '../../src/runners/serve.ts';
import { simulate } from '../../src/analysis/simulate.ts';
import type { Figure, Verdict } from '../../src/analysis/result.ts';
import type { SteadyMethod } from '../../src/scenarios/scenario.ts';
import { loadScenario } from '../../src/scenarios/load.ts';

export interface CoverageInput {
  readonly file: string;
  readonly seed: string;
  readonly precision: number;
  readonly eventBudget: number;
  readonly method?: SteadyMethod;
}

export interface CoverageOutput {
  readonly mean: Figure;
  readonly p95: Figure;
  readonly p99: Figure;
  readonly verdict: Verdict | 'none';
  readonly replications: number;
  readonly events: number;
}

export const coverageJobs = {
  async cover({ file, seed, precision, eventBudget, method: how }: CoverageInput): Promise<CoverageOutput> {
    const { scenario, problems } = loadScenario(file, { name: 'coverage' });
    if (scenario === null) throw new Error(JSON.stringify(problems));
    const { total, verdict, method } = await simulate(scenario, { seed, precision, eventBudget, method: how });
    const { mean, p95, p99 } = total.response;
    return { mean, p95, p99, verdict, replications: method.replications, events: method.events };
  },
};

export default serve(coverageJobs);
