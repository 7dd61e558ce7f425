import { optionsAt, spend } from './levels.ts';
import type { PolicyRows } from './rows.ts';

export interface LossRows extends PolicyRows {
  /** Mean loss on originals by probes that never saw them, P, nats. */
  readonly loss: Float32Array;
}

/**
 * The rule of AdaptCompression with two qualities: a row whose loss is above the mean loss has the higher one, else the
 * lower. As there, the two are far apart: the lower is the lowest of the ladder and the higher is solved for the budget;
 * where the highest is not enough, the lower one climbs.
 *
 * AdaptCompression compares at every epoch, with a running threshold, the losses of the network that is being trained;
 * here they are those of the analysis, once. Below the lowest quality for all, fewer rows have it; above the highest,
 * originals come at random. What is left raises as many rows as fit, in random order, to the next quality of their side.
 * @returns options, P
 */
export function threshold(rows: LossRows, budgetBytes: number): Uint8Array {
  const { loss, qualities } = rows;
  const mean = loss.reduce((sum, own) => sum + own, 0) / loss.length;
  const most = qualities.length;
  const levelsAt = (step: number) => {
    const [higher, lower] = [Math.min(most, step), Math.max(1, step - most + 1)];
    return Uint8Array.from(loss, (own) => (own > mean ? higher : lower));
  };
  return optionsAt(rows, spend(rows, { levelsAt, from: 1, to: 2 * most - 1 }, budgetBytes));
}
