import type { CaseReport } from '../../analysis/reference/suite.ts';
import type { Validation } from '../../analysis/reference/validation.ts';
import {
  claimCases,
  claimedText,
  claimsSentence,
  differenceText,
  predictedInterval,
  predictedText,
  remarkText,
  short,
  tabledClaims,
  unitOf,
  verdictText,
} from '../claims-text.ts';
import type { ClaimCase } from '../claims-text.ts';
import { intervalText, unitText, valueText } from '../validation-text.ts';
import { html, type Html } from './escape.ts';

/**
 * The published claims on the page: a table a system; what a prediction moves with; what was fitted; the rest in folds. On a
 * phone a row is a card, each cell with the name of its column before it.
 */
export function publishedClaims(validation: Validation): Html | null {
  const claims = claimCases(validation);
  if (claims.length === 0) return null;
  const tabled = tabledClaims(validation);
  const systems = [...new Set(tabled.map(({ family }) => family))];
  const context = claims.filter(({ verdict }) => verdict === 'no number published');
  return html`<section id="published">
    <h2>Published systems</h2>
    <p>${claimsSentence(validation)}</p>
    ${systems.map((system) =>
      claimTable(
        system,
        tabled.filter(({ family }) => family === system),
      ),
    )}
    ${claims.map((one) => sensitivityTable(one))} ${fittedTable(validation)} ${besideFold(claims)}
    ${context.length === 0 ? null : contextFold(context)}
  </section>`;
}

function claimTable(system: string, claims: readonly ClaimCase[]): Html {
  return html`<div class="scroll">
    <table class="cards">
      <caption>
        ${system}
      </caption>
      <thead>
        <tr>
          <th>claim</th>
          <th class="number">claimed</th>
          <th class="number">model</th>
          <th class="number">off</th>
          <th>allowed</th>
          <th>role</th>
          <th>verdict</th>
        </tr>
      </thead>
      <tbody>
        ${claims.map(claimRow)}
      </tbody>
    </table>
  </div>`;
}

function claimRow(one: ClaimCase): Html {
  const { id, claim, verdict } = one;
  const remark = remarkText(one);
  const unit = unitOf(claim);
  const mark =
    verdict === 'missed'
      ? 'missed'
      : verdict === 'contradicts itself' || claim.weak !== undefined
        ? 'undecided'
        : 'holds';
  return html`<tr>
    <th class="wide">
      <code>${id}</code> ${claim.claim}${unit === '' ? null : html` <span class="faint">[${unit}]</span>`}
      ${remark === '' ? null : html`<div class="faint">${remark}</div>`}
    </th>
    <td class="number" data-label="claimed">${claimedText(claim)}</td>
    <td class="number" data-label="model">
      ${predictedText(claim)}<span class="range">${predictedInterval(claim)}</span>
    </td>
    <td class="number" data-label="off">${differenceText(claim)}</td>
    <td data-label="allowed">${claim.tolerance}</td>
    <td data-label="role">${claim.role}</td>
    <td data-label="verdict"><strong class="${mark}">${verdictText(one)}</strong></td>
  </tr>`;
}

function sensitivityTable({ id, sensitivity }: CaseReport): Html | null {
  if (sensitivity === undefined) return null;
  return html`<section>
    <h3>What ${id} hangs on</h3>
    <p>${sensitivity.sentence}.</p>
    <div class="scroll">
      <table class="cards">
        <thead>
          <tr>
            ${sensitivity.columns.map((name) => html`<th class="number">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${sensitivity.rows.map(
            (row) =>
              html`<tr>
                ${row.map((cell, k) => html`<td class="number" data-label="${sensitivity.columns[k]}">${short(cell)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function fittedTable({ calibrated = [] }: Validation): Html | null {
  if (calibrated.length === 0) return null;
  return html`<section>
    <h3>What was fitted, and to what</h3>
    <p>
      Everything else in the scenarios is published, a default of the software, or called assumed there. No figure that
      is predicted stands in any of them.
    </p>
    <div class="scroll">
      <table class="cards">
        <thead>
          <tr>
            <th>number</th>
            <th class="number">value</th>
            <th>fitted to</th>
            <th>in</th>
          </tr>
        </thead>
        <tbody>
          ${calibrated.map(
            ({ what, value, fittedTo, at }) =>
              html`<tr>
                <th class="wide">${what}</th>
                <td class="number" data-label="value">${value}</td>
                <td data-label="fitted to">${fittedTo.join(', ')}</td>
                <td data-label="in">${[...new Set(at.map((place) => place.split(':')[0]))].join(', ')}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** Figures that stand beside claims, judged by nothing. */
function besideFold(claims: readonly ClaimCase[]): Html | null {
  const rows = claims.flatMap(({ id, figures }) => figures.slice(1).map((figure) => ({ id, figure })));
  if (rows.length === 0) return null;
  return html`<details>
    <summary>${rows.length} figures beside the claims</summary>
    <div class="scroll">
      <table class="cards">
        <thead>
          <tr>
            <th>figure</th>
            <th class="number">published</th>
            <th class="number">model</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ id, figure }) =>
              html`<tr>
                <th class="wide"><code>${id}</code> ${figure.name}</th>
                <td class="number" data-label="published">${valueText(figure.expected)}</td>
                <td class="number" data-label="model">
                  ${valueText(figure.found.value)}${unitText(figure.unit)}<span class="range"
                    >${intervalText(figure)}</span
                  >
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function contextFold(claims: readonly ClaimCase[]): Html {
  return html`<details>
    <summary>${claims.length} with no number to reproduce: settings, targets, remarks</summary>
    <ul>
      ${claims.map(
        ({ id, claim }) =>
          html`<li><code>${id}</code> ${claim.claim}: ${claimedText(claim)}${unitText(claim.unit)}</li>`,
      )}
    </ul>
  </details>`;
}
