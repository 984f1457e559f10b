import { holds } from './reference.ts';

await holds(['tandem', 'jackson', 'simultaneous_possession', 'layered_blocking', 'fork_join'], 2);
