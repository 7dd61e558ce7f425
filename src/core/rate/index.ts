/** Bytes of every sample at every quality, measured by encoding it. */
export { measureRates } from './measure.ts';
export { measureSizes, type Sized } from './sizes.ts';
export { usable, type RateTable } from './rate-table.ts';
