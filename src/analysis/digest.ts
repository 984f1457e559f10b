/**
 * A digest of plain data: equal data, equal digest, in every engine. Two FNV-1a hashes of 32 bits over its JSON, with
 * Infinity kept apart from null. Source: Fowler, Noll and Vo, RFC 9923. Tells scenarios apart; not for security.
 */
export function digest(data: unknown): string {
  const text = JSON.stringify(data, (_, value: unknown) => (value === Infinity ? 'Infinity' : value));
  return hash(text, 0x811c9dc5) + hash(text, 0x01234567);
}

const PRIME = 0x01000193;

function hash(text: string, basis: number): string {
  let value = basis;
  for (let k = 0; k < text.length; k++) {
    value = Math.imul(value ^ text.charCodeAt(k), PRIME);
  }
  return (value >>> 0).toString(16).padStart(8, '0');
}
