import type { Assumption } from '../analysis/result.ts';
import { printable, wrap } from '../report/text.ts';

const width = 80;

/** Everything that was assumed, with its value and source, the kinds that matter most first. */
export function assumptionList(assumptions: readonly Assumption[]): string {
  const lines = kinds.flatMap(({ kind, title }) => {
    const some = assumptions.filter((assumption) => assumption.kind === kind);
    return some.length === 0 ? [] : [title, ...some.flatMap(entry), ''];
  });
  return lines.length === 0 ? 'Nothing was assumed.\n' : `${lines.join('\n').trimEnd()}\n`;
}

const kinds: readonly { readonly kind: Assumption['kind']; readonly title: string }[] = [
  { kind: 'assumed', title: 'assumed: neither measured nor documented' },
  { kind: 'fitted', title: 'fitted: chosen so that the model repeats a measurement' },
  { kind: 'derived', title: 'derived from measurements' },
  { kind: 'preset', title: "from the product's preset" },
  { kind: 'default', title: 'defaults of windtunnel' },
];

function entry({ path, value, source, text }: Assumption): string[] {
  const head = `  ${printable(path)} = ${printable(value)}`;
  const details = wrap(`${printable(text)} (${printable(source)})`, width - 6).map((line) => `      ${line}`);
  return [head, ...details];
}
