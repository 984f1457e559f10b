/** Servers are named by their service and their number, from 1: `web.2`. */

/** Whether `index` is a server of a service of `count`. */
export function isServer(index: string, count: number): boolean {
  return /^[1-9]\d*$/.test(index) && Number(index) <= count;
}

/** The servers that there are, for a hint. */
export function serversText(service: string, count: number): string {
  return count === 1
    ? `${service} has one server, ${service}.1`
    : `${service} has ${count}: ${service}.1 to ${service}.${count}`;
}
