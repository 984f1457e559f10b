import { holds } from './reference.ts';

await holds(['mmc', 'mg1_ps', 'closed_machine_repair'], 2);
