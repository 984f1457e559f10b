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
  const step = fc.tuple(fc.constantFrom('take', 'give', 'lose'), fc.nat({ max: 3 }));
  fc.assert(
    fc.property(fc.nat({ max: 5 }), fc.array(step, { maxLength: 200 }), (kept, steps) => {
      const idle = new IdleConnections(4, kept);
      const plain: number[] = [];
      const missing = [0, 0, 0, 0];
      let opened = 0;
      let reopened = 0;
      let reused = 0;
      for (const [what, server] of steps) {
        if (what === 'lose') {
          for (let place = plain.length - 1; place >= 0; place--) {
            if (plain[place] !== server) continue;
            plain.splice(place, 1);
            missing[server]++;
          }
          idle.lose(server);
        } else if (what === 'take') {
          const place = plain.lastIndexOf(server);
          if (place >= 0) {
            plain.splice(place, 1);
            reused++;
          } else {
            opened++;
            if (missing[server]-- > 0) reopened++;
            missing[server] = Math.max(0, missing[server]);
          }
          idle.take(server);
        } else {
          plain.push(server);
          if (plain.length > kept) plain.shift();
          idle.give(server);
        }
        expect([idle.opened, idle.reused, idle.reopened]).toEqual([opened, reused, reopened]);
      }
    }),
    { seed: 4 },
  );
});
