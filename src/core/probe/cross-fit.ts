import type { Engine, Model, NetworkDescription } from '../../engine/index.ts';
import type { JobContext } from '../job.ts';
import { keyOf, type Store } from '../store/index.ts';
import { stratifiedFolds, stratifiedHalf } from './folds.ts';
import { probeNetwork } from './network.ts';
import { lossCap, type ProbeSettings, type SensitivityTable } from './sensitivity-table.ts';
import { batchSize, trainProbe, trainingSteps, type Training } from './train.ts';
import type { Views } from './views.ts';

/** Losses of some rows at every view. */
interface FoldLosses {
  readonly rows: Uint32Array;
  /** rows × (Q + 1), nats, capped. */
  readonly losses: Float32Array;
  /** Rows whose original is classified rightly. */
  readonly right: number;
}

export interface CrossFitInput {
  readonly views: Views;
  /** Sample number of every row of `views`. */
  readonly sample: Uint32Array;
  /** Class of every row, 0..classes-1. */
  readonly labels: Int32Array;
  readonly classes: number;
  readonly settings: ProbeSettings;
  /** Names the views and labels in the store. */
  readonly key: string;
}

/**
 * Scores every row at every quality by probes that never saw it, for every seed; finished folds are taken from the
 * store, so that a cancelled run goes on where it stopped.
 */
export async function measureSensitivity(
  { views, sample, labels, classes, settings, key }: CrossFitInput,
  { engine, store }: { engine: Engine; store: Store },
  { signal, onProgress }: JobContext,
): Promise<SensitivityTable> {
  const { folds, seeds, epochs } = settings;
  const network = probeNetwork(views.side, classes, normalisation(views, sample.length));
  const all = Uint32Array.from(labels.keys());
  const trainSize = sample.length - Math.floor(sample.length / folds);
  const steps = trainingSteps(trainSize, epochs);
  const total = (folds * seeds + 1) * steps;
  let done = 0;

  const runFold = async (seed: number, fold: number, half: boolean): Promise<FoldLosses> => {
    const foldOf = stratifiedFolds(labels, folds, seed);
    const stored = keyOf('probe-fold', key, settings, seed, fold, half);
    const note = half ? 'half of the data' : `fold ${fold + 1} of ${folds}, seed ${seed + 1} of ${seeds}`;
    const finished = store.getTable(stored) as FoldLosses | undefined;
    if (finished !== undefined) {
      done += steps;
      return finished;
    }
    const seen = all.filter((row) => foldOf[row] !== fold);
    const rows = half ? stratifiedHalf(seen, labels, seed) : seen;
    const training: Training = { network, rows, labels, steps, seed: seed * folds + fold };
    const model = await trainProbe(engine, views, training, () => {
      signal.throwIfAborted();
      done += 1;
      onProgress({ stage: 'probe', done, total, unit: 'steps', note });
    });
    try {
      const heldOut = all.filter((row) => foldOf[row] === fold);
      const result = await scoreRows(model, views, heldOut, labels, signal);
      store.putTable(stored, result);
      return result;
    } finally {
      await model.dispose();
    }
  };

  const bySeed: FoldLosses[][] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const ofSeed: FoldLosses[] = [];
    for (let fold = 0; fold < folds; fold++) ofSeed.push(await runFold(seed, fold, false));
    bySeed.push(ofSeed);
  }
  const half = await runFold(0, 0, true);
  const whole = bySeed[0]?.[0] as FoldLosses;
  const dataExponent = Math.log2(meanOriginalLoss(half, views.count) / meanOriginalLoss(whole, views.count));
  const right = bySeed.flat().reduce((sum, fold) => sum + fold.right, 0);
  return {
    sample,
    ...summarise(bySeed, sample.length, views.count - 1),
    accuracy: right / (sample.length * seeds),
    dataExponent,
  };
}

