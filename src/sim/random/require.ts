/** Checks of the parameters of a law; each throws a RangeError that names law, parameter, rule and value. */

export function requirePositive(law: string, parameters: Readonly<Record<string, number>>): void {
  requireEach(law, parameters, (value) => value > 0 && value < Infinity, 'finite and > 0');
}

export function requireNonNegative(law: string, parameters: Readonly<Record<string, number>>): void {
  requireEach(law, parameters, (value) => value >= 0 && value < Infinity, 'finite and >= 0');
}

function requireEach(
  law: string,
  parameters: Readonly<Record<string, number>>,
  holds: (value: number) => boolean,
  rule: string,
): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (!holds(value)) throw new RangeError(`${law}: ${name} must be ${rule}, got ${value}`);
  }
}
