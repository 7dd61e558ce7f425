/** The study of training on compressed images, on the user's own dataset: see protocol/study.ts. */
import { readFileSync, rmSync } from 'node:fs';
import pMap from 'p-map';
import type { Cluster } from '../protocol/analysis.ts';
import { encodingsOf, withUsualCoding } from '../protocol/encoding.ts';
import type { AttributionOverlap, StudyQuality, StudyReport } from '../protocol/study.ts';
import type { AnalysisSettings } from '../protocol/worker.ts';
import type { NetworkDescription } from '../engine/index.ts';
import { InputError } from './errors.ts';
import type { JobContext } from './job.ts';
import { answersOf } from './annotation/index.ts';
import type { Ports } from './ports.ts';
import {
  accuracies,
  clusterList,
  clusterSensitivities,
  findRegions,
  normalisation,
  overlap,
  probeNetwork,
  sideBySide,
  stratifiedShare,
  topPixels,
  trainingSteps,
  type FoldLosses,
  type FoldTask,
} from './probe/index.ts';
import { keyOf } from './store/index.ts';
import { findTrainingAndTest, trainingViews, type TrainingAndTest } from './training-and-test.ts';

/** The paper's qualities; the best is what the images come in. */
const [low, middle] = [5, 50];
const topShare = 0.1;
const attributedImages = 500;
const curveGroups = 50;

interface Trained {
  readonly result: FoldLosses;
  readonly trained: StudyQuality;
}

/** Trains at three qualities with every seed, unless the store knows the results, and sums up. */
export async function study(
  folder: string,
  given: AnalysisSettings,
  ports: Ports,
  job: JobContext,
): Promise<StudyReport> {
  const settings = withUsualCoding(given);
  const setting = await findTrainingAndTest(folder, settings, ports, job);
  const studyKey = keyOfStudy(setting, settings);
  const known = ports.store.getTable(`report-${studyKey}`) as StudyReport | undefined;
  if (known !== undefined) return known;
  const ladder = [...settings.qualities];
  const views = await trainingViews(setting, setting.samples, encodingsOf(settings.codings, ladder), ports, job);
  const trainer = await ports.openTrainer(job.signal);
  const trained = trainedQualities(settings);
  const { labels, answers, classes, trainRows, testRows, side, dataset } = setting;
  const key = studyKey;
  const network = probeNetwork(side, classes, normalisation(views, trainRows.length), answers.kind);
  ports.store.putTable(`network-${key}`, network);
  const steps = trainingSteps(trainRows.length, settings.epochs, answers);
  const runs = trained.flatMap((quality) => Array.from({ length: settings.seeds }, (_, seed) => ({ quality, seed })));
  let done = 0;
  const count = (more: number) => {
    done += more;
    const total = steps * runs.length;
    job.onProgress({ stage: 'probe', done: Math.min(done, total), total, unit: 'steps', note: 'studying' });
  };
  const results = await pMap(
    runs,
    async ({ quality, seed }, at): Promise<Trained> => {
      const stored = runKey(key, quality, seed);
      const old = ports.store.getTable(stored) as FoldLosses | undefined;
      if (old) count(steps);
      const view = quality === 'original' ? ladder.length : ladder.indexOf(quality);
      const task: FoldTask = {
        ...{ views, network, answers, trainRows, trainViews: [view], scoreRows: testRows, steps, seed },
        also: 'weights',
      };
      const context = {
        signal: job.signal,
        onStep: () => {
          count(1);
        },
      };
      const result = old ?? (await trainer.run('fold', task, context, sideBySide(at, runs.length, trainer.parallel)));
      if (!old) ports.store.putTable(stored, result);
      return { result, trained: quality };
    },
    { concurrency: trainer.parallel, signal: job.signal },
  );
  const byKind = trained.map((quality) => results.filter((own) => own.trained === quality).map(({ result }) => result));

  const shown = stratifiedShare(testRows, labels, { share: Math.min(1, attributedImages / testRows.length), seed: 0 });
  job.onProgress({ stage: 'probe', done: 0, total: 0, unit: 'images', note: 'attributing losses to pixels' });
  const weights = byKind.flat().map((result) => result.weights as NonNullable<FoldLosses['weights']>);
  const task = { views, network, weights, answers, rows: shown };
  const maps = await trainer.run('attribution', task, { signal: job.signal, onStep: () => undefined }, 1);
  const qualities: StudyQuality[] = [...ladder, 'original'];
  const trials = {
    ...{ trained, qualities, images: testRows.length },
    right: byKind.map((kind) => kind.map(({ right }) => right)),
  };
  const losses = meanLosses(byKind.at(-1) ?? []);
  const report: StudyReport = {
    root: dataset.root,
    task: dataset.task,
    trainImages: trainRows.length,
    testImages: testRows.length,
    tested: setting.tested,
    seeds: settings.seeds,
    epochs: settings.epochs,
    side,
    engine: trainer.name,
    trained,
    qualities,
    ...accuracies(trials),
    regions: findRegions(trials),
    curves: {
      groups: Math.min(curveGroups, testRows.length),
      sortedBy: nearest(ladder, middle),
      loss: sortedGroups(losses, ladder, qualities.length),
    },
    clusters: clustersOf(losses, testRows, ladder.length),
    topShare,
    attribution: overlaps(maps, trained, settings.seeds, shown.length),
  };
  ports.store.putTable(`report-${key}`, report);
  rmSync(views.file);
  return report;
}

