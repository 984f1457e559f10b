/**
 * The kernel beside C, SimPy and the npm libraries. In each round every contender of a row runs once, in turn, so that
 * what disturbs the machine disturbs them alike; a ratio is taken inside a round, and the median over the rounds stands.
 */
import { parseArgs } from 'node:util';
import { flatQueueIsStable } from './peers/flatqueue.ts';
import { pickCosts, pickTable } from './pick-costs.ts';
import { rows } from './rows.ts';
import type { Contender, Row, Sample } from './rows.ts';
import { Tools } from './tools.ts';

const usage = `npm run bench -- [options]
  --row NAME     only this row (repeatable): ${rows.map((row) => row.name).join(', ')};
                 or "schedulers": what a pick costs, scheduler by scheduler, at 10 to 10,000 servers
  --rule NAME    of "schedulers", only this one (repeatable)
  --rounds N     rounds, default 3
  --scale X      multiplies the size of every run, default 1 (memory always runs 12 M requests)
  --json         one JSON document instead of the table`;

interface Result {
  readonly row: Row;
  readonly figure: number;
  readonly verdict: 'stretch' | 'must' | 'missed' | 'no figure';
  /** Median CPU nanoseconds a unit, and the last check, of each contender; undefined where the tool is missing. */
  readonly contenders: readonly { contender: Contender; nanoseconds?: number; check?: number }[];
}

const { values } = parseArgs({
  options: {
    row: { type: 'string', multiple: true },
    rule: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '3' },
    scale: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [built, source] = [process.env.BENCH_BUILT!, process.env.BENCH_SOURCE!];
if (values.row?.includes('schedulers') === true && !values.help) {
  const costs = pickCosts(
    { built, picks: 50_000 * Number(values.scale), rounds: 7 * Number(values.rounds), only: values.rule },
    (name) => console.error(name),
  );
  console.log(values.json ? JSON.stringify(costs, null, 2) : pickTable(costs));
  process.exit(0);
}
const chosen = rows.filter((row) => values.row === undefined || values.row.includes(row.name));
if (values.help || chosen.length === 0 || !(Number(values.rounds) >= 1) || !(Number(values.scale) > 0)) {
  console.error(usage);
  process.exit(values.help ? 0 : 2);
}
const tools = new Tools(built, source);
for (const [tool, why] of tools.missing) console.error(`${tool} is missing, its rows have no figure: ${why}`);

const results = chosen.map((row) => measure(row, Number(values.rounds), Number(values.scale)));
if (values.json) console.log(JSON.stringify(report(results), null, 2));
else print(results);

function measure(row: Row, rounds: number, scale: number): Result {
  console.error(`${row.name} ...`);
  const samples: (Sample | undefined)[][] = [];
  for (let round = 0; round < (row.once ? 1 : rounds); round++) {
    const factor = row.once ? 1 : scale;
    samples.push(row.contenders.map((contender) => tools.run({ ...contender, units: contender.units * factor })));
  }
  const figure = median(samples.map(row.figure));
  return {
    row,
    figure,
    verdict: judge(row, figure),
    contenders: row.contenders.map((contender, i) => {
      const own = samples.flatMap((round) => round[i] ?? []);
      if (own.length === 0) return { contender };
      return { contender, nanoseconds: median(own.map((sample) => sample.ns_unit)), check: own[0].check };
    }),
  };
}

function judge({ atMost, must, stretch }: Row, figure: number): Result['verdict'] {
  if (!Number.isFinite(figure)) return 'no figure';
  const meets = (limit: number): boolean => (atMost ? figure <= limit : figure >= limit);
  if (meets(stretch)) return 'stretch';
  return meets(must) ? 'must' : 'missed';
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function report(results: readonly Result[]): unknown {
  return {
    node: process.version,
    flatqueueStableOnTies: flatQueueIsStable(),
    missing: Object.fromEntries(tools.missing),
    rows: results.map(({ row: { name, title, must, stretch, unit }, figure, verdict, contenders }) => ({
      name,
      title,
      must,
      stretch,
      unit,
      figure: Number.isFinite(figure) ? figure : null,
      verdict,
      contenders: contenders.map(({ contender, ...measured }) => ({ ...contender, ...measured })),
    })),
  };
}

function print(results: readonly Result[]): void {
  for (const { row, figure, verdict, contenders } of results) {
    const limit = (value: number): string => `${row.atMost ? '<=' : '>='} ${value}`;
    const measured = Number.isFinite(figure) ? `${figure.toPrecision(3)} ${row.unit}` : '-';
    console.log(
      [
        row.name.padEnd(20),
        `must ${limit(row.must)}`.padEnd(14),
        `stretch ${limit(row.stretch)}`.padEnd(16),
        measured.padStart(9),
        `  ${verdict}`,
      ].join(' '),
    );
    console.log(`    ${row.title}`);
    for (const { contender, nanoseconds, check } of contenders) {
      if (nanoseconds === undefined || check === undefined) continue;
      const name = `${contender.tool} ${contender.model} ${contender.size}`;
      console.log(
        `      ${name.padEnd(38)} ${nanoseconds.toFixed(0).padStart(8)} ns a unit   check ${check.toPrecision(5)}`,
      );
    }
  }
  console.log(`flatqueue is ${flatQueueIsStable() ? '' : 'not '}stable on ties; the kernel is (test/sim).`);
}
