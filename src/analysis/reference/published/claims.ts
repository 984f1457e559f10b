/**
 * Published claims: the record of `published.json`, and a function from the results of named runs to what the model says. A
 * run is a built-in scenario with settings, so that parameters stand in scenario files alone. The verdict follows from the
 * record's role and tolerance, never from the claim's code, which may only say that a claim contradicts itself.
 */
import { builtins } from '../../../scenarios/catalogue.ts';
import { formatProblems, loadScenario } from '../../../scenarios/load.ts';
import type { Result } from '../../result.ts';
import { simulate } from '../../simulate.ts';
import type { ReferenceGroup } from '../groups.ts';
import type {
  CaseReport,
  ClaimReport,
  JudgedFigure,
  JudgeOptions,
  ReferenceCase,
  ReferenceFiles,
  Sensitivity,
} from '../suite.ts';

/** A record of `published.json`. */
export interface ClaimRecord {
  readonly id: string;
  readonly system: string;
  readonly claim: string;
  /** null = nothing numeric was published. */
  readonly claimed: number | boolean | string | readonly (number | string)[] | null;
  readonly unit: string;
  readonly role: 'calibration' | 'holdout' | 'context';
  readonly tolerance:
    | { readonly kind: 'absolute' | 'relative'; readonly value: number }
    | { readonly kind: 'range'; readonly low: number; readonly high: number }
    | { readonly kind: 'exact' | 'none' };
  readonly note: string;
}

/** What the model says about a claim. */
export interface Finding {
  /** In the unit of the record; a boolean where the claim is one. */
  readonly value: number | boolean;
  /** 95 % interval; absent where there is no chance. */
  readonly low?: number;
  readonly high?: number;
  /** What it hangs on. */
  readonly note?: string;
  /** Figures beside it, judged by nothing. */
  readonly beside?: readonly JudgedFigure[];
  /** How far it moves with what had to be assumed. */
  readonly sensitivity?: Sensitivity;
  /** Why agreement proves little. */
  readonly weak?: string;
  /** Why the claim contradicts itself. */
  readonly contradiction?: string;
  /** Why it is called missed though the record's tolerance, set in view of it, has room. */
  readonly miss?: string;
}

export interface Claim {
  /** Ids of other records whose claimed numbers it compares with. */
  readonly needs?: readonly string[];
  find(runs: Runs, claimed: Readonly<Record<string, number>>): Promise<Finding>;
}

/** Runs of built-in scenarios; the same run is made once. */
export interface Runs {
  /** True where a rough answer is enough: long sensitivities are left out. */
  readonly rough: boolean;
  /** @param replications where a run is asked for in full. */
  run(scenario: string, set: readonly string[], replications: number): Promise<Result>;
}

interface ClaimData {
  readonly record: ClaimRecord;
  readonly claimed: Readonly<Record<string, number>>;
}

/** Context of an article, which no run reproduces; `contradictions` says which of it cannot be true together. */
const CONTEXT = 'context: a setting, target or remark, not a measured result';

/**
 * @param systems names that the records use; `both:lvs` = the system "both" of the records whose id begins with lvs.
 * @param claims by id of the record.
 * @param contradictions by id: context that contradicts other context, in words.
 */
export function publishedSystem(
  systems: readonly string[],
  claims: Readonly<Record<string, Claim>>,
  contradictions: Readonly<Record<string, string>> = {},
): ReferenceGroup {
  return {
    families: systems,
    cases: (files) => casesOf(files, systems, claims),
    judge: (one, options) => judge(one, claims[one.id], contradictions[one.id], options),
  };
}

/** Records of one's own about systems that nobody has modelled: listed, so that nothing is left out in silence. */
export function otherSystems(groups: readonly ReferenceGroup[]): ReferenceGroup {
  const known = groups.flatMap(({ families }) => families);
  return {
    families: [],
    cases: (files) => {
      const { records } = JSON.parse(files.get('published.json') ?? '{ "records": [] }') as {
        readonly records: readonly ClaimRecord[];
      };
      return records
        .filter((record) => familyOf(record, known) === undefined)
        .map(({ id, system }) => ({
          suite: 'published',
          id,
          family: system,
          data: null,
          cost: 0,
          unexpressible: `nobody has modelled the system "${system}"`,
        }));
    },
    judge: () => Promise.reject(new RangeError('a record of a system that nobody has modelled is never judged')),
  };
}

