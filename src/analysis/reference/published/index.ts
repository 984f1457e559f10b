/** What five published articles claim (`reference/published.json`, described in `reference/systems.md`): one system a file, one line here. */
import { suiteOf, unjudged } from '../groups.ts';
import type { ReferenceGroup } from '../groups.ts';
import type { ReferenceFiles } from '../suite.ts';
import { locust } from './locust.ts';
import { metersphere } from './metersphere.ts';
import { mysqlMycat } from './mysql-mycat.ts';
import { webCluster } from './web-cluster.ts';

const NOT_YET = 'nothing models this system yet';

/** The systems as `systems.md` letters them, with the names that the records use. */
const groups: readonly ReferenceGroup[] = [
  webCluster, // A
  mysqlMycat, // B
  metersphere, // C
  ...['kubernetes-guide', 'pool-200', 'pool-500', 'cache-avalanche'].map(notYet), // D
  locust, // E
];

export const published = suiteOf('published', groups);

function notYet(system: string): ReferenceGroup {
  return unjudged('published', system, idsOf(system), NOT_YET);
}

function idsOf(system: string): (files: ReferenceFiles) => string[] {
  return (files) =>
    (JSON.parse(files.get('published.json') ?? '{"records":[]}') as { readonly records: readonly { readonly id: string; readonly system: string }[] }).records
      .filter((record) => record.system === system)
      .map(({ id }) => id);
}
