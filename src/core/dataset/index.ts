/** Scans a folder into samples: layouts, splits, labels, problems. Reads, never writes. */
export { splits, type Dataset } from './dataset.ts';
export { scanDataset } from './scan.ts';
export { openArchives, openSamples, type OpenArchives, type SampleContent } from './read.ts';
export { firstProblems, summarizeDataset } from './summary.ts';
