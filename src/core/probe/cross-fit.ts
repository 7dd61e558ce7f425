import pMap from 'p-map';
import type { JobContext } from '../job.ts';
import { keyOf, type Store } from '../store/index.ts';
import { stratifiedFolds, stratifiedShare } from './folds.ts';
import type { Answers } from './judge/index.ts';
import { probeNetwork } from './network.ts';
import type { ProbeSettings, SensitivityTable } from './sensitivity-table.ts';
import { trainingSteps } from './train.ts';
import {
  sideBySide,
  type FoldLosses,
  type FoldTask,
  type ModelProxies,
  type OpenTrainer,
  type RestScores,
  type RestTask,
} from './trainer.ts';
import { normalisation } from './normalisation.ts';
import type { ViewsFile } from './views.ts';

export interface CrossFitInput {
  readonly views: ViewsFile;
  /** Sample number of every row of `views`. */
  readonly sample: Uint32Array;
  /** Class of every row, by which the folds are balanced. */
  readonly labels: Int32Array;
  readonly answers: Answers;
  /** That an answer can be. */
  readonly classes: number;
  readonly settings: ProbeSettings;
  /** Names the views and labels in the store. */
  readonly key: string;
  /** Rows that are not probed, but looked at by every probe. */
  readonly rest?: RestTask;
  /** Tells, of the table so far, the rows that need no more seeds (1), P. */
  readonly settled?: (table: SensitivityTable) => Uint8Array;
}

interface Training {
  readonly seed: number;
  readonly fold: number;
  /** On half of the training rows: two sizes tell how the loss falls with data. */
  readonly half: boolean;
}

/** Seeds that every row gets: one alone knows no error. */
const leastSeeds = 2;

/**
 * Scores every row at every quality by probes that never saw it, for every seed; finished folds are taken from the
 * store, so that a cancelled run goes on where it stopped.
 */
export async function measureSensitivity(
  { views, sample, labels, answers, classes, settings, key, settled, rest }: CrossFitInput,
  { openTrainer, store }: { openTrainer: OpenTrainer; store: Store },
  { signal, onProgress }: JobContext,
): Promise<SensitivityTable> {
  const { folds, seeds, epochs, kind, proxies } = settings;
  const network = probeNetwork(views.side, classes, normalisation(views, sample.length), answers.kind);
  const all = Uint32Array.from(labels.keys());
  const trainViews = kind === 'originals' ? [views.count - 1] : Array.from({ length: views.count }, (_, view) => view);
  const steps = trainingSteps(sample.length - Math.floor(sample.length / folds), epochs, answers);
  const trainings = folds * seeds + 1;
  let done = 0;
  let finished = 0;
  const progress = (note = `${finished} of ${trainings} probes finished`) => {
    // A training that another engine had to take over has taken some steps twice.
    const counted = { done: Math.min(done, trainings * steps), total: trainings * steps };
    onProgress({ stage: 'probe', ...counted, unit: 'steps', note });
  };
  progress('choosing the engine');
  const trainer = await openTrainer(signal);
  let unsettled = all;

  const runFold = async ({ seed, fold, half }: Training, beside: number): Promise<FoldLosses | undefined> => {
    const foldOf = stratifiedFolds(labels, folds, seed);
    const seen = all.filter((row) => foldOf[row] !== fold);
    const scoreRows = (half ? all : unsettled).filter((row) => foldOf[row] === fold);
    const stored = keyOf('probe-fold-4', key, settings, seed, fold, half, [...scoreRows]);
    let result = store.getTable(stored) as FoldLosses | undefined;
    if (result === undefined && scoreRows.length > 0) {
      const trainRows = half ? stratifiedShare(seen, labels, { share: 0.5, seed }) : seen;
      const shared = { views, network, answers, trainRows, trainViews, scoreRows, steps, seed: seed * folds + fold };
      const task: FoldTask = proxies && !half ? { ...shared, also: 'proxies', ...(rest && { rest }) } : shared;
      const onStep = () => {
        done += 1;
        progress();
      };
      result = await trainer.run('fold', task, { signal, onStep }, beside);
      store.putTable(stored, result);
    } else done += steps;
    finished += 1;
    progress();
    return result;
  };
  const runAll = async (list: readonly Training[]) => {
    const { parallel } = trainer;
    const run = (training: Training, at: number) => runFold(training, sideBySide(at, list.length, parallel));
    return (await pMap(list, run, { concurrency: parallel, signal })).filter((result) => result !== undefined);
  };
  const ofSeeds = (first: number, end: number): Training[] =>
    Array.from({ length: (end - first) * folds }, (_, k) => ({
      seed: first + Math.floor(k / folds),
      fold: k % folds,
      half: false,
    }));

  const atOnce = settled ? Math.min(leastSeeds, seeds) : seeds;
  const first = await runAll([...ofSeeds(0, atOnce), { seed: 0, fold: 0, half: true }]);
  const onHalf = first.pop() as FoldLosses;
  const lossOf = (result: FoldLosses) => meanOriginalLoss(result, views.count);
  const dataExponent = Math.log2(lossOf(onHalf) / lossOf(first[0] as FoldLosses));
  const tableOf = (results: readonly FoldLosses[]): SensitivityTable => ({
    sample,
    ...summarise(results, sample.length, views.count - 1),
    dataExponent,
    secondsPerImage: epochs * secondsPerDraw([...results, onHalf]),
    engine: trainer.name,
  });
  const results = first;
  if (!settled) return tableOf(results);
  for (let seed = atOnce; seed < seeds; seed++) {
    const isSettled = settled(tableOf(results));
    unsettled = all.filter((row) => isSettled[row] === 0);
    results.push(...(await runAll(ofSeeds(seed, seed + 1))));
  }
  const forwardPasses = results.reduce((sum, { losses }) => sum + losses.length, 0);
  const inAll = sample.length * views.count * seeds;
  return {
    ...tableOf(results),
    saved: {
      trainings: folds * seeds - results.length,
      trainingsInAll: folds * seeds,
      forwardPasses: inAll - forwardPasses,
      forwardPassesInAll: inAll,
      settledRows: sample.length - unsettled.length,
    },
  };
}

