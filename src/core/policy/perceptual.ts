import { optionsAt, raise, spend } from './levels.ts';
import type { PolicyRows } from './rows.ts';

export interface ComparedRows extends PolicyRows {
  /** SSIM of every quality to the original, P × Q; NaN where a quality is not offered. */
  readonly similarity: Float32Array;
}

/**
 * One SSIM target for all, as jpeg-recompress has it, solved for the budget: every row has the lowest quality that reaches
 * the target, or the highest where none does. Below the lowest quality for all, fewer rows have it; above the highest,
 * originals come at random. What is left goes to rows in random order that can take one quality more.
 * @returns options, P
 */
export function perceptual(rows: ComparedRows, budgetBytes: number): Uint8Array {
  const { similarity, labels } = rows;
  const most = rows.qualities.length;
  const levelsAt = (target: number) =>
    Uint8Array.from(labels, (_, row) => {
      let q = 0;
      while (q < most - 1 && !((similarity[row * most + q] as number) >= target)) q += 1;
      return q + 1;
    });
  const levels = spend(rows, { levelsAt, from: -1, to: 1 }, budgetBytes);
  return optionsAt(rows, raise(rows, levels, rows.order, budgetBytes));
}
