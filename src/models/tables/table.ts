/**
 * A table whose entries live as long as a connection and linger after it: source ports in TIME_WAIT, conntrack, IPVS
 * connections, descriptors. Rate limit when full: size / (life + linger).
 */
import type { Simulation } from '../../sim/simulation.ts';
import type { TableDescription } from '../description.ts';

export class Table {
  readonly name: string;
  readonly size: number;
  readonly drops: boolean;
  /** Entries in use, lingering ones included. */
  used = 0;
  /** Cumulative: connections turned away, and entry-seconds. */
  turnedAway = 0;
  usedArea = 0;
  usedMax = 0;
  private readonly perConnection: number;
  private readonly lane: number;
  private readonly address: number;
  private since = 0;

  constructor(
    private readonly simulation: Simulation,
    description: TableDescription,
    owner: string,
  ) {
    this.name = `${owner} ${description.name}`;
    this.size = description.size;
    this.drops = description.full === 'drop';
    this.perConnection = description.perConnection;
    this.address = simulation.register(this);
    this.lane = description.linger > 0 ? simulation.lane(description.linger) : -1;
  }

  /** Whether a connection found room; its entries are taken. */
  open(): boolean {
    if (this.used + this.perConnection > this.size) {
      this.turnedAway++;
      return false;
    }
    this.account(this.simulation.now);
    this.used += this.perConnection;
    if (this.used > this.usedMax) this.usedMax = this.used;
    return true;
  }

  /** The connection is closed; its entries go after the linger. */
  close(): void {
    if (this.lane >= 0) this.simulation.after(this.lane, this.address, 0);
    else this.undo();
  }

  /** A linger is over. */
  on(): void {
    this.undo();
  }

  /** The connection came to nothing: its entries are free at once. */
  undo(): void {
    this.account(this.simulation.now);
    this.used -= this.perConnection;
  }

  account(now: number): void {
    this.usedArea += this.used * (now - this.since);
    this.since = now;
  }
}
