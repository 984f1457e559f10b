/**
 * "Did you mean": the nearest known word, and the words that other products use for our keys.
 */

/** The nearest of `known` to `word`, or null where nothing is near enough. Case and separators do not count. */
export function nearest(word: string, known: Iterable<string>): string | null {
  const wanted = plain(word);
  let best: string | null = null;
  let least = Math.floor((wanted.length + 1) / 3) + 1;
  for (const candidate of known) {
    const other = plain(candidate);
    const begins = wanted.length >= 3 && (other.startsWith(wanted) || (other.length >= 3 && wanted.startsWith(other)));
    const distance = begins ? 0.5 : editDistance(wanted, other, least);
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** A hint for a word that is not known: another product's word explained, else the nearest known one, else the list. */
export function hintFor(word: string, known: readonly string[]): string {
  const foreign = foreignWords.get(plain(word));
  const near = nearest(word, known);
  if (foreign !== undefined && (near === null || plain(near) !== plain(word))) {
    return foreign;
  }
  if (near !== null) {
    return `did you mean "${near}"?`;
  }
  return known.length > 0 ? `known here: ${known.join(', ')}` : '';
}

/**
 * Number of insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`; stops counting at
 * `limit`.
 */
export function editDistance(a: string, b: string, limit = Infinity): number {
  if (Math.abs(a.length - b.length) >= limit || a.length > 200 || b.length > 200) {
    return Math.min(limit, Math.max(a.length, b.length));
  }
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(row[j - 1] + 1, last[j] + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j], before[j - 2] + 1);
      }
    }
    before = last;
    last = row;
  }
  return Math.min(limit, last[b.length]);
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[-_\s]/g, '');
}

