import type { Result } from '../analysis/result.ts';
import { charts, type Chart } from './charts/index.ts';
import { yearSentence } from './failover.ts';
import { formatDuration, formatFigure, formatInterval, formatSpan, formatValue } from './format.ts';
import { html, type Html } from './html/escape.ts';
import { chartFigure, page, type HtmlAssets } from './html/page.ts';
import {
  alertTable,
  assumptionTable,
  boundTable,
  cacheTable,
  consumerTable,
  databaseTable,
  defaultTable,
  exactTable,
  inputDoubtTable,
  clientTable,
  faultTable,
  connectionTable,
  protectionTable,
  directorTable,
  errorTable,
  heapTable,
  isDefault,
  latencyTable,
  limitTable,
  poolTable,
  replicaTable,
  probeTable,
  scalingTable,
  serviceTable,
  sloTable,
  todayTable,
  topicTable,
  verdictClass,
} from './html/tables.ts';
import { exactSentence } from './theory.ts';
import {
  endText,
  failuresSentence,
  firstLimit,
  isFull,
  isUsed,
  methodDoubts,
  generatorSentences,
  stuckSentences,
  methodSentence,
  reproduceCommand,
  todaySentence,
  verdictSentence,
  verdictWord,
} from './sentences.ts';

/**
 * The report as one page that needs nothing else: it opens from a file, asks no server for anything, and its policy
 * forbids it to. Verdict first, then the figures, what ends the growth, how it behaves over time, what it rests on.
 * Leaves out comparison of several results.
 */

export function htmlReport(result: Result, assets: HtmlAssets): string {
  const drawn = Object.fromEntries(Object.entries(charts).map(([name, chart]) => [name, chart(result)])) as Drawn;
  const shown = Object.values(drawn).filter((chart) => chart !== null);
  return page({
    title: `${verdictWord(result.verdict)}: ${titleOf(result)} - windtunnel`,
    version: result.version,
    charts: shown,
    assets,
    body: html`${head(result)}
      <main>
        ${section('limits', 'Limits', [figure(drawn.limits), limits(result)])}
        ${section('response', 'Response time', [
          pair(figure(drawn.latencyDistribution), figure(drawn.latencyPercentiles)),
          latencyTable(result),
        ])}
        ${section('time', 'Over time', [
          figure(drawn.throughputOverTime),
          events(result),
          faultTable(result),
          faultWhys(result),
          errorTable(result),
          alertTable(result),
          figure(drawn.responseOverTime),
        ])}
        ${section('services', 'Services', [
          pair(figure(drawn.utilisationOverTime), figure(drawn.queueOverTime)),
          serviceTable(result),
          poolTable(result),
          figure(drawn.serversOverTime),
          scalingTable(result),
          heapTable(result),
          cacheTable(result),
          databaseTable(result),
          replicaTable(result),
        ])}
        ${section('topics', 'Topics and their consumers', [
          figure(drawn.lagOverTime),
          topicTable(result),
          consumerTable(result),
        ])}
        ${section('directors', 'Directors', [figure(drawn.upstreamShares), directorTable(result), connectionTable(result)])}
        ${section('protection', 'Breakers, retries, shedding and rules', [protectionTable(result)])}
        ${section('clients', 'Clients', [clientTable(result), probeTable(result)])}
        ${section('today', 'Today: model and measurement', [today(result), todayTable(result)])}
        ${section('theory', 'Theory beside the simulation', [exactWords(result), exactTable(result), boundTable(result)])}
        ${section('doubt', 'Doubt about the inputs', [inputDoubtTable(result)])}
        ${section('assumptions', 'What was assumed', [assumptionTable(result), defaults(result)])}
        ${section('method', 'How to reproduce, and how it was done', [reproduce(result)])}
      </main>
      <footer>
        Simulated: no network was touched. windtunnel ${result.version}, scenario digest ${result.scenario.digest}.
      </footer>`,
  });
}

type Drawn = Readonly<Record<keyof typeof charts, Chart | null>>;

function head(result: Result): Html {
  const { scenario, verdict, warnings } = result;
  const doubts = [...methodDoubts(result), ...warnings].map((text) => html`<li>${text}</li>`);
  return html`<header>
    ${nameAbove(result)}
    <h1>${titleOf(result)}</h1>
    ${scenario.description === '' ? null : html`<p class="faint">${scenario.description}</p>`}
    <div class="verdict ${verdictClass(verdict)}">
      <strong>${verdictWord(verdict)}</strong>
      <p>${verdictSentence(result)} ${failuresSentence(result.total)}</p>
      ${[...generatorSentences(result), ...stuckSentences(result)].map((sentence) => html`<p>${sentence}</p>`)}
    </div>
    ${sloTable(result)} ${tiles(result)}
    ${
      doubts.length === 0
        ? null
        : html`<ul class="doubts">
            ${doubts}
          </ul>`
    }
  </header>`;
}

function exactWords({ theory }: Result): Html | null {
  if (theory.exact === null) return null;
  return html`<p>${exactSentence(theory)}.</p>
    <p class="faint">Source: ${theory.exact.source}</p>`;
}

function titleOf({ scenario }: Result): string {
  return scenario.title === '' ? scenario.name : scenario.title;
}

