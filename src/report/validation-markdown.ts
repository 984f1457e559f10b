import type { Validation } from '../analysis/reference/validation.ts';
import {
  claimedText,
  claimsSentence,
  differenceText,
  predictedInterval,
  predictedText,
  tabledClaims,
  verdictText,
} from './claims-text.ts';
import { printable } from './text.ts';
import {
  countsSentence,
  failedCases,
  howSentence,
  intervalText,
  unjudgedGroups,
  valueText,
} from './validation-text.ts';

/** A validation for a pull request or a CI job page: the counts first, every failure, what nothing judges in a fold. */
export function validationMarkdown(validation: Validation): string {
  const { counts, suites } = validation;
  const rows = suites.flatMap(({ name, counts: all, families }) => [
    `| **${name}** | ${all.passed} | ${all.failed} | ${all.notExpressible} |`,
    ...families.map(
      (family) =>
        `| ${escaped(family.name)} | ${family.counts.passed} | ${family.counts.failed} | ${family.counts.notExpressible} |`,
    ),
  ]);
  const misses = failedCases(validation).map(({ id, figures, reason }) => {
    const figuresText = figures
      .filter(({ passed }) => !passed)
      .map((figure) => {
        const { name, expected, found, tolerance } = figure;
        return `${name} expected ${valueText(expected, found.value)}, found ${valueText(found.value, expected)}${intervalText(figure)} (${tolerance})`;
      });
    return `- **${escaped(id)}**: ${escaped([...(reason === undefined ? [] : [reason]), ...figuresText].join('; '))}`;
  });
  const unjudged = unjudgedGroups(validation).map(
    ({ suite, reason, ids }) => `- ${suite}, ${escaped(reason)}: ${ids.map(escaped).join(', ')}`,
  );
  return [
    `## ${countsSentence(counts)}`,
    howSentence(validation),
    ...(misses.length === 0 ? [] : [misses.join('\n')]),
    ['| | passed | failed | not expressible |', '| --- | ---: | ---: | ---: |', ...rows].join('\n'),
    ...claimBlocks(validation),
    ...(unjudged.length === 0
      ? []
      : [`<details><summary>Not expressible, and why</summary>\n\n${unjudged.join('\n')}\n\n</details>`]),
  ]
    .map((block) => `${block}\n`)
    .join('\n');
}

/** The published claims in a fold: a row each. */
function claimBlocks(validation: Validation): string[] {
  const claims = tabledClaims(validation);
  if (claims.length === 0) return [];
  const cells = (one: (typeof claims)[number]): string[] => {
    const { claim } = one;
    const model = [predictedText(claim), predictedInterval(claim)].filter((text) => text !== '').join(', ');
    return [
      one.id,
      claim.claim,
      claimedText(claim),
      model,
      differenceText(claim),
      claim.tolerance,
      claim.role,
      verdictText(one),
    ];
  };
  const titles = ['', 'claim', 'claimed', 'model', 'off', 'allowed', 'role', 'verdict'];
  const line = (texts: readonly string[]): string => `| ${texts.map(escaped).join(' | ')} |`;
  const rows = [line(titles), line(titles.map(() => '---')), ...claims.map((one) => line(cells(one)))];
  return [`<details><summary>${claimsSentence(validation)}</summary>\n\n${rows.join('\n')}\n\n</details>`];
}

function escaped(text: string): string {
  return printable(text).replace(/[\\`*_{}[\]<>|#]/g, '\\$&');
}
