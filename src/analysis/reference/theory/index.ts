/** Small models with answers computed without simulation: `reference/theory.json`, or a file like it. */
import { problemsOf } from '../../../scenarios/issues.ts';
import { pathText } from '../../../scenarios/problem.ts';
import { notExpressible } from '../groups.ts';
import type { CaseReport, JudgedFigure, JudgeOptions, ReferenceCase, ReferenceFiles, Suite } from '../suite.ts';
import { judgeAnswers } from './answers.ts';
import { validate } from './campaign.ts';
import type { Judgement } from './judge.ts';
import { express } from './kinds.ts';
import { schemaOfModel } from './theory-file.ts';
import type { TheoryCase, TheoryFile } from './theory-file.ts';
import { undecidable } from './undecidable.ts';

/** A case with the classes by which it is judged: all that a worker needs. */
interface TheoryData {
  readonly theoryCase: TheoryCase;
  readonly tolerances: TheoryFile['tolerance_classes'];
}

/** Most events of one attempt; its intervals are then as wide as they are. */
const EVENTS_MAX = 160_000_000;
/** Rough events a completed request. */
const EVENTS_EACH = 3;

export const theory: Suite = { name: 'theory', cases, judge };

function cases(files: ReferenceFiles): readonly ReferenceCase<TheoryData>[] {
  const text = files.get('theory.json');
  if (text === undefined) return [];
  const { cases: all, tolerance_classes: tolerances } = JSON.parse(text) as TheoryFile;
  return all.map((theoryCase) => {
    const { id, family, suggested_completions: completions = 1e6 } = theoryCase;
    const model = schemaOfModel(theoryCase.model.kind)?.safeParse(theoryCase.model);
    if (model?.success === false) {
      const [{ path, key, rule }] = problemsOf(model.error.issues, schemaOfModel(theoryCase.model.kind)!, theoryCase.model);
      const unexpressible = `malformed: ${pathText(['model', ...path, ...(key === undefined ? [] : [key])])}: ${rule}`;
      return { suite: 'theory', id, family, data: { theoryCase, tolerances }, cost: 0, unexpressible };
    }
    const read = model === undefined ? theoryCase : { ...theoryCase, model: model.data as TheoryCase['model'] };
    const expressed = express(read);
    return {
      suite: 'theory',
      id,
      family,
      data: { theoryCase: read, tolerances },
      cost: expressed.by === 'simulation' ? EVENTS_EACH * completions : 0,
      ...(expressed.by === 'nothing' ? { unexpressible: expressed.reason } : {}),
    };
  });
}

async function judge(one: ReferenceCase, options: JudgeOptions): Promise<CaseReport> {
  if (one.unexpressible !== undefined) return notExpressible(one, one.unexpressible);
  try {
    return await judged(one, options);
  } catch (error) {
    // parameters that the models refuse when they are made
    if (error instanceof RangeError) return notExpressible(one, error.message);
    throw error;
  }
}

async function judged(one: ReferenceCase, { seed, widthMax, interruption }: JudgeOptions): Promise<CaseReport> {
  const { suite, id, family } = one;
  const { theoryCase, tolerances } = one.data as TheoryData;
  const expressed = express(theoryCase);
  if (expressed.by === 'nothing') return notExpressible(one, expressed.reason);
  if (expressed.by === 'working out') {
    const figures = judgeAnswers(theoryCase, expressed.answers, tolerances);
    return { suite, id, family, verdict: verdictOf(figures), figures, events: 0 };
  }
  const hopeless = undecidable(theoryCase);
  const { judgements, repeated, events } = await validate(theoryCase, expressed.experiment, tolerances, {
    seed,
    widthMax,
    eventsMax: EVENTS_MAX,
    interruption,
    except: [...hopeless.keys()],
  });
  const figures = judgements.map((judgement) =>
    figureOf(judgement, theoryCase.expect[judgement.quantity].unit, repeated.includes(judgement.quantity)),
  );
  return {
    suite,
    id,
    family,
    verdict: verdictOf(figures),
    figures: [...figures, ...[...hopeless].map(([name, reason]) => unjudged(theoryCase, name, reason))],
    events,
  };
}

function unjudged({ expect }: TheoryCase, name: string, reason: string): JudgedFigure {
  const { value, unit } = expect[name];
  const found = { value: NaN, low: NaN, high: NaN };
  return { name, unit, expected: value, found, tolerance: '-', passed: true, undecidable: reason, note: reason };
}

function verdictOf(figures: readonly JudgedFigure[]): 'passed' | 'failed' {
  return figures.every(({ passed }) => passed) ? 'passed' : 'failed';
}

function figureOf(judgement: Judgement, unit: string, repeated: boolean): JudgedFigure {
  const { quantity, value, estimate, halfWidth, width, deviation, entry, list, tolerance, passed } = judgement;
  const notes = [
    ...(entry === undefined ? [] : [`furthest at entry ${entry}`]),
    ...(width > 1 ? [`interval ${width.toFixed(1)} times as wide as asked`] : []),
    ...(repeated ? [passed ? 'passed under a fresh seed' : 'failed under three seeds'] : []),
  ];
  return {
    name: quantity,
    unit,
    expected: value,
    found: { value: list ?? estimate, low: estimate - halfWidth, high: estimate + halfWidth },
    tolerance,
    deviation,
    passed,
    ...(notes.length > 0 ? { note: notes.join('; ') } : {}),
  };
}
