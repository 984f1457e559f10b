/** Which of several events at the same time comes first; within a rank, the one that was scheduled first. */
export const Rank = { completion: 0, control: 1, timeout: 2, arrival: 3 } as const;
export type Rank = (typeof Rank)[keyof typeof Rank];

/**
 * An event's place among those of its time is ONE number, `rank * RANK_STEP + sequence`. Both parts are exact in a
 * double: four ranks of 2^50, and a sequence that would need 35 years at a million events a second to run over.
 */
export const RANK_STEP = 2 ** 50;
