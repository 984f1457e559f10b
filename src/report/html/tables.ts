import type { DirectorResult, Figure, LatencyResult, ProbeResult, Result } from '../../analysis/result.ts';
import { FAILOVER_HEADER, faultRow } from '../failover.ts';
import {
  formatCount,
  formatDuration,
  formatFigure,
  formatFigureWithInterval,
  formatInterval,
  formatValue,
  hasInterval,
  isObserved,
} from '../format.ts';
import { failedCount, failures, firstLimit, loadText, margin, sloName, verdictWord } from '../sentences.ts';
import { exactRows } from '../theory.ts';
import { html, type Html } from './escape.ts';

/**
 * The tables of the page. Figures stand with their interval; a table that would be empty is not there.
 */

interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Html | string;
  readonly number?: boolean;
}

export function sloTable({ slos }: Result): Html | null {
  return table('Promises', slos, [
    { title: 'SLO', cell: (slo) => sloName(slo) },
    {
      title: 'verdict',
      cell: (slo) => html`<strong class="${verdictClass(slo.verdict)}">${verdictWord(slo.verdict)}</strong>`,
    },
    { title: 'figure', cell: (slo) => figure(slo.figure), number: true },
    { title: 'margin', cell: margin, number: true },
  ]);
}

export function limitTable({ limits }: Result): Html | null {
  const first = firstLimit(limits);
  return table('Limits, most used first', limits, [
    { title: 'limit', cell: ({ name }) => name },
    { title: 'used', cell: ({ used }) => figure(used), number: true },
    {
      title: 'would end at',
      cell: (limit) => `${loadText(limit.endsAt)}${limit === first ? ' (first)' : ''}`,
      number: true,
    },
    { title: 'note', cell: ({ note }) => note ?? '' },
  ]);
}

export function faultTable(result: Result): Html | null {
  const faults = result.failover?.faults ?? [];
  return table(
    'What each fault cost',
    faults,
    FAILOVER_HEADER.map((title, place) => ({
      title,
      cell: (fault: (typeof faults)[number]) => faultRow(fault)[place],
      number: place === 1 || place === 3 || place === 4,
    })),
  );
}

export function clientTable({ clients, total }: Result): Html | null {
  const rows = Object.entries(clients);
  return table('Clients', rows.length > 1 ? [...rows, ['all together', total] as const] : rows, [
    { title: 'client', cell: ([name]) => name },
    { title: 'sent', cell: ([, { sent }]) => formatCount(sent), number: true },
    { title: 'in flight', cell: ([, { inFlight }]) => formatCount(inFlight), number: true },
    { title: 'succeeded', cell: ([, { throughput }]) => figure(throughput), number: true },
    { title: 'errors', cell: ([, { errors }]) => figure(errors), number: true },
    { title: 'mean', cell: ([, { response }]) => figure(response.mean), number: true },
    { title: 'p50', cell: ([, { response }]) => figure(response.p50), number: true },
    { title: 'p95', cell: ([, { response }]) => figure(response.p95), number: true },
    { title: 'p99', cell: ([, { response }]) => figure(response.p99), number: true },
  ]);
}

/** Latency by the three clocks: from due, from send, and with failures. */
export function latencyTable({ total }: Result): Html | null {
  const rows: [string, LatencyResult][] = [
    ['from when it was due (successes)', total.response],
    ['from when it was sent (successes)', total.fromSend],
    ['from when it was due (failures too)', total.all],
  ];
  const parts = ['mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max', 'stddev'] as const;
  return table(
    'Response time by clock',
    rows.filter(([, { mean }]) => isObserved(mean)),
    [
      { title: 'clock', cell: ([name]) => name },
      ...parts.map((part) => ({
        title: part === 'p999' ? 'p99.9' : part,
        cell: ([, latency]: [string, LatencyResult]) => figure(latency[part]),
        number: true,
      })),
    ],
  );
}

export function errorTable({ total }: Result): Html | null {
  return table('Errors by cause', failures(total), [
    { title: 'cause', cell: ({ cause }) => cause },
    { title: 'requests', cell: ({ count }) => formatCount(count), number: true },
    { title: 'of all sent', cell: ({ share }) => formatValue(share, 'share'), number: true },
  ]);
}

export function serviceTable({ services }: Result): Html | null {
  return table('Services', Object.entries(services), [
    { title: 'service', cell: ([name]) => name },
    { title: 'servers', cell: ([, { servers }]) => formatCount(servers), number: true },
    { title: 'calls', cell: ([, { throughput }]) => figure(throughput), number: true },
    { title: 'response', cell: ([, { response }]) => figure(response), number: true },
    { title: 'cores busy', cell: ([, { utilisation }]) => figure(utilisation), number: true },
    { title: 'workers busy', cell: ([, { workersBusy }]) => figure(workersBusy), number: true },
    { title: 'waiting', cell: ([, { queue }]) => figure(queue), number: true },
    { title: 'wait', cell: ([, { wait }]) => figure(wait), number: true },
    { title: 'had to wait', cell: ([, { waited }]) => figure(waited), number: true },
    { title: 'failed', cell: ([, { failed }]) => formatCount(failedCalls(failed)), number: true },
    { title: 'caller gone', cell: ([, service]) => orphans(service), number: true },
  ]);
}

