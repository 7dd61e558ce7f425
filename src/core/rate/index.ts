/** Bytes of every sample at every quality, and its likeness to the original, measured by encoding it. */
export { countOthers, countRates } from './count.ts';
export { measureRates } from './measure.ts';
export { measureSimilarities } from './similarity.ts';
export { measureSizes, type Sized } from './sizes.ts';
export { usable, type RateTable } from './rate-table.ts';
