/**
 * How policies spend: each is a row of states that grow from the smallest copy to all originals, and takes the last that
 * fits.
 *
 * A level is the option that is wished for a row: to drop it, a quality of the usual coding, or the original. Where it is
 * not offered, the row gets the next above that is; where that takes no fewer bytes than the original, the original.
 */
import { bytesOf, optionCount, staying, stayingFirst, totalBytes, type PolicyRows } from './rows.ts';

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
 * The last state that fits the budget, by bisection; before the first is the smallest copy, after the last all originals.
 * What is left goes to rows in their random order: each takes its level of the next state where that fits.
 * @returns levels, P
 */
export function spend(rows: PolicyRows, { levelsAt, from, to }: States, budgetBytes: number): Uint8Array {
  const fits = (levels: Uint8Array) => bytesAt(rows, levels) <= budgetBytes;
  const raised = (levels: Uint8Array, next: Uint8Array) =>
    raise(rows, levels, rows.order, budgetBytes, (_, row) => next[row] as number);
  const [first, last] = [levelsAt(from), levelsAt(to)];
  if (!fits(first)) return raised(smallest(rows, rows.order), first);
  if (fits(last)) return raised(last, new Uint8Array(rows.labels.length).fill(originalLevel(rows)));
  let [low, high] = [from, to];
  while (high - low > precision * (to - from)) {
    const middle = (low + high) / 2;
    if (fits(levelsAt(middle))) low = middle;
    else high = middle;
  }
  return raised(levelsAt(low), levelsAt(high));
}

/** Raises rows in this order, to their next option unless `next` says otherwise, wherever that still fits. */
export function raise(
  rows: PolicyRows,
  levels: Uint8Array,
  order: Uint32Array,
  budgetBytes: number,
  next: (level: number, row: number) => number = (level, row) => {
    const option = optionAt(rows, row, level);
    return option < rows.qualities.length ? option + 1 : originalLevel(rows);
  },
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

/**
 * Originals of the first rows of an order, and of every later one that still fits; the others are dropped as far as they
 * may be.
 * @returns options, P
 */
export function keepFirst(rows: PolicyRows, order: Uint32Array, budgetBytes: number): Uint8Array {
  const first = stayingFirst(rows, order);
  return optionsAt(
    rows,
    raise(rows, smallest(rows, first), first, budgetBytes, () => originalLevel(rows)),
  );
}

/** Levels of the smallest copy in which the first rows of an order stay, P. */
export function smallest(rows: PolicyRows, order: Uint32Array): Uint8Array {
  const stays = staying(rows, order);
  return leastOptions(rows).map((option, row) => (stays[row] === 1 ? option : 0));
}

/**
 * What a rule chose, where that fits. A rule keeps of every class rows of its own choice, which may take more than the
 * budget where other rows would not: then the smallest rows of every class stay, and what is left goes to rows in random
 * order.
 * @param chosen  options, P
 * @returns options, P
 */
export function fitting(rows: PolicyRows, chosen: Uint8Array, budgetBytes: number): Uint8Array {
  if (totalBytes(rows, chosen) <= budgetBytes) return chosen;
  const least = Float64Array.from(leastOptions(rows), (option, row) => bytesOf(rows, row, option));
  const order = rows.order.toSorted((a, b) => (least[a] as number) - (least[b] as number));
  return optionsAt(rows, raise(rows, smallest(rows, order), rows.order, budgetBytes));
}

/** The option of the usual coding of the fewest bytes that keeps each row, P. */
function leastOptions(rows: PolicyRows): Uint8Array {
  const original = originalLevel(rows);
  return Uint8Array.from(rows.labels, (_, row) => {
    let least = original;
    for (let option = 1; option <= rows.qualities.length; option++)
      if (bytesOf(rows, row, option) < bytesOf(rows, row, least)) least = option;
    return least;
  });
}

/** Options of all rows, P. */
export const optionsAt = (rows: PolicyRows, levels: Uint8Array): Uint8Array =>
  levels.map((level, row) => optionAt(rows, row, level));

function optionAt(rows: PolicyRows, row: number, level: number): number {
  const original = originalLevel(rows);
  let option = level;
  while (option < original && Number.isNaN(bytesOf(rows, row, option)))
    option = option < rows.qualities.length ? option + 1 : original;
  return option === 0 || bytesOf(rows, row, option) < bytesOf(rows, row, original) ? option : original;
}

const bytesAt = (rows: PolicyRows, levels: Uint8Array): number =>
  levels.reduce((sum, level, row) => sum + bytesOf(rows, row, optionAt(rows, row, level)), 0);