export function poolTable({ services }: Result): Html | null {
  const pools = Object.entries(services).flatMap(([service, { pools: all }]) =>
    Object.entries(all).map(([name, pool]) => ({ name: `${service} → ${name}`, pool })),
  );
  return table('Pools', pools, [
    { title: 'pool', cell: ({ name }) => name },
    { title: 'size', cell: ({ pool }) => formatCount(pool.size), number: true },
    { title: 'in use', cell: ({ pool }) => figure(pool.inUse), number: true },
    { title: 'wait', cell: ({ pool }) => figure(pool.wait), number: true },
    { title: 'had to wait', cell: ({ pool }) => figure(pool.waited), number: true },
    { title: 'held for', cell: ({ pool }) => figure(pool.hold), number: true },
    { title: 'timeouts', cell: ({ pool }) => formatCount(pool.timeouts), number: true },
  ]);
}

/** The servers of databases: how far behind the writes of the others each is. */
export function replicaTable({ services }: Result): Html | null {
  const servers = Object.values(services).flatMap(({ replication }) => Object.entries(replication?.servers ?? {}));
  return table('Replication', servers, [
    { title: 'server', cell: ([name]) => name },
    { title: 'behind, on average', cell: ([, { lag }]) => figure(lag), number: true },
    { title: 'at most', cell: ([, { lagMax }]) => figure(lagMax), number: true },
    { title: 'writes lacked at the end', cell: ([, { behind }]) => figure(behind), number: true },
  ]);
}

export function directorTable({ directors }: Result): Html | null {
  const zoned = Object.values(directors).some(({ elsewhere }) => elsewhere !== undefined);
  return table('Directors', Object.entries(directors), [
    { title: 'director', cell: ([name]) => name },
    { title: 'mode', cell: ([, { mode }]) => mode },
    { title: 'scheduler', cell: ([, { scheduler }]) => scheduler },
    { title: 'picks', cell: ([, { picks }]) => formatCount(picks), number: true },
    ...(zoned
      ? [
          {
            title: 'to other zones',
            cell: ([, { elsewhere }]: [string, DirectorResult]) => figure(elsewhere ?? null),
            number: true,
          },
        ]
      : []),
    { title: 'nobody to pick', cell: ([, { unavailable }]) => formatCount(unavailable), number: true },
    { title: 'in', cell: ([, { bitsIn }]) => figure(bitsIn), number: true },
    { title: 'out', cell: ([, { bitsOut }]) => figure(bitsOut), number: true },
    { title: 'packets in', cell: ([, { packetsIn }]) => figure(packetsIn), number: true },
    { title: 'packets out', cell: ([, { packetsOut }]) => figure(packetsOut), number: true },
    { title: 'connections', cell: ([, { connections }]) => figure(connections), number: true },
    { title: 'busy', cell: ([, { utilisation }]) => figure(utilisation), number: true },
  ]);
}

/** Who keeps connections, and opens new ones all the same. */
export function connectionTable({ connections = [] }: Result): Html | null {
  return table('Connections', connections, [
    { title: 'kept by', cell: ({ keeper }) => keeper },
    {
      title: 'opened',
      cell: ({ opened }) => formatFigureWithInterval(opened).replace('req/s', 'connections/s'),
      number: true,
    },
    { title: 'requests that find one', cell: ({ reused }) => figure(reused), number: true },
  ]);
}

export function todayTable({ today }: Result): Html | null {
  return table('Model against measurement', today, [
    { title: 'figure', cell: ({ name }) => name },
    { title: 'measured', cell: ({ measured, unit }) => formatValue(measured, unit), number: true },
    { title: 'model', cell: ({ model }) => figure(model), number: true },
    { title: 'tolerance', cell: ({ tolerance }) => `±${formatValue(tolerance, 'share')}`, number: true },
    {
      title: 'verdict',
      cell: ({ agrees, fitted }) => `${agrees ? 'agrees' : 'differs'}${fitted ? ', set from it' : ''}`,
    },
  ]);
}

export function probeTable({ probes }: Result): Html | null {
  return table('Probes', Object.entries(probes), [
    { title: 'probe', cell: ([name]) => name },
    { title: 'observed', cell: ([, probe]) => observed(probe) },
  ]);
}

