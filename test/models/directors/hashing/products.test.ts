/** The products' hash functions by published test values. */
import { expect, test } from 'vitest';
import { crc32 } from '../../../../src/models/directors/hashing/crc32.ts';
import { avalanche, sdbm } from '../../../../src/models/directors/hashing/haproxy-hashes.ts';
import { KeyHashes } from '../../../../src/models/directors/hashing/key-hashes.ts';
import { hsipHashOfWord, sipHash } from '../../../../src/models/directors/hashing/siphash.ts';
import { textBytes } from '../../../../src/models/directors/hashing/text-bytes.ts';
import { xxHash64 } from '../../../../src/models/directors/hashing/xxhash64.ts';
import { dotted, scatteredSource } from '../../../../src/models/directors/surroundings.ts';

test('CRC-32: the check value of the standard', () => {
  expect(crc32(textBytes('123456789'))).toBe(0xcbf4_3926);
  expect(crc32([])).toBe(0);
});

test('sdbm: 65599 times the hash before, plus the byte', () => {
  expect(sdbm(textBytes('a'))).toBe(97);
  expect(sdbm(textBytes('ab'))).toBe(97 * 65599 + 98);
});

test('the avalanche is one to one on a sample, and leaves no two of these alike', () => {
  const all = Array.from({ length: 20_000 }, (_, word) => avalanche(word * 214_661));
  expect(new Set(all).size).toBe(all.length);
});

test('SipHash-2-4: the value of the paper for 15 bytes', () => {
  const word = (from: number): bigint =>
    Array.from({ length: 8 }, (_, k) => BigInt(from + k) << BigInt(8 * k)).reduce((a, b) => a | b);
  const bytes = Array.from({ length: 15 }, (_, k) => k);
  expect(sipHash(bytes, word(0), word(8), { perWord: 2, atEnd: 4 })).toBe(0xa129ca6149be45e5n);
  expect(hsipHashOfWord(1, 7n)).not.toBe(hsipHashOfWord(2, 7n));
});

test.each([
  ['', 0xef46db3751d8e999n],
  ['a', 0xd24ec4f1a98c6e5bn],
  ['abc', 0x44bc2cf5ad770999n],
  ['Nobody inspects the spammish repetition', 0xfbcea83c8a378bf1n],
])('xxHash64 of "%s"', (text, hash) => expect(xxHash64(textBytes(text))).toBe(hash));

test('hashes of keys are computed once, however large the key', () => {
  let computed = 0;
  const hashes = new KeyHashes((key) => {
    computed += 1;
    return 3 * key;
  });
  for (const key of [5, 100_000, 5, 100_000, 63, 64]) expect(hashes.of(key)).toBe(3 * key);
  expect(computed).toBe(4);
});

test('sources are scattered one to one over 10.0.0.0/8', () => {
  const addresses = Array.from({ length: 50_000 }, (_, source) => scatteredSource(source));
  expect(new Set(addresses).size).toBe(addresses.length);
  expect(addresses.every((address) => address >>> 24 === 10)).toBe(true);
  expect(new Set(addresses.map((address) => address >>> 8)).size).toBeGreaterThan(25_000);
  expect(dotted(0x0a01_02ff)).toBe('10.1.2.255');
});
