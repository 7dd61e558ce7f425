/** Errors between measured ones, where no law is trusted. */
import type { LawPoint } from '../../protocol/law.ts';
import { imagesWithin, type LawLimits, type Optimum } from './optimum.ts';

export type Surface = (images: number, bytes: number) => number;

/**
 * Never rises with images or bytes (each point is lowered to the least of those with fewer of both), linear in their
 * logarithms between the grid's lines, and constant beyond them. The points must make a whole grid of sizes × qualities;
 * undefined where they don't.
 */
export function monotoneSurface(points: readonly LawPoint[]): Surface | undefined {
  const sizes = [...new Set(points.map(({ images }) => images))].sort((a, b) => a - b);
  const rows = sizes.map((images) =>
    points.filter((point) => point.images === images).sort((a, b) => a.bytes - b.bytes),
  );
  if (rows.length === 0 || rows.some((row) => row.length !== rows[0]?.length)) return undefined;
  const errors = rows.map((row) => row.map(({ error }) => error));
  errors.forEach((row, i) => {
    row.forEach((error, j) => {
      row[j] = Math.min(error, row[j - 1] ?? Infinity, errors[i - 1]?.[j] ?? Infinity);
    });
  });
  const bytesOf = rows.map((row) => row.map(({ bytes }) => bytes));
  const along = (row: number, bytes: number) => {
    const [j, share] = between(bytesOf[row] ?? [], bytes);
    return mix(errors[row]?.[j] ?? NaN, errors[row]?.[j + 1] ?? NaN, share);
  };
  return (images, bytes) => {
    const [i, share] = between(sizes, images);
    return mix(along(i, bytes), share === 0 ? NaN : along(i + 1, bytes), share);
  };
}

/**
 * Points of a whole grid: a cell that was not trained has the error that a law expects, no less than cells with more of both
 * and no more than cells with fewer of both.
 */
export function completedGrid(
  points: readonly LawPoint[],
  cells: readonly Pick<LawPoint, 'images' | 'bytes'>[],
  expected: Surface,
): LawPoint[] {
  return cells.map(({ images, bytes }) => {
    const measured = points.find((point) => point.images === images && point.bytes === bytes);
    if (measured) return measured;
    const errors = (within: (point: LawPoint) => boolean) => points.filter(within).map(({ error }) => error);
    const least = Math.max(...errors((point) => point.images >= images && point.bytes >= bytes));
    const most = Math.min(...errors((point) => point.images <= images && point.bytes <= bytes));
    return { images, bytes, error: Math.min(most, Math.max(least, expected(images, bytes))) };
  });
}

/** Steps of the search along a budget's line. */
const steps = 400;

/** The mix of a budget that a surface expects the least error of. */
export function surfaceOptimum(surface: Surface, budgetBytes: number, limits: LawLimits): Optimum {
  const [least, most] = limits.bytes;
  let best: Optimum | undefined;
  for (let step = 0; step <= steps; step++) {
    const bytes = least * (most / least) ** (step / steps);
    const images = imagesWithin(budgetBytes, bytes, limits);
    const error = surface(images, bytes);
    if (best === undefined || error < best.error) best = { images, bytes, error };
  }
  return best as Optimum;
}

/** The place below a value among growing ones, and the share of the way to the next in logarithms, 0..1. */
function between(values: readonly number[], value: number): [number, number] {
  const below = Math.max(
    0,
    values.findLastIndex((own) => own <= value),
  );
  const [low, high] = [values[below] as number, values[below + 1]];
  if (high === undefined || value <= low) return [below, 0];
  return [below, Math.log(value / low) / Math.log(high / low)];
}

const mix = (from: number, to: number, share: number) => (share === 0 ? from : from + share * (to - from));
