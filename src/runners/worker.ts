/** A worker thread of `threads.ts`; built as one file, `dist/runners/worker.js`. */
import { jobs } from '../analysis/jobs.ts';
import { serve } from './serve.ts';

export default serve(jobs);
