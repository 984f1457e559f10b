/**
 * The scenario file's schema, assembled from the kinds' own: types, validation and the published JSON Schema come
 * from here. Values stay as they were written; `load.ts` resolves them.
 */
import { z } from 'zod';
import { alertsSchema } from './kinds/alerts.ts';
import { cacheSchema } from './kinds/caches.ts';
import { clientsSchema } from './kinds/clients.ts';
import { directorSchema } from './kinds/directors.ts';
import { faultSchema, zonesSchema } from './kinds/faults.ts';
import { named, text } from './kinds/fields.ts';
import { measuredSchema } from './kinds/measured.ts';
import { linkSchema, priceSchema, probeSchema, timeSchema } from './kinds/rest.ts';
import { ruleSchema } from './kinds/rules.ts';
import { serviceSchema } from './kinds/services.ts';
import { topicSchema } from './kinds/topics.ts';
import { slosSchema } from './kinds/slos.ts';

export const scenarioSchema = z
  .strictObject({
    $schema: text('address of the JSON Schema, for editors').optional(),
    title: text('one line').optional(),
    description: text('what it shows').optional(),
    measured: measuredSchema.optional(),
    clients: named(clientsSchema, 'who sends requests, by name: { all: { rate: 100 req/s, to: web } }'),
    directors: named(directorSchema, 'load balancers, by name').optional(),
    services: named(serviceSchema, 'tiers of servers, by name: { web: { workers: 8, work: [ { compute: 10 ms } ] } }'),
    caches: named(cacheSchema, 'caches that steps look things up in, by name').optional(),
    topics: named(topicSchema, 'partitioned logs with consumers, by name').optional(),
    rules: named(ruleSchema, 'what is done while a figure is bad, by name').optional(),
    links: named(linkSchema, 'links, by name').optional(),
    zones: zonesSchema.optional(),
    faults: z.array(faultSchema).optional().meta({
      description: 'what happens: { at: 3 min, crash: web.1 }, { every: { exponential: 30 d }, crash: web, for: 2 h }',
    }),
    slos: slosSchema.optional(),
    alerts: alertsSchema.optional(),
    time: timeSchema.optional(),
    seed: z
      .union([z.string(), z.number()])
      .optional()
      .meta({ description: 'what fixes chance; the same seed gives the same result' }),
    prices: z
      .record(z.string(), priceSchema)
      .optional()
      .meta({ description: 'price of a server by service: { app: 0.34/h }' }),
    measure: z.array(probeSchema).optional().meta({ description: 'tallies that are not always on: { number: web }' }),
  })
  .meta({ title: 'windtunnel scenario', description: 'a scenario is a map with clients: and services:' });

/** A scenario as written, once it has passed the schema. */
export type ScenarioSurface = z.infer<typeof scenarioSchema>;
