import { expect, test } from 'vitest';
import type { SloResult } from '../../src/analysis/result.ts';
import {
  failuresSentence,
  firstLimit,
  inputDoubtSentences,
  limitSentence,
  margin,
  methodDoubts,
  methodSentence,
  reproduceCommand,
  seriesNote,
  sloName,
  todaySentence,
  verdictSentence,
} from '../../src/report/sentences.ts';
import { exact, failover, figure, shop, single, undecided } from './fixture.ts';

const slo: SloResult = {
  slo: 'p(95) < 200 ms',
  client: null,
  verdict: 'holds',
  figure: figure(0.12, 0.001, 's'),
  limit: 0.2,
  operator: '<',
};

test('the verdict counts the SLOs', () => {
  expect(verdictSentence(shop)).toBe('Both SLOs hold.');
  expect(verdictSentence(failover)).toBe('1 of 3 SLOs is missed.');
  expect(verdictSentence(single)).toContain('No SLO was given');
  expect(verdictSentence(undecided)).toContain('not decided');
});

test('the margin is the distance from the figure to the limit', () => {
  expect(margin(slo)).toBe('80 ms to spare');
  expect(margin({ ...slo, verdict: 'missed', figure: figure(0.235, 0.001, 's') })).toBe('over by 35 ms');
  expect(margin({ ...slo, verdict: 'not decided', figure: figure(0.199, 0.005, 's') })).toBe('straddles 200 ms');
  const near = { ...slo, verdict: 'not decided' as const, figure: figure(0.2, 0.001, 's'), within: 0.006 };
  expect(margin(near)).toBe('within 0.6 % of 200 ms');
  expect(margin({ ...slo, verdict: 'missed', operator: '>', figure: figure(580, 4, '1/s'), limit: 620 })).toBe(
    'short by 40 req/s',
  );
  expect(margin({ ...slo, figure: figure(0.0005, 0.0001, 'share'), limit: 0.001 })).toBe('0.05 points to spare');
  expect(margin({ ...slo, figure: figure(0.01, 0.0001, 'share'), limit: 0.02 })).toBe('1 point to spare');
  expect(margin({ ...slo, verdict: 'not decided', figure: { ...exact(0.1, 's'), level: null } })).toBe(
    'no interval to judge by',
  );
});

test('an SLO of one client names it once', () => {
  expect(sloName({ ...slo, client: 'visitors' })).toBe('visitors: p(95) < 200 ms');
  expect(sloName({ ...slo, client: 'visitors', slo: 'visitors: p(95) < 200 ms' })).toBe('visitors: p(95) < 200 ms');
});

test('failures by cause, most frequent first', () => {
  expect(failuresSentence(shop.total)).toBe('None of 3,600,000 requests failed.');
  expect(failuresSentence(failover.total)).toBe(
    '21,336 of 2,987,520 requests failed: 16,721 connect-timeout, 3,411 reset, 1,204 timeout.',
  );
});

test('the first limit is the one that ends first, not the one most used', () => {
  const early = { name: 'ports', used: figure(0.2, 0.01, 'share'), endsAt: 900, note: null };
  expect(firstLimit([...shop.limits, early])).toBe(early);
  expect(limitSentence(shop)).toBe(
    'app CPU ends the growth first: 45 % used here, full at 1,778 req/s, 2.22 times this load.',
  );
  expect(limitSentence(single)).toBe('No limit of this system is known.');
});

test('agreement with a figure that the model was set from proves little', () => {
  expect(todaySentence(shop.today)).toBe('The model agrees with what was measured.');
  expect(todaySentence(failover.today)).toBe(
    'The model differs from what was measured in web CPU: treat the forecast with care. It was set from p95, so agreement there proves little.',
  );
  expect(todaySentence(failover.today.slice(0, 1))).toContain('from these very figures');
});

test('how it was done, and what makes it less sure', () => {
  expect(methodSentence(shop)).toBe(
    'Steady state: 12 independent runs of 6.3 min after 30 s of warm-up (MSER-5), 95 % intervals, seed 1.',
  );
  expect(methodDoubts(shop)).toEqual([]);
  expect(methodDoubts(failover)).toEqual(['The asked precision of 1 % was not reached.']);
  expect(methodDoubts(single)[0]).toContain('no intervals');
  expect(methodDoubts(undecided)[0]).toContain('ended before it was complete');
  expect(seriesNote(shop)).toBe('A series has no interval: mean of 12 runs.');
});

test('the command is safe to paste', () => {
  expect(reproduceCommand(shop)).toBe('windtunnel run shop --seed 1');
  const hostile = { ...failover, scenario: { ...failover.scenario, name: "a'; rm -rf ~" } };
  expect(reproduceCommand(hostile)).toBe("windtunnel run 'a'\\''; rm -rf ~' --seed 'spring 2026'");
});

test('uncertain inputs are told after what chance does, the one that matters most first', () => {
  expect(inputDoubtSentences(shop)).toEqual([]);
  const between = (path: string, low: number, high: number) => ({
    path,
    low: '40 %',
    high: '50 %',
    figure: 'p(95)',
    atLow: figure(low, 0.001, 's'),
    atHigh: figure(high, 0.001, 's'),
  });
  const inputDoubts = [between('measured.db.cpu', 0.119, 0.121), between('measured.app.cpu', 0.11, 0.14)];
  const [chance, first, second] = inputDoubtSentences({ ...shop, inputDoubts });
  expect(chance).toBe('chance alone: p(95) (120.0 to 120.4)');
  expect(first).toBe('measured.app.cpu 40 % to 50 %: p(95) 110 ms to 140 ms');
  expect(second).toContain('measured.db.cpu');
});
