import { seededRandom } from '../random.ts';
import { optionsAt, raise, spend } from './levels.ts';
import type { PolicyRows } from './rows.ts';

const rankSteps = 2 ** 30;

/**
 * Randomised compression (Mentzer & Montanari 2024): every row's quality is drawn evenly from the ladder between two ends.
 * The lower end is the lowest quality and the upper one is solved for the budget; where the highest is not enough, it is
 * the lower one that climbs. Ranks are drawn once, so that bytes grow with the ends. Below the lowest quality for all,
 * fewer rows have it; above the highest, originals come at random. What is left goes to rows in random order that can take
 * one quality more.
 * @returns options, P
 */
export function randomQuality(rows: PolicyRows, budgetBytes: number, seed: number): Uint8Array {
  const random = seededRandom(seed);
  const rank = Float64Array.from(rows.labels, () => random.below(rankSteps) / rankSteps);
  const most = rows.qualities.length;
  const levelsAt = (ends: number) => {
    const upper = 1 + most * Math.min(1, ends);
    const lower = 1 + most * Math.max(0, ends - 1);
    return Uint8Array.from(rank, (own) => Math.min(most, lower + own * (upper - lower)));
  };
  const levels = spend(rows, { levelsAt, from: 0, to: 2 }, budgetBytes);
  return optionsAt(rows, raise(rows, levels, rows.order, budgetBytes));
}
