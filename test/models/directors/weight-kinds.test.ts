import { expect, test } from 'vitest';
import { WeightKinds } from '../../../src/models/directors/weight-kinds.ts';
import { upstreamOf } from '../../contracts/scheduler.ts';

test('weights by their kind are the weights, also beyond as many kinds as a byte tells apart, and after changes', () => {
  const upstream = upstreamOf(Array.from({ length: 600 }, (_, server) => (server % 300) / 7));
  const kinds = new WeightKinds(upstream);
  const all = (): number[] => Array.from(upstream.weight, (_, server) => kinds.of(server));
  expect(all()).toEqual([...upstream.weight]);
  for (let server = 0; server < 600; server += 7) {
    upstream.weigh(server, server + 1000);
    kinds.refresh(server);
  }
  expect(all()).toEqual([...upstream.weight]);
});
