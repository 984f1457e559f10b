/**
 * A one-way path for bytes: a queue served first come first served at the line rate, then a latency. Kept as the time at
 * which the line is free again, so that a message costs O(1) and no queue exists.
 * Left out: loss, and the sharing of a line among flows packet by packet (a message passes as a whole; over several
 * hops its packets are pipelined, so that the slowest hop counts once).
 */
import type { Draw } from '../draw.ts';

/** Bytes of the first packet of a message, which decides when the next hop can begin: an Ethernet frame's payload. */
const PACKET_BYTES = 1500;

export class Link {
  /** Cumulative: bits carried and seconds busy. */
  bits = 0;
  busySeconds = 0;
  private freeAt = 0;

  /**
   * @param bitsPerSecond Infinity = no queue.
   * @param latency one way; null = none.
   * @param secondsPerPacket CPU time that forwarding a packet takes, one packet at a time; 0 = none.
   */
  constructor(
    readonly name: string,
    readonly bitsPerSecond: number,
    readonly latency: Draw | null,
    readonly secondsPerPacket: number,
  ) {}

  /**
   * Carries a message whose first byte comes now.
   * @returns seconds from now until its last byte has left the line (latency not included).
   */
  carry(bytes: number, packets: number, now: number): number {
    const seconds = (8 * bytes) / this.bitsPerSecond + packets * this.secondsPerPacket;
    const start = this.freeAt > now ? this.freeAt : now;
    this.freeAt = start + seconds;
    this.bits += 8 * bytes;
    this.busySeconds += seconds;
    return this.freeAt - now;
  }

  /** Seconds from now until the first packet of the message just carried has left, given what `carry` returned. */
  firstPacket(carried: number, bytes: number, packets: number): number {
    const seconds = (8 * bytes) / this.bitsPerSecond + packets * this.secondsPerPacket;
    const first = bytes > PACKET_BYTES ? (seconds * PACKET_BYTES) / bytes : seconds;
    return carried - seconds + first;
  }
}
