/** A circuit breaker in words: of a call, of all calls of a client, of a proxy for its upstream. */
import { z } from 'zod';
import { OUTCOMES } from '../../models/outcome.ts';
import type { Outcome } from '../../models/outcome.ts';
import type { BreakerDescription } from '../../models/description.ts';
import type { Context } from '../context.ts';
import type { Path } from '../problem.ts';
import { withPreset } from '../presets.ts';
import { count, share, text, time } from './fields.ts';

const RESILIENCE4J = 'resilience4j 2.2 documentation, CircuitBreaker';
const FOWLER = 'M. Fowler, CircuitBreaker, 2014: one trial call';

const failures = OUTCOMES.filter((outcome) => outcome !== 'ok') as [Outcome, ...Outcome[]];
/** What says nothing of the callee's health. */
const NOT_ITS_FAULT: readonly Outcome[] = ['canceled', 'no-port', 'pool-timeout'];

export const breakerSchema = z
  .union([
    count('failures in a row that open it'),
    z.strictObject({
      preset: text('a product whose defaults stand below: hystrix').optional(),
      failures: count('failures in a row that open it').optional(),
      share: share('share of failures over the window at which it opens; 50 % where no other rule is given').optional(),
      over: z
        .union([count('calls'), time('by the clock', { positive: true })])
        .optional()
        .meta({ description: 'the window: the last so many calls, or seconds; 100 calls by default' }),
      minimum: count('calls in the window below which shares decide nothing; 100 by default').optional(),
      slow: time('a call that takes longer is slow', { positive: true }).optional(),
      slowShare: share('share of slow calls over the window at which it opens; 100 % by default').optional(),
      open: time('how long it lets nothing through; 60 s by default', { positive: true }).optional(),
      trials: count(
        'calls let through before it closes; 10 by default, 1 where it goes by failures in a row',
      ).optional(),
      on: z
        .array(z.enum(failures))
        .min(1)
        .optional()
        .meta({ description: 'what counts as a failure; everything that can be the fault of the called by default' }),
    }),
  ])
  .meta({
    description:
      'circuit breaker: failures in a row that open it, or { preset, failures, share, over, minimum, slow, slowShare, open, trials, on }',
  });

export type BreakerSurface = z.infer<typeof breakerSchema>;

export function resolveBreaker(surface: BreakerSurface, path: Path, context: Context): BreakerDescription {
  const long = typeof surface === 'number' ? { failures: surface } : withPreset(surface, 'breaker', path, context);
  const bySlow = long.slow !== undefined;
  if (long.slowShare !== undefined && !bySlow) {
    context.problem([...path, 'slowShare'], 'says nothing without `slow`', 'for example slow: 2 s', long.slowShare);
  }
  const byShare = long.share !== undefined || (long.failures === undefined && !bySlow);
  const usual = <Value>(key: string, given: Value | undefined, otherwise: Value, text: string): Value =>
    context.fallback([...path, key], given, otherwise, { source: RESILIENCE4J, text });
  const parts = (key: 'share' | 'slowShare', given: string | undefined, otherwise: string, text: string): number =>
    context.quantity(usual(key, given, otherwise, text), 'share', [...path, key]);
  const windowed = byShare || bySlow;
  const over = windowed ? usual('over', long.over, 100, 'the last calls that a breaker looks at') : 1;
  const window: BreakerDescription['over'] =
    typeof over === 'number' ? { calls: over } : { seconds: context.quantity(over, 'time', [...path, 'over']) };
  const minimum = windowed ? usual('minimum', long.minimum, 100, 'calls below which a breaker decides nothing') : 1;
  if ('seconds' in window && window.seconds < 1) {
    context.problem([...path, 'over'], 'must be 1 s or more', 'the window moves by whole seconds', long.over);
  }
  return {
    consecutive: long.failures ?? 0,
    share: byShare ? parts('share', long.share, '50 %', 'share of failures that opens a breaker') : Infinity,
    slowShare: bySlow
      ? parts('slowShare', long.slowShare, '100 %', 'share of slow calls that opens a breaker')
      : Infinity,
    slow: long.slow === undefined ? Infinity : context.quantity(long.slow, 'time', [...path, 'slow']),
    over: window,
    minimum: 'calls' in window ? Math.min(minimum, window.calls) : minimum,
    open: context.quantity(usual('open', long.open, '60 s', 'a breaker stays open for'), 'time', [...path, 'open']),
    trials: windowed
      ? usual('trials', long.trials, 10, 'trial calls of a breaker')
      : context.fallback([...path, 'trials'], long.trials, 1, { source: FOWLER, text: 'trial calls of a breaker' }),
    on: long.on ?? failures.filter((outcome) => !NOT_ITS_FAULT.includes(outcome)),
  };
}

/** `a breaker that opens after 5 failures in a row, for 60 s`. */
export function breakerText({ consecutive, share, slowShare, slow, open }: BreakerDescription): string {
  const percent = (part: number): string => `${Number((100 * part).toPrecision(3))} %`;
  const rules = [
    ...(consecutive > 0 ? [`${consecutive} failure${consecutive === 1 ? '' : 's'} in a row`] : []),
    ...(share < Infinity ? [`${percent(share)} failures`] : []),
    ...(slowShare < Infinity ? [`${percent(slowShare)} slower than ${slow} s`] : []),
  ];
  return `a breaker that opens for ${open} s at ${rules.join(' or ')}`;
}
