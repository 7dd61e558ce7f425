/** How the test error falls with images and bytes: which trainings tell it, the storage law and its optimum. */
export { pointsOf, sweepFindings, type Timed } from './findings.ts';
export { fitLaw, fitLaws } from './law.ts';
export { coarseCells, isHopeless, mostTelling, sameCell, seedDeviation, type Cell } from './next-training.ts';
export { affords, lawOptimum, type LawLimits } from './optimum.ts';
export { readPoints } from './points-file.ts';
export { realMix, type ImageOrder } from './real-mix.ts';
export { nestedOrder } from './subsets.ts';
export { fitTime, secondsOf, withTimePriced } from './time.ts';
