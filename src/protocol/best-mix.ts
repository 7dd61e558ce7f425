/** The best mix of images and bytes for a budget: as measured, and as expected between what was measured. */
import type { LawOptimum } from './law.ts';
import type { SweepCell } from './sweep.ts';

/** Bytes of all images of a cell. */
export const cellBytes = ({ images, bytes }: Pick<SweepCell, 'images' | 'bytes'>): number => images * bytes;

/** The cells with the least error that fit into some budget, by rising bytes: each is the best until the next fits. */
export function bestMeasured(cells: readonly SweepCell[]): SweepCell[] {
  const best: SweepCell[] = [];
  for (const cell of cells.toSorted((a, b) => cellBytes(a) - cellBytes(b) || a.error - b.error))
    if (cell.error < (best.at(-1)?.error ?? Infinity)) best.push(cell);
  return best;
}

export interface Expectation {
  /** Where the budget lies to what was measured; outside of it `optimum` is that of the nearest measured budget. */
  readonly place: 'below' | 'within' | 'above';
  readonly optimum: LawOptimum;
}

/**
 * The best mix of a budget, between those of a curve: images and bytes by their logarithms, errors linear in the budget's.
 * @param curve  by rising budget, at least one
 */
export function expectedAt(curve: readonly LawOptimum[], budgetBytes: number): Expectation {
  const next = curve.findIndex((optimum) => optimum.budgetBytes >= budgetBytes);
  const [above, below] = [curve[next], curve[next - 1]];
  if (above === undefined) return { place: 'above', optimum: curve.at(-1) as LawOptimum };
  if (above.budgetBytes === budgetBytes) return { place: 'within', optimum: above };
  if (below === undefined) return { place: 'below', optimum: above };
  const share = Math.log(budgetBytes / below.budgetBytes) / Math.log(above.budgetBytes / below.budgetBytes);
  const linear = (from: number, to: number) => from + share * (to - from);
  const logarithmic = (from: number, to: number) => from * (to / from) ** share;
  return {
    place: 'within',
    optimum: {
      budgetBytes,
      images: logarithmic(below.images, above.images),
      bytes: logarithmic(below.bytes, above.bytes),
      error: linear(below.error, above.error),
      interval: [linear(below.interval[0], above.interval[0]), linear(below.interval[1], above.interval[1])],
    },
  };
}
