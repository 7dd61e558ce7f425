/** Trains the same network on what policies keep of a dataset, and tests it on the same images. */
import { rmSync } from 'node:fs';
import pMap from 'p-map';
import type { StageName } from '../protocol/analysis.ts';
import { qualitiesOf, type Encoding } from '../protocol/encoding.ts';
import type { Analysis } from './analysis.ts';
import type { JobContext } from './job.ts';
import type { Ports } from './ports.ts';
import {
  normalisation,
  probeNetwork,
  sideBySide,
  trainingSteps,
  type FoldLosses,
  type FoldTask,
} from './probe/index.ts';
import { keyOf } from './store/index.ts';
import { trainingViews, type TrainingAndTest } from './training-and-test.ts';

/** What a seed's training sees: the option of every sample of the dataset. */
export type Options = Uint8Array;

/** What a policy made of a budget. */
export interface Contender {
  /** For each seed. */
  readonly options: readonly Options[];
  /** Quality of the compressed test images, of the usual coding. */
  readonly compressedAt: number;
}

/** Of test images: as they are, and compressed. */
export const testView = { original: 0, compressed: 1 } as const;

interface Run {
  readonly stage: StageName;
  readonly encodings: readonly Encoding[];
  readonly epochs: number;
}

/**
 * Results of every contender and seed, at `testView`s; what was trained before, by whichever job, is not trained again.
 */
export async function trainContenders(
  contenders: readonly Contender[],
  setting: TrainingAndTest,
  { stage, encodings, epochs }: Run,
  ports: Ports,
  job: JobContext,
): Promise<{ results: FoldLosses[][]; engine: string }> {
  const { samples, trainRows, testRows, answers, classes, side, key } = setting;
  const views = await trainingViews(setting, samples, encodings, ports, job);
  const trainer = await ports.openTrainer(job.signal);
  const network = probeNetwork(side, classes, normalisation(views, trainRows.length), answers.kind);
  // The same for all: a policy that drops images does not get less training.
  const steps = trainingSteps(trainRows.length, epochs, answers);
  const runs = contenders.flatMap(({ options, compressedAt }) =>
    options.map((option, seed) => ({ option, seed, compressedAt })),
  );
  let [done, finished] = [0, 0];
  const progress = () => {
    const note = `${finished} of ${runs.length} trainings finished`;
    const counted = { done: Math.min(done, runs.length * steps), total: runs.length * steps };
    job.onProgress({ stage, ...counted, unit: 'steps', note });
  };
  progress();
  const train = async ({ option, seed, compressedAt }: (typeof runs)[number], at: number): Promise<FoldLosses> => {
    const ofRow = Uint8Array.from(samples, (i) => option[i] as number);
    const stored = keyOf('evaluation', key, network, [...trainRows.map((row) => ofRow[row] as number)], {
      ...{ seed, steps, compressedAt },
    });
    const known = ports.store.getTable(stored) as FoldLosses | undefined;
    const before = done;
    const task: FoldTask = {
      ...{ views, network, answers, scoreRows: testRows, steps, seed },
      trainRows: trainRows.filter((row) => ofRow[row] !== 0),
      trainViews: ofRow.map((own) => Math.max(0, own - 1)),
      scoreViews: [encodings.length, encodings.findIndex(({ quality }) => quality === compressedAt)],
    };
    const onStep = () => {
      done += 1;
      progress();
    };
    const beside = sideBySide(at, runs.length, trainer.parallel);
    const result = known ?? (await trainer.run('fold', task, { signal: job.signal, onStep }, beside));
    if (!known) ports.store.putTable(stored, result);
    done = Math.max(done, before + steps);
    finished += 1;
    progress();
    return result;
  };
  const all = await pMap(runs, train, { concurrency: trainer.parallel, signal: job.signal });
  rmSync(views.file);
  let from = 0;
  const results = contenders.map(({ options }) => all.slice(from, (from += options.length)));
  return { results, engine: trainer.name };
}

/** Training images that are kept, and their bytes. */
export function keptOf({ countedBytes, frontier }: Analysis, { samples, trainRows }: TrainingAndTest, option: Options) {
  const width = frontier.encodings.length + 2;
  let [images, bytes] = [0, 0];
  for (const row of trainRows) {
    const i = samples[row] as number;
    const own = option[i] as number;
    if (own === 0) continue;
    images += 1;
    bytes += countedBytes[i * width + own] as number;
  }
  return { images, bytes };
}

/** The highest quality of the usual coding at which a copy of all images fits the budget; the lowest where none does. */
export function uniformQuality(
  { frontier, sensitivity, summary, countedBytes }: Analysis,
  budgetBytes: number,
): number {
  const width = frontier.encodings.length + 2;
  const bytesAt = (q: number) =>
    sensitivity.sample.reduce((sum, i) => {
      const own = countedBytes[i * width + q + 1] as number;
      return sum + (Number.isNaN(own) ? (countedBytes[(i + 1) * width - 1] as number) : own);
    }, summary.fixedBytes);
  const qualities = qualitiesOf(frontier.encodings);
  const q = [...qualities.keys()].findLast((own) => bytesAt(own) <= budgetBytes) ?? 0;
  return qualities[q] as number;
}
