import { describe, expect, test } from 'vitest';
import type { SetupDescription } from '../../../src/models/description.ts';
import { exactly, expectTimes, play, single } from '../hand-made.ts';

function setup(offAfter = 0): SetupDescription {
  return { time: exactly(2), offAfter };
}

describe('a server that needs 2 s to start', () => {
  test('is set up for the first, works until nobody is left, and switches off', () => {
    const { ends, run } = play(single([1, 3.5, 10], [1, 1, 1], { workers: 1, setup: setup() }));
    expectTimes(ends, [4, 5, 13]);
    expect(run.reading().services.s[0]).toMatchObject({ offArea: 1 + 5, setupArea: 4, setups: 2 });
  });

  test('with a delay before switching off serves at once who comes in time', () => {
    const inTime = play(single([1, 8], [1, 1], { workers: 1, setup: setup(4.5) }));
    expectTimes(inTime.ends, [4, 9]);
    expect(inTime.run.reading().services.s[0]).toMatchObject({ offArea: 1, setups: 1 });
    const late = play(single([1, 8], [1, 1], { workers: 1, setup: setup(3.5) }));
    expectTimes(late.ends, [4, 11]);
  });

  test('has all its workers when it is set up', () => {
    expectTimes(play(single([1, 1.5, 2, 2.5], [1, 1, 1, 1], { workers: 3, setup: setup() })).ends, [4, 4, 4, 5]);
  });

  test('has as many places while it is off as later: those of its workers are in the line', () => {
    const { ends, outcomes } = play(single([1, 1.5, 2, 6.5], [1, 1, 1, 1], { workers: 1, queue: 1, setup: setup(5) }));
    expect(outcomes).toEqual(['ok', 'ok', 'refused', 'ok']);
    expectTimes(ends, [4, 5, 2, 7.5]);
    const none = play(single([1, 1.5, 4.5], [1, 1, 1], { workers: 1, queue: 0, setup: setup() }));
    expect(none.outcomes).toEqual(['ok', 'refused', 'ok']);
  });

  test('ends its set-up though nobody waits any more, and switches off again', () => {
    const { outcomes, run } = play(single([1, 10], [1, 1], { workers: 1, setup: setup(), patience: exactly(1) }), {
      until: 20,
    });
    expect(outcomes).toEqual(['queue-timeout', 'queue-timeout']);
    expect(run.reading().services.s[0]).toMatchObject({ setupArea: 4, setups: 2, offArea: 1 + 7 });
  });
});
