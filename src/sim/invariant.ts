/**
 * Invariants: what must hold whatever the scenario. They stay on in every run. A breach is a defect of windtunnel,
 * never the user's mistake and never an outcome that the model can go through.
 */

/** A failed invariant. `time` (simulated, seconds) is filled in by the run, `seed` by whoever knows it. */
export class InvariantBreach extends Error {
  override readonly name = 'InvariantBreach';
  readonly invariant: string;
  time?: number;
  seed?: string | number;

  constructor(invariant: string, message: string) {
    super(`${invariant}: ${message}`);
    this.invariant = invariant;
  }
}

/**
 * Asserts that `condition` holds.
 * @param name of the invariant, stable, e.g. `busy <= workers`.
 * @param message what was found instead; a function, since text built eagerly costs several times the event it guards.
 * @throws InvariantBreach if it does not hold.
 */
export function invariant(condition: boolean, name: string, message: () => string): asserts condition {
  if (!condition) throw new InvariantBreach(name, message());
}
