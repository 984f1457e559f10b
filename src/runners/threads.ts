/**
 * Jobs on worker threads of this machine, by tinypool. A thread that ends without an answer (killed, out of memory, a
 * crash) loses nothing: its job is done again on a fresh thread. A job's own error is an answer and is never tried again.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Tinypool } from 'tinypool';
import type { Jobs } from '../analysis/jobs.ts';
import type { JobTable, Runner, StopSignal } from '../analysis/runner.ts';
import { valueOf } from './serve.ts';
import type { Answer, Task } from './serve.ts';

export interface ThreadsOptions {
  /** Threads, 1 or more. Default: the cores that this process may use. */
  readonly workers?: number;
  /** Told of every thread that was lost; default: a line on stderr. */
  readonly onLoss?: (loss: Loss) => void;
  /** The built worker, a file whose default export is made by `serve`. Default: the one of this package. */
  readonly workerFile?: string;
}

export interface Loss {
  /** Why, as far as can be told. */
  readonly reason: string;
  /** How many threads were lost so far. */
  readonly lost: number;
}

/** A job lost its thread again and again. */
export class WorkerLost extends Error {
  override readonly name = 'WorkerLost';
}

/** How often a job is begun in all before it counts as the cause of its threads' ends. */
const ATTEMPTS = 3;
/** Jobs that can be at work or waiting at once; each has a word of shared memory. */
const SLOTS = 65_536;
/** How often signals are read, in milliseconds. */
const SIGNAL_PERIOD = 20;

/**
 * Starts the threads; they build up while this thread goes on.
 * @throws Error where the worker was not built.
 */
export async function threads<Table extends JobTable = Jobs>(options: ThreadsOptions = {}): Promise<Runner<Table>> {
  const workerFile = options.workerFile ?? builtWorker();
  if (!existsSync(workerFile)) throw new Error(`${workerFile} is missing: the worker is part of the build`);
  const { Tinypool } = await import('tinypool');
  const workers = options.workers ?? availableParallelism();
  const pool = new Tinypool({ filename: workerFile, minThreads: workers, maxThreads: workers });
  return new Threads(pool, workers, options.onLoss ?? tellLoss);
}

/** Both the command (`dist/cli/main.js`) and the library (`dist/runners/threads.js`) stand one folder below `dist`. */
function builtWorker(): string {
  return fileURLToPath(new URL('../runners/worker.js', import.meta.url));
}

function tellLoss({ reason, lost }: Loss): void {
  process.stderr.write(
    `windtunnel: a worker thread was lost (${reason}); its work is done again. Lost so far: ${lost}\n`,
  );
}

class Threads implements Runner<JobTable> {
  private readonly flags = new Int32Array(new SharedArrayBuffer(4 * SLOTS));
  /** Signal by slot, of the jobs that are asked for. */
  private readonly jobs = new Map<number, StopSignal | null>();
  private readonly watched = new WeakSet<object>();
  private timer: NodeJS.Timeout | null = null;
  private slot = 0;
  private lost = 0;
  /** Why the last thread was lost. */
  private reason = '';
  private closed = false;

  constructor(
    private readonly pool: Tinypool,
    readonly workers: number,
    private readonly onLoss: (loss: Loss) => void,
  ) {
    // A thread that had no job, or could not even begin: whoever waits for it is told, and tries again.
    pool.on('error', (error: unknown) => {
      if (this.closed) return;
      this.count(error);
      if (pool.threads.length === 0) pool.cancelPendingTasks();
    });
    this.watch();
  }

  async run(name: string, input: unknown, signal: StopSignal | null = null): Promise<never> {
    const slot = this.take(signal);
    try {
      for (let attempt = 1; !this.closed; attempt++) {
        const task: Task = { name, input, flags: this.flags, slot };
        const answer = await this.pool.run(task).then(
          (value: Answer) => value,
          (error: unknown) => new Lost(error),
        );
        if (!(answer instanceof Lost)) return valueOf(answer) as never;
        if (answer.ofInput) throw answer.error;
        if (this.closed) break;
        if (!answer.unbegun) this.count(answer.error);
        if (attempt === ATTEMPTS) {
          throw new WorkerLost(`the job "${name}" lost its worker thread ${ATTEMPTS} times: ${this.reason}`);
        }
      }
      return null as never;
    } finally {
      this.jobs.delete(slot);
      if (this.jobs.size === 0) this.rest();
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.rest();
    await this.pool.destroy();
  }

  /** tinypool hears of a thread's error, not of its mere end: that is made an error. */
  private watch(): void {
    for (const thread of this.pool.threads) {
      if (this.watched.has(thread)) continue;
      this.watched.add(thread);
      let failed = false;
      thread.on('error', () => {
        failed = true;
        this.watch();
      });
      thread.on('exit', (code: number) => {
        if (!failed && !this.closed) thread.emit('error', new Error(`it ended with code ${code}`));
      });
    }
  }

  private count(error: unknown): void {
    this.lost++;
    this.reason = error instanceof Error ? error.message : String(error);
    this.onLoss({ reason: this.reason, lost: this.lost });
    this.watch();
  }

  private take(signal: StopSignal | null): number {
    if (this.jobs.size === SLOTS) throw new RangeError(`more than ${SLOTS} jobs at once`);
    while (this.jobs.has(this.slot)) this.slot = (this.slot + 1) % SLOTS;
    const slot = this.slot;
    this.slot = (slot + 1) % SLOTS;
    Atomics.store(this.flags, slot, signal?.aborted === true ? 1 : 0);
    this.jobs.set(slot, signal);
    this.timer ??= setInterval(() => this.passSignals(), SIGNAL_PERIOD);
    return slot;
  }

  private passSignals(): void {
    for (const [slot, signal] of this.jobs) if (signal?.aborted === true) Atomics.store(this.flags, slot, 1);
  }

  private rest(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }
}

/** What tinypool rejected with: the end of a thread, or an input that cannot be sent. */
class Lost {
  constructor(readonly error: unknown) {}

  get ofInput(): boolean {
    return this.error instanceof Error && this.error.name === 'DataCloneError';
  }

  /** No thread was left to begin it; their loss has been counted. */
  get unbegun(): boolean {
    return this.error instanceof Error && this.error.name === 'CancelError';
  }
}
