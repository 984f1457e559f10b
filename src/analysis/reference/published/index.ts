/** What five published articles claim (`reference/published.json`, described in `reference/systems.md`): one system a file, one line here. */
import { suiteOf } from '../groups.ts';
import type { ReferenceGroup } from '../groups.ts';
import { otherSystems } from './claims.ts';
import { kubernetesGuide } from './k8s-guide.ts';
import { locust } from './locust.ts';
import { metersphere } from './metersphere.ts';
import { mysqlMycat } from './mysql-mycat.ts';
import { webCluster } from './web-cluster.ts';

/** The systems as `systems.md` letters them, with the names that the records use. */
const groups: readonly ReferenceGroup[] = [
  webCluster, // A
  mysqlMycat, // B
  metersphere, // C
  kubernetesGuide, // D
  locust, // E
];

export const published = suiteOf('published', [...groups, otherSystems(groups)]);
