import { randomQuality } from './random-quality.ts';
import { someOf, totalBytes, type PolicyRows } from './rows.ts';

export interface PlannedRows extends PolicyRows {
  /** Options of the frontier's allocation of the budget, P. */
  readonly planned: Uint8Array;
}

/**
 * The frontier's allocation. With a diversity d above 0, a random share d of the rows, classes in proportion, has qualities
 * at random within the bytes that the frontier gave them together: 0 is the frontier, 1 `random-quality`.
 * @returns options, P
 */
export function sensitivity(rows: PlannedRows, diversity: number, seed: number): Uint8Array {
  const { planned, order } = rows;
  const drawn = order.subarray(0, Math.round(diversity * order.length));
  const own = someOf(rows, drawn);
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
