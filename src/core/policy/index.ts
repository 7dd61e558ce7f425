/** Rules that choose an option for every sample under a byte budget, a file each: ours, its control and its rivals. */
export { ccsDrop } from './ccs-drop.ts';
export { drop } from './drop.ts';
export { el2nDrop } from './el2n-drop.ts';
export { grid } from './grid.ts';
export { law } from './law.ts';
export { fitting } from './levels.ts';
export { perceptual } from './perceptual.ts';
export { randomQuality } from './random-quality.ts';
export { drawnReason, reasonOf } from './reasons.ts';
export { putLast, stayingFirst, totalBytes, type PolicyRows } from './rows.ts';
export { sensitivity } from './sensitivity.ts';
export { shuffled } from './shuffled.ts';
export { threshold } from './threshold.ts';
export { uniform } from './uniform.ts';
