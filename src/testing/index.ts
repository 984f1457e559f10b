/**
 * `windtunnel/testing`: property tests of one's own clusters, with fast-check (which you install beside windtunnel).
 *
 *     import fc from 'fast-check';
 *     import { laws, scenarioFile } from 'windtunnel/testing';
 *
 *     for (const [name, law] of Object.entries(laws)) test(name, () => law(myScenario.cluster, { seed: 7 }));
 */
export { scenarioFile, type ScenarioFile, type ScenarioFileOptions } from './scenario-file.ts';
export {
  conserves,
  ignoresTheEventList,
  isDeterministic,
  laws,
  replays,
  stopsAnywhere,
  type Law,
  type LawOptions,
} from './laws.ts';
export { completions, completionsByRecursion, station, type Station } from './stations.ts';