function secondsPerDraw(results: readonly FoldLosses[]): number {
  const total = (of: keyof NonNullable<FoldLosses['training']>) =>
    results.reduce((sum, { training }) => sum + (training?.[of] ?? 0), 0);
  return total('seconds') / total('drawn');
}

function meanOriginalLoss({ losses }: FoldLosses, views: number): number {
  let sum = 0;
  for (let at = views - 1; at < losses.length; at += views) sum += losses[at] as number;
  return (sum * views) / losses.length;
}

/** Means over the seeds that scored each row, and their standard errors. */
export function summarise(results: readonly FoldLosses[], rows: number, qualities: number) {
  const views = qualities + 1;
  const scored = new Uint8Array(rows);
  for (const { rows: own } of results) for (const row of own) scored[row] = (scored[row] as number) + 1;
  const loss = new Float32Array(rows);
  const difference = new Float32Array(rows * qualities);
  const squares = new Float64Array(rows * qualities);
  const meanError = new Float32Array(rows);
  const meanOfMeans = new Float64Array(rows);
  for (const result of results) {
    result.rows.forEach((row, place) => {
      const share = 1 / (scored[row] as number);
      const original = result.losses[place * views + qualities] as number;
      loss[row] = (loss[row] as number) + original * share;
      let sum = 0;
      for (let q = 0; q < qualities; q++) {
        const d = (result.losses[place * views + q] as number) - original;
        const at = row * qualities + q;
        difference[at] = (difference[at] as number) + d * share;
        squares[at] = (squares[at] as number) + d * d * share;
        sum += d;
      }
      meanError[row] = (meanError[row] as number) + (sum / qualities) ** 2 * share;
      meanOfMeans[row] = (meanOfMeans[row] as number) + (sum / qualities) * share;
    });
  }
  // From the mean of squares to the standard error of the mean, with the unbiased variance.
  const standardError = (meanSquare: number, mean: number, seeds: number) =>
    seeds > 1 ? Math.sqrt(Math.max(0, meanSquare - mean * mean) / (seeds - 1)) : NaN;
  const error = Float32Array.from(squares, (square, at) =>
    standardError(square, difference[at] as number, scored[Math.floor(at / qualities)] as number),
  );
  meanError.forEach((square, row) => {
    meanError[row] = standardError(square, meanOfMeans[row] as number, scored[row] as number);
  });
  const proxies = meanProxies(results, scored);
  const marked = results.reduce((sum, { rows: own }) => sum + own.length, 0);
  const accuracy = results.reduce(
    (sum, { rows: own, error: missed }) => sum + ((1 - (missed[qualities] as number)) * own.length) / marked,
    0,
  );
  const rest = meanRest(results);
  return { loss, difference, error, meanError, scored, accuracy, ...(proxies && { proxies }), ...(rest && { rest }) };
}

/** Every probe saw none of them: the mean over all. */
function meanRest(results: readonly FoldLosses[]): RestScores | undefined {
  const all = results.flatMap(({ rest }) => (rest ? [rest] : []));
  const [first] = all;
  if (first === undefined) return undefined;
  const mean = (values: readonly Float32Array[]) =>
    Float32Array.from(first.loss, (_, at) => values.reduce((sum, own) => sum + (own[at] as number), 0) / all.length);
  const proxies = Object.fromEntries(
    (Object.keys(first.proxies) as (keyof ModelProxies)[])
      .filter((name) => first.proxies[name].length > 0)
      .map((name) => [name, mean(all.map((rest) => rest.proxies[name]))]),
  ) as unknown as ModelProxies;
  return { loss: mean(all.map(({ loss }) => loss)), proxies };
}

function meanProxies(results: readonly FoldLosses[], scored: Uint8Array): ModelProxies | undefined {
  const [some] = results;
  if (some?.proxies === undefined) return undefined;
  const names = Object.keys(some.proxies) as (keyof ModelProxies)[];
  const mean = (name: keyof ModelProxies) => {
    const width = (some.proxies?.[name].length ?? 0) / some.rows.length;
    const means = new Float32Array(scored.length * width);
    for (const { rows, proxies } of results)
      rows.forEach((row, place) => {
        for (let q = 0; q < width; q++) {
          const value = proxies?.[name][place * width + q] as number;
          means[row * width + q] = (means[row * width + q] as number) + value / (scored[row] as number);
        }
      });
    return means;
  };
  return Object.fromEntries(names.map((name) => [name, mean(name)])) as unknown as ModelProxies;
}
