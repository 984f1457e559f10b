/** keepalived's takeovers and HAProxy's checks as recorded, and that a recording of something else is seen to differ. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type * as Health from '../../src/analysis/reference/recorded/health.ts';
import type * as Takeovers from '../../src/analysis/reference/recorded/vrrp.ts';
import type { CaseReport, ReferenceCase } from '../../src/analysis/reference/suite.ts';
import { asShipped } from '../support/as-shipped.ts';

const { vrrp } = await asShipped<typeof Takeovers>('src/analysis/reference/recorded/vrrp.ts');
const { health } = await asShipped<typeof Health>('src/analysis/reference/recorded/health.ts');

const text = (file: string): string => readFileSync(new URL(`../../reference/real/${file}`, import.meta.url), 'utf8');
const takeovers = vrrp.cases(new Map([['real/vrrp.json', text('vrrp.json')]]));
const checks = health.cases(new Map([['real/haproxy-health.json', text('haproxy-health.json')]]));

const judged = (one: ReferenceCase): Promise<CaseReport> =>
  (one.family === 'vrrp' ? vrrp : health).judge(one, { seed: '7', widthMax: 1 });
const missed = ({ figures }: CaseReport): string[] => figures.filter(({ passed }) => !passed).map(({ name }) => name);

describe('as recorded', () => {
  test('the families are there', () => {
    expect(takeovers.length).toBeGreaterThanOrEqual(6);
    expect(checks.filter(({ unexpressible }) => unexpressible === undefined).length).toBeGreaterThanOrEqual(5);
  });

  test.each(
    [...takeovers, ...checks].filter(({ unexpressible }) => unexpressible === undefined).map((one) => [one.id, one]),
  )('%s', async (_, one) => {
    const report = await judged(one);
    expect(missed(report)).toEqual([]);
    expect(report.verdict).toBe('passed');
  });
});

interface Trials {
  readonly case: Readonly<Record<string, unknown>>;
  readonly runs: readonly Readonly<Record<string, number | null>>[];
}

/** A recorded takeover with other settings and times. */
function changed(
  id: string,
  settings: object,
  run: (one: Readonly<Record<string, number | null>>) => object,
): ReferenceCase {
  const found = takeovers.find((one) => one.id === id)!;
  const data = found.data as Trials;
  return {
    ...found,
    data: { ...data, case: { ...data.case, ...settings }, runs: data.runs.map((one) => ({ ...one, ...run(one) })) },
  };
}

describe('what differs', () => {
  test('a takeover that comes 60 ms later', async () => {
    const late = changed('adv1-100-99-crash', {}, (one) => ({ takeover_s: one.takeover_s! + 0.06 }));
    expect(missed(await judged(late))).toEqual(['takeover']);
  });

  test('another priority, version or interval', async () => {
    for (const settings of [{ prioB: 50 }, { version: 3, advert: 2 }]) {
      expect(missed(await judged(changed('adv1-100-99-crash', settings, () => ({}))))).toContain('takeover');
    }
  });

  test('a script that runs twice as often as it did', async () => {
    const track = { interval: 1, fall: 1, rise: 1, weight: -20 };
    expect(missed(await judged(changed('adv1-100-90-track-i2-f1-w-20', { track }, () => ({}))))).toContain('takeover');
  });

  test('a check with another count or interval', async () => {
    const refused = checks.find(({ id }) => id === 'check-inter1000-fall3-rise2-refused')!;
    for (const options of [
      'inter 1000 fall 2 rise 2',
      'inter 1000 fall 3 rise 3',
      'inter 1s fastinter 700 fall 3 rise 2',
    ]) {
      const other = { ...refused, data: { ...(refused.data as object), server_options: options } };
      expect((await judged(other)).verdict, options).toBe('failed');
    }
  });
});

describe('other settings of the same form', () => {
  const skew = (priority: number): number => (256 - priority) / 256;
  const v3 = { version: 3, advert: 0.5, prioB: 80 };
  const out = 1.5 + 0.5 * skew(80);
  const back = { failback_s: 1.5 + 0.5 * skew(100), client_outage_s: null };

  test('version 3 in fractions of a second', async () => {
    const one = changed('adv1-100-99-crash', v3, ({ kill_phase_s: phase }) => ({
      ...back,
      kill_phase_s: phase! / 2,
      takeover_s: out - phase! / 2,
      since_last_advert_s: out,
    }));
    expect(missed(await judged(one))).toEqual([]);
  });

  test('without preemption it never comes back; with a delay later', async () => {
    const never = changed('adv1-100-99-crash', { nopreempt: true }, () => ({ failback_s: null }));
    expect(missed(await judged(never))).toEqual([]);
    const later = changed('adv1-100-99-crash', { preempt_delay: 5 }, (one) => ({ failback_s: one.failback_s! + 5 }));
    expect(missed(await judged(later))).toEqual([]);
  });

  test('a script without a weight: a goodbye at its next run', async () => {
    const track = { interval: 2, fall: 2, rise: 1, weight: null };
    const one = changed('adv1-100-90-track-i2-f1-w-20', { track }, (run) => {
      const found = 2.3 + skew(90);
      return { takeover_s: found, since_last_advert_s: null, client_outage_s: null, failback_s: run.failback_s };
    });
    expect(missed(await judged(one))).toEqual([]);
  });
});
