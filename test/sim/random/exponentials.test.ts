import { expect, test } from 'vitest';
import { ln } from '../../../src/sim/random/elementary.ts';
import { Exponentials } from '../../../src/sim/random/exponentials.ts';
import { Streams } from '../../../src/sim/random/stream.ts';

test('a batch gives the numbers that one draw after the other gives', () => {
  const times = new Exponentials(new Streams('exponentials', 0).stream('times'));
  const uniforms = new Streams('exponentials', 0).stream('times');
  for (let i = 0; i < 1000; i++) expect(times.next()).toBe(0 - ln(1 - uniforms.uniform()));
});
