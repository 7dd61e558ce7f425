import type { SensitivityTable } from './sensitivity-table.ts';

export interface Shrunk {
  /** Sensitivities drawn towards their class's mean, P × Q. */
  readonly difference: Float32Array;
  /** Weight of a sample's own measurement at every quality, 0..1: the share of variance that is signal, Q. */
  readonly reliability: Float32Array;
}

/** Weight with a single seed, where noise can't be told from signal: about the split-half correlation of one probe. */
const singleSeedWeight = 0.4;

/**
 * Draws every sensitivity towards the mean of its class, by as much as seeds disagree (empirical Bayes):
 * w = τ² / (τ² + SE²), τ² = max(0, variance within classes − SE²). With few seeds a sample's own SE is mostly noise,
 * so SE² is the mean over samples.
 */
export function shrink(table: SensitivityTable, labels: Int32Array, qualities: number): Shrunk {
  const rows = table.sample.length;
  const classes = labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  const difference = new Float32Array(rows * qualities);
  const reliability = new Float32Array(qualities);
  const sum = new Float64Array(classes);
  const size = new Float64Array(classes);
  for (let row = 0; row < rows; row++) add(size, labels[row] as number, 1);
  for (let q = 0; q < qualities; q++) {
    sum.fill(0);
    for (let row = 0; row < rows; row++)
      add(sum, labels[row] as number, table.difference[row * qualities + q] as number);
    const classMean = sum.map((total, label) => total / Math.max(1, size[label] as number));
    let spread = 0;
    let noise = 0;
    for (let row = 0; row < rows; row++) {
      const at = row * qualities + q;
      spread += ((table.difference[at] as number) - (classMean[labels[row] as number] as number)) ** 2;
      noise += (table.error[at] as number) ** 2;
    }
    const signal = Math.max(0, spread - noise);
    const weight = Number.isNaN(noise) ? singleSeedWeight : spread > 0 ? signal / spread : 0;
    reliability[q] = weight;
    for (let row = 0; row < rows; row++) {
      const at = row * qualities + q;
      const mean = classMean[labels[row] as number] as number;
      difference[at] = mean + weight * ((table.difference[at] as number) - mean);
    }
  }
  return { difference, reliability };
}

const add = (array: Float64Array, at: number, value: number) => {
  array[at] = (array[at] as number) + value;
};
