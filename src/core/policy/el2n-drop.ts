import { keepFirst } from './levels.ts';
import type { PolicyRows } from './rows.ts';

export interface ScoredRows extends PolicyRows {
  /** ‖p − y‖₂ early in training, P; high where an image is hard (Paul et al. 2021). */
  readonly el2n: Float32Array;
}

/**
 * Originals of the hardest rows by EL2N (Paul et al. 2021), the hardest of every class first, as many as must stay. What
 * is left goes to the next hardest originals that still fit.
 * @returns options, P
 */
export const el2nDrop = (rows: ScoredRows, budgetBytes: number): Uint8Array =>
  keepFirst(rows, byFalling(rows.el2n), budgetBytes);

/** Rows by falling score, P. */
export const byFalling = (score: Float32Array): Uint32Array =>
  Uint32Array.from(score.keys()).sort((a, b) => (score[b] as number) - (score[a] as number) || a - b);
