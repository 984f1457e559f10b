/**
 * Every reference case that can be simulated, at the full narrowness that the reference file asks for (the tests allow
 * twice the width, to be quick). Prints a line a case and ends with exit code 1 if any fails.
 *
 *     npm run validate:theory [-- FAMILY ...]
 */
import { readFileSync } from 'node:fs';
import { isSimulated } from '../src/analysis/reference/experiments/index.ts';
import type { TheoryFile } from '../src/analysis/reference/theory-file.ts';
import { validate } from '../src/analysis/reference/validate.ts';

const EVENTS_MAX = 120_000_000;

const file = new URL('../reference/theory.json', import.meta.url);
const reference = JSON.parse(readFileSync(file, 'utf8')) as TheoryFile;
const families = process.argv.slice(2);
const cases = reference.cases.filter(
  (one) => isSimulated(one) && (families.length === 0 || families.includes(one.family)),
);

let failed = 0;
for (const one of cases) {
  const verdict = await validate(one, reference.tolerance_classes, {
    seed: 'theory',
    widthMax: 1,
    eventsMax: EVENTS_MAX,
  });
  const misses = verdict.judgements.filter(({ passed }) => !passed).map(({ quantity }) => quantity);
  if (misses.length > 0) failed++;
  const again = verdict.repeated.length > 0 ? `  simulated again: ${verdict.repeated.join(' ')}` : '';
  const told = misses.length > 0 ? `FAILED ${misses.join(' ')}` : `${verdict.judgements.length} quantities`;
  console.log(
    `${one.family.padEnd(26)} ${one.id.padEnd(28)} ${told}  ${(verdict.events / 1e6).toFixed(1)} M events${again}`,
  );
}
console.log(`${cases.length - failed} of ${cases.length} cases at full width`);
process.exitCode = failed > 0 ? 1 : 0;
