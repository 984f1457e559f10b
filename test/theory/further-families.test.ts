import { holds } from './reference.ts';

// arrivals that are not Poisson, finite room, impatience, priorities, product-form networks
await holds(
  [
    'erlang_b',
    'mmck',
    'mdc',
    'gm1',
    'gmc',
    'dm1',
    'gg1',
    'mginf',
    'mgc_ps',
    'priority_nonpreemptive',
    'closed_mva',
    'closed_mva_multiclass',
    'erlang_a',
    'batch_arrivals',
  ],
  3,
);
