/** `backlog:` of a service: requests that are there already when the run begins. */
import { z } from 'zod';
import type { ServiceDescription } from '../../models/description.ts';
import type { Context } from '../context.ts';
import type { Path } from '../problem.ts';
import { hintFor } from '../suggest.ts';
import { classes, count } from './fields.ts';

export const backlogSchema = z
  .union([count('requests over all its servers', 0), classes(count('requests of this class', 0))])
  .meta({
    description:
      'requests that are at its servers already when the run begins, as after an outage; nobody waits for them. A number, or numbers by class of its work. (How many may wait is `queue`.)',
  });

type Room = Pick<ServiceDescription, 'work' | 'workers' | 'queue' | 'count' | 'connections'>;

export function resolveBacklog(
  surface: z.infer<typeof backlogSchema> | undefined,
  service: Room,
  path: Path,
  context: Context,
): Pick<ServiceDescription, 'backlog'> {
  if (surface === undefined) return {};
  const known = Object.keys(service.work);
  const byClass = typeof surface === 'number' ? { [onlyClass(known, surface, path, context)]: surface } : surface;
  for (const [name, number] of Object.entries(byClass)) {
    const at = typeof surface === 'number' ? path : [...path, name];
    const steps = service.work[name] ?? service.work['*'];
    if (steps === undefined) {
      context.problem(at, `there is no work of a class "${name}"`, hintFor(name, known), number);
    } else if (JSON.stringify(steps).includes('"kind":"demand"')) {
      context.problem(
        at,
        'needs work that knows its time',
        '`demand` is what a request of a trace or a topic brings',
        number,
      );
    }
  }
  const all = Object.values(byClass).reduce((sum, number) => sum + number, 0);
  if (all === 0) return {};
  const room = Math.min(service.workers + service.queue, service.connections) * service.count;
  if (all > room) {
    context.doubt(
      path,
      `${all} requests are there at first, but there is room for ${room}: the rest is refused at once`,
    );
  }
  return { backlog: Object.fromEntries(Object.entries(byClass).filter(([, number]) => number > 0)) };
}

/** The class of a plain number. */
function onlyClass(known: readonly string[], given: number, path: Path, context: Context): string {
  if (known.includes('*') || known.length === 0) return '*';
  if (known.length > 1) {
    const example = known.map((name) => `${name}: ${given}`).join(', ');
    context.problem(path, 'must say of which class', `for example backlog: { ${example} }`, given);
  }
  return known[0];
}
