/** Who waits where, and who is next: against a plain list. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Calls } from '../../../src/models/calls.ts';
import { ServerQueues } from '../../../src/models/directors/server-queues.ts';

test('whoever has room takes the oldest of the common line and its own', () => {
  const calls = new Calls();
  const queues = new ServerQueues(calls, 2);
  const [a, b, c, d] = [calls.open(), calls.open(), calls.open(), calls.open()];
  queues.joinOwn(a, 1);
  queues.join(b);
  queues.joinOwn(c, 0);
  queues.join(d);
  expect([queues.length, queues.inCommon, queues.inOwn(0), queues.inOwn(1)]).toEqual([4, 2, 1, 1]);
  expect(queues.next(0)).toBe(b);
  expect(queues.next(0)).toBe(c);
  expect(queues.next(1)).toBe(a);
  expect(queues.next(1)).toBe(d);
  expect([queues.next(0), queues.next(1), queues.length]).toEqual([0, 0, 0]);
});

test('agrees with a plain list', () => {
  const step = fc.record({
    do: fc.constantFrom('join', 'own', 'next', 'leave', 'nextOwn'),
    server: fc.nat({ max: 2 }),
    who: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const calls = new Calls();
      const queues = new ServerQueues(calls, 3);
      const plain: { call: number; own: number }[] = [];
      const remove = (index: number): number => (index < 0 ? 0 : plain.splice(index, 1)[0].call);
      for (const { do: what, server, who } of steps) {
        if (what === 'join' || what === 'own') {
          const call = calls.open();
          plain.push({ call, own: what === 'own' ? server : -1 });
          if (what === 'own') queues.joinOwn(call, server);
          else queues.join(call);
        } else if (what === 'next') {
          expect(queues.next(server)).toBe(remove(plain.findIndex(({ own }) => own === -1 || own === server)));
        } else if (what === 'nextOwn') {
          expect(queues.nextOwn(server)).toBe(remove(plain.findIndex(({ own }) => own === server)));
        } else if (plain.length > 0) {
          queues.leave(remove(who % plain.length));
        }
        expect(queues.length).toBe(plain.length);
        expect(queues.inOwn(server)).toBe(plain.filter(({ own }) => own === server).length);
      }
    }),
    { seed: 3 },
  );
});
