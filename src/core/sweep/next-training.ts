/** Which training of a sweep comes next. */
import { lawError, type StorageLaw } from '../../protocol/law.ts';

export interface Cell {
  readonly images: number;
  /** Place in the sweep's list of qualities. */
  readonly quality: number;
  /** Mean bytes of an image. */
  readonly bytes: number;
}

export interface Done {
  readonly cell: Cell;
  readonly seed: number;
  readonly error: number;
}

/** Standard errors by which a cell must be worse than one of no more bytes to be given up. */
const hopeless = 4;
/** Of a single training, where it can't be told from the seeds yet. */
const usualDeviation = 0.01;

/**
 * The coarse grid: the ends and the middle of the sizes and of the qualities, largest first, so that what takes longest
 * does not come last.
 */
export function coarseCells(cells: readonly Cell[]): Cell[] {
  const corners = (values: number[]) => {
    const sorted = [...new Set(values)].sort((a, b) => a - b);
    return new Set([sorted[0], sorted[sorted.length >> 1], sorted.at(-1)]);
  };
  const [sizes, qualities] = [corners(cells.map(({ images }) => images)), corners(cells.map(({ quality }) => quality))];
  return cells
    .filter(({ images, quality }) => sizes.has(images) && qualities.has(quality))
    .sort((a, b) => b.images - a.images);
}

/** Whether a cell is clearly worse than one that takes no more bytes: more seeds would not change what to choose. */
export function isHopeless(cell: Cell, done: readonly Done[]): boolean {
  const own = errorOf(cell, done);
  if (own === undefined) return false;
  return done.some(({ cell: other }) => {
    if (other.images * other.bytes > cell.images * cell.bytes) return false;
    const theirs = errorOf(other, done);
    return (
      theirs !== undefined && own.mean - theirs.mean > hopeless * Math.hypot(own.standardError, theirs.standardError)
    );
  });
}

/** Mean error of a cell's seeds and its standard error. */
export function errorOf(
  cell: Cell,
  done: readonly Done[],
): { mean: number; standardError: number; seeds: number } | undefined {
  const errors = done.filter((one) => sameCell(one.cell, cell)).map(({ error }) => error);
  if (errors.length === 0) return undefined;
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  return { mean, standardError: seedDeviation(done) / Math.sqrt(errors.length), seeds: errors.length };
}

/** Standard deviation between seeds, pooled over the cells that have several. */
export function seedDeviation(done: readonly Done[]): number {
  let [squares, freedom] = [0, 0];
  for (const own of Map.groupBy(done, ({ cell }) => `${cell.images} ${cell.quality}`).values()) {
    const mean = own.reduce((sum, { error }) => sum + error, 0) / own.length;
    squares += own.reduce((sum, { error }) => sum + (error - mean) ** 2, 0);
    freedom += own.length - 1;
  }
  return freedom >= 3 ? Math.sqrt(squares / freedom) : usualDeviation;
}

/**
 * Of several trainings the one that narrows the expected error at a place the most for its time: by how much the laws of
 * a bootstrap agree on that place once they agree on the cell.
 */
export function mostTelling<T extends Cell>(
  candidates: readonly T[],
  laws: readonly StorageLaw[],
  at: { readonly images: number; readonly bytes: number },
  deviation: number,
): T | undefined {
  const expected = laws.map((law) => lawError(law, at.images, at.bytes));
  const gain = ({ images, bytes }: Cell) => {
    const own = laws.map((law) => lawError(law, images, bytes));
    return covariance(own, expected) ** 2 / (covariance(own, own) + deviation ** 2) / images;
  };
  return [...candidates].sort((a, b) => gain(b) - gain(a))[0];
}

function covariance(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  return mean(a.map((value, k) => (value - ma) * ((b[k] ?? 0) - mb)));
}

export const sameCell = (a: Cell, b: Cell) => a.images === b.images && a.quality === b.quality;
