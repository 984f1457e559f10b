/**
 * TLS on the connections that clients open: what a new one takes beside TCP's handshake, where it ends. Its round trips are
 * part of the way of its first request (`Transit.hopPassed`); its processor time is paid by the server that accepts it, or
 * the proxy that does, before the work of that request, in its worker.
 *
 * Round trips: one with TLS 1.3 (RFC 8446, section 2), two with TLS 1.2 (RFC 5246, section 7.3).
 * Left out: resumption and early data, the bytes of certificates, connections that services and proxies open themselves.
 */
import { NEXT_STEP } from '../action.ts';
import type { Action } from '../action.ts';
import { INTEGER_SHIFT, SERVER } from '../calls.ts';
import type { CallHandle } from '../calls.ts';
import type { TlsDescription } from '../description.ts';
import type { Execution } from '../execution.ts';
import type { Emitter } from '../steps/emitter.ts';

/** Emits the handshake of a request that opens its connection; others go past it. */
export function compileHandshake({ cpu }: TlsDescription, emitter: Emitter, execution: Execution): void {
  const handshake = new Handshake(execution);
  emitter.action(handshake);
  if (cpu !== undefined) emitter.steps([{ do: 'compute', time: cpu }]);
  handshake.past = emitter.here;
}

class Handshake implements Action {
  past = 0;

  constructor(private readonly execution: Execution) {}

  act(call: CallHandle): number {
    const { execution } = this;
    if (!execution.connecting.opens(call)) return this.past;
    execution.servers[execution.calls.i[(call << INTEGER_SHIFT) + SERVER]].handshakes++;
    return NEXT_STEP;
  }
}
