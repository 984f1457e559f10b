/** A text as the bytes that products hash: UTF-8. */
const encoder = new TextEncoder();

export function textBytes(text: string): Uint8Array {
  return encoder.encode(text);
}
