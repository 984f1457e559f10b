/** What the shell is told. 99 is k6's code for a missed threshold, 130 the shell's own for Ctrl-C. */
export const ExitCode = {
  done: 0,
  /** Our own failure. */
  failure: 1,
  /** The input is wrong: arguments, a file, a scenario. */
  badInput: 2,
  /** An interval straddles its limit, the budget ended, or an input is missing. */
  notDecided: 3,
  /** An SLO is missed. */
  missed: 99,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
