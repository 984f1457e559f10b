/** Why theory has no answer: an input that no formula covers, or a load without a steady state. */
export type RefusalReason = 'unstable' | 'input' | 'size';

export class NoAnswer extends RangeError {
  override readonly name = 'NoAnswer';

  constructor(
    /** `unstable`: more is offered than can be carried; `size`: the exact solution would be too large. */
    readonly reason: RefusalReason,
    message: string,
  ) {
    super(message);
  }
}

/** @throws NoAnswer unless every value is finite and > 0. */
export function requirePositive(model: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!(value > 0 && value < Infinity)) {
      throw new NoAnswer('input', `${model}: ${name} must be finite and > 0, got ${value}`);
    }
  }
}

/** @throws NoAnswer unless every value is a whole number >= 1. */
export function requireCount(model: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new NoAnswer('input', `${model}: ${name} must be a whole number >= 1, got ${value}`);
    }
  }
}

/** @param load offered over what can be carried. @throws NoAnswer unless below 1. */
export function requireStable(model: string, load: number): void {
  if (!(load < 1)) {
    throw new NoAnswer(
      'unstable',
      `${model}: ${load.toPrecision(4)} times what can be carried is offered: no steady state`,
    );
  }
}
