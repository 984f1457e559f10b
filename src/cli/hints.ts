import { nearest } from '../scenarios/suggest.ts';

/**
 * What to say to a command that does not exist: the words of other products, the commands that later versions bring,
 * and the slips of the hand.
 */

/** Words that people bring from k6, JMeter, Terraform, npm, git and nginx. */
const otherWords: Readonly<Record<string, string>> = {
  lint: 'check',
  verify: 'check',
  test: 'check',
  configtest: 'check',
  simulate: 'run',
  sim: 'run',
  start: 'run',
  exec: 'run',
  execute: 'run',
  go: 'run',
  load: 'run',
  predict: 'run',
  estimate: 'run',
  report: 'run',
  archive: 'run',
  new: 'init',
  create: 'init',
  generate: 'init',
  scaffold: 'init',
  setup: 'init',
  ls: 'list',
  scenarios: 'list',
  examples: 'list',
  templates: 'list',
  show: 'explain',
  describe: 'explain',
  inspect: 'explain',
  plan: 'explain',
  cat: 'explain',
  'json-schema': 'schema',
};

/** Commands of later versions, and what answers the question meanwhile. */
const later: Readonly<Record<string, string>> = {
  capacity: '`run` shows the load at which each resource would end',
  sweep: '`run --set path=value`, once for each value',
  tune: '`run --set path=value`, once for each value',
  stress: '`run` with a fault or a spike in the scenario',
  import: '`init` asks for what a configuration cannot tell',
  fit: '`init`, from a dashboard',
  play: '`run --out DIR` writes a report with charts',
  merge: '`run --replications N` in one go',
};

/**
 * @param word what stood where a command belongs.
 * @param rest what followed it.
 * @param commands those that exist.
 */
export function hintForCommand(word: string, rest: readonly string[], commands: readonly string[]): string {
  if (/[/\\.]/.test(word)) return `you mean: windtunnel run ${word}`;
  if (Object.hasOwn(later, word)) return `it comes with a later version. Meanwhile: ${later[word]}`;
  const meant = Object.hasOwn(otherWords, word) ? otherWords[word] : nearest(word, commands);
  return meant === null
    ? 'windtunnel --help lists the commands'
    : `you mean: ${['windtunnel', meant, ...rest].join(' ')}`;
}
