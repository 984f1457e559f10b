import cliProgress from 'cli-progress';
import type { Progress } from '../analysis/simulate.ts';

/** How far a run has come, on stderr, for a person: drawn only where a terminal reads it. */
export interface ProgressBar {
  readonly show: (progress: Progress) => void;
  /** Takes the bar off the screen. */
  readonly stop: () => void;
}

/** @param wanted false with `--quiet`. */
export function progressBar(wanted: boolean): ProgressBar {
  if (!wanted || process.stderr.isTTY !== true) return { show: () => {}, stop: () => {} };
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format:
      'simulating [{bar}] run {value} of {total}   {millions} M events   precision {precision}   ETA {eta_formatted}',
    barsize: 16,
    barCompleteChar: '#',
    barIncompleteChar: '.',
    clearOnComplete: true,
    hideCursor: true,
    etaBuffer: 20,
  });
  let started = false;
  return {
    show: ({ replications, target, events, precision }) => {
      const payload = {
        millions: (events / 1e6).toFixed(1),
        precision: Number.isFinite(precision) ? `${(precision * 100).toFixed(1)} %` : '-',
      };
      if (!started) bar.start(target, replications, payload);
      started = true;
      bar.setTotal(target);
      bar.update(replications, payload);
    },
    stop: () => {
      if (started) bar.stop();
    },
  };
}
