/** Runs `body` while a method of a class is broken; the class is well again afterwards, whatever happens. */
export function whileBroken<Of extends object, Name extends keyof Of>(
  prototype: Of,
  name: Name,
  breaking: (original: Of[Name]) => Of[Name],
  body: () => void,
): void {
  const original = prototype[name];
  prototype[name] = breaking(original);
  try {
    body();
  } finally {
    prototype[name] = original;
  }
}
