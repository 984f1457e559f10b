/** A suite as a table of groups: each owns some families of cases, lists them, and judges them. */
import type { CaseReport, JudgeOptions, ReferenceCase, ReferenceFiles, Suite, SuiteName } from './suite.ts';

/** One file of `theory/`, `recorded/` or `published/`, and one line in its `index.ts`. */
export interface ReferenceGroup {
  readonly families: readonly string[];
  /** Its cases in these files, in their order; those that cannot be expressed say why. */
  cases(files: ReferenceFiles): readonly ReferenceCase[];
  /** Never asked for a case that cannot be expressed. */
  judge(one: ReferenceCase, options: JudgeOptions): Promise<CaseReport>;
}

export function suiteOf(name: SuiteName, groups: readonly ReferenceGroup[]): Suite {
  return {
    name,
    cases: (files) => groups.flatMap((group) => group.cases(files)),
    judge: (one, options) => {
      if (one.unexpressible !== undefined) return Promise.resolve(notExpressible(one, one.unexpressible));
      const group = groups.find(({ families }) => families.includes(one.family));
      if (group === undefined) throw new RangeError(`${name} has no family "${one.family}"`);
      return group.judge(one, options);
    },
  };
}

export function notExpressible({ suite, id, family }: ReferenceCase, reason: string): CaseReport {
  return { suite, id, family, verdict: 'not expressible', reason, figures: [], events: 0 };
}
