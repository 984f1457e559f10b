/**
 * System C: MeterSphere, one node against a cluster, claims ms-01 to ms-27. The single column sets the model (`calibrated.ts`), the
 * cluster's throughput sets the room of the cache; its mean follows by Little's law, so only its utilisation is a prediction.
 */
import type { Figure, Result } from '../../result.ts';
import { fittedTo } from './calibrated.ts';
import { beside, publishedSystem } from './claims.ts';
import type { Claim, Finding, Runs } from './claims.ts';

const RUNS = 10;

const single = (runs: Runs): Promise<Result> => runs.run('metersphere-single', [], RUNS);
const cached = (runs: Runs): Promise<Result> => runs.run('metersphere-cached', [], RUNS);

const claims: Readonly<Record<string, Claim>> = {
  'ms-01': { find: async (runs) => ({ ...of((await single(runs)).total.throughput), note: fittedTo('ms-01') }) },
  'ms-02': { find: async (runs) => ({ ...of((await single(runs)).total.response.mean), note: fittedTo('ms-02') }) },
  'ms-03': {
    find: async (runs) => {
      const { workersBusy, queue } = (await single(runs)).services.app;
      return {
        value: Math.round(THREADS * (workersBusy?.value ?? NaN)),
        note: 'the threads, all of them busy at all times',
        beside: [beside('users who wait to be accepted', 'users', Math.round(queue.value), 460)],
      };
    },
  },
  'ms-04': { find: async (runs) => ({ ...processor(await single(runs)), note: fittedTo('ms-04') }) },
  'ms-05': {
    find: async (runs) => ({
      ...of((await cached(runs)).total.throughput),
      note: fittedTo('ms-05'),
      beside: await variants(runs),
    }),
  },
  'ms-06': {
    find: async (runs) => ({ ...of((await cached(runs)).total.response.mean), note: "follows from ms-05 by Little's law" }),
  },
  'ms-07': {
    find: async (runs) => ({
      value: THREADS * (await cached(runs)).services.app.servers,
      note: 'three nodes of 500; four, which would reach 2,000, stay at a utilisation of 60 %',
    }),
  },
  'ms-08': {
    find: async (runs) => {
      const more = await runs.run('metersphere-cached', HITS_30, RUNS);
      return {
        ...processor(await cached(runs)),
        note: 'no variant meets every claim',
        beside: [
          beside('with 30 % hits', 'percent', 100 * (more.services.app.utilisation?.value ?? NaN), 85),
          beside('with 30 % hits, throughput', 'requests/s', more.total.throughput.value, 3200),
        ],
      };
    },
  },
  'ms-09': {
    find: async (runs) => ({
      value: (await cached(runs)).total.throughput.value / (await single(runs)).total.throughput.value,
      note: '"400 %" is the ratio; the increase is 300 %',
    }),
  },
  'ms-22': {
    find: async (runs) => {
      const result = await cached(runs);
      const { throughput, response } = result.total;
      const fires = (name: string): string =>
        result.alerts?.find((alert) => alert.name === name)?.firing.length === 0 ? 'no' : 'yes';
      const concurrency = throughput.value * response.mean.value;
      return {
        value: concurrency,
        contradiction: `the rule leaves out the count of requests, so it measures requests in progress: ${Math.round(concurrency)} at a mean of ${response.mean.value.toFixed(2)} s; it fires at half a request in progress`,
        beside: [
          beside('as written: fires', '', fires('HighResponseTime')),
          beside('as meant (mean latency > 0.5 s): fires', '', fires('AsMeant')),
        ],
      };
    },
  },
};

const contradictions: Readonly<Record<string, string>> = {
  'ms-10': '99.99 % are 52.6 minutes a year; the single node it is compared with, 4 h of maintenance a month, has 99.45 %',
  'ms-14': 'two active servers and a backup carry 1,595 requests/s, half of what is claimed; 3 replicas are printed elsewhere',
  'ms-21': 'without HTTP/1.1 and an emptied Connection header nginx of the time did not reuse connections to the upstream',
};

export const metersphere = publishedSystem(['metersphere-single', 'metersphere-cluster'], claims, contradictions);

// ------------------------------------------------------------------------------------------------------------ helpers

/** Connections of a node. */
const THREADS = 500;
const HITS_30 = ['caches.hot.size=1750'];

/** What else the article's configuration could be. */
async function variants(runs: Runs): Promise<Finding['beside']> {
  const tried: readonly (readonly [name: string, scenario: string, set: readonly string[]])[] = [
    ['the nginx file as printed', 'metersphere-cluster', []],
    ['three equal nodes, no cache', 'metersphere-cluster', ['directors.nginx.upstream=app']],
    ['four equal nodes, no cache', 'metersphere-cluster', ['directors.nginx.upstream=app', 'services.app.count=4']],
  ];
  const figures = [];
  for (const [name, scenario, set] of runs.rough ? tried.slice(0, 1) : tried) {
    const { total } = await runs.run(scenario, set, RUNS);
    figures.push(beside(name, 'requests/s', total.throughput.value, 3200));
  }
  return figures;
}

function of({ value, low, high }: Figure, scale = 1): Finding {
  return { value: scale * value, low: scale * low, high: scale * high };
}

function processor({ services }: Result): Finding {
  const { utilisation } = services.app;
  return utilisation === null ? { value: NaN } : of(utilisation, 100);
}