export function inputDoubtTable({ inputDoubts }: Result): Html | null {
  return table('What the uncertain inputs alone do', inputDoubts, [
    { title: 'input', cell: ({ path }) => html`<code>${path}</code>` },
    { title: 'range', cell: ({ low, high }) => `${low} to ${high}` },
    { title: 'figure', cell: ({ figure: name }) => name },
    { title: 'at the low end', cell: ({ atLow }) => figure(atLow), number: true },
    { title: 'at the high end', cell: ({ atHigh }) => figure(atHigh), number: true },
  ]);
}

export function exactTable({ theory }: Result): Html | null {
  return table('Exact answer and simulation', exactRows(theory), [
    { title: 'figure', cell: ({ name }) => name },
    { title: 'exact', cell: ({ exact }) => exact, number: true },
    { title: 'simulated', cell: ({ simulated, interval }) => `${simulated} ${interval}`, number: true },
    { title: 'interval contains it', cell: ({ mark }) => mark },
  ]);
}

export function boundTable({ theory }: Result): Html | null {
  return table('Bounds that hold without simulating', theory.bounds, [
    { title: 'client', cell: ({ client }) => client },
    {
      title: 'bound',
      cell: ({ figure: name, operator, limit, unit }) => `${name} ${operator} ${formatValue(limit, unit, 4)}`,
    },
    { title: 'by', cell: ({ because }) => because },
    { title: 'simulated', cell: ({ simulated }) => figure(simulated), number: true },
  ]);
}

export function assumptionTable({ assumptions }: Result): Html | null {
  return table('Everything that was not given', assumptions, [
    { title: 'path', cell: ({ path }) => html`<code>${path}</code>` },
    { title: 'value', cell: ({ value }) => value },
    { title: 'meaning', cell: ({ text }) => text },
    { title: 'kind', cell: ({ kind }) => kind },
    { title: 'source', cell: ({ source }) => source },
  ]);
}

/** The share of time with each number present, or the percentiles of the waits. */
function observed(probe: ProbeResult): string {
  if (probe.kind === 'distribution') {
    const shares = probe.shares.slice(0, PROBED).map((share, number) => `${number}: ${formatValue(share, 'share')}`);
    return shares.join(', ') + (probe.shares.length > PROBED ? ', ...' : '');
  }
  if (probe.kind === 'states') {
    return probe.at
      .map((at, k) => {
        const full = k < probe.full.length ? `, all busy ${formatFigureWithInterval(probe.full[k])}` : '';
        const empty = `, empty ${formatFigureWithInterval(probe.empty[k])}`;
        return `at ${formatDuration(at)}: ${formatFigureWithInterval(probe.mean[k])} present${empty}${full}`;
      })
      .join('; ');
  }
  if (probe.kind === 'passage') {
    const { mean, standardDeviation, earliest, latest, happened } = probe;
    if (happened.value === 0) return 'did not happen';
    const span = `standard deviation ${formatValue(standardDeviation, 's')}, from ${formatValue(earliest, 's')} to ${formatValue(latest, 's')}`;
    const share = happened.value < 1 ? `; it happened in ${formatFigureWithInterval(happened)} of the runs` : '';
    return `${formatFigureWithInterval(mean)}; ${span}${share}`;
  }
  const { p50, p90, p95, p99, p999 } = probe;
  const percentiles = Object.entries({ p50, p90, p95, p99, 'p99.9': p999 });
  return percentiles.map(([name, figure]) => `${name} ${formatFigureWithInterval(figure)}`).join(', ');
}

const PROBED = 12;

/** `holds`, `missed`, `undecided`: what the style sheet colours. */
export function verdictClass(verdict: Result['verdict']): string {
  return verdict === 'not decided' ? 'undecided' : verdict === 'none' ? '' : verdict;
}

/** A table with a caption and a header for each column; the first cell of a row is its header. */
function table<Row>(caption: string, rows: readonly Row[], columns: readonly Column<Row>[]): Html | null {
  if (rows.length === 0) return null;
  const kind = ({ number }: Column<Row>) => (number ? 'number' : 'text');
  const head = columns.map((column) => html`<th scope="col" class="${kind(column)}">${column.title}</th>`);
  const body = rows.map((row) => {
    const [first, ...rest] = columns;
    const cells = rest.map((column) => html`<td class="${kind(column)}">${column.cell(row)}</td>`);
    return html`<tr>
      <th scope="row">${first.cell(row)}</th>
      ${cells}
    </tr>`;
  });
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`;
}

function figure(value: Figure | null): Html | string {
  if (value === null || !isObserved(value)) return '-';
  return hasInterval(value)
    ? html`${formatFigure(value)}<span class="range">${formatInterval(value)}</span>`
    : formatFigure(value);
}

function failedCalls(failed: Result['total']['failed']): number {
  return failedCount(failed);
}

function orphans({ orphaned, wastedSeconds }: Result['services'][string]): string {
  return orphaned === 0 ? '0' : `${formatCount(orphaned)} (${formatValue(wastedSeconds, 's')})`;
}
