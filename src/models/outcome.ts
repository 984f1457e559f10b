/**
 * How a request ends. Outcomes are counted by cause, never thrown: what a model can go through is a result.
 */
export const OUTCOMES = [
  'ok',
  'timeout', // the caller gave up waiting for the answer
  'refused', // nobody listens, or the accept queue or connection limit answers with a refusal
  'connect-timeout', // every SYN was dropped until the caller gave up
  'reset', // the server died with the request in progress
  'unavailable', // the director had no server to send it to
  'queue-timeout', // left the waiting line after its patience
  'pool-timeout', // no pooled connection within the checkout timeout
  'rejected', // shed on purpose (limit, load shedding)
  'no-port', // no free source port or table entry
  'canceled', // its caller gave up and withdrew it
  'error', // the server answered that it failed (HTTP 5xx)
] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** Outcome as a small integer: its index in OUTCOMES. 0 is `ok`. */
export type OutcomeCode = number;

/** Code of an outcome. */
export const OUTCOME = Object.fromEntries(OUTCOMES.map((name, code) => [name, code])) as Readonly<
  Record<Outcome, OutcomeCode>
>;
