import type { Assumption, DirectorResult, Figure, LatencyResult, ProbeResult, Result } from '../../analysis/result.ts';
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
import {
  alertFires,
  alertRule,
  endText,
  failedCount,
  failures,
  firstLimit,
  isFull,
  protectionName,
  protectionText,
  isUsed,
  margin,
  sloName,
  verdictWord,
} from '../sentences.ts';
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
  return table('Limits, most used first', limits.filter(isUsed), [
    { title: 'limit', cell: ({ name }) => name },
    { title: 'used', cell: ({ used }) => figure(used), number: true },
    {
      title: 'would end at',
      cell: (limit) =>
        isFull(limit) || limit.endsAt === null
          ? endText(limit)
          : `${endText(limit)}${limit === first ? ' (first)' : ''}`,
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

/** Latency by the three clocks: from due, from send, and with failures. Clocks that say the same share a row. */
export function latencyTable({ total }: Result): Html | null {
  const { response, fromSend, all } = total;
  const late = !same(response, fromSend);
  const failed = !same(response, all);
  const rows: [string, LatencyResult][] = [
    [late ? 'from when it was due (successes)' : 'from when it was due, and sent (successes)', response],
    ...(late ? [['from when it was sent (successes)', fromSend] satisfies [string, LatencyResult]] : []),
    ...(failed ? [['from when it was due (failures too)', all] satisfies [string, LatencyResult]] : []),
  ];
  return table(
    'Response time by clock',
    rows.filter(([, { mean }]) => isObserved(mean)),
    [
      { title: 'clock', cell: ([name]) => name },
      ...LATENCY_PARTS.map((part) => ({
        title: { p999: 'p99.9', stddev: 'standard deviation' }[part as string] ?? part,
        cell: ([, latency]: [string, LatencyResult]) =>
          part === 'stddev' && isRounding(latency) ? formatValue(0, 's') : figure(latency[part]),
        number: true,
      })),
    ],
  );
}

const LATENCY_PARTS = ['mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max', 'stddev'] as const;

/** True where the standard deviation is the rounding of sums: all took the same time. */
function isRounding({ mean, stddev }: LatencyResult): boolean {
  return stddev.value < 1e-6 * mean.value;
}

function same(one: LatencyResult, other: LatencyResult): boolean {
  return LATENCY_PARTS.every(
    (part) => formatFigureWithInterval(one[part]) === formatFigureWithInterval(other[part]) && isObserved(other[part]),
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

/** What readers and writers of databases notice of their copies. */
export function databaseTable({ services }: Result): Html | null {
  const databases = Object.entries(services).flatMap(([name, { replication }]) =>
    replication === undefined ? [] : [{ name, replication }],
  );
  return table('Databases', databases, [
    { title: 'database', cell: ({ name }) => name },
    { title: 'writes', cell: ({ replication }) => formatCount(replication.writes), number: true },
    {
      title: 'reads that miss their own write',
      cell: ({ replication }) => figure(replication.staleReads),
      number: true,
    },
    {
      title: 'commits wait for an acknowledgement',
      cell: ({ replication: { semiSync } }) => figure(semiSync?.wait ?? null),
      number: true,
    },
    { title: 'go without', cell: ({ replication: { semiSync } }) => figure(semiSync?.alone ?? null), number: true },
    {
      title: 'writes lost with a server',
      cell: ({ replication: { semiSync } }) => figure(semiSync?.lost ?? null),
      number: true,
    },
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

/** Servers that come and go. */
export function scalingTable({ services }: Result): Html | null {
  const scaled = Object.entries(services).flatMap(([name, { scaling }]) =>
    scaling === undefined ? [] : [{ name, scaling }],
  );
  return table('Servers that come and go', scaled, [
    { title: 'service', cell: ({ name }) => name },
    {
      title: 'allowed',
      cell: ({ scaling: { min, max } }) => (min === max ? `${max}` : `${min} to ${max}`),
      number: true,
    },
    { title: 'on average', cell: ({ scaling }) => figure(scaling.servers), number: true },
    { title: 'at the end', cell: ({ scaling }) => figure(scaling.atEnd), number: true },
    { title: 'server hours', cell: ({ scaling }) => figure(scaling.serverHours), number: true },
    { title: 'machine hours', cell: ({ scaling }) => figure(scaling.nodeHours), number: true },
    { title: 'decisions', cell: ({ scaling }) => figure(scaling.changes), number: true },
  ]);
}

/** Memory that sessions fill. */
export function heapTable({ services }: Result): Html | null {
  const heaps = Object.entries(services).flatMap(([name, { heap }]) => (heap === undefined ? [] : [{ name, heap }]));
  return table('Session memory', heaps, [
    { title: 'service', cell: ({ name }) => name },
    { title: 'sessions that fit', cell: ({ heap }) => formatCount(heap.size), number: true },
    { title: 'a session lives', cell: ({ heap }) => formatDuration(heap.lifetime), number: true },
    { title: 'filled', cell: ({ heap }) => figure(heap.filled), number: true },
    { title: 'filled at the end', cell: ({ heap }) => figure(heap.filledAtEnd), number: true },
    { title: 'full from', cell: ({ heap }) => figure(heap.fullSince), number: true },
    { title: 'speed at the end', cell: ({ heap }) => figure(heap.speedAtEnd), number: true },
    { title: 'found no room', cell: ({ heap }) => formatCount(heap.turnedAway), number: true },
  ]);
}

export function cacheTable({ caches = {} }: Result): Html | null {
  return table('Caches', Object.entries(caches), [
    { title: 'cache', cell: ([name]) => name },
    { title: 'hit ratio', cell: ([, { hitRatio }]) => figure(hitRatio), number: true },
    { title: 'lookups', cell: ([, { lookups }]) => figure(lookups, 'lookups/s'), number: true },
    { title: 'loads', cell: ([, { loads }]) => figure(loads, 'loads/s'), number: true },
    { title: "waited for another's load", cell: ([, { delayed }]) => figure(delayed, 'lookups/s'), number: true },
    { title: 'entries', cell: ([, { entries }]) => figure(entries), number: true },
    { title: 'evicted', cell: ([, { evictions }]) => formatCount(evictions), number: true },
  ]);
}

/** What comes into topics, and what their consumers keep up with. */
export function topicTable({ topics = {} }: Result): Html | null {
  return table('Topics', Object.entries(topics), [
    { title: 'topic', cell: ([name]) => name },
    { title: 'gets', cell: ([, { published }]) => figure(published, 'records/s'), number: true },
    { title: 'turned away', cell: ([, { turnedAway }]) => formatCount(turnedAway), number: true },
    { title: 'lost by producers', cell: ([, { unsent }]) => formatCount(unsent), number: true },
  ]);
}

export function consumerTable({ topics = {} }: Result): Html | null {
  const groups = Object.entries(topics).flatMap(([topic, { groups: all }]) =>
    Object.entries(all).map(([name, group]) => ({ name: `${topic} → ${name}`, group })),
  );
  return table('Consumers', groups, [
    { title: 'consumer', cell: ({ name }) => name },
    { title: 'does', cell: ({ group }) => figure(group.throughput, 'records/s'), number: true },
    { title: 'p50 after it was due', cell: ({ group }) => figure(group.latency.p50), number: true },
    { title: 'p99', cell: ({ group }) => figure(group.latency.p99), number: true },
    { title: 'lag (records)', cell: ({ group }) => figure(group.lag), number: true },
    { title: 'lag at most', cell: ({ group }) => figure(group.lagMax), number: true },
    { title: 'lag at the end', cell: ({ group }) => figure(group.lagAtEnd), number: true },
    { title: 'paused', cell: ({ group }) => figure(group.paused), number: true },
    { title: 'done twice', cell: ({ group }) => formatCount(group.replayed), number: true },
    { title: 'expired', cell: ({ group }) => formatCount(group.lost), number: true },
  ]);
}

export function alertTable({ alerts = [] }: Result): Html | null {
  return table('Alerts', alerts, [
    { title: 'alert', cell: ({ name }) => name },
    { title: 'rule', cell: alertRule },
    { title: 'fires', cell: alertFires },
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
      cell: ({ opened }) => figure(opened, 'connections/s'),
      number: true,
    },
    { title: 'requests that find one', cell: ({ reused }) => figure(reused), number: true },
  ]);
}

/** What breakers, retries, hedges, shedding and rules did, where they did anything. */
export function protectionTable({ protections = [] }: Result): Html | null {
  const active = protections.flatMap((one) => {
    const did = protectionText(one);
    return did === null ? [] : [{ name: protectionName(one), did }];
  });
  return table('What protected calls and services', active, [
    { title: 'what', cell: ({ name }) => name },
    { title: 'did', cell: ({ did }) => did },
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

/** What should be measured: what was assumed, fitted or derived. */
export function assumptionTable({ assumptions }: Result): Html | null {
  return assumptionRows(
    'Assumed, fitted or derived',
    assumptions.filter((one) => !isDefault(one)),
  );
}

/** What products and windtunnel give where nothing is said. */
export function defaultTable({ assumptions }: Result): Html | null {
  return assumptionRows('Defaults', assumptions.filter(isDefault));
}

export function isDefault({ kind }: Assumption): boolean {
  return kind === 'preset' || kind === 'default';
}

function assumptionRows(caption: string, assumptions: readonly Assumption[]): Html | null {
  return table(caption, assumptions, [
    { title: 'path', cell: ({ path }) => html`<code>${path}</code>` },
    { title: 'value', cell: ({ value }) => value },
    { title: 'meaning', cell: ({ text, path }) => (text === path ? '' : text) },
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

/**
 * A table with a caption and a header for each column; the first cell of a row is its header. A column that says nothing in
 * any row is left out. On a phone a row is a card, each cell under the name of its column.
 */
function table<Row>(caption: string, rows: readonly Row[], columns: readonly Column<Row>[]): Html | null {
  if (rows.length === 0) return null;
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const said = columns.map((_, place) => cells.some((row) => place === 0 || !saysNothing(row[place])));
  const kind = ({ number }: Column<Row>) => (number ? 'number' : 'text');
  const shown = columns.flatMap((column, place) => (said[place] ? [{ ...column, place, kind: kind(column) }] : []));
  const head = shown.map((column) => html`<th scope="col" class="${column.kind}">${column.title}</th>`);
  const body = cells.map((row) => {
    const [first, ...rest] = shown;
    const others = rest.map(({ place, title, kind: side }) =>
      saysNothing(row[place])
        ? html`<td class="${side} none">${row[place]}</td>`
        : html`<td class="${side}" data-label="${title}">${row[place]}</td>`,
    );
    return html`<tr>
      <th scope="row">${row[first.place]}</th>
      ${others}
    </tr>`;
  });
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table class="cards">
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

function saysNothing(cell: Html | string): boolean {
  return cell === '' || cell === NOTHING;
}

/** What stands where there is no figure. */
const NOTHING = '-';

/** @param events what is counted a second, where it is not requests: `records/s`. */
function figure(value: Figure | null, events = 'req/s'): Html | string {
  if (value === null || !isObserved(value)) return NOTHING;
  const text = formatFigure(value).replace('req/s', events);
  return hasInterval(value) ? html`${text} <span class="range">${formatInterval(value)}</span>` : text;
}

function failedCalls(failed: Result['total']['failed']): number {
  return failedCount(failed);
}

function orphans({ orphaned, wastedSeconds }: Result['services'][string]): Html | string {
  if (orphaned === 0) return '0';
  return html`${formatCount(orphaned)} <span class="range">(${formatDuration(wastedSeconds)} of work)</span>`;
}
