import { wrap } from '../report/text.ts';
import type { Missing } from '../scenarios/scenario.ts';

const width = 80;
const label = 13;

/** Why there is no figure, what holds all the same, and what would decide it. At most 80 columns. */
export function notDecided(missing: readonly Missing[]): string {
  return missing
    .map(({ what, certain, how }) => {
      const known = certain.length > 0 ? labelled('certain', certain.join('; ')) : [];
      return [...wrap(`NOT DECIDED: ${what} is unknown.`, width), ...known, ...labelled('needed', how)].join('\n');
    })
    .join('\n');
}

function labelled(name: string, text: string): string[] {
  return wrap(text, width - label).map((line, row) => `  ${row === 0 ? name : ''}`.padEnd(label) + line);
}
