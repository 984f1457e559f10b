import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayQuantity, formatQuantity, parseQuantity } from '../../src/scenarios/units.ts';
import type { Dimension } from '../../src/scenarios/units.ts';

const valueOf = (text: string, dimension: Dimension) => {
  const read = parseQuantity(text, dimension);
  return read.ok ? read.value : read.hint;
};

describe('parseQuantity', () => {
  test.each<[string, Dimension, number]>([
    ['20 ms', 'time', 0.02],
    ['20ms', 'time', 0.02],
    ['  1.5 h ', 'time', 5400],
    ['5 min', 'time', 300],
    ['5 sec', 'time', 5],
    ['2 d', 'time', 172_800],
    ['10 us', 'time', 1e-5],
    ['10 \u00b5s', 'time', 1e-5],
    ['10 \u03bcs', 'time', 1e-5],
    ['.5 s', 'time', 0.5],
    ['1e-3 s', 'time', 0.001],
    ['0 s', 'time', 0],
    ['12 kB', 'size', 12_000],
    ['12 KB', 'size', 12_000],
    ['12 KiB', 'size', 12_288],
    ['1 GiB', 'size', 1_073_741_824],
    ['7 B', 'size', 7],
    ['1 Gbit/s', 'bandwidth', 1e9],
    ['1 Gb/s', 'bandwidth', 1e9],
    ['100 Mbps', 'bandwidth', 1e8],
    ['10 MB/s', 'bandwidth', 8e7],
    ['512 kbit/s', 'bandwidth', 512_000],
    ['800 req/s', 'rate', 800],
    ['800 rps', 'rate', 800],
    ['800 /s', 'rate', 800],
    ['800/s', 'rate', 800],
    ['60 req/min', 'rate', 1],
    ['86400 visits/day', 'rate', 1],
    ['45 %', 'share', 0.45],
    ['0.1%', 'share', 0.001],
  ])('%s', (text, dimension, value) => {
    expect(valueOf(text, dimension)).toBe(value);
  });

  test.each<[string, Dimension, RegExp]>([
    ['5 m', 'time', /metres; write min/],
    ['5 M', 'time', /write min/],
    ['5 H', 'time', /henry; write h/],
    ['5 S', 'time', /siemens; write s/],
    ['5 req/s', 'time', /measures a rate, this is a time/],
    ['5 kg', 'time', /"kg" is no unit/],
    ['1 Gb', 'bandwidth', /write "Gb\/s"/],
    ['1 Gb', 'size', /counts bits/],
    ['5 s/s', 'rate', /example/],
    ['5 req/s/s', 'rate', /no unit/],
    ['0.45', 'share', /"0.45 %", or "45 %"/],
    ['1_000 ms', 'time', /without separators/],
    ['1..2..3 ms', 'time', /example|range/],
    ['5 ms + 3 ms', 'time', /example/],
    ['ms', 'time', /example/],
    ['', 'time', /example/],
  ])('refuses %s as a %s', (text, dimension, hint) => {
    expect(valueOf(text, dimension)).toMatch(hint);
  });

  test('a range has its middle as value', () => {
    expect(parseQuantity('8..12 ms', 'time')).toEqual({ ok: true, value: 0.01, range: { low: 0.008, high: 0.012 } });
    expect(parseQuantity('40 .. 50 %', 'share')).toEqual({ ok: true, value: 0.45, range: { low: 0.4, high: 0.5 } });
  });

  test('the decimal that was written is the double that comes out', () => {
    const unit = fc.constantFrom<[string, Dimension, number]>(
      ['ms', 'time', 3],
      ['us', 'time', 6],
      ['ns', 'time', 9],
      ['%', 'share', 2],
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e7 }).map((n) => n / 100),
        unit,
        (count, [name, dimension, places]) => {
          expect(valueOf(`${count} ${name}`, dimension)).toBe(Number(`${count}e-${places}`));
        },
      ),
      { seed: 1 },
    );
  });
});

describe('formatQuantity', () => {
  const dimension = fc.constantFrom<Dimension>('time', 'size', 'bandwidth', 'rate');

  test('is read back as the same double', () => {
    const value = fc.oneof(
      fc.double({ min: 0, max: 1e12, noNaN: true }),
      fc.integer({ min: 0, max: 1e9 }),
      fc.integer({ min: 0, max: 1e6 }).map((n) => n / 1000),
    );
    fc.assert(
      fc.property(value, dimension, (number, one) => {
        expect(parseQuantity(formatQuantity(number, one), one)).toEqual({ ok: true, value: number, range: null });
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  test('uses the unit that people would', () => {
    expect([0.02, 300, 5400, 0.0005].map((seconds) => formatQuantity(seconds, 'time'))).toEqual([
      '20 ms',
      '5 min',
      '1.5 h',
      '500 us',
    ]);
    expect(formatQuantity(0, 'time')).toBe('0 s');
    expect(formatQuantity(1e9, 'bandwidth')).toBe('1 Gbit/s');
    expect(formatQuantity(0.999, 'share')).toBe('99.9 %');
  });

  test('rounded for people', () => {
    expect(displayQuantity(0.05455, 'time')).toBe('54.55 ms');
    expect(displayQuantity(0.000833333, 'time', 3)).toBe('833 us');
    expect(displayQuantity(0, 'time')).toBe('0 s');
  });
});
