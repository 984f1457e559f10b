/** Every request of a replication that ended, in columns: a compact form that crosses threads. */
import type { RequestRow } from '../models/clients/traffic.ts';
import { OUTCOMES } from '../models/outcome.ts';
import type { Outcome } from '../models/outcome.ts';
import type { Run } from '../models/run.ts';

export interface RawRow {
  readonly replication: number;
  readonly client: string;
  readonly request: number;
  readonly due_s: number;
  readonly response_s: number;
  readonly outcome: Outcome;
  /** Name of the server that answered, or empty. */
  readonly server: string;
}

export interface RequestRowsData {
  readonly clients: readonly string[];
  readonly servers: readonly string[];
  readonly count: number;
  /** By row: request number, due time, end (seconds). */
  readonly numbers: Float64Array;
  /** By row: index of the client, outcome code, index of the server (-1 = none). */
  readonly codes: Int32Array;
}

const WIDTH = 3;

export class RequestRows {
  private readonly clients: string[] = [];
  private servers: readonly string[] = [];
  private count = 0;
  private numbers = new Float64Array(WIDTH * 4096);
  private codes = new Int32Array(WIDTH * 4096);

  add({ client, request, due, end, outcome, server }: RequestRow, run: Run): void {
    if (this.count === 0) this.servers = run.parts.execution.servers.map(({ name }) => name);
    const at = WIDTH * this.count++;
    if (at === this.numbers.length) this.grow();
    let index = this.clients.indexOf(client);
    if (index < 0) index = this.clients.push(client) - 1;
    this.numbers[at] = request;
    this.numbers[at + 1] = due;
    this.numbers[at + 2] = end;
    this.codes[at] = index;
    this.codes[at + 1] = outcome;
    this.codes[at + 2] = server;
  }

  data(): RequestRowsData {
    const { clients, servers, count } = this;
    const size = WIDTH * count;
    return { clients, servers, count, numbers: this.numbers.slice(0, size), codes: this.codes.slice(0, size) };
  }

  private grow(): void {
    const { numbers, codes } = this;
    this.numbers = new Float64Array(2 * numbers.length);
    this.numbers.set(numbers);
    this.codes = new Int32Array(2 * codes.length);
    this.codes.set(codes);
  }
}

/** In the order in which the requests ended. */
export function* rawRows(
  { clients, servers, count, numbers, codes }: RequestRowsData,
  replication: number,
): Generator<RawRow> {
  for (let at = 0; at < WIDTH * count; at += WIDTH) {
    const server = codes[at + 2];
    yield {
      replication,
      client: clients[codes[at]],
      request: numbers[at],
      due_s: numbers[at + 1],
      response_s: numbers[at + 2] - numbers[at + 1],
      outcome: OUTCOMES[codes[at + 1]],
      server: server < 0 ? '' : servers[server],
    };
  }
}
