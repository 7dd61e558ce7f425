/** Scans a folder into samples: layouts, splits, labels, problems. Reads, never writes. */
export { findListed } from './listed-image.ts';
export { splits, type Dataset, type Masks, type Objects } from './dataset.ts';
export { reasonOf, Unreadable } from './reasons.ts';
export { textOf } from './text-file.ts';
export { scanDataset } from './scan.ts';
export { openArchives, openSamples, type OpenArchives, type SampleContent } from './read.ts';
export { firstProblems, summarizeDataset } from './summary.ts';
