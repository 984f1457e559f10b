import type { Command } from 'commander';
import { loadScenario } from '../scenarios/load.ts';
import { formatProblems, type Doubt, type Problem } from '../scenarios/problem.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { collect } from './quantities.ts';
import { readScenario } from './scenario-source.ts';
import { readTraces } from './trace-file.ts';
import { folded, tellPerson } from './terminal.ts';

/** Options of every command that reads a scenario. */
export interface ScenarioOptions {
  readonly set?: readonly string[];
  readonly trace?: readonly string[];
}

/** Adds the argument SCENARIO and the options above. */
export function takesScenario(command: Command): Command {
  return command
    .argument('<scenario>', 'a file (YAML or JSON), "-" for standard input, or the name of a built-in')
    .option('--set <path=value>', 'change one value of the scenario; may be repeated', collect)
    .option(
      '--trace <name=file>',
      'clients NAME replay these requests (CSV with at_s, demand_s); may be repeated',
      collect,
    );
}

export interface Loaded {
  readonly scenario: Scenario | null;
  readonly problems: readonly Problem[];
  readonly doubts: readonly Doubt[];
}

/** Reads and understands a scenario; problems are given back, not printed. */
export function load(argument: string, options: ScenarioOptions): Loaded {
  return loader(argument, options)([]);
}

/** Reads once; what comes back understands the scenario with more values set. */
function loader(argument: string, { set = [], trace = [] }: ScenarioOptions): (more: readonly string[]) => Loaded {
  const { name, file, text } = readScenario(argument);
  const traces = readTraces(trace);
  return (more) => loadScenario(text, { name, file, set: [...set, ...more], traces });
}

/** As `load`; prints the problems to stderr and gives null where there are any. */
export function loadOrTell(
  argument: string,
  options: ScenarioOptions,
): { scenario: Scenario; doubts: readonly Doubt[]; reload: (set: readonly string[]) => Scenario | null } | null {
  const loadWith = loader(argument, options);
  const { scenario, problems, doubts } = loadWith([]);
  if (scenario === null || problems.length > 0) {
    tellPerson(folded(formatProblems(problems), 6));
    return null;
  }
  return { scenario, doubts, reload: (more) => loadWith(more).scenario };
}
