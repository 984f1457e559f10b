/**
 * Every number that was fitted to a published figure, with what it was fitted to and where it stands: scenario files are the
 * only place of parameters, this is the list of those that no default and no article gives. A test holds both together,
 * and finds no holdout figure in any scenario.
 */
export interface Calibrated {
  readonly what: string;
  /** As the scenario files have it. */
  readonly value: string | number;
  /** `scenario: path` of each place. */
  readonly at: readonly string[];
  /** Ids of the records. */
  readonly fittedTo: readonly string[];
}

const mysql = ['mysql-single', 'mycat-pair', 'mycat-soak', 'mycat-stages'];
const nodes = ['metersphere-single', 'metersphere-cluster', 'metersphere-cached'];

export const calibrated: readonly Calibrated[] = [
  {
    what: 'processor time of a request at a Tomcat: 29.2 a second',
    value: '34.2 ms',
    at: [
      ...['apache-tollbooth', 'apache-tollbooth-held', 'lvs-dr-held'].map(
        (name) => `${name}: services.web.work.0.compute.exponential`,
      ),
      ...['lvs-dr', 'lvs-nat', 'lvs-scale-out', 'lvs-one-source'].map(
        (name) => `${name}: services.web.work.1.compute.exponential`,
      ),
    ],
    fittedTo: ['lvs-01'],
  },
  {
    what: 'threads that share the pool, given the time for which they hold a connection',
    value: 747,
    at: ['pool-200: clients.threads.users'],
    fittedTo: ['guide-20', 'guide-21'],
  },
  {
    what: 'time between two uses of a connection',
    value: '166.7 ms',
    at: ['pool-200: clients.threads.think.exponential'],
    fittedTo: ['guide-20', 'guide-21'],
  },
  {
    what: 'processor time of a query: 1,700 a second at low concurrency',
    value: '588.2 us',
    at: mysql.map((name) => `${name}: services.mysql.work.0.compute.exponential`),
    fittedTo: ['mycat-03'],
  },
  {
    what: 'slow-down for each active connection',
    value: 3.125e-5,
    at: mysql.map((name) => `${name}: services.mysql.slowdown.perActive`),
    fittedTo: ['mycat-04'],
  },
  {
    what: 'processor time of a refused connection',
    value: '88 us',
    at: mysql.map((name) => `${name}: services.mysql.refusal`),
    fittedTo: ['mycat-05'],
  },
  {
    what: 'turn-round of a refused attempt, in response times',
    value: 3.235,
    at: mysql.map((name) => `${name}: clients.threads.again.refused.timesResponse`),
    fittedTo: ['mycat-06'],
  },
  {
    what: 'users in a closed loop: 800 requests/s x 1.2 s',
    value: 960,
    at: nodes.map((name) => `${name}: clients.users.users`),
    fittedTo: ['ms-01', 'ms-02'],
  },
  {
    what: 'processor time of a request',
    value: '1.5 ms',
    at: nodes.map((name) => `${name}: services.app.work.0.compute.exponential`),
    fittedTo: ['ms-04'],
  },
  {
    what: 'time for which a database connection is held',
    value: '25 ms',
    at: nodes.map((name) => `${name}: services.mysql.work.0.wait.exponential`),
    fittedTo: ['ms-01'],
  },
  {
    what: 'items that the cache has room for',
    value: 1300,
    at: ['metersphere-cached: caches.hot.size'],
    fittedTo: ['ms-05'],
  },
];

/** What was fitted to a record, in words; undefined where nothing was. */
export function fittedTo(id: string): string | undefined {
  const found = calibrated.filter((one) => one.fittedTo.includes(id)).map(({ what, value }) => `${what} (${value})`);
  return found.length === 0 ? undefined : `fitted to this: ${found.join('; ')}`;
}