/** A figure that stands beside a claim, for the reader. */
export function beside(name: string, unit: string, value: number | string, expected: number | string = '-'): JudgedFigure {
  const plain = typeof value === 'number' ? value : NaN;
  return { name, unit, expected, found: { value, low: plain, high: plain }, tolerance: 'none', passed: true };
}

// ------------------------------------------------------------------------------------------------------------ helpers

function casesOf(
  files: ReferenceFiles,
  systems: readonly string[],
  claims: Readonly<Record<string, Claim>>,
): ReferenceCase<ClaimData>[] {
  const text = files.get('published.json');
  if (text === undefined) return [];
  const { records } = JSON.parse(text) as { readonly records: readonly ClaimRecord[] };
  const byId = new Map(records.map((record) => [record.id, record]));
  return records
    .filter((record) => familyOf(record, systems) !== undefined)
    .map((record) => {
      const { id, role } = record;
      const claim = claims[id];
      const needed = (claim?.needs ?? []).flatMap((other) => {
        const value = byId.get(other)?.claimed;
        return typeof value === 'number' ? [[other, value] as const] : [];
      });
      return {
        suite: 'published',
        id,
        family: familyOf(record, systems)!,
        data: { record, claimed: Object.fromEntries(needed) },
        cost: claim === undefined ? 0 : RUN_EVENTS,
        ...(claim === undefined && role !== 'context' ? { unexpressible: 'nothing models this claim yet' } : {}),
      };
    });
}

/** The system that a record belongs to, among those that are known; undefined = none. */
function familyOf({ system, id }: ClaimRecord, systems: readonly string[]): string | undefined {
  return systems.find(
    (name) => name === system || (name.startsWith(`${system}:`) && id.startsWith(name.slice(system.length + 1))),
  );
}

/** Rough events of the runs behind a claim. */
const RUN_EVENTS = 3_000_000;

async function judge(
  { id, family, data }: ReferenceCase,
  claim: Claim | undefined,
  contradiction: string | undefined,
  { seed, widthMax }: JudgeOptions,
): Promise<CaseReport> {
  const { record, claimed } = data as ClaimData;
  const report = { suite: 'published' as const, id, family };
  if (claim === undefined) {
    const verdict = contradiction === undefined ? 'no number published' : 'contradicts itself';
    return {
      ...report,
      verdict,
      reason: contradiction ?? CONTEXT,
      figures: [],
      events: 0,
      claim: claimReport(record, null),
    };
  }
  const runs = new SeededRuns(seed, widthMax);
  const finding = await claim.find(runs, claimed);
  const figure = judged(record, finding);
  const passed = figure.passed && finding.miss === undefined;
  const clash = finding.contradiction ?? contradiction;
  return {
    ...report,
    verdict: clash !== undefined ? 'contradicts itself' : verdictOf(record, passed),
    ...(clash === undefined && finding.miss === undefined ? {} : { reason: clash ?? finding.miss }),
    figures: [{ ...figure, passed }, ...(finding.beside ?? [])],
    events: runs.events,
    claim: claimReport(record, finding),
    ...(finding.sensitivity === undefined ? {} : { sensitivity: finding.sensitivity }),
  };
}

function claimReport(record: ClaimRecord, finding: Finding | null): ClaimReport {
  const { claim, unit, role, claimed } = record;
  const plain: ClaimReport = {
    claim,
    unit,
    role,
    claimed: claimedText(claimed),
    predicted: null,
    difference: null,
    tolerance: tolerance(record),
  };
  if (finding === null) return plain;
  const { value, low = null, high = null, weak, note } = finding;
  return {
    ...plain,
    predicted: { value: typeof value === 'boolean' ? word(value) : value, low, high },
    difference: typeof value === 'number' ? differenceFrom(claimed, value) : null,
    ...(weak === undefined ? {} : { weak }),
    ...(note === undefined ? {} : { note }),
  };
}