/** Mean and deviation of the originals, a value a channel, from evenly spaced rows. */
function normalisation(views: Views, rows: number): Pick<NetworkDescription, 'mean' | 'deviation'> {
  const pixels = new Uint8Array(views.bytes);
  const sum = [0, 0, 0];
  const squares = [0, 0, 0];
  const taken = Math.min(rows, 500);
  for (let k = 0; k < taken; k++) {
    views.read(Math.floor((k * rows) / taken), views.count - 1, pixels, 0);
    pixels.forEach((value, at) => {
      sum[at % 3] = (sum[at % 3] ?? 0) + value;
      squares[at % 3] = (squares[at % 3] ?? 0) + value * value;
    });
  }
  const count = (taken * views.bytes) / 3;
  const mean = sum.map((total) => total / count);
  const deviation = squares.map((total, c) => Math.max(1, Math.sqrt(total / count - (mean[c] ?? 0) ** 2)));
  return { mean, deviation };
}

/** Losses of rows at every view, and how many originals are classified rightly. */
async function scoreRows(
  model: Model,
  views: Views,
  rows: Uint32Array,
  labels: Int32Array,
  signal: AbortSignal,
): Promise<FoldLosses> {
  const losses = new Float32Array(rows.length * views.count);
  const pixels = new Uint8Array(batchSize * views.bytes);
  const batchLabels = new Int32Array(batchSize);
  let right = 0;
  for (let view = 0; view < views.count; view++) {
    for (let start = 0; start < rows.length; start += batchSize) {
      signal.throwIfAborted();
      const size = Math.min(batchSize, rows.length - start);
      for (let place = 0; place < size; place++) {
        const row = rows[start + place] as number;
        views.read(row, view, pixels, place * views.bytes);
        batchLabels[place] = labels[row] as number;
      }
      const batch = { pixels: pixels.subarray(0, size * views.bytes), labels: batchLabels.subarray(0, size) };
      (await model.losses(batch)).forEach((loss, place) => {
        losses[(start + place) * views.count + view] = Math.min(loss, lossCap);
      });
      if (view === views.count - 1) right += countRight(await model.logits(batch.pixels), batch.labels);
    }
  }
  return { rows, losses, right };
}

function countRight(logits: Float32Array, labels: Int32Array): number {
  const classes = logits.length / labels.length;
  return labels.reduce((right, label, place) => {
    const row = logits.subarray(place * classes, (place + 1) * classes);
    return right + (row.every((logit) => logit <= (row[label] as number)) ? 1 : 0);
  }, 0);
}

function meanOriginalLoss({ losses }: FoldLosses, views: number): number {
  let sum = 0;
  for (let at = views - 1; at < losses.length; at += views) sum += losses[at] as number;
  return (sum * views) / losses.length;
}

function summarise(bySeed: FoldLosses[][], rows: number, qualities: number) {
  const views = qualities + 1;
  const seeds = bySeed.length;
  const loss = new Float32Array(rows);
  const difference = new Float32Array(rows * qualities);
  const error = new Float32Array(rows * qualities);
  const meanError = new Float32Array(rows);
  const seedMeans = new Float64Array(rows * seeds);
  bySeed.forEach((folds, seed) => {
    for (const fold of folds)
      fold.rows.forEach((row, place) => {
        const original = fold.losses[place * views + qualities] as number;
        loss[row] = (loss[row] as number) + original / seeds;
        for (let q = 0; q < qualities; q++) {
          const d = (fold.losses[place * views + q] as number) - original;
          difference[row * qualities + q] = (difference[row * qualities + q] as number) + d / seeds;
          error[row * qualities + q] = (error[row * qualities + q] as number) + (d * d) / seeds;
          seedMeans[row * seeds + seed] = (seedMeans[row * seeds + seed] as number) + d / qualities;
        }
      });
  });
  // From the mean of squares to the standard error of the mean, with the unbiased variance.
  const standardError = (meanSquare: number, mean: number) =>
    seeds > 1 ? Math.sqrt(Math.max(0, meanSquare - mean * mean) / (seeds - 1)) : NaN;
  for (let at = 0; at < error.length; at++) error[at] = standardError(error[at] as number, difference[at] as number);
  for (let row = 0; row < rows; row++) {
    const means = seedMeans.subarray(row * seeds, (row + 1) * seeds);
    const mean = means.reduce((a, b) => a + b, 0) / seeds;
    meanError[row] = standardError(means.reduce((a, b) => a + b * b, 0) / seeds, mean);
  }
  return { loss, difference, error, meanError };
}
