import { holds } from './reference.ts';

holds(['tandem', 'jackson', 'simultaneous_possession', 'layered_blocking', 'fork_join'], 2);
