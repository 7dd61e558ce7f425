/** How the test error falls with images and bytes: the storage law and its optimum. */
export { fitLaw, fitLaws } from './law.ts';
export {
  coarseCells,
  errorOf,
  isHopeless,
  mostTelling,
  sameCell,
  seedDeviation,
  type Cell,
  type Done,
} from './next-training.ts';
export { lawOptimum } from './optimum.ts';
export { monotoneSurface, surfaceOptimum } from './surface.ts';
export { nestedOrder } from './subsets.ts';
export { readPoints } from './points-file.ts';
