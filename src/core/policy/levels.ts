/**
 * How policies spend: each is a row of states that grow from nothing to all originals, and takes the last that fits.
 *
 * A level is the option that is wished for a row: to drop it, a quality of the usual coding, or the original. Where a
 * quality is not offered, or takes no fewer bytes than the original, the row stays the original.
 */
import { bytesOf, optionCount, type PolicyRows } from './rows.ts';

export interface States {
  /** Levels of all rows, P; bytes grow with `at`. */
  readonly levelsAt: (at: number) => Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** Of the states' range; finer than any two of a million random ranks are apart. */
const precision = 2 ** -40;

export const originalLevel = (rows: PolicyRows): number => optionCount(rows) - 1;

/**
 * The last state that fits the budget, by bisection; before the first is nothing, after the last all originals. What is
 * left goes to rows in their random order: each takes its level of the next state where that fits.
 * @returns levels, P
 */
export function spend(rows: PolicyRows, { levelsAt, from, to }: States, budgetBytes: number): Uint8Array {
  const everyRowAt = (level: number) => new Uint8Array(rows.labels.length).fill(level);
  const fits = (levels: Uint8Array) => bytesAt(rows, levels) <= budgetBytes;
  const raised = (levels: Uint8Array, next: Uint8Array) =>
    raise(rows, levels, rows.order, budgetBytes, (_, row) => next[row] as number);
  const [first, last] = [levelsAt(from), levelsAt(to)];
  if (!fits(first)) return raised(everyRowAt(0), first);
  if (fits(last)) return raised(last, everyRowAt(originalLevel(rows)));
  let [low, high] = [from, to];
  while (high - low > precision * (to - from)) {
    const middle = (low + high) / 2;
    if (fits(levelsAt(middle))) low = middle;
    else high = middle;
  }
  return raised(levelsAt(low), levelsAt(high));
}

/** Raises rows in this order, by a level each unless `next` says otherwise, wherever that still fits. */
export function raise(
  rows: PolicyRows,
  levels: Uint8Array,
  order: Uint32Array,
  budgetBytes: number,
  next: (level: number, row: number) => number = (level) =>
    level < rows.qualities.length ? level + 1 : originalLevel(rows),
): Uint8Array {
  const raised = levels.slice();
  let bytes = bytesAt(rows, levels);
  for (const row of order) {
    const level = raised[row] as number;
    const wished = next(level, row);
    const added = bytesOf(rows, row, optionAt(rows, row, wished)) - bytesOf(rows, row, optionAt(rows, row, level));
    if (bytes + added > budgetBytes) continue;
    raised[row] = wished;
    bytes += added;
  }
  return raised;
}

/** Originals of the first rows of an order, and of every later one that still fits; the others are dropped. */
export const keepFirst = (rows: PolicyRows, order: Uint32Array, budgetBytes: number): Uint8Array =>
  raise(rows, new Uint8Array(rows.labels.length), order, budgetBytes, () => originalLevel(rows));

/** Options of all rows, P. */
export const optionsAt = (rows: PolicyRows, levels: Uint8Array): Uint8Array =>
  levels.map((level, row) => optionAt(rows, row, level));

function optionAt(rows: PolicyRows, row: number, level: number): number {
  const original = originalLevel(rows);
  // NaN, not offered, is less than nothing.
  return level === 0 || bytesOf(rows, row, level) < bytesOf(rows, row, original) ? level : original;
}

const bytesAt = (rows: PolicyRows, levels: Uint8Array): number =>
  levels.reduce((sum, level, row) => sum + bytesOf(rows, row, optionAt(rows, row, level)), 0);
