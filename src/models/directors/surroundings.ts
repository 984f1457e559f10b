/**
 * What a scheduler may know beside the counts of its upstream: what servers are called, what the key of a request looks
 * like on the wire, and the time. Hash rules hash these texts and addresses as the product does.
 */

export interface Surroundings {
  /** Simulated time in seconds. */
  now(): number;
  /** A server as configured, `host:port`; rings are made from it (nginx, Envoy). */
  serverName(server: number): string;
  /** Its IPv4 address as a number, 0 to 2^32 - 1, and its port (LVS mh). */
  serverAddress(server: number): number;
  readonly serverPort: number;
  /** IPv4 address of a client's source, by its number: 0 to 2^32 - 1. */
  sourceAddress(source: number): number;
  /** The key of a request (URL path, argument, header) by its number. */
  requestText(key: number): string;
}

/**
 * Made-up surroundings: servers are `names` on port 80 and 192.168.0.1 onwards, sources are scattered over 10.0.0.0/8
 * (`scatteredSource`), the key of request number 7 is `/items/7`.
 * @param names of the servers; `server.1`, `server.2` ... where there is none.
 */
export function plainSurroundings(names: readonly string[] = [], now: () => number = () => 0): Surroundings {
  return {
    now,
    serverName: (server) => `${names[server] ?? `server.${server + 1}`}:80`,
    serverAddress: (server) => 0xc0a8_0001 + server,
    serverPort: 80,
    sourceAddress: scatteredSource,
    requestText: (key) => `/items/${key}`,
  };
}

/**
 * Source n as an address in 10.0.0.0/8: one to one for n < 2^24 (from there on addresses come again), in no visible
 * order, so that neighbours in number are not neighbours in address (nginx's ip_hash looks at the first three octets
 * only, and real clients do not come from one /24).
 */
export function scatteredSource(source: number): number {
  let n = source & 0xff_ffff;
  n = Math.imul(n ^ (n >>> 12), 0x5b_d1e9) & 0xff_ffff; // an odd factor is one to one modulo 2^24
  n = Math.imul(n ^ (n >>> 11), 0x2c_1b3d) & 0xff_ffff;
  n ^= n >>> 13;
  return (0x0a00_0000 + n) >>> 0;
}

/** `10.1.2.3` of an IPv4 address. */
export function dotted(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}
