/** nginx's upstream keepalive: against a plain list, the connection that was put away last is used first. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdleConnections } from '../../../src/models/directors/idle-connections.ts';

test('none kept: every request opens one', () => {
  const idle = new IdleConnections(2, 0);
  for (let k = 0; k < 5; k++) {
    idle.take(0);
    idle.give(0);
  }
  expect(idle.opened).toBe(5);
});

test('of more than are kept, the one idle longest is closed', () => {
  const idle = new IdleConnections(3, 2);
  for (const server of [0, 1, 2]) idle.take(server);
  for (const server of [0, 1, 2]) idle.give(server); // that to server 0 is closed
  for (const server of [2, 1, 0]) idle.take(server);
  expect(idle.opened).toBe(4);
});

test('agrees with a plain list', () => {
  const step = fc.tuple(fc.boolean(), fc.nat({ max: 3 }));
  fc.assert(
    fc.property(fc.nat({ max: 5 }), fc.array(step, { maxLength: 200 }), (kept, steps) => {
      const idle = new IdleConnections(4, kept);
      const plain: number[] = [];
      let opened = 0;
      for (const [takes, server] of steps) {
        if (takes) {
          const place = plain.lastIndexOf(server);
          if (place < 0) opened++;
          else plain.splice(place, 1);
          idle.take(server);
        } else {
          plain.push(server);
          if (plain.length > kept) plain.shift();
          idle.give(server);
        }
        expect(idle.opened).toBe(opened);
      }
    }),
    { seed: 4 },
  );
});