/** Other products' words, and ours of other pages, by `plain` spelling. */
const foreignWords: ReadonlyMap<string, string> = new Map(
  Object.entries({
    backend:
      'a backend is a service (its servers) behind a director: `services:` and `directors: { NAME: { upstream: SERVICE } }`',
    backends: 'backends are `services:`; a director lists them as `upstream: SERVICE`',
    frontend: 'a frontend is a director: `directors: { NAME: { upstream: SERVICE } }`',
    targetgroup: 'a target group is the `upstream` of a director',
    cluster: 'a cluster (Envoy) is the `upstream` of a director; its servers are a service with `count`',
    pooltarget: 'the target of a pool is `to`',
    listener: 'a listener is a director: `directors: { NAME: { upstream: SERVICE } }`',
    loadbalancer: 'a load balancer is a director: `directors: { NAME: { upstream: SERVICE } }`',
    loadbalancers: 'load balancers are `directors:`',
    virtualserver: 'a virtual server is a director: `directors: { NAME: { mode: dr, upstream: SERVICE } }`',
    realserver: 'real servers are the servers of a service: `services: { web: { count: 4 } }`',
    servers: 'servers are a service with `count`: `services: { web: { count: 4 } }`',
    vus: 'virtual users are `users`',
    vu: 'virtual users are `users`',
    virtualusers: 'virtual users are `users`',
    threads: 'at a service the threads are `workers`; in a load test they are `users`',
    maxthreads: 'threads are `workers`',
    numthreads: 'threads of a load test are `users`',
    workerprocesses: 'worker processes are `workers`',
    workerconnections:
      'worker_connections is a table: `tables: { worker-connections: { size: 512, perConnection: 2 } }`',
    acceptcount: 'the accept queue is `queue`',
    backlog: 'the accept queue is `queue`',
    somaxconn: 'the accept queue is `queue`',
    maxconnections: 'at a service `connections`; of a pool `size`; of one member of a director `limit`',
    maxconn: 'at a service `connections`; of a pool `size`; of one member of a director `limit`',
    maxconns: 'at a service `connections`; of one member of a director `limit`',
    maxpoolsize: 'the size of a pool is `size`',
    maximumpoolsize: 'the size of a pool is `size`',
    maxactive: 'the size of a pool is `size`',
    poolsize: 'the size of a pool is `size`: `pool: { to: db, size: 10 }`',
    connectiontimeout: 'the wait for a connection of a pool is its `patience`; of a call it is `timeout`',
    maxwait: 'the longest wait is `patience`',
    qps: 'a rate is `rate: 800 req/s`',
    rps: 'a rate is `rate: 800 req/s`',
    tps: 'a rate is `rate: 800 req/s`',
    throughput: 'the load is `rate: 800 req/s`',
    arrivalrate: 'the arrival rate is `rate: 800 req/s`',
    rampup: 'a ramp is `users: { stages: [ { to: 100, over: 1 min } ] }`, or `rate: { stages: ... }`',
    thinktime: 'the pause between requests is `think`',
    sleep: "inside work a pause is `wait`; between a user's requests it is `think`",
    replicas: 'the number of servers is `count`',
    replica: 'the number of servers is `count`',
    instances: 'the number of servers is `count`',
    nodescount: 'the number of servers is `count`',
    cpu: 'the number of processor cores is `cores`',
    cpus: 'the number of processor cores is `cores`',
    vcpu: 'the number of processor cores is `cores`',
    vcpus: 'the number of processor cores is `cores`',
    target: 'where requests go is `to`; what a director spreads over is `upstream`',
    targets: 'what a director spreads over is `upstream`',
    url: 'where requests go is `to`',
    host: 'where requests go is `to`',
    algorithm: 'the rule that picks a server is `scheduler`',
    balance: 'the rule that picks a server is `scheduler`',
    lbalgo: 'the rule that picks a server is `scheduler`',
    lbkind: 'NAT, DR or TUN is `mode`',
    lbpolicy: 'the rule that picks a server is `scheduler`',
    policy: 'the rule that picks a server is `scheduler`',
    persistencetimeout: 'how long an address stays on its server is `persistence`',
    sticky: 'how long an address stays on its server is `persistence`',
    affinity: 'how long an address stays on its server is `persistence`',
    healthcheck: 'a health check is `check: { every: 2 s }`',
    delayloop: 'the health check interval is `check: { every: 6 s }`',
    inter: 'the health check interval is `every`',
    interval: 'an interval is `every`',
    retries: 'retries are `retry: 2`, or `retry: { times: 2, backoff: 100 ms }`',
    servicetime: 'what a request costs is `work: [ { compute: { exponential: 10 ms } } ]`',
    latency: 'of a link it is `latency`; in work it is `wait`; a promise is in `slos`',
    database: '`databases` come with a later version; write a service: `services: { db: { preset: mysql } }`',
    databases: '`databases` come with a later version; write a service: `services: { db: { preset: mysql } }`',
    zone: 'who is in a zone is said once: `zones: { az1: [ web.1 ] }`; `links` between zones have a latency',
    thresholds: 'thresholds are `slos: [ "p(95) < 200 ms" ]`',
    slo: 'promises are `slos: [ "p(95) < 200 ms" ]`',
    scenarios: 'load is `clients:`',
    users: 'users belong to a client: `clients: { visitors: { users: 100, think: 5 s, to: web } }`',
    load: 'load is `clients:`',
    workload: 'load is `clients:`',
    duration: 'the duration is `time: { duration: 10 min }`',
    name: 'a thing is named by its key: `services: { web: {...} }`; the scenario has a `title`',
    type: "a product's defaults are a `preset`",
    image: "a product's defaults are a `preset`",
    steps: 'what a request does is `work`',
    kill: 'a machine that dies is `crash`',
    restart: 'coming back is `restore`',
    recover: 'coming back is `restore`',
    pause: 'a pause of the user is `think`; inside work it is `wait`',
    demand: "a request's cost is a step: `work: [ { compute: 10 ms } ]`",
    '<<': 'merge keys are not read: write the keys out, or use a `preset`',
  }),
);
