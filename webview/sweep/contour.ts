import type { ErrorGrid } from '../../src/protocol/sweep.ts';

/**
 * The fewest bytes an image at which an error is reached, by rising images; one for every number of images that reaches
 * it. Errors fall with bytes and images, so that all that lies beyond has less error.
 */
export function contourOf({ images, bytes, error }: ErrorGrid, level: number): { images: number; bytes: number }[] {
  const crossings = images.map((n, i) => {
    const own = error.subarray(i * bytes.length, (i + 1) * bytes.length);
    const first = own.findIndex((value) => value <= level);
    return { images: n, i, first, bytes: first < 0 ? NaN : crossing(bytes, own, first, level) };
  });
  const reached = crossings.filter(({ first }) => first >= 0);
  const [start] = reached;
  const most = bytes.at(-1) as number;
  if (!start || start.i === 0) return reached.map(({ images: n, bytes: own }) => ({ images: n, bytes: own }));
  // Between two columns the edge enters from above.
  const last = (i: number) => error[(i + 1) * bytes.length - 1] as number;
  const entry = logBetween(
    images[start.i - 1] as number,
    start.images,
    shareOf(last(start.i - 1), last(start.i), level),
  );
  return [{ images: entry, bytes: most }, ...reached.map(({ images: n, bytes: own }) => ({ images: n, bytes: own }))];
}

function crossing(bytes: readonly number[], errors: Float32Array, first: number, level: number): number {
  const own = bytes[first] as number;
  if (first === 0) return own;
  const share = shareOf(errors[first - 1] as number, errors[first] as number, level);
  return logBetween(bytes[first - 1] as number, own, share);
}

const shareOf = (from: number, to: number, value: number) => (from === to ? 1 : (from - value) / (from - to));
const logBetween = (from: number, to: number, share: number) => from * (to / from) ** share;