/** An image as the networks see it, and the pixels that each one's loss rests on. */
export interface AttributionMaps {
  readonly side: number;
  /** side × side × 3. */
  readonly pixels: Uint8Array;
  readonly trained: readonly StudyQuality[];
  /** T × side², nats. */
  readonly maps: readonly Float32Array[];
}

/**
 * Of one image of the dataset, after the study.
 * @throws InputError when there is no such image
 */
export async function attributionOf(
  folder: string,
  path: string,
  given: AnalysisSettings,
  ports: Ports,
  job: JobContext,
): Promise<AttributionMaps> {
  const settings = withUsualCoding(given);
  await study(folder, settings, ports, job);
  const setting = await findTrainingAndTest(folder, settings, ports, job);
  const row = setting.samples.findIndex((i) => setting.dataset.path.at(i) === path);
  if (row < 0)
    throw new InputError(
      `${folder}: found no image ${path} that the study used. Name one relative to the dataset's folder, with forward slashes`,
    );
  const { dataset, samples, side } = setting;
  const key = keyOfStudy(setting, settings);
  const views = await trainingViews(setting, samples.subarray(row, row + 1), [], ports, job);
  const trained = trainedQualities(settings);
  const network = ports.store.getTable(`network-${key}`) as NetworkDescription;
  const weights = trained.map((quality) => {
    const result = ports.store.getTable(runKey(key, quality, 0)) as FoldLosses;
    return result.weights as NonNullable<FoldLosses['weights']>;
  });
  const trainer = await ports.openTrainer(job.signal);
  const { answers } = answersOf(dataset, samples.subarray(row, row + 1));
  const task = { views, network, weights, answers, rows: Uint32Array.of(0) };
  const maps = await trainer.run('attribution', task, { signal: job.signal, onStep: () => undefined }, 1);
  const pixels = new Uint8Array(readFileSync(views.file));
  rmSync(views.file);
  return { side, pixels, trained, maps };
}

const keyOfStudy = ({ key }: TrainingAndTest, { seeds, epochs }: AnalysisSettings) =>
  keyOf('study-2', key, seeds, epochs);

const runKey = (key: string, quality: StudyQuality, seed: number) => keyOf('study-run-2', key, quality, seed);

/** The ladder's nearest to a quality. */
const nearest = (ladder: readonly number[], wanted: number) =>
  [...ladder].sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0] ?? wanted;

const trainedQualities = ({ qualities }: AnalysisSettings): StudyQuality[] => [
  ...new Set([nearest(qualities, low), nearest(qualities, middle), 'original' as const]),
];

/** Mean over the seeds, n × V. */
function meanLosses(results: readonly FoldLosses[]): Float32Array {
  const mean = new Float32Array(results[0]?.losses.length ?? 0);
  for (const { losses } of results)
    losses.forEach((loss, at) => {
      mean[at] = (mean[at] as number) + loss / results.length;
    });
  return mean;
}

/** Mean losses of groups of images sorted by the difference at the middling quality, B × V. */
function sortedGroups(losses: Float32Array, ladder: readonly number[], width: number): Float32Array {
  const q = ladder.indexOf(nearest(ladder, middle));
  const images = losses.length / width;
  const difference = (image: number) =>
    (losses[image * width + q] as number) - (losses[(image + 1) * width - 1] as number);
  const order = Uint32Array.from({ length: images }, (_, image) => image).sort((a, b) => difference(a) - difference(b));
  const groups = Math.min(curveGroups, images);
  const mean = new Float32Array(groups * width);
  order.forEach((image, place) => {
    const group = Math.floor((place * groups) / images);
    const size = Math.ceil(((group + 1) * images) / groups) - Math.ceil((group * images) / groups);
    for (let v = 0; v < width; v++) {
      const at = group * width + v;
      mean[at] = (mean[at] as number) + (losses[image * width + v] as number) / size;
    }
  });
  return mean;
}

function clustersOf(losses: Float32Array, sample: Uint32Array, qualities: number): Cluster[] {
  const width = qualities + 1;
  const original = Float32Array.from(sample, (_, image) => losses[image * width + qualities] as number);
  const difference = Float32Array.from({ length: sample.length * qualities }, (_, at) => {
    const image = Math.floor(at / qualities);
    return (losses[image * width + (at % qualities)] as number) - (original[image] as number);
  });
  return clusterList(clusterSensitivities({ sample, difference, loss: original }, qualities), qualities);
}

/**
 * Overlaps of each kind's top pixels with those of networks trained on originals. Seeds differ within a pair wherever
 * there are two, so that originals against originals is the control: what chance of training alone takes away.
 */
function overlaps(
  maps: readonly Float32Array[],
  trained: readonly StudyQuality[],
  seeds: number,
  images: number,
): AttributionOverlap[] {
  const area = (maps[0]?.length ?? 0) / images;
  const masks = maps.map((map) =>
    Array.from({ length: images }, (_, image) => topPixels(map.subarray(image * area, (image + 1) * area), topShare)),
  );
  const best = trained.length - 1;
  return trained.map((quality, t) => {
    const pairs = Array.from({ length: seeds * seeds }, (_, k) => [Math.floor(k / seeds), k % seeds] as const).filter(
      ([a, b]) => a !== b || seeds === 1,
    );
    const values = Array.from({ length: images }, (_, image) => {
      const own = pairs.map(([a, b]) =>
        overlap(masks[t * seeds + a]?.[image] as Uint8Array, masks[best * seeds + b]?.[image] as Uint8Array),
      );
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    });
    const mean = values.reduce((sum, value) => sum + value, 0) / images;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, images - 1);
    const half = 1.96 * Math.sqrt(variance / images);
    return { trained: quality, overlap: mean, interval: [mean - half, mean + half] };
  });
}
