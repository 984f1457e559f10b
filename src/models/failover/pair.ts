/** The nodes of a director and which of them answers at its address: what VRRP and a hot standby have in common. */

export interface Pair {
  /** Index of the node that packets for the address go to, -1 = none has ever had it. */
  readonly active: number;
  /** Whether that node is there to answer them. */
  readonly answers: boolean;
  /** How often the address was lost by a node while another could take it (a hot standby), or at all (VRRP). */
  readonly failovers: number;
  /** When a node sent its last advertisement, seconds; NaN where none are sent. For comparing with recordings. */
  lastAdvert(node: number): number;
  /** Index of a node by name; -1 = unknown. */
  indexOf(name: string): number;
  /** The node dies without a word (`orderly` false) or says goodbye. */
  fall(node: number, orderly: boolean): void;
  /** The node is back, and listens. */
  rise(node: number): void;
  /** Its VRRP process dies; the address stays on it. */
  kill(node: number): void;
  setScript(node: number, failing: boolean): void;
  /** Cuts began or ended: who hears whom may have changed. */
  relink(): void;
}

/** Told what becomes of the address. */
export interface AddressOwner {
  /** Nobody answers there any more. @param silent without a word. */
  lost(node: string, silent: boolean): void;
  /**
   * Another node answers, or one again after nobody did.
   * @param keeps it is the same one, and still knows its connections.
   */
  taken(node: string, keeps: boolean): void;
  /** A takeover is over, or there is nobody left to take over. */
  settled(): void;
  /** Whether two nodes hear each other, and whether anybody hears a node. */
  hears(a: number, b: number): boolean;
  plugged(node: number): boolean;
}

/** Index of the best node: the highest priority, the first of equals. */
export function bestNode(nodes: readonly { readonly priority: number }[]): number {
  let best = -1;
  nodes.forEach((node, index) => {
    if (best < 0 || node.priority > nodes[best].priority) best = index;
  });
  return best;
}
