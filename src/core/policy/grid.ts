import type { StudyQuality } from '../../protocol/study.ts';
import { optionsAt, originalLevel, raise, smallest } from './levels.ts';
import type { PolicyRows } from './rows.ts';
import { uniform } from './uniform.ts';

export interface GridRows extends PolicyRows {
  /** Q of the measured pair (|D|, Q) with the least error within the budget. */
  readonly quality: StudyQuality;
}

/**
 * The best measured pair of dataset size and quality (Lee et al. 2025), by real bytes: the first rows of the order at its
 * quality. A grid is coarse and leaves bytes; they go to the next rows at that quality, and once all rows have it, all
 * have the largest quality that fits, as in `uniform`.
 * @param rows  their ladder holds the quality
 * @returns options, P
 */
export function grid(rows: GridRows, budgetBytes: number): Uint8Array {
  const { order, qualities, quality } = rows;
  const level = quality === 'original' ? originalLevel(rows) : qualities.indexOf(quality) + 1;
  const levels = raise(rows, smallest(rows, order), order, budgetBytes, () => level);
  return levels.some((own) => own !== level) ? optionsAt(rows, levels) : uniform(rows, budgetBytes);
}
