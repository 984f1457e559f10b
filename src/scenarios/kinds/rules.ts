/**
 * Rules of operation: a figure that is watched, and what is done while it is bad ("error rate above 5 %: reduce capacity
 * by 30 %, switch features off").
 */
import { z } from 'zod';
import type { ClusterDescription, RuleDescription } from '../../models/description.ts';
import type { Context } from '../context.ts';
import type { Path } from '../problem.ts';
import { hintFor } from '../suggest.ts';
import { displayQuantity } from '../units.ts';
import { flag, named, reference, share, time } from './fields.ts';

const of = reference('a client, or a service');
const limit = (description: string) => z.union([share(description), time(description)]).meta({ description });

export const ruleSchema = z
  .strictObject({
    watch: z
      .union([
        z.strictObject({ errors: of }),
        z.strictObject({ cpu: reference('a service') }),
        z.strictObject({ p50: of }),
        z.strictObject({ p95: of }),
        z.strictObject({ p99: of }),
      ])
      .meta({
        description:
          'the figure: { errors: web } share of failures, { p99: web } response time of all that ends (p50, p95 too), { cpu: web }',
      }),
    above: limit('the rule goes on above this: 5 %, 800 ms'),
    back: z
      .union([share('a share'), time('a time'), z.literal('never')])
      .optional()
      .meta({ description: 'it goes off at or below this; `above` by default; never = it stays on' }),
    over: time('the window; 10 s by default', { positive: true }).optional(),
    every: time('how often the window is looked at; 1 s by default', { positive: true }).optional(),
    for: time('how long it must have been above; 0 by default').optional(),
    rest: time('how long it must have been back; 0 by default').optional(),
    countShed: flag('requests that the rule turns away count as errors: it may keep itself on').optional(),
    admit: named(
      share('of the requests are let in'),
      'while it is on, by service; the others are turned away',
    ).optional(),
    servers: named(share('of the servers get requests'), 'while it is on, by service; the others rest').optional(),
  })
  .meta({
    description: 'what is done while a figure is bad: { watch: { errors: web }, above: 5 %, admit: { web: 70 % } }',
  });

export type RuleSurface = z.infer<typeof ruleSchema>;

const LEVELS = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;
/** Most looks at one window. */
const LOOKS_MAX = 600;

export function resolveRule(surface: RuleSurface, name: string, context: Context): RuleDescription {
  const path = ['rules', name];
  const [figure, watched] = Object.entries(surface.watch)[0] as [keyof typeof LEVELS | 'errors' | 'cpu', string];
  const timed = figure !== 'errors' && figure !== 'cpu';
  const bound = (key: 'above' | 'back', text: string): number => {
    const isTime = !text.includes('%') && Number.isNaN(Number(text));
    if (isTime !== timed) {
      const hint = timed ? 'for example 800 ms' : 'for example 5 %';
      context.problem([...path, key], `must be a ${timed ? 'time' : 'share'}, since it limits ${figure}`, hint, text);
      return 1;
    }
    return context.quantity(text, timed ? 'time' : 'share', [...path, key]);
  };
  const seconds = (key: 'over' | 'every' | 'for' | 'rest', otherwise: string, text: string): number =>
    context.quantity(context.fallback([...path, key], surface[key], otherwise, { text }), 'time', [...path, key]);
  const above = bound('above', surface.above);
  const back = surface.back === 'never' ? null : surface.back === undefined ? above : bound('back', surface.back);
  const over = seconds('over', '10 s', 'window of a rule');
  const every = seconds('every', '1 s', 'a rule looks at its window every');
  if (back !== null && back > above) {
    context.problem(
      [...path, 'back'],
      'must not be more than above',
      'else the rule goes on and off at once',
      surface.back,
    );
  }
  if (over < every || over / every > LOOKS_MAX) {
    context.problem(
      [...path, 'over'],
      `must be 1 to ${LOOKS_MAX} times every`,
      'the window moves by `every`',
      surface.over,
    );
  }
  const parts = (key: 'admit' | 'servers'): Record<string, number> =>
    Object.fromEntries(
      Object.entries(surface[key] ?? {}).map(([service, part]) => [
        service,
        context.quantity(part, 'share', [...path, key, service]),
      ]),
    );
  if (figure === 'errors' && surface.countShed === true && surface.admit !== undefined && back !== null) {
    const shed = 1 - Math.min(...Object.values(parts('admit')));
    if (shed > back) {
      const words = `while this rule is on it makes ${Number((100 * shed).toPrecision(3))} % errors itself, more than it goes off at: it stays on`;
      context.doubt(path, words);
    }
  }
  return {
    watch: { figure: timed ? 'time' : figure, of: watched, level: timed ? LEVELS[figure] : 0 },
    over,
    every,
    above,
    back,
    holds: surface.for === undefined ? 0 : context.quantity(surface.for, 'time', [...path, 'for']),
    rests: surface.rest === undefined ? 0 : context.quantity(surface.rest, 'time', [...path, 'rest']),
    countsShed: surface.countShed ?? false,
    admit: parts('admit'),
    servers: parts('servers'),
  };
}

