import cliProgress from 'cli-progress';
import type { ValidationProgress } from '../analysis/reference/validation.ts';

/** How far a validation has come, on stderr: drawn only where a terminal reads it. */
export function validationBar(wanted: boolean): {
  readonly show: (progress: ValidationProgress) => void;
  readonly stop: () => void;
} {
  if (!wanted || process.stderr.isTTY !== true) return { show: () => {}, stop: () => {} };
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: 'judging [{bar}] {judged} of {cases} cases   {failed} failed   ETA {eta_formatted}   {last}',
    barsize: 16,
    barCompleteChar: '#',
    barIncompleteChar: '.',
    clearOnComplete: true,
    hideCursor: true,
    etaBuffer: 10,
  });
  let started = false;
  return {
    show: ({ judged, cases, share, failed, report }) => {
      const payload = { judged, cases, failed, last: (report?.id ?? '').slice(0, 16) };
      const value = Math.round(1000 * share);
      if (!started) bar.start(1000, value, payload);
      started = true;
      bar.update(value, payload);
    },
    stop: () => {
      if (started) bar.stop();
    },
  };
}
