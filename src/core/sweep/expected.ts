/** What is expected within what was measured: best mixes of growing budgets, and errors on a grid. */
import type { LawOptimum, LawPoint } from '../../protocol/law.ts';
import type { ErrorGrid } from '../../protocol/sweep.ts';
import type { LawLimits } from './optimum.ts';
import type { Surface } from './surface.ts';

/** A law or a surface. */
export interface Expected {
  readonly errorOf: Surface;
  readonly optimumOf: (budgetBytes: number, limits: LawLimits) => LawOptimum;
}

/** Enough for straight lines between them to look like the curve. */
const budgets = 40;
const [sizes, files] = [48, 32];

/** Mixes and errors from the fewest to the most measured images and from the least to the most measured bytes. */
export function withinMeasured(
  points: readonly LawPoint[],
  { errorOf, optimumOf }: Expected,
): { curve: LawOptimum[]; grid: ErrorGrid } {
  const [fewest, mostImages] = extremes(points.map(({ images }) => images));
  const [least, most] = extremes(points.map(({ bytes }) => bytes));
  const images = evenly(fewest, mostImages, sizes);
  const bytes = evenly(least, most, files);
  return {
    curve: evenly(fewest * least, mostImages * most, budgets).map((budgetBytes) =>
      // More bytes of each would leave room for fewer images than were measured.
      optimumOf(budgetBytes, { mostImages, bytes: [least, Math.max(least, Math.min(most, budgetBytes / fewest))] }),
    ),
    grid: { images, bytes, error: Float32Array.from(images.flatMap((n) => bytes.map((own) => errorOf(n, own)))) },
  };
}

/** Numbers that grow by the same factor. */
const evenly = (low: number, high: number, count: number): number[] =>
  Array.from({ length: count }, (_, k) => (k === count - 1 ? high : low * (high / low) ** (k / (count - 1))));

const extremes = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];