/** The name to run it by, where the title does not begin with it. */
function nameAbove({ scenario: { name, title } }: Result): Html | null {
  const named = title === '' || title.toLowerCase().startsWith(name.toLowerCase());
  return named ? null : html`<p class="name"><code>${name}</code></p>`;
}

function tiles({ total, limits: all }: Result): Html {
  const { p50, p95, p99, p999 } = total.response;
  const figures = { throughput: total.throughput, p50, p95, p99, 'p99.9': p999, errors: total.errors };
  const first = firstLimit(all);
  return html`<dl class="tiles">
    ${Object.entries(figures).map(([name, value]) => tile(name, formatFigure(value), formatInterval(value)))}
    ${first === null ? null : tile(isFull(first) ? 'is full' : 'ends first at', isFull(first) ? formatFigure(first.used, 2) : endText(first), isFull(first) ? first.name : `${first.name}, ${formatFigure(first.used, 2)} used`)}
  </dl>`;
}

function tile(name: string, value: string, below: string): Html {
  return html`<div class="tile">
    <dt>${name}</dt>
    <dd class="value">${value}</dd>
    <dd class="interval">${below}</dd>
  </div>`;
}

/** A section with what there is to show; none where there is nothing. */
function section(id: string, title: string, parts: readonly (Html | null)[]): Html | null {
  const shown = parts.filter((part) => part !== null);
  if (shown.length === 0) return null;
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${shown}
  </section>`;
}

function pair(left: Html | null, right: Html | null): Html | null {
  return left !== null && right !== null ? html`<div class="pair">${left}${right}</div>` : (left ?? right);
}

function figure(chart: Chart | null): Html | null {
  return chart === null ? null : chartFigure(chart);
}

/** The table of limits; folded where the chart says most of it. */
function limits(result: Result): Html | null {
  const all = limitTable(result);
  if (all === null) return null;
  const count = result.limits.filter(isUsed).length;
  if (count <= 6) return all;
  return html`<details>
    <summary>All ${count} limits as a table</summary>
    ${all}
  </details>`;
}

function defaults(result: Result): Html | null {
  const all = defaultTable(result);
  if (all === null) return null;
  const count = result.assumptions.filter(isDefault).length;
  return html`<details>
    <summary>
      ${count} ${count === 1 ? 'default' : 'defaults'} of products and of windtunnel, with their sources
    </summary>
    ${all}
  </details>`;
}

/** Sentences as a list; none where there are none. */
function facts(sentences: readonly string[]): Html | null {
  if (sentences.length === 0) return null;
  return html`<ul>
    ${sentences.map((text) => html`<li>${text}</li>`)}
  </ul>`;
}

function events({ faults }: Result): Html | null {
  if (faults.length === 0) return null;
  const items = faults.map(({ at, until, kind, text }) => {
    const when = formatSpan(at, until);
    return html`<li><strong>${when}</strong> ${kind}: ${text}</li>`;
  });
  return html`<figure>
    <figcaption>
      <h3>What happened</h3>
      <p>Minutes:seconds of simulated time; the numbers are those in the charts.</p>
    </figcaption>
    <ol class="events">
      ${items}
    </ol>
  </figure>`;
}

function faultWhys(result: Result): Html | null {
  const sentences = [...(result.failover?.faults ?? []).map(({ why }) => why), yearSentence(result) ?? ''];
  return facts(sentences.filter((text) => text !== ''));
}

function today({ today: all }: Result): Html | null {
  return all.length === 0 ? null : html`<p>${todaySentence(all)}</p>`;
}

function reproduce(result: Result): Html {
  const { method, version, scenario } = result;
  const precision = `${formatValue(method.precision, 'share')} ${method.precisionReached ? 'reached' : 'not reached'}`;
  return html`<p>The same scenario, seed and version give the same bytes:</p>
    <pre><code>${reproduceCommand(result)}</code></pre>
    <p>
      Version ${version}, scenario digest <code>${scenario.digest}</code>, result format <code>${result.format}</code>.
    </p>
    <p>
      ${methodSentence(result)} Asked precision of the SLO figures and the mean: ${precision}. ${warmup(result)}
      ${intervals(result)} Response times count from when a request was due, so a late client hides nothing; percentiles
      are of successes. A series over time has no interval.
    </p>`;
}

function warmup({ method }: Result): string {
  if (method.warmup === 0) return 'Nothing was left out at the start.';
  const how = method.warmupMethod === 'MSER-5' ? 'found by MSER-5 (White, Cobb and Spratt, 2000)' : 'as given';
  const run = method.intervals === 'batch means' ? 'the run' : 'each run';
  return `The first ${formatDuration(method.warmup)} of ${run} are left out, ${how}.`;
}

function intervals({ method }: Result): string {
  if (method.replications === 1) return 'One run gives no intervals.';
  const from =
    method.intervals === 'batch means'
      ? `${method.replications} batches of one long run (batch means; skewness and correlation as in Skart, 2011)`
      : `${method.replications} independent replications`;
  return `Intervals are at ${formatValue(method.level, 'share')} confidence, from ${from}; they speak of chance in the simulation, not of doubt about the inputs.`;
}
