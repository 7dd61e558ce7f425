import pMap from 'p-map';
import type { NetworkDescription } from '../../engine/index.ts';
import type { JobContext } from '../job.ts';
import { keyOf, type Store } from '../store/index.ts';
import { stratifiedFolds, stratifiedHalf } from './folds.ts';
import { probeNetwork } from './network.ts';
import type { ProbeSettings, SensitivityTable } from './sensitivity-table.ts';
import { trainingSteps } from './train.ts';
import type { FoldLosses, OpenTrainer } from './trainer.ts';
import { openViews, type ViewsFile } from './views.ts';

export interface CrossFitInput {
  readonly views: ViewsFile;
  /** Sample number of every row of `views`. */
  readonly sample: Uint32Array;
  /** Class of every row, 0..classes-1. */
  readonly labels: Int32Array;
  readonly classes: number;
  readonly settings: ProbeSettings;
  /** Names the views and labels in the store. */
  readonly key: string;
}

interface Training {
  readonly seed: number;
  readonly fold: number;
  /** On half of the training rows: two sizes tell how the loss falls with data. */
  readonly half: boolean;
}

/**
 * Scores every row at every quality by probes that never saw it, for every seed; finished folds are taken from the
 * store, so that a cancelled run goes on where it stopped.
 */
export async function measureSensitivity(
  { views, sample, labels, classes, settings, key }: CrossFitInput,
  { openTrainer, store }: { openTrainer: OpenTrainer; store: Store },
  { signal, onProgress }: JobContext,
): Promise<SensitivityTable> {
  const { folds, seeds, epochs } = settings;
  const network = probeNetwork(views.side, classes, normalisation(views, sample.length));
  const all = Uint32Array.from(labels.keys());
  const trainSize = sample.length - Math.floor(sample.length / folds);
  const steps = trainingSteps(trainSize, epochs);
  const trainings = folds * seeds + 1;
  let done = 0;
  let finished = 0;
  onProgress({ stage: 'probe', done, total: trainings * steps, unit: 'steps', note: 'choosing the engine' });
  const trainer = await openTrainer(signal);
  const progress = () => {
    const note = `${finished} of ${trainings} probes finished`;
    // A training that another engine had to take over has taken some steps twice.
    onProgress({
      stage: 'probe',
      done: Math.min(done, trainings * steps),
      total: trainings * steps,
      unit: 'steps',
      note,
    });
  };

  const runFold = async ({ seed, fold, half }: Training, at: number): Promise<FoldLosses> => {
    const stored = keyOf('probe-fold', key, settings, seed, fold, half);
    let result = store.getTable(stored) as FoldLosses | undefined;
    if (result === undefined) {
      const foldOf = stratifiedFolds(labels, folds, seed);
      const seen = all.filter((row) => foldOf[row] !== fold);
      const trainRows = half ? stratifiedHalf(seen, labels, seed) : seen;
      const scoreRows = all.filter((row) => foldOf[row] === fold);
      const task = { views, network, labels, trainRows, scoreRows, steps, seed: seed * folds + fold };
      const onStep = () => {
        done += 1;
        progress();
      };
      result = await trainer.run(task, { signal, onStep }, sideBySide(at, trainings, trainer.parallel));
      store.putTable(stored, result);
    } else done += steps;
    finished += 1;
    progress();
    return result;
  };

  const whole = Array.from({ length: folds * seeds }, (_, k) => ({
    seed: Math.floor(k / folds),
    fold: k % folds,
    half: false,
  }));
  const results = await pMap([...whole, { seed: 0, fold: 0, half: true }], runFold, {
    concurrency: trainer.parallel,
    signal,
  });
  const bySeed = Array.from({ length: seeds }, (_, seed) => results.slice(seed * folds, (seed + 1) * folds));
  const lossOf = (result: FoldLosses | undefined) => meanOriginalLoss(result as FoldLosses, views.count);
  const dataExponent = Math.log2(lossOf(results.at(-1)) / lossOf(results[0]));
  const right = bySeed.flat().reduce((sum, fold) => sum + fold.right, 0);
  return {
    sample,
    ...summarise(bySeed, sample.length, views.count - 1),
    accuracy: right / (sample.length * seeds),
    dataExponent,
    engine: trainer.name,
  };
}

/** Trainings of the round that a training runs in: the last round may be smaller. */
const sideBySide = (at: number, count: number, parallel: number) => Math.min(parallel, count - at + (at % parallel));

/** Mean and deviation of the originals, a value a channel, from evenly spaced rows. */
function normalisation(file: ViewsFile, rows: number): Pick<NetworkDescription, 'mean' | 'deviation'> {
  using views = openViews(file);
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
