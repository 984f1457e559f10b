/** Everything that windtunnel is judged against. */
import { published } from './published/index.ts';
import { recorded } from './recorded/index.ts';
import type { Suite } from './suite.ts';
import { theory } from './theory/index.ts';

export const suites: readonly Suite[] = [theory, recorded, published];
