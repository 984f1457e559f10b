/** From a case to how it is judged, by the kind of its model: one file a kind, one line here. */
import { exactAnswer } from '../../theory/reference.ts';
import type { Answers } from './answers.ts';
import type { Experiment } from './experiment.ts';
import { balanced } from './experiments/balanced.ts';
import { burst } from './experiments/burst.ts';
import { cache, cacheAside, ttlCache } from './experiments/caches.ts';
import { alternatingRenewal, failoverPair } from './experiments/failover.ts';
import { closedNetwork } from './experiments/closed-network.ts';
import { fanOut } from './experiments/fan-out.ts';
import { forkJoin } from './experiments/fork-join.ts';
import { openNetwork } from './experiments/open-network.ts';
import { openStation } from './experiments/open-station.ts';
import { priorityStation } from './experiments/priority-station.ts';
import { hedge, retries } from './experiments/repeated.ts';
import { readWrite } from './experiments/read-write.ts';
import { scriptedClosed, scriptedOpen } from './experiments/scripted.ts';
import { trace } from './experiments/trace.ts';
import { picks } from './picks.ts';
import { healthCheckTimers, vrrpTimers } from './timers.ts';
import { modelSchemas } from './theory-file.ts';
import type { TheoryCase, TheoryModel } from './theory-file.ts';

/** How a case is answered. */
export type Expressed =
  /** Simulated until it is narrow enough. */
  | { readonly by: 'simulation'; readonly experiment: Experiment }
  /** Worked out: there is no chance in it. */
  | { readonly by: 'working out'; readonly answers: Answers }
  /** Not at all. */
  | { readonly by: 'nothing'; readonly reason: string };

/** Kinds whose models are simulated. May give a reason instead. */
const SIMULATED: {
  readonly [Kind in TheoryModel['kind']]?: (model: Extract<TheoryModel, { kind: Kind }>) => Experiment | string;
} = {
  'open-station': openStation,
  'open-network': openNetwork,
  'fork-join': forkJoin,
  closed: (model) => (model.script === undefined ? closedNetwork(model) : scriptedClosed(model)),
  open: scriptedOpen,
  'priority-station': priorityStation,
  trace,
  balanced,
  burst,
  cache,
  'ttl-cache': ttlCache,
  'cache-aside': cacheAside,
  'failover-pair': failoverPair,
  'alternating-renewal': alternatingRenewal,
  hedge,
  retries,
  'fan-out': fanOut,
  'rw-split': readWrite,
};

/** Kinds that are worked out. May give a reason instead. */
const WORKED_OUT: Readonly<Record<string, (theoryCase: TheoryCase) => Answers | string>> = {
  vrrp: vrrpTimers,
  'health-check': healthCheckTimers,
  'pick-sequence': picks,
  'fill-sequence': picks,
  'pick-from-state': picks,
};

/** Of a case that nothing can judge, or only in part, the reason. @param theoryCase its model as its schema gives it. */
export function express(theoryCase: TheoryCase): Expressed {
  try {
    return expressed(theoryCase);
  } catch (error) {
    // parameters that a law, a scheduler or a formula refuses
    if (error instanceof RangeError) return nothing(error.message);
    throw error;
  }
}

function expressed(theoryCase: TheoryCase): Expressed {
  const { kind } = theoryCase.model;
  if (Object.hasOwn(SIMULATED, kind)) {
    const make = SIMULATED[kind as TheoryModel['kind']] as unknown as (model: TheoryCase['model']) => Experiment | string;
    const made = make(theoryCase.model);
    return typeof made === 'string' ? nothing(made) : complete(theoryCase, made.quantities, { by: 'simulation', experiment: made });
  }
  if (Object.hasOwn(WORKED_OUT, kind)) {
    const answers = WORKED_OUT[kind](theoryCase);
    return typeof answers === 'string' ? nothing(answers) : complete(theoryCase, answers, { by: 'working out', answers });
  }
  const exact = exactAnswer(theoryCase);
  if (exact !== null) {
    return complete(theoryCase, exact, { by: 'working out', answers: exact });
  }
  return nothing(
    Object.hasOwn(modelSchemas, kind)
      ? `no formula has an answer to this model of kind "${kind}"`
      : `nothing simulates or works out models of kind "${kind}" yet`,
  );
}

/** A case of which a quantity is not known is not judged by the others alone. */
function complete({ expect }: TheoryCase, known: Readonly<Record<string, unknown>>, expressed: Expressed): Expressed {
  const unknown = Object.keys(expect).filter((name) => !Object.hasOwn(known, name) || known[name] === undefined);
  if (unknown.length > 0) return nothing(`not computed: ${unknown.join(', ')}`);
  if (expressed.by !== 'simulation') return expressed;
  const { quantities } = expressed.experiment;
  const strange = Object.entries(expect).find(([name, { value }]) => Array.isArray(value) !== (quantities[name].kind === 'list'));
  return strange === undefined
    ? expressed
    : nothing(`${strange[0]} is ${quantities[strange[0]].kind === 'list' ? 'a list' : 'a number'}, which the case does not expect`);
}

function nothing(reason: string): Expressed {
  return { by: 'nothing', reason };
}
