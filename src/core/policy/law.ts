import { optionsAt, originalLevel, raise, spend } from './levels.ts';
import { someOf, staying, type PolicyRows } from './rows.ts';

export interface MixedRows extends PolicyRows {
  /** n*: images that the best mix of the budget takes, 1..P. */
  readonly images: number;
}

/**
 * The storage law's best mix (Mentzer & Montanari 2024): n* images at L* = budget / n* bytes each, by their real bytes. The
 * first n* rows of the order have the largest quality of the ladder that fits; what is left raises as many of them as fit
 * to the next one, so that their mean is L*. Where n* rows do not fit at the lowest quality, fewer have it; where their
 * originals leave bytes, further originals follow. Never fewer than must stay.
 * @returns options, P
 */
export function law(rows: MixedRows, budgetBytes: number): Uint8Array {
  const { labels, order, qualities, images } = rows;
  const most = Math.max(images, staying(rows, order).filter((stays) => stays === 1).length);
  const chosen = order.subarray(0, most);
  const levelsAt = (level: number) => new Uint8Array(chosen.length).fill(level);
  const own = spend(someOf(rows, chosen), { levelsAt, from: 1, to: qualities.length }, budgetBytes);
  const levels = new Uint8Array(labels.length);
  chosen.forEach((row, at) => {
    levels[row] = own[at] as number;
  });
  const top = originalLevel(rows);
  if (own.some((level) => level < top)) return optionsAt(rows, levels);
  return optionsAt(
    rows,
    raise(rows, levels, order.subarray(most), budgetBytes, () => top),
  );
}
