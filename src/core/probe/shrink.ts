import type { SensitivityTable } from './sensitivity-table.ts';

export interface Shrunk {
  /** Sensitivities drawn towards their class's mean, P × Q. */
  readonly difference: Float32Array;
  /** Share of the variance within classes that is signal rather than seed noise, at every quality, 0..1, Q. */
  readonly reliability: Float32Array;
}

/** Weight with a single seed, where noise can't be told from signal: about the split-half correlation of one probe. */
const singleSeedWeight = 0.4;

/** A class's own variances count for as much as those of all classes when it has this many samples. */
const pooledSamples = 10;

/**
 * Draws every sensitivity towards the mean of its class, by as much as seeds disagree (empirical Bayes):
 * w = τ² / (τ² + SE²), τ² = max(0, variance within the class − SE²). With few seeds a sample's own SE is mostly noise,
 * so SE² is the mean over the class, and small classes borrow from all.
 */
export function shrink(table: SensitivityTable, labels: Int32Array, qualities: number): Shrunk {
  const rows = table.sample.length;
  const classes = labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  const difference = new Float32Array(rows * qualities);
  const reliability = new Float32Array(qualities);
  const size = new Float64Array(classes);
  for (let row = 0; row < rows; row++) add(size, labels[row] as number, 1);
  for (let q = 0; q < qualities; q++) {
    const classMean = new Float64Array(classes);
    for (let row = 0; row < rows; row++) {
      const label = labels[row] as number;
      add(classMean, label, (table.difference[row * qualities + q] as number) / (size[label] as number));
    }
    const spread = new Float64Array(classes);
    const noise = new Float64Array(classes);
    for (let row = 0; row < rows; row++) {
      const label = labels[row] as number;
      const at = row * qualities + q;
      add(spread, label, ((table.difference[at] as number) - (classMean[label] as number)) ** 2);
      add(noise, label, (table.error[at] as number) ** 2);
    }
    const [allSpread, allNoise] = [total(spread), total(noise)];
    reliability[q] = signalShare(allSpread, allNoise);
    const pooled = pooledSamples / rows;
    const weight = spread.map((own, label) =>
      signalShare(own + pooled * allSpread, (noise[label] as number) + pooled * allNoise),
    );
    for (let row = 0; row < rows; row++) {
      const label = labels[row] as number;
      const at = row * qualities + q;
      const mean = classMean[label] as number;
      difference[at] = mean + (weight[label] as number) * ((table.difference[at] as number) - mean);
    }
  }
  return { difference, reliability };
}

/** Share of a sum of squares that is not noise; with a single seed the noise is unknown. */
function signalShare(spread: number, noise: number): number {
  if (Number.isNaN(noise)) return singleSeedWeight;
  return spread > 0 ? Math.max(0, spread - noise) / spread : 0;
}

const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

const add = (array: Float64Array, at: number, value: number) => {
  array[at] = (array[at] as number) + value;
};
