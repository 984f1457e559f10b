/** Why a simulation gave no result, where that is neither a defect of ours nor an outcome of the model. */

/** It was interrupted before anything that could be reported had finished. */
export class NothingFinished extends Error {
  override readonly name = 'NothingFinished';
}

/** Its options and its scenario leave nothing to measure; the message is for the user. */
export class UnusableOptions extends Error {
  override readonly name = 'UnusableOptions';

  /** @param hint what to do about it; may be absent. */
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}
