/**
 * The modes of a director: which packets of an exchange pass it, and what it must remember and hold for them.
 *
 * All sizes are averages of a healthy TCP connection over Ethernet and IPv4. Left out: lost segments and
 * those sent again (the servers of the recorded NAT and DR runs, whose links were full, sent 3 to 18 % more than is
 * counted here), TLS records, segments that no longer fit once a tunnel has added its header, what a proxy changes in
 * the headers it passes on, and the client's address option (TOA) of a full-NAT director.
 */

export type Mode = 'nat' | 'dr' | 'tun' | 'fullnat' | 'proxy' | 'client-side';

/** What a mode does, whatever the traffic. */
export interface ModeTraits {
  /** Packets from the client pass the director. */
  readonly requestsPass: boolean;
  /** Packets from the server pass the director; else they go straight to the client. */
  readonly repliesPass: boolean;
  /** The director ends the client's connection and has one of its own to the server. */
  readonly terminates: boolean;
  /** The table that has one entry for each connection of a client. */
  readonly table: 'ipvs' | 'none';
  /** Source ports of the director that a connection to a server takes. */
  readonly sourcePorts: 0 | 1;
  /** Sockets (file descriptors) of the director for a client's connection and the one to the server. */
  readonly sockets: 0 | 2;
  /** Bytes that the director adds to each packet for the server. */
  readonly extraBytes: number;
}

const forwarding = {
  requestsPass: true,
  terminates: false,
  table: 'ipvs',
  sourcePorts: 0,
  sockets: 0,
  extraBytes: 0,
} as const;

/**
 * Sources: W. Zhang, Linux Virtual Server for Scalable Network Services (2000) for nat, dr and tun; the
 * documentation of the IPVS FULLNAT patches (fullnat), of nginx 1.22 and HAProxy 2.6 (proxy). IPVS is its own table
 * (net.ipv4.vs.conntrack = 0, the default); where a NAT is done by netfilter instead, its table is conntrack.
 */
export const modes: Readonly<Record<Mode, ModeTraits>> = {
  nat: { ...forwarding, repliesPass: true },
  dr: { ...forwarding, repliesPass: false },
  tun: { ...forwarding, repliesPass: false, extraBytes: 20 },
  fullnat: { ...forwarding, repliesPass: true, sourcePorts: 1 },
  proxy: { ...forwarding, repliesPass: true, terminates: true, table: 'none', sourcePorts: 1, sockets: 2 },
  'client-side': { ...forwarding, requestsPass: false, repliesPass: false, table: 'none' },
};

/** How data becomes packets. Sizes in bytes. */
export interface Wire {
  /** Most data in a segment. */
  readonly segmentBytes: number;
  /** What the link adds to an IP packet. */
  readonly frameBytes: number;
  readonly ipHeaderBytes: number;
  readonly tcpHeaderBytes: number;
  /** TCP header of a SYN, with its options. */
  readonly synHeaderBytes: number;
  /** Segments for which the receiver sends one acknowledgement (delayed ACK). */
  readonly segmentsPerAck: number;
}

/**
 * TCP with timestamps over Ethernet with an MTU of 1,500, as the cable sees it: preamble 8, header 14, check 4 and gap
 * 12 bytes a frame (IEEE 802.3); IPv4 header 20 (RFC 791); TCP header 20 (RFC 9293) + 12 for timestamps (RFC 7323);
 * one ACK for two full segments (RFC 9293 section 3.8.6.3, RFC 1122).
 */
export const ethernet: Wire = {
  segmentBytes: 1448,
  frameBytes: 38,
  ipHeaderBytes: 20,
  tcpHeaderBytes: 32,
  synHeaderBytes: 40,
  segmentsPerAck: 2,
};

/** The same as interface counters see it (`ip -s link`, tc): the frame's header only. */
export const ethernetCounted: Wire = { ...ethernet, frameBytes: 14 };

export interface Traffic {
  readonly packets: number;
  /** Headers and frames included. */
  readonly bytes: number;
}

/** A request and its reply on one connection. */
export interface Exchange {
  /** What the client's application sends, its protocol's headers included (HTTP, not TCP). */
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** The connection is made for it. */
  readonly opens: boolean;
  /** The side that ends the connection after it; absent = the connection is kept. */
  readonly closedBy?: 'client' | 'server';
}

/** The traffic of one connection: from the side that opened it, and back. */
export interface ConnectionTraffic {
  readonly forward: Traffic;
  readonly backward: Traffic;
}

/** Traffic by where it comes from and where it goes; a path that a mode does not use has none. */
export interface Flows {
  readonly clientToDirector: Traffic;
  readonly directorToServer: Traffic;
  readonly serverToDirector: Traffic;
  readonly directorToClient: Traffic;
  readonly clientToServer: Traffic;
  readonly serverToClient: Traffic;
}

