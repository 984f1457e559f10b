/** What reference cases call a scheduler: `lvs-wlc`, `nginx-least-conn`, `smooth-wrr`. */
import { schedulers } from '../../../models/directors/schedulers/index.ts';

/** Names of theory.json that are a rule rather than a product's scheduler. */
const RULES: Readonly<Record<string, string>> = {
  'smooth-wrr': 'nginx/rr',
  'smooth-wrr-effective': 'nginx/rr',
  'round-robin': 'lvs/rr',
};

/** @returns the id of the scheduler: its product comes first, `nginx-least-conn` is `nginx/least_conn`; null where there is none. */
export function schedulerNamed(name: string): string | null {
  const product = name.replace('-', '/');
  const spellings = [RULES[name] ?? name, product, product.replaceAll('-', '_'), name.replaceAll('-', '_')];
  const known = spellings.find((spelling) => schedulers.has(spelling));
  return known === undefined ? null : schedulers.get(known)!.name;
}
