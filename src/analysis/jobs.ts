/**
 * What a runner can be asked for, in any thread: one job a line. A job is a function of its input, plain data in and out;
 * workers know this table and nothing else.
 */
import { referenceJobs } from './reference/jobs.ts';
import type { JobTable } from './runner.ts';
import { simulateJobs } from './simulate-jobs.ts';

export const jobs = {
  ...simulateJobs,
  ...referenceJobs,
} satisfies JobTable;

export type Jobs = typeof jobs;
