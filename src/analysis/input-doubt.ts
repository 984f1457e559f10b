/**
 * What is not known of the inputs, kept apart from what chance does: the scenario is simulated with each uncertain input
 * at either end of its range, all else at its middle, under the same streams.
 * Left out: inputs that are uncertain together; each is varied alone.
 */
import type { Scenario, UncertainInput } from '../scenarios/scenario.ts';
import { displayQuantity, formatQuantity } from '../scenarios/units.ts';
import type { Figure, InputDoubt } from './result.ts';
import type { Simulated } from './summarise.ts';

/** Inputs that are looked at; more would cost more than the run itself. */
const INPUTS_MAX = 6;

/**
 * @param reload the scenario with these `path=value` set on top of what was set already.
 * @param run simulates a scenario roughly.
 */
export async function inputDoubts(
  scenario: Scenario,
  reload: (set: readonly string[]) => Scenario | null,
  run: (scenario: Scenario) => Promise<Simulated>,
): Promise<InputDoubt[]> {
  const doubts: InputDoubt[] = [];
  for (const input of scenario.uncertain.slice(0, INPUTS_MAX)) {
    const at = async (value: number): Promise<Figure | null> => {
      const varied = reload([`${input.path}=${formatQuantity(value, input.dimension)}`]);
      return varied === null ? null : headline(await run(varied)).figure;
    };
    const atLow = await at(input.low);
    const atHigh = await at(input.high);
    if (atLow === null || atHigh === null) continue;
    doubts.push({ path: input.path, ...ends(input), figure: nameOf(scenario), atLow, atHigh });
  }
  return doubts;
}

function ends({ low, high, dimension }: UncertainInput): { readonly low: string; readonly high: string } {
  return { low: displayQuantity(low, dimension), high: displayQuantity(high, dimension) };
}

/** The figure that the verdict hangs on: the first SLO's, or p95. */
function headline(result: Simulated): { readonly figure: Figure } {
  return result.slos.length > 0 ? result.slos[0] : { figure: result.total.response.p95 };
}

function nameOf({ slos }: Scenario): string {
  return slos.length > 0 ? slos[0].text.replace(/\s*[<>].*$/, '') : 'p(95)';
}