/** From a number, or from the nearer end of a range; null where nothing numeric is claimed. */
function differenceFrom(claimed: ClaimRecord['claimed'], value: number): number | null {
  const ends = [claimed].flat();
  if (!ends.every((end) => typeof end === 'number')) return null;
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  return value < low ? value - low : value > high ? value - high : 0;
}

function word(truth: boolean): string {
  return truth ? 'yes' : 'no';
}

function claimedText(claimed: ClaimRecord['claimed']): JudgedFigure['expected'] {
  if (claimed === null) return '-';
  return typeof claimed === 'boolean' ? word(claimed) : (claimed as JudgedFigure['expected']);
}

function tolerance({ tolerance: allowed }: ClaimRecord): string {
  switch (allowed.kind) {
    case 'none':
    case 'exact':
      return allowed.kind;
    case 'range':
      return `${allowed.low} to ${allowed.high}`;
    case 'absolute':
      return `within ${allowed.value}`;
    case 'relative':
      return `within ${Number((100 * allowed.value).toPrecision(3))} %`;
  }
}

function verdictOf({ role, tolerance }: ClaimRecord, passed: boolean): CaseReport['verdict'] {
  if (role === 'context' || tolerance.kind === 'none') return 'no number published';
  if (!passed) return 'missed';
  return role === 'calibration' ? 'reproduced' : 'predicted';
}

function judged(record: ClaimRecord, { value, low, high, note }: Finding): JudgedFigure {
  const { claim: name, claimed, unit } = record;
  const plain = typeof value === 'number' ? value : NaN;
  const { passed, deviation } = compared(record, value);
  return {
    name,
    unit,
    expected: claimedText(claimed),
    found: { value: typeof value === 'boolean' ? word(value) : value, low: low ?? plain, high: high ?? plain },
    tolerance: tolerance(record),
    passed,
    ...(deviation === null ? {} : { deviation }),
    ...(note === undefined ? {} : { note }),
  };
}

/** The value against the record's tolerance; deviation in units of it, null where it allows none. */
function compared(
  { claimed, tolerance: allowed }: ClaimRecord,
  value: number | boolean,
): { readonly passed: boolean; readonly deviation: number | null } {
  switch (allowed.kind) {
    case 'none':
      return { passed: true, deviation: null };
    case 'exact':
      return { passed: value === claimed, deviation: null };
    case 'range':
      return { passed: Number(value) >= allowed.low && Number(value) <= allowed.high, deviation: null };
    case 'absolute':
    case 'relative': {
      const room = allowed.kind === 'absolute' ? allowed.value : allowed.value * Math.abs(Number(claimed));
      const off = Number(value) - Number(claimed);
      return { passed: Math.abs(off) <= room, deviation: room > 0 ? off / room : null };
    }
  }
}

/** Replications below which there is no interval worth the name. */
const REPLICATIONS_MIN = 3;

/** Events of which a replication of a steady state without a duration may have a hundredth. */
const STEADY_EVENTS = 20_000_000;

class SeededRuns implements Runs {
  events = 0;
  readonly rough: boolean;

  constructor(
    private readonly seed: string,
    private readonly widthMax: number,
  ) {
    this.rough = widthMax > 1;
  }

  async run(name: string, set: readonly string[], replications: number): Promise<Result> {
    const { seed, widthMax } = this;
    const number = Math.max(REPLICATIONS_MIN, Math.ceil(replications / (widthMax * widthMax)));
    const key = JSON.stringify([name, set, number, seed]);
    let found = made.get(key);
    if (found === undefined) {
      const { scenario, problems } = loadScenario(builtins[name], { name, set });
      if (scenario === null) throw new RangeError(`${name} with ${set.join(', ')}: ${formatProblems(problems)}`);
      const { kind, duration } = scenario.time;
      const eventBudget = kind === 'steady' && duration === null ? STEADY_EVENTS : Infinity;
      found = simulate(scenario, { seed, replications: number, eventBudget });
      made.set(key, found);
    }
    const result = await found;
    this.events += result.method.events;
    return result;
  }
}

/** Results of this thread, since several claims are about one run. A result depends on its key alone. */
const made = new Map<string, Promise<Result>>();
