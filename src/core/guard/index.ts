/** What the allocation is not offered: protected files, qualities below a floor, the last images of a class. */
export { leastKept } from './classes.ts';
export { guardFiles, guardReason, mayHave, type FileGuards } from './files.ts';
export { withdraw, type GuardedRows } from './offer.ts';
