/** Images that are nearly the same: found by a perceptual hash, confirmed on thumbnails, grouped. */
export { findDuplicates, type Duplicates } from './find-duplicates.ts';
export { takeFingerprints, type Fingerprints } from './take-fingerprints.ts';
