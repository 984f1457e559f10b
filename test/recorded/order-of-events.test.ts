import { expect, test } from 'vitest';
import type * as OrderOfEvents from '../../src/analysis/reference/recorded/order-of-events.ts';
import { parseRecordedTrace } from '../../src/analysis/reference/recorded/trace-file.ts';
import { asShipped } from '../support/as-shipped.ts';
import { referenceFiles } from '../support/reference-files.ts';

const { picksExplained } = await asShipped<typeof OrderOfEvents>('src/analysis/reference/recorded/order-of-events.ts');

const id = 'real/queue/traces/het-nginx-least_conn-speed-1-1-2-0.8.csv';
const trace = parseRecordedTrace(referenceFiles(id).get(id)!);
/** Half of the documented time outside the backends, seconds. */
const HALF = 62.5e-6;
const JITTER = 150e-6;
const weights = [1, 1, 1];

function requests(names: readonly string[]): OrderOfEvents.PickedRequest[] {
  return trace.map(({ start, end, backend }) => ({
    picked: start + HALF,
    left: end - HALF,
    server: names.indexOf(backend),
  }));
}

test("every pick of a recording of nginx is the scheduler's, where events nearer than the jitter may change places", () => {
  expect(picksExplained(requests(['b1', 'b2', 'b3']), weights, JITTER)).toBe(17_965);
});

test('not where nothing may change places, with other names, or with other weights', () => {
  expect(picksExplained(requests(['b1', 'b2', 'b3']), weights, 0)).toBeLessThan(1000);
  expect(picksExplained(requests(['b2', 'b1', 'b3']), weights, JITTER)).toBeLessThan(10);
  expect(picksExplained(requests(['b1', 'b2', 'b3']), [2, 1, 1], JITTER)).toBeLessThan(10);
});

test('nor where the recorded server is swapped for another in a single pick out of all', () => {
  const swapped = requests(['b1', 'b2', 'b3']).map((one, index) =>
    index === 9000 ? { ...one, server: (one.server + 1) % 3 } : one,
  );
  const found = picksExplained(swapped, weights, JITTER);
  expect(found).toBeGreaterThan(8900);
  expect(found).toBeLessThan(9100);
});