const nothing: Traffic = { packets: 0, bytes: 0 };

/**
 * The packets of one exchange on one connection. Opening takes SYN, SYN-ACK and ACK, closing FIN, FIN-ACK and ACK. A
 * reply acknowledges the last segment of its request; every other acknowledgement is a packet of its own.
 */
export function connectionTraffic(exchange: Exchange, wire: Wire = ethernet): ConnectionTraffic {
  const { requestBytes, responseBytes, opens, closedBy } = exchange;
  const requestSegments = Math.ceil(requestBytes / wire.segmentBytes);
  const responseSegments = Math.ceil(responseBytes / wire.segmentBytes);
  const requestAcks =
    responseSegments > 0
      ? Math.floor(requestSegments / wire.segmentsPerAck)
      : Math.ceil(requestSegments / wire.segmentsPerAck);
  const responseAcks = Math.ceil(responseSegments / wire.segmentsPerAck);
  const syns = opens ? 1 : 0;
  const closing = { client: { forward: 2, backward: 1 }, server: { forward: 1, backward: 2 } };
  const ends = closedBy === undefined ? { forward: 0, backward: 0 } : closing[closedBy];
  return {
    forward: traffic({ data: requestBytes, syns, others: requestSegments + responseAcks + syns + ends.forward }, wire),
    backward: traffic({ data: responseBytes, syns, others: responseSegments + requestAcks + ends.backward }, wire),
  };
}

/** @param others packets that are no SYN. */
function traffic({ data, syns, others }: { data: number; syns: number; others: number }, wire: Wire): Traffic {
  const perPacket = wire.frameBytes + wire.ipHeaderBytes;
  return {
    packets: syns + others,
    bytes: data + syns * (perPacket + wire.synHeaderBytes) + others * (perPacket + wire.tcpHeaderBytes),
  };
}

/**
 * Where the traffic of an exchange goes.
 * @param client the client's connection.
 * @param server the connection to the server; the same one unless the mode terminates (`proxy`).
 */
export function flows(mode: Mode, client: ConnectionTraffic, server: ConnectionTraffic = client): Flows {
  const { requestsPass, repliesPass, terminates, extraBytes } = modes[mode];
  const toServer = terminates ? server : client;
  return {
    clientToDirector: requestsPass ? client.forward : nothing,
    directorToServer: requestsPass ? enlarged(toServer.forward, extraBytes) : nothing,
    serverToDirector: repliesPass ? toServer.backward : nothing,
    directorToClient: repliesPass ? client.backward : nothing,
    clientToServer: requestsPass ? nothing : client.forward,
    serverToClient: repliesPass ? nothing : client.backward,
  };
}

function enlarged({ packets, bytes }: Traffic, extraBytes: number): Traffic {
  return { packets, bytes: bytes + packets * extraBytes };
}

/** All traffic in to and out of the director and the server. */
export function totals(paths: Flows): {
  readonly directorIn: Traffic;
  readonly directorOut: Traffic;
  readonly serverIn: Traffic;
  readonly serverOut: Traffic;
} {
  return {
    directorIn: sum(paths.clientToDirector, paths.serverToDirector),
    directorOut: sum(paths.directorToServer, paths.directorToClient),
    serverIn: sum(paths.directorToServer, paths.clientToServer),
    serverOut: sum(paths.serverToDirector, paths.serverToClient),
  };
}

function sum(a: Traffic, b: Traffic): Traffic {
  return { packets: a.packets + b.packets, bytes: a.bytes + b.bytes };
}

/**
 * The most exchanges per second that full-duplex network cards let through, at 100 % of the tightest direction.
 * `oneCard`: the director has one for clients and servers; `twoCards`: one towards each; `server`: a server's own.
 * Infinity where nothing passes.
 */
export function cardLimits(
  paths: Flows,
  bitsPerSecond: number,
): { readonly oneCard: number; readonly twoCards: number; readonly server: number } {
  const { directorIn, directorOut, serverIn, serverOut } = totals(paths);
  const limit = (...directions: readonly Traffic[]): number =>
    bitsPerSecond / 8 / Math.max(...directions.map(({ bytes }) => bytes));
  return {
    oneCard: limit(directorIn, directorOut),
    twoCards: limit(paths.clientToDirector, paths.directorToServer, paths.serverToDirector, paths.directorToClient),
    server: limit(serverIn, serverOut),
  };
}

/**
 * Who keeps a closed connection to a server in TIME_WAIT, with its source port: the side that closed it first
 * (RFC 9293 section 3.6.1). The director takes the client's part where it terminates connections.
 */
export function timeWaitAt(mode: Mode, closedBy: 'client' | 'server'): 'client' | 'director' | 'server' {
  if (closedBy === 'server') {
    return 'server';
  }
  return modes[mode].terminates ? 'director' : 'client';
}
