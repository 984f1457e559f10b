/** Doubts about faults and how they are noticed. */
import type {
  CheckDescription,
  ClusterDescription,
  DirectorDescription,
  FaultDescription,
} from '../models/description.ts';
import type { Context } from './context.ts';
import type { Slo } from './kinds/slos.ts';
import { meanFaultSeconds } from './kinds/faults.ts';
import { displayQuantity } from './units.ts';

export function doubtFaults(cluster: ClusterDescription, slos: readonly Slo[], context: Context): void {
  for (const [name, director] of Object.entries(cluster.directors)) {
    doubtCheck(name, director, cluster.faults, context);
    doubtPromise(name, director, cluster, slos, context);
    doubtNodes(name, director, cluster.faults, context);
  }
  cluster.faults.forEach((fault, index) => doubtYear(fault, index, context));
}

// ------------------------------------------------------------------------------------------------------------ helpers

/** Shorter failures are over before a usual health check sees them. */
const NOTICED_SECONDS = 5;

/** What a check is there to notice. */
const failing: ReadonlySet<FaultDescription['do']> = new Set(['crash', 'hang', 'refuse', 'sick', 'unplug']);

function doubtCheck(
  name: string,
  { check, members }: DirectorDescription,
  faults: readonly FaultDescription[],
  context: Context,
): void {
  const hit = faults.find(
    (fault) =>
      failing.has(fault.do) &&
      members.some(({ service, server }) =>
        (fault.targets ?? [fault.target]).some((target) => target === service || target === `${service}.${server + 1}`),
      ),
  );
  if (hit === undefined) return;
  const lasts = meanFaultSeconds(hit);
  if (check === undefined) {
    if (lasts < NOTICED_SECONDS) return;
    context.doubt(
      ['directors', name],
      `${hit.target} fails, and ${name} has no health check: it goes on sending requests there`,
    );
    return;
  }
  if (check.kind === 'tcp' && (hit.do === 'hang' || hit.do === 'sick')) {
    const how =
      hit.do === 'hang'
        ? 'a hung server still accepts connections'
        : 'a server that answers errors accepts connections';
    context.doubt(['directors', name, 'check', 'kind'], `a TCP check does not notice that ${hit.target} fails: ${how}`);
    return;
  }
  const noticed = detectionSeconds(check, hit.do);
  if (lasts < Infinity && noticed > lasts) {
    context.doubt(
      ['directors', name, 'check'],
      `marks a server down after about ${displayQuantity(noticed, 'time', 3)}, but ${hit.target} is back after ${displayQuantity(lasts, 'time', 3)}`,
    );
  }
}

/** The share of members that a fault takes away fails until the check has noticed: it may be more than an SLO allows. */
function doubtPromise(
  name: string,
  { check, members, retry, scheduler }: DirectorDescription,
  { clients, faults }: ClusterDescription,
  slos: readonly Slo[],
  context: Context,
): void {
  if (check === undefined || retry !== undefined) return;
  const inTurn = /rr$|round_?robin|random/i.test(scheduler.id);
  const constant = Object.values(clients).filter(({ load, mix }) => {
    const [step] = mix[0].steps;
    const straight = step?.do === 'call' && step.to === name && step.retry === undefined;
    return load.kind === 'open' && load.rate.kind === 'constant' && straight;
  });
  if (!inTurn || constant.length !== Object.keys(clients).length) return;
  for (const fault of faults) {
    if ((fault.do !== 'crash' && fault.do !== 'refuse') || fault.again !== undefined) continue;
    const hit = members.filter(({ service, server }) =>
      (fault.targets ?? [fault.target]).some((target) => target === service || target === `${service}.${server + 1}`),
    );
    const noticed = Math.min(detectionSeconds(check, fault.do), meanFaultSeconds(fault));
    for (const slo of slos) {
      const allowed =
        slo.metric.kind === 'errors' ? slo.limit : slo.metric.kind === 'availability' ? 1 - slo.limit : null;
      if (allowed === null || slo.client !== null || hit.length === 0 || hit.length === members.length) continue;
      const share = hit.length / members.length;
      const seconds = Number(((allowed * context.seconds) / share).toPrecision(2));
      if (!(seconds < noticed)) continue;
      context.doubt(
        ['directors', name, 'check'],
        `notices after about ${displayQuantity(noticed, 'time', 3)} that ${fault.target} is down; "${slo.text}" of this run is spent after ${displayQuantity(seconds, 'time', 2)}`,
      );
      return;
    }
  }
}

/** Mean seconds from a failure to the decision: half an interval, then the failures in a row. */
function detectionSeconds(check: CheckDescription, kind: FaultDescription['do']): number {
  const { every, fall, timeout, schedule } = check;
  const next = check.failing ?? every;
  const silent = kind === 'hang' || kind === 'unplug';
  if (!silent) return every / 2 + (fall - 1) * next;
  return every / 2 + (schedule === 'rate' ? (fall - 1) * next + timeout : (fall - 1) * next + fall * timeout);
}

function doubtNodes(
  name: string,
  { nodes, vrrp }: DirectorDescription,
  faults: readonly FaultDescription[],
  context: Context,
): void {
  faults.forEach(({ do: kind, target, again }, index) => {
    const [whole, node] = target.split('.');
    if (whole !== name || vrrp === undefined || again !== undefined || (kind !== 'crash' && kind !== 'unplug')) return;
    const best = nodes.reduce((a, b) => (b.priority > a.priority ? b : a));
    if (node !== undefined && node !== best.name) {
      context.doubt(
        ['faults', index, kind],
        `${target} is a backup: while ${best.name} has the address nobody notices`,
      );
    }
  });
}

/** A fault that is to stand for one a year must be seen to its end. */
function doubtYear({ mtbf, mttr, ...fault }: FaultDescription, index: number, context: Context): void {
  if (mttr !== undefined && mtbf === undefined) {
    context.doubt(['faults', index, 'mttr'], 'a time to repair without `mtbf` is not used');
  }
  if (mtbf !== undefined && fault.again !== undefined) {
    context.doubt(
      ['faults', index, 'mtbf'],
      'is for a fault that happens once in the run; this one happens again and again',
    );
  }
  if (mtbf !== undefined && mttr !== undefined && mtbf <= mttr) {
    context.doubt(['faults', index, 'mtbf'], 'fails again before it is repaired: `mtbf` is shorter than `mttr`');
  }
}
