/**
 * The JSON Schema of scenario files, for completion and checks in editors:
 * `# yaml-language-server: $schema=windtunnel.schema.json`. It is made from the schema that the loader uses; what only
 * the loader can tell (references, units, sums) is not in it.
 */
import { z } from 'zod';
import { scenarioSchema } from './schema.ts';

/** JSON Schema, draft 2020-12, as plain data. */
export function scenarioJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(scenarioSchema, { io: 'input' });
}
