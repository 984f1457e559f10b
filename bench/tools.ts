/** The programs that are timed, each sample in a process of its own. A tool that is not installed is said and skipped. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Contender, Sample, Tool } from './rows.ts';

/** Runs contenders; `missing` says why a tool has no samples. */
export class Tools {
  readonly missing = new Map<Tool, string>();
  private readonly built: string;
  private readonly source: string;

  /**
   * @param built directory of the bundled measure.js, where the C program is put too.
   * @param source directory of ref.c and peers/.
   */
  constructor(built: string, source: string) {
    this.built = built;
    this.source = source;
    this.probe('c', 'gcc', ['-O3', '-march=native', '-o', join(built, 'ref'), join(source, 'ref.c'), '-lm']);
    this.probe('simpy', '/usr/bin/python3', ['-c', 'import simpy; assert simpy.__version__ >= "3"']);
    for (const name of ['simjs', 'simscript', 'flatqueue'] as const) {
      this.probe(name, process.execPath, ['-e', `require.resolve('${name}')`]);
    }
  }

  /** One sample; undefined if the tool is missing. */
  run({ tool, model, size, units }: Contender): Sample | undefined {
    if (this.missing.has(tool)) return undefined;
    const [program, ...args] = this.command(tool);
    const asked = tool === 'threads' ? [] : [model];
    const text = execFileSync(program, [...args, ...asked, String(size), String(Math.round(units)), '1'], {
      encoding: 'utf8',
      cwd: this.source,
    });
    return JSON.parse(text) as Sample;
  }

  private command(tool: Tool): [string, ...string[]] {
    if (tool === 'c') return [join(this.built, 'ref')];
    if (tool === 'threads') return [process.execPath, join(this.built, 'threads.js')];
    if (tool === 'simpy') return ['/usr/bin/python3', join(this.source, 'peers', 'simpy_models.py')];
    return [process.execPath, join(this.built, tool === 'unchecked' ? 'unchecked.js' : 'measure.js')];
  }

  private probe(tool: Tool, program: string, args: string[]): void {
    try {
      execFileSync(program, args, { stdio: 'pipe', cwd: this.source });
    } catch (error) {
      this.missing.set(tool, (error as Error).message.split('\n')[0]);
    }
  }
}
