import { holds } from './reference.ts';

await holds(['mm1', 'mm1k', 'mg1'], 2);
