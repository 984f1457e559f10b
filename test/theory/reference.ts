/** The reference cases as the file has them. */
import type { TheoryFile } from '../../src/analysis/reference/theory/theory-file.ts';
import { referenceFiles } from '../support/reference-files.ts';

export const reference = JSON.parse(referenceFiles('theory.json').get('theory.json')!) as TheoryFile;
