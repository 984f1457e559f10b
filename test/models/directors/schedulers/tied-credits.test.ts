import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { describe, test } from 'vitest';
import { CreditRecords, TiedCredits } from '../../../../src/models/directors/schedulers/tied-credits.ts';

/** `expect` would take most of the time. */
function same(found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`found ${String(found)}, expected ${String(expected)}`);
}

/** Two groups beside plain lists: who is in which, and the credit of each server. */
class Both {
  readonly credits: number[];
  readonly in: (0 | 1 | undefined)[];
  private readonly records: CreditRecords;
  private readonly groups: readonly TiedCredits[];

  constructor(private readonly servers: number) {
    this.credits = new Array<number>(servers).fill(0);
    this.in = new Array<0 | 1 | undefined>(servers).fill(undefined);
    this.records = new CreditRecords(servers);
    this.groups = [new TiedCredits(this.records, 0), new TiedCredits(this.records, 1)];
  }

  /** Moves a server in or out, with what it pays while it is outside. */
  toggle(any: number, group: 0 | 1, paid: number): void {
    const server = any % this.servers;
    const now = this.in[server];
    if (now !== undefined) {
      this.groups[now].remove(server);
      this.in[server] = undefined;
      same(this.records.credit(server), this.credits[server]);
    } else {
      this.records.gain(server, -paid);
      this.credits[server] -= paid;
      this.groups[group].add(server);
      this.in[server] = group;
    }
    same(this.records.groupOf(server), this.in[server] ?? -1);
  }

  gain(group: 0 | 1, amount: number): void {
    this.groups[group].gain(amount);
    this.members(group).forEach((server) => (this.credits[server] += amount));
  }

  /** The richest of a group pays, as a pick has it. */
  pay(group: 0 | 1, amount: number): void {
    const members = this.members(group);
    same(this.groups[group].size, members.length);
    if (members.length === 0) return;
    const most = Math.max(...members.map((server) => this.credits[server]));
    const first = members.find((server) => this.credits[server] === most)!;
    same(this.groups[group].most(), most);
    same(this.groups[group].richest(), first);
    this.toggle(first, group, 0);
    this.toggle(first, group, amount);
  }

  members(group: 0 | 1): number[] {
    return [...this.in.keys()].filter((server) => this.in[server] === group);
  }
}

const group = fc.constantFrom(0 as const, 1 as const);
const amount = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 60 }) },
  fc.constantFrom(0, 1000, 123_456, 2 ** 40, -70),
);
const step = fc.record({
  do: fc.constantFrom(
    'toggle' as const,
    'toggle' as const,
    'toggle' as const,
    'gain' as const,
    'pay' as const,
    'pay' as const,
  ),
  server: fc.nat({ max: 999 }),
  group,
  amount,
});

describe('tied credits', () => {
  test('the richest, of equals the one listed first, whatever comes, goes, gains and pays', () => {
    fc.assert(
      fc.property(fc.constantFrom(3, 12, 40), fc.array(step, { minLength: 100, maxLength: 300 }), (servers, story) => {
        const both = new Both(servers);
        for (const one of story) {
          if (one.do === 'toggle') both.toggle(one.server, one.group, one.amount);
          else if (one.do === 'gain') both.gain(one.group, Math.abs(one.amount));
          else both.pay(one.group, one.amount);
        }
        for (const each of [0, 1] as const) {
          for (let left = both.members(each).length; left > 0; left--) {
            both.pay(each, 2 ** 45); // in order, to the last
          }
        }
      }),
      { seed: 12, numRuns: 100 },
    );
  });

  test('in the long run too: buckets go round, grow with the servers, and are left behind by credits', () => {
    const random = seedrandom('tied');
    const draw = (below: number): number => Math.floor(random() * below);
    const servers = 400;
    const both = new Both(servers);
    for (let turn = 0; turn < 6000; turn++) {
      const target = turn % 2000 < 1000 ? 0.9 : 0.1; // fills and empties
      const server = draw(servers);
      if ((both.in[server] === undefined) === random() < target) both.toggle(server, 0, draw(5) === 0 ? draw(3000) : 0);
      both.gain(0, 3);
      if (turn % 3 === 0) both.pay(0, 3 * both.members(0).length);
    }
  });
});
