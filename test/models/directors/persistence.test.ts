import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PersistenceTable } from '../../../src/models/directors/persistence.ts';

describe('persistence', () => {
  test('a client keeps its server from the START of its last connection, prolonged by minutes while one is left', () => {
    const table = new PersistenceTable(50);
    expect(table.serverOf(7, 0)).toBe(-1);
    table.opened(7, 2, 0);
    table.closed(7, 49);
    expect(table.serverOf(7, 49.9)).toBe(2);
    expect(table.serverOf(7, 50)).toBe(-1); // not 99
    table.opened(7, 3, 100);
    expect(table.serverOf(7, 1000)).toBe(3); // it has a connection; the timer has run out at 150, 210 ... 990
    table.closed(7, 1000);
    expect(table.serverOf(7, 1049)).toBe(3);
    expect(table.serverOf(7, 1050)).toBe(-1);
  });

  test('connections that are closing in the table count as left', () => {
    const table = new PersistenceTable(50, 120);
    table.opened(1, 2, 0);
    table.closed(1, 1); // stays until 121: prolonged at 50 and at 110, gone at 170
    expect(table.serverOf(1, 169)).toBe(2);
    expect(table.serverOf(1, 170)).toBe(-1);
  });

  test('a new connection starts the time again, and may bind to another server', () => {
    const table = new PersistenceTable(10);
    table.opened(1, 0, 0);
    table.closed(1, 0);
    table.opened(1, 3, 9);
    table.closed(1, 9);
    expect(table.serverOf(1, 18)).toBe(3);
    expect(table.serverOf(1, 19)).toBe(-1);
  });

  test('looking up does not prolong', () => {
    const table = new PersistenceTable(10);
    table.opened(1, 0, 0);
    table.closed(1, 0);
    expect(table.serverOf(1, 9)).toBe(0);
    expect(table.serverOf(1, 10)).toBe(-1);
  });

  test('agrees with a plain map', () => {
    const happening = fc.record({
      client: fc.nat({ max: 40 }),
      server: fc.nat({ max: 4 }),
      pause: fc.constantFrom(0, 0.5, 1, 3),
      opens: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 300 }), (happenings) => {
        const table = new PersistenceTable(4);
        const plain = new Map<number, { server: number; open: number; expiry: number }>();
        let now = 0;
        for (const { client, server, pause, opens } of happenings) {
          now += pause;
          // the timer of whoever has a connection is prolonged in time
          for (const one of plain.values()) while (one.open > 0 && one.expiry <= now) one.expiry += 60;
          const known = plain.get(client);
          if (opens) {
            plain.set(client, { server, open: (known?.open ?? 0) + 1, expiry: now + 4 });
            table.opened(client, server, now);
          } else if (known !== undefined && known.open > 0) {
            known.open -= 1;
            table.closed(client, now);
          }
          for (const [someone, { open, expiry }] of plain) {
            if (expiry <= now && open === 0) plain.delete(someone);
          }
          expect(table.serverOf(client, now)).toBe(plain.get(client)?.server ?? -1);
          expect(table.size).toBeGreaterThanOrEqual(plain.size);
        }
      }),
      { seed: 6, numRuns: 300 },
    );
  });

  test('remembers many at once, and uses the room of the forgotten again', () => {
    const table = new PersistenceTable(10);
    const bytes = (): number => {
      const fields: unknown[] = Object.values(table);
      return fields.reduce<number>((sum, field) => sum + (ArrayBuffer.isView(field) ? field.byteLength : 0), 0);
    };
    let full = 0;
    for (let round = 0; round < 5; round++) {
      for (let client = 0; client < 1000; client++) {
        table.opened(1000 * round + client, client % 7, 100 * round);
        table.closed(1000 * round + client, 100 * round);
      }
      expect(table.size).toBeLessThanOrEqual(1001); // an operation drops more of the expired than it adds
      for (let client = 0; client < 1000; client++) {
        expect(table.serverOf(1000 * round + client, 100 * round + 9)).toBe(client % 7);
      }
      full = full || bytes();
      expect(bytes()).toBe(full);
    }
    for (let k = 0; k < 1000; k++) expect(table.serverOf(0, 1000)).toBe(-1);
    expect(table.size).toBe(0);
  });

  test('refuses a timeout that is not a time, and a close without a connection', () => {
    expect(() => new PersistenceTable(0)).toThrow(RangeError);
    expect(() => new PersistenceTable(Number.NaN)).toThrow(RangeError);
    expect(() => new PersistenceTable(1).closed(1, 0)).toThrow(RangeError);
  });
});
