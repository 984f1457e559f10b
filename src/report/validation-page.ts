import type { CaseReport, JudgedFigure } from '../analysis/reference/suite.ts';
import { bucketOf } from '../analysis/reference/validation.ts';
import type { Counts, SuiteCounts, Validation } from '../analysis/reference/validation.ts';
import { referenceDeviations } from './charts/reference-deviations.ts';
import { publishedClaims } from './html/claims.ts';
import { html, type Html } from './html/escape.ts';
import { chartFigure, page, type HtmlAssets } from './html/page.ts';
import {
  countsSentence,
  unitText,
  failedCases,
  howSentence,
  intervalText,
  unjudgedGroups,
  valueText,
} from './validation-text.ts';

/** A validation as a page: the counts, what failed, how far every figure is off, every case, and what nothing judges. */
export function validationPage(validation: Validation, assets: HtmlAssets): string {
  const { counts, suites, version } = validation;
  const chart = referenceDeviations(validation);
  const title = countsSentence(counts);
  return page({
    title: `${title} - windtunnel validate`,
    version,
    charts: chart === null ? [] : [chart],
    assets,
    body: html`<header>
        <h1>windtunnel against its references</h1>
        <div class="verdict ${counts.failed > 0 ? 'missed' : 'holds'}">
          <strong>${title}</strong>
          <p>${howSentence(validation)}</p>
        </div>
        ${tiles(suites)}
      </header>
      <main>
        ${failures(failedCases(validation))}
        <section id="deviations">
          <h2>Deviations</h2>
          ${chart === null ? html`<p>No figure has a tolerance.</p>` : chartFigure(chart)}
        </section>
        ${suites.map((suite) => (suite.name === 'published' ? publishedClaims(validation) : families(suite, validation)))}
        ${unjudged(validation)}
      </main>
      <footer>
        A 99 % interval must contain the reference and be narrow enough; what fails is simulated again under two fresh
        seeds, and fails only if it fails in both. windtunnel ${version}.
      </footer>`,
  });
}

function tiles(suites: readonly SuiteCounts[]): Html {
  return html`<dl class="tiles">
    ${suites.map(
      ({ name, counts: { passed, failed, notExpressible } }) =>
        html`<div class="tile">
          <dt>${name}</dt>
          <dd class="value">${passed} of ${passed + failed}</dd>
          <dd class="interval">${notExpressible} not expressible</dd>
        </div>`,
    )}
  </dl>`;
}

function failures(cases: readonly CaseReport[]): Html | null {
  if (cases.length === 0) return null;
  return html`<section id="failed">
    <h2>Failed</h2>
    ${cases.map((one) => caseTable(one, (figure) => !figure.passed))}
  </section>`;
}

function families({ name, families: all }: SuiteCounts, { cases }: Validation): Html {
  return html`<section id="${name}">
    <h2>${name}</h2>
    ${all.map(({ name: family, counts }) => {
      const own = cases.filter((one) => one.suite === name && one.family === family);
      const judged = own.filter((one) => one.figures.length > 0);
      return html`<details>
        <summary>${family}: ${countsText(counts)}</summary>
        ${judged.map((one) => caseTable(one, () => true))}
      </details>`;
    })}
  </section>`;
}

function countsText({ passed, failed, notExpressible }: Counts): string {
  return [
    ...(passed > 0 ? [`${passed} passed`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(notExpressible > 0 ? [`${notExpressible} not expressible`] : []),
  ].join(', ');
}

function caseTable(one: CaseReport, shown: (figure: JudgedFigure) => boolean): Html {
  const verdict = bucketOf(one) === 'failed' ? 'missed' : 'holds';
  return html`<div class="scroll">
    <table class="cards">
      <caption>
        ${one.id}
        <strong class="${verdict}">${one.verdict}</strong
        >${one.reason === undefined ? null : html` ${one.reason}`}
      </caption>
      <thead>
        <tr>
          <th>figure</th>
          <th class="number">expected</th>
          <th class="number">found</th>
          <th>tolerance</th>
          <th>verdict</th>
        </tr>
      </thead>
      <tbody>
        ${one.figures.filter(shown).map(
          (figure) =>
            html`<tr>
              <th class="wide">${figure.name}</th>
              <td class="number" data-label="expected">
                ${valueText(figure.expected, figure.found.value)}${unitText(figure.unit)}
              </td>
              <td class="number" data-label="found">
                ${valueText(figure.found.value, figure.expected)}<span class="range">${intervalText(figure)}</span>
              </td>
              <td data-label="tolerance">${figure.tolerance}</td>
              <td class="text" data-label="verdict">
                <strong class="${figure.passed ? 'holds' : 'missed'}"
                  >${figure.undecidable !== undefined ? 'not decidable' : figure.passed ? 'passed' : 'failed'}</strong
                >
                ${figure.note === undefined ? null : html`<br />${figure.note}`}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function unjudged(validation: Validation): Html | null {
  const groups = unjudgedGroups(validation);
  if (groups.length === 0) return null;
  return html`<section id="unjudged">
    <h2>Not expressible</h2>
    <ul>
      ${groups.map(
        ({ suite, reason, ids }) =>
          html`<li>
            <strong>${suite}, ${ids.length}: ${reason}</strong>
            <p class="faint">${ids.join(', ')}</p>
          </li>`,
      )}
    </ul>
  </section>`;
}