/** What rules watch and act on must be there, and so must the rules that steps ask. */
export function checkRules(cluster: ClusterDescription, context: Context): void {
  const { rules = {}, services, clients } = cluster;
  const known = (name: string, names: readonly string[], path: Path, what: string): void => {
    if (names.includes(name) || context.isBroken(name)) return;
    context.problem(path, `there is no ${what} "${name}"`, hintFor(name, names), name);
  };
  const all = Object.keys(services);
  for (const [name, { watch, admit, servers }] of Object.entries(rules)) {
    const path = ['rules', name];
    const cpu = watch.figure === 'cpu';
    known(
      watch.of,
      cpu ? all : [...all, ...Object.keys(clients)],
      [...path, 'watch'],
      cpu ? 'service' : 'client or service',
    );
    if (cpu && Object.hasOwn(services, watch.of)) {
      const { cores, workers } = services[watch.of];
      if (Math.min(cores, workers) === Infinity) {
        context.problem([...path, 'watch'], `${watch.of} has no limited cores or workers`, 'give it cores', watch.of);
      }
    }
    for (const service of Object.keys(admit)) known(service, all, [...path, 'admit', service], 'service');
    for (const service of Object.keys(servers)) known(service, all, [...path, 'servers', service], 'service');
    const asked = context.whens.some(({ rule }) => rule === name);
    if (!asked && Object.keys(admit).length + Object.keys(servers).length === 0) {
      context.doubt(
        path,
        `nothing hangs on the rule ${name}: give it admit or servers, or steps { when: ${name}, do: [...] }`,
      );
    }
  }
  for (const { path, rule } of context.whens) known(rule, Object.keys(rules), path, 'rule');
}

/** `rule save: while errors of web are above 5 % (until 1 %) web lets 70 % in`. */
export function ruleText(
  name: string,
  { watch, above, back, holds, rests, admit, servers, over }: RuleDescription,
): string {
  const { figure, of: whose, level } = watch;
  const shown = (value: number): string =>
    figure === 'time' ? displayQuantity(value, 'time') : `${Number((100 * value).toPrecision(3))} %`;
  const what = { errors: `errors of ${whose}`, cpu: `CPU of ${whose}`, time: `p${100 * level} of ${whose}` }[figure];
  const percent = (part: number): string => `${Number((100 * part).toPrecision(3))} %`;
  const effects = [
    ...Object.entries(admit).map(([service, part]) => `${service} lets ${percent(part)} of its requests in`),
    ...Object.entries(servers).map(([service, part]) => `${percent(part)} of the servers of ${service} get requests`),
  ];
  const held = holds > 0 ? ` for ${displayQuantity(holds, 'time')}` : '';
  const rested = rests > 0 ? ` for ${displayQuantity(rests, 'time')}` : '';
  const until = back === null ? 'and for ever after' : `until ${shown(back)}${rested}`;
  const then = effects.length === 0 ? 'steps go another way' : effects.join(', ');
  return `rule ${name}: with ${what} above ${shown(above)} over ${displayQuantity(over, 'time')}${held}, ${until}, ${then}`;
}
