import { describe, expect, test } from 'vitest';
import { KeyedDraws } from '../../../src/sim/random/keyed.ts';
import { Streams } from '../../../src/sim/random/stream.ts';

/** Chi-square of counts in 64 equal cells: 63 degrees of freedom, mean 63, standard deviation 11.2. */
function chiSquare64(numbers: readonly number[]): number {
  const counts = new Float64Array(64);
  for (const u of numbers) counts[Math.floor(u * 64)]++;
  const expected = numbers.length / 64;
  return counts.reduce((sum, count) => sum + (count - expected) * (count - expected), 0) / expected;
}

/** Correlation of neighbours times sqrt(n): a standard normal number for independent ones. */
function lagScore(numbers: readonly number[], lag = 1): number {
  let sum = 0;
  for (let i = lag; i < numbers.length; i++) sum += (numbers[i] - 0.5) * (numbers[i - lag] - 0.5);
  return (sum * 12) / Math.sqrt(numbers.length - lag);
}

function expectRandom(numbers: readonly number[]): void {
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  expect(Math.abs(chiSquare64(numbers) - 63)).toBeLessThan(4 * 11.2);
  for (const lag of [1, 2, 3]) expect(Math.abs(lagScore(numbers, lag))).toBeLessThan(4);
  // the low half of the 53 bits must be as good as the high one
  const low = numbers.map((u) => (u * 2 ** 32) % 1);
  expect(Math.abs(chiSquare64(low) - 63)).toBeLessThan(4 * 11.2);
}

const N = 50_000;

describe('Streams', () => {
  test('numbers are uniform and independent of their neighbours', () => {
    const stream = new Streams('seed', 0).stream('web/compute');
    expectRandom(Array.from({ length: N }, () => stream.uniform()));
  });
  test('first numbers of streams with neighbouring names, replications and seeds are too', () => {
    const first = (seed: number, replication: number, name: string): number =>
      new Streams(seed, replication).stream(name).uniform();
    expectRandom(Array.from({ length: N / 2 }, (_, i) => first(1, 0, `server-${i}`)));
    expectRandom(Array.from({ length: N / 2 }, (_, i) => first(1, i, 'web')));
    expectRandom(Array.from({ length: N / 2 }, (_, i) => first(i, 0, 'web')));
  });
  test('one name, one sequence; another seed, replication or name, another one', () => {
    const take = (streams: Streams, name: string): number[] => {
      const stream = streams.stream(name);
      return Array.from({ length: 5 }, () => stream.uniform());
    };
    const base = take(new Streams('a', 1), 'x');
    expect(take(new Streams('a', 1), 'x')).toEqual(base);
    expect(take(new Streams('a', 1), 'y')).not.toEqual(base);
    expect(take(new Streams('a', 2), 'x')).not.toEqual(base);
    expect(take(new Streams('b', 1), 'x')).not.toEqual(base);
    expect(take(new Streams(7, 1), 'x')).toEqual(take(new Streams('7', 1), 'x'));
  });
  test('the numbers are these', () => {
    const stream = new Streams('windtunnel', 0).stream('golden');
    expect([stream.uniform(), stream.uniform(), stream.uniform()]).toEqual([
      0.8599198603465271, 0.567687144427744, 0.7094174533915193,
    ]);
  });
  test('a replication is a whole number', () => {
    expect(() => new Streams('a', -1)).toThrow('replication must be a whole number >= 0, got -1');
    expect(() => new Streams('a', 0.5)).toThrow(RangeError);
  });
});

describe('KeyedDraws', () => {
  // Known answers of Threefry-2x32 with 13 rounds, as published with Random123.
  test.each([
    [0, 0, 0, 0, 0x9d1c5ec6, 0x8bd50731],
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xfd36d048, 0x2d17272c],
    [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 0xba3e4725, 0xf27d669e],
  ])('key %i %i, counter %i %i', (key0, key1, counter0, counter1, high, low) => {
    const request = (counter1 % 8192) * 2 ** 32 + counter0;
    const u = new KeyedDraws(key0, key1).uniform(request, counter1 >>> 13);
    expect(u).toBe(((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53);
  });
  test('uniform over requests, over visits, over streams', () => {
    const streams = new Streams('seed', 0);
    const keyed = streams.keyed('web/compute');
    expectRandom(Array.from({ length: N }, (_, i) => keyed.uniform(i, 0)));
    expectRandom(Array.from({ length: N }, (_, i) => keyed.uniform(5, i)));
    expectRandom(Array.from({ length: N }, (_, i) => keyed.uniform(i * 2 ** 28, 3)));
    expectRandom(Array.from({ length: N / 2 }, (_, i) => streams.keyed(`s${i}`).uniform(1, 1)));
  });
  test('a stream and the keyed draws of one name share no number', () => {
    const streams = new Streams('seed', 0);
    expect(streams.keyed('x').uniform(0, 0)).not.toBe(streams.stream('x').uniform());
  });
});
