import { ExitCode } from './exit-code.ts';
import { tellPerson } from './terminal.ts';

/**
 * Ctrl-C: the first asks the work to stop at its next chance, so that what has finished is shown; the second ends the
 * process at once.
 */
export interface Interruption {
  readonly signal: { readonly aborted: boolean };
  /** Puts the shell's own handling back. */
  readonly end: () => void;
}

export function catchInterruption(): Interruption {
  const signal = { aborted: false };
  const onSignal = () => {
    if (signal.aborted) process.exit(ExitCode.interrupted);
    signal.aborted = true;
    tellPerson('\nstopping; what has finished will be shown. Once more to quit at once.');
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal,
    end: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
