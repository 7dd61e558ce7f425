import { randomQuality } from './random-quality.ts';
import { bytesOf, someOf, totalBytes, type PolicyRows } from './rows.ts';

export interface PlannedRows extends PolicyRows {
  /** Options of the frontier's allocation of the budget, P. */
  readonly planned: Uint8Array;
}

/**
 * The frontier's allocation. With a diversity d above 0, a random share d of the rows that may change, classes in
 * proportion, has qualities at random within the bytes that the frontier gave them together: 0 is the frontier, 1
 * `random-quality`. Where a class may lose no more, those that the frontier kept stay: their bytes are there.
 * @returns options, P
 */
export function sensitivity(rows: PlannedRows, diversity: number, seed: number): Uint8Array {
  const { planned, labels, order, leastKept } = rows;
  const changing = order.filter((row) => !Number.isNaN(bytesOf(rows, row, 0)));
  const count = Math.round(diversity * changing.length);
  const keptFirst = Map.groupBy(changing.subarray(0, count), (row) => planned[row] !== 0);
  const drawn = Uint32Array.from([...(keptFirst.get(true) ?? []), ...(keptFirst.get(false) ?? [])]);
  const left = new Map(leastKept);
  const isDrawn = new Set(drawn);
  labels.forEach((label, row) => {
    if (planned[row] !== 0 && !isDrawn.has(row)) left.set(label, (left.get(label) ?? 0) - 1);
  });
  const own = { ...someOf(rows, drawn), leastKept: left };
  const drawnBytes = totalBytes(
    own,
    Uint8Array.from(drawn, (row) => planned[row] as number),
  );
  const options = planned.slice();
  randomQuality(own, drawnBytes, seed).forEach((option, at) => {
    options[drawn[at] as number] = option;
  });
  return options;
}
