/**
 * What a director's network cards carry at most, by what passes it: with direct routing the requests only, with NAT the
 * answers too. Full duplex: each direction has the whole bandwidth.
 * Source: W. Zhang, "Linux Virtual Server for scalable network services", Ottawa Linux Symposium 2000; arithmetic.
 */
import { requirePositive } from './refusal.ts';

export interface DirectorLinkOptions {
  readonly bitsPerSecond: number;
  /** On the wire for one request, headers, ACKs and handshakes in; each way. */
  readonly requestBytes: number;
  readonly responseBytes: number;
}

export interface DirectorLinkAnswer {
  /** Requests/s at which the tightest direction is full. */
  readonly direct: number;
  readonly natOneCard: number;
  readonly natTwoCards: number;
  readonly realServer: number;
  /** Bytes that the director receives for one request (it sends as many). */
  readonly bytesDirect: number;
  readonly bytesNat: number;
}

export function directorLink({ bitsPerSecond, requestBytes, responseBytes }: DirectorLinkOptions): DirectorLinkAnswer {
  requirePositive('director link', { bitsPerSecond, requestBytes, responseBytes });
  const both = requestBytes + responseBytes;
  const larger = Math.max(requestBytes, responseBytes);
  const full = (bytes: number): number => bitsPerSecond / (8 * bytes);
  return {
    direct: full(requestBytes),
    natOneCard: full(both),
    natTwoCards: full(larger),
    realServer: full(larger),
    bytesDirect: requestBytes,
    bytesNat: both,
  };
}
