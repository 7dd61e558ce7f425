import type { LawPoint } from '../../protocol/law.ts';

/**
 * Errors between measured ones, where no law is trusted: never rising with images or bytes (each point is lowered to the
 * least of those with fewer of both), linear in their logarithms between the grid's lines, and constant beyond them.
 * The points must make a whole grid of sizes × places in `bytes`, which may differ a little from size to size.
 */
export function monotoneSurface(points: readonly LawPoint[]): (images: number, bytes: number) => number {
  const sizes = [...new Set(points.map(({ images }) => images))].sort((a, b) => a - b);
  const rows = sizes.map((images) =>
    points.filter((point) => point.images === images).sort((a, b) => a.bytes - b.bytes),
  );
  const errors = rows.map((row) => row.map(({ error }) => error));
  errors.forEach((row, i) => {
    row.forEach((error, j) => {
      row[j] = Math.min(error, row[j - 1] ?? Infinity, errors[i - 1]?.[j] ?? Infinity);
    });
  });
  return (images, bytes) => {
    const [i, s] = between(sizes, images);
    const along = (row: number) => {
      const own = rows[row] ?? [];
      const [j, t] = between(
        own.map((point) => point.bytes),
        bytes,
      );
      return mix(errors[row]?.[j] ?? NaN, errors[row]?.[j + 1] ?? NaN, t);
    };
    return s === 0 ? along(i) : mix(along(i), along(i + 1), s);
  };
}

/** The place below a value among growing ones, and the share of the way to the next, in logarithms; 0..1. */
function between(values: readonly number[], value: number): [number, number] {
  const last = Math.max(
    0,
    values.findLastIndex((own) => own <= value),
  );
  const [low, high] = [values[last] as number, values[last + 1]];
  if (high === undefined || value <= low) return [last, 0];
  return [last, Math.log(value / low) / Math.log(high / low)];
}

const mix = (from: number, to: number, share: number) => (share === 0 ? from : from + share * (to - from));
