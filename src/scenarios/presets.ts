/**
 * Products as data: a preset is a YAML file in `presets/` with the product's defaults, each with its source. What the
 * scenario says itself wins. Keys are those of the scenario; `pool.size` applies where the thing has a pool.
 */
import { parse } from 'yaml';
import { z } from 'zod';
import { presets as texts } from './catalogue.ts';
import type { Context } from './context.ts';
import type { Path } from './problem.ts';
import { shortValue } from './problem.ts';
import { hintFor } from './suggest.ts';

const KINDS = ['service', 'director', 'pool', 'connect', 'check', 'breaker'] as const;

export type PresetKind = (typeof KINDS)[number];

const presetSchema = z.strictObject({
  title: z.string(),
  kind: z.enum(KINDS),
  defaults: z.record(
    z.string(),
    z.strictObject({ value: z.unknown(), source: z.string().min(3), text: z.string().optional() }),
  ),
});

export type Preset = z.infer<typeof presetSchema>;

/** Checks and breakers have names of products, as directors have: their files begin with their kind. */
function prefixOf(kind: PresetKind): string {
  return kind === 'check' || kind === 'breaker' ? `${kind}-` : '';
}

/** Every preset by name. @throws Error where a data file is broken, which its test finds. */
export const presets: ReadonlyMap<string, Preset> = new Map(
  Object.entries(texts).map(([name, text]) => [name, presetSchema.parse(parse(text))]),
);

export const connectPresetNames: readonly string[] = namesOf('connect');

/** The SYN schedule of an operating system; null where there is no such preset. */
export function connectPreset(name: string): { syn: string[]; giveUp: string; source: string } | null {
  const preset = presets.get(name);
  if (preset?.kind !== 'connect') {
    return null;
  }
  const { syn, giveUp } = preset.defaults;
  return { syn: syn.value as string[], giveUp: giveUp.value as string, source: syn.source };
}

/**
 * The thing with its preset's defaults under it; each default used is noted as an assumption.
 * @param thing as written, with `preset` or without.
 */
export function withPreset<Thing extends object & { preset?: string }>(
  thing: Thing,
  kind: PresetKind,
  path: Path,
  context: Context,
): Thing {
  if (thing.preset === undefined) {
    return thing;
  }
  const preset = presets.get(`${prefixOf(kind)}${thing.preset}`);
  if (preset?.kind !== kind) {
    const rule =
      preset === undefined
        ? `unknown preset "${thing.preset}"`
        : `preset "${thing.preset}" is for a ${preset.kind}, not a ${kind}`;
    context.problem([...path, 'preset'], rule, hintFor(thing.preset, namesOf(kind)), thing.preset);
    return thing;
  }
  const full: Record<string, unknown> = { ...thing };
  for (const [key, { value, source, text }] of Object.entries(preset.defaults)) {
    const [outer, inner] = key.split('.');
    const owner = inner === undefined ? full : mapIn(full, outer);
    const name = inner ?? outer;
    if (owner === null || owner[name] !== undefined) {
      continue;
    }
    owner[name] = value;
    const at = inner === undefined ? [...path, outer] : [...path, outer, inner];
    context.assume(at, 'preset', plainValue(value), source, text ?? `${preset.title}: ${key}`);
  }
  return full as Thing;
}

function namesOf(kind: PresetKind): readonly string[] {
  return [...presets].filter(([, preset]) => preset.kind === kind).map(([name]) => name.slice(prefixOf(kind).length));
}

/** A copy of the map under `key`, put in its place; null where there is none. */
function mapIn(thing: Record<string, unknown>, key: string): Record<string, unknown> | null {
  const inner = thing[key];
  if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) {
    return null;
  }
  const copy = { ...inner };
  thing[key] = copy;
  return copy;
}

function plainValue(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value).replaceAll('"', '') : shortValue(value).replaceAll('"', '');
}
