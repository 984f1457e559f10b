import { holds } from './reference.ts';

holds(['mm1', 'mm1k', 'mg1'], 2);
