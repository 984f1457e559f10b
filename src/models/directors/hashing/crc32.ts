/** CRC-32 of ISO 3309 (polynomial 0xEDB88320, as in zlib), which nginx hashes keys and ring points with. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
  return crc;
});

/** State before the first byte; it is complemented at the end, see `crc32`. */
export const CRC_START = 0xffff_ffff;

/** The state after more bytes. */
export function crcOver(state: number, bytes: ArrayLike<number>): number {
  let crc = state;
  for (let place = 0; place < bytes.length; place++) crc = table[(crc ^ bytes[place]) & 255] ^ (crc >>> 8);
  return crc >>> 0;
}

/** The state after the four bytes of a number, lowest first. */
export function crcOverWord(state: number, word: number): number {
  let crc = state;
  for (let byte = 0; byte < 32; byte += 8) crc = table[(crc ^ (word >>> byte)) & 255] ^ (crc >>> 8);
  return crc >>> 0;
}

/** @returns unsigned, 32 bits. */
export function crc32(bytes: ArrayLike<number>): number {
  return (crcOver(CRC_START, bytes) ^ CRC_START) >>> 0;
}
