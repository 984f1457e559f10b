/** A fault in plain words, for `explain`. */
import type { FaultDescription } from '../models/description.ts';
import { meanFaultSeconds } from './kinds/faults.ts';
import { meanOf } from './kinds/laws.ts';
import { displayQuantity } from './units.ts';

export function faultText(fault: FaultDescription): string {
  const { again, at, target } = fault;
  const seconds = (value: number) => displayQuantity(value, 'time');
  const lasts = meanFaultSeconds(fault);
  const drawn = again === undefined ? fault.lasts !== undefined : again.for.kind !== 'deterministic';
  const long = lasts < Infinity ? ` for ${drawn ? 'about ' : ''}${seconds(lasts)}` : '';
  const back =
    fault.cold === undefined
      ? ''
      : `, then at ${percent(fault.cold.factor)} and warming for ${seconds(fault.cold.over)}`;
  const data =
    fault.backup === undefined ? '' : ` with its data, back from a backup made every ${seconds(fault.backup.every)},`;
  const zone = fault.targets === undefined ? '' : ` (${fault.targets.join(', ')})`;
  const what = `${verbs[fault.do](fault)} ${target}${zone}${detail(fault)}${data}${long}${back}`;
  if (again === undefined) return `${seconds(at)}: ${what}`;
  const each = again.together
    ? ''
    : `, each server by itself${again.crews === undefined ? '' : `, mended by ${again.crews === 1 ? 'one crew' : `${again.crews} crews`}`}`;
  return `about every ${seconds(meanOf(again.every))}${at > 0 ? ` from ${seconds(at)} on` : ''}: ${what}${each}`;
}

const plain = ({ do: kind }: FaultDescription): string => kind;

const verbs: Readonly<Record<FaultDescription['do'], (fault: FaultDescription) => string>> = {
  crash: plain,
  restore: plain,
  hang: plain,
  slow: plain,
  drain: plain,
  stop: plain,
  refuse: () => 'connections are refused by',
  sick: ({ share }) => (share === undefined ? 'only errors from' : `errors for ${percent(share)} of the requests to`),
  unplug: () => 'the cable is pulled of',
  kill9: () => 'kill -9 of the VRRP process of',
  script: () => 'the tracked script fails of',
  partition: () => 'no packet passes: cut',
};

function detail({ do: kind, factor, answer }: FaultDescription): string {
  if (kind === 'slow') return ` to ${percent(factor)}`;
  return answer === undefined ? '' : `, after about ${displayQuantity(meanOf(answer), 'time')}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
