export { areIndependent, BATCHES_FIRST, BATCHES_MAX, correlationFactor } from './batch-means.ts';
export { chiSquareCdf, chiSquareQuantile } from './chi-square.ts';
export type { Interval } from './interval.ts';
export { meanInterval } from './mean-interval.ts';
export { relaxation } from './relaxation.ts';
export { shareInterval, type ShareCounts } from './share-interval.ts';
export { skewedInterval } from './skewed-interval.ts';
export { studentCdf, studentQuantile } from './student.ts';
export { mser5, type WarmUp } from './warm-up.ts';
