/**
 * The reference cases of theory.json at the full narrowness that the file asks for (the tests allow twice the width, to
 * be quick). Prints a line a case and ends with exit code 1 if any fails.
 *
 *     npm run validate:theory [-- FAMILY ...]
 */
import { readFileSync } from 'node:fs';
import { theory } from '../src/analysis/reference/theory/index.ts';

const text = readFileSync(new URL('../reference/theory.json', import.meta.url), 'utf8');
const families = process.argv.slice(2);
const cases = theory
  .cases(new Map([['theory.json', text]]))
  .filter((one) => one.unexpressible === undefined && (families.length === 0 || families.includes(one.family)));

let failed = 0;
for (const one of cases) {
  const { verdict, figures, events } = await theory.judge(one, { seed: 'theory', widthMax: 1 });
  const misses = figures.filter(({ passed }) => !passed).map(({ name }) => name);
  if (verdict === 'failed') failed++;
  const told = misses.length > 0 ? `FAILED ${misses.join(' ')}` : `${figures.length} quantities`;
  console.log(`${one.family.padEnd(26)} ${one.id.padEnd(28)} ${told}  ${(events / 1e6).toFixed(1)} M events`);
}
console.log(`${cases.length - failed} of ${cases.length} cases at full width`);
process.exitCode = failed > 0 ? 1 : 0;
