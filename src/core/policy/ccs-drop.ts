import { byFalling, type ScoredRows } from './el2n-drop.ts';
import { keepFirst } from './levels.ts';

/** β: so many of the hardest rows count as mislabelled. The authors tune it with the share that is pruned. */
const hardestShare = 0.1;
/** Bins of equal width between the least and the largest score, as in the authors' code. */
const bins = 50;

/**
 * Coverage-centric coreset (Zheng et al. 2023): without the hardest β by EL2N, rows are sampled evenly from bins of their
 * score, a bin that has no more leaving its share to the others. Rows are dealt out one of every bin at a time, so that
 * the beginning of any length is such a sample, and as many originals are kept as fit; the first of every class stay.
 * Where all of those fit, the hardest come back, the easiest of them first.
 * @returns options, P
 */
export function ccsDrop(rows: ScoredRows, budgetBytes: number): Uint8Array {
  const { el2n, labels, order } = rows;
  const hardestFirst = byFalling(el2n);
  const cut = hardestFirst.subarray(0, Math.floor(hardestShare * labels.length));
  const isCut = new Set(cut);
  const dealt = dealtOut(
    order.filter((row) => !isCut.has(row)),
    el2n,
  );
  const all = Uint32Array.from([...dealt, ...cut.toReversed()]);
  return keepFirst(rows, all, budgetBytes);
}

/** The first of every bin of the score, then the second of every bin, and so on. */
function dealtOut(order: Uint32Array, score: Float32Array): Uint32Array {
  let [least, most] = [Infinity, -Infinity];
  for (const row of order) {
    least = Math.min(least, score[row] as number);
    most = Math.max(most, score[row] as number);
  }
  const dealt = new Uint32Array(bins);
  const round = new Uint32Array(score.length);
  for (const row of order) {
    const place = most > least ? ((score[row] as number) - least) / (most - least) : 0;
    const bin = Math.min(bins - 1, Math.floor(place * bins));
    round[row] = dealt[bin] = (dealt[bin] as number) + 1;
  }
  return order.toSorted((a, b) => (round[a] as number) - (round[b] as number));
}
