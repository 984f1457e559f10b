import { holds } from './reference.ts';

holds(['mmc', 'mg1_ps', 'closed_machine_repair'], 2);
