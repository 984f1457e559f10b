/** The step at which a request takes or makes its session; a new one is copied to the peers, who work for it unasked. */
import { NEXT_STEP } from '../action.ts';
import type { Action } from '../action.ts';
import { INTEGER_SHIFT, KEY, PRIORITY, SERVER } from '../calls.ts';
import type { CallHandle } from '../calls.ts';
import type { Draw } from '../draw.ts';
import type { Execution } from '../execution.ts';

export class UseSession implements Action {
  /** @param copying CPU seconds of each peer for a new session; null = nothing. */
  constructor(
    private readonly execution: Execution,
    private readonly copying: Draw | null,
  ) {}

  act(call: CallHandle): number {
    const { execution, copying } = this;
    const { i } = execution.calls;
    const o = call << INTEGER_SHIFT;
    const server = execution.servers[i[o + SERVER]];
    const made = server.sessions!.use(i[o + KEY]);
    if (made && copying !== null) {
      const priority = i[o + PRIORITY];
      for (const peer of server.tier.servers) {
        if (peer !== server && peer.up) execution.door.burden(peer, copying.sample(0), priority);
      }
    }
    return NEXT_STEP;
  }
}
