/**
 * The built-in scenarios and the presets, as the texts of their YAML files. `scripts/embed.mjs` makes the table, so
 * that they are there in a browser too.
 */
import * as generated from './catalogue.generated.ts';

/** Text of each built-in scenario by name. */
export const builtins: Readonly<Record<string, string>> = generated.builtins;

/** Text of each preset by name. */
export const presets: Readonly<Record<string, string>> = generated.presets;
