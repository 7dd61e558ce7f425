/** What a network is trained and tested on where plans are judged by training. */
import { availableParallelism } from 'node:os';
import pMap from 'p-map';
import type { Encoding } from '../protocol/encoding.ts';
import type { AnalysisSettings } from '../protocol/worker.ts';
import { answersKey, answersOf, maskReader, readAnnotations } from './annotation/index.ts';
import { openSamples, scanDataset, type Dataset } from './dataset/index.ts';
import { InputError } from './errors.ts';
import type { JobContext } from './job.ts';
import { encodeKey, sourceImage, type Encoder } from './jpeg/index.ts';
import type { Ports } from './ports.ts';
import { buildViews, probeSide, stratifiedShare, type Answers, type ViewsFile } from './probe/index.ts';
import { keyOf } from './store/index.ts';

/** Of the training images, where there is no other split to test on. */
const heldOutShare = 0.2;

export interface TrainingAndTest {
  readonly dataset: Dataset;
  /** Samples to train on, then those to test on; rows of the views. */
  readonly samples: Uint32Array;
  readonly trainRows: Uint32Array;
  readonly testRows: Uint32Array;
  /** Where the tested images come from, in words. */
  readonly tested: string;
  /** Class of every row, by which subsets are balanced. */
  readonly labels: Int32Array;
  /** Of every row. */
  readonly answers: Answers;
  /** That an answer can be. */
  readonly classes: number;
  /** Input size of the network, pixels. */
  readonly side: number;
  /** Names the images, their classes and how they are seen in the store. */
  readonly key: string;
}

/**
 * Training images, and images to test on: of the test split, else of the validation split, else a fifth of every class.
 * Images without a class, or that a JPEG can't hold, are left out. `usualSide` chooses what size they are seen at, of the
 * shorter sides and the number of views, where the settings don't.
 * @throws InputError when there are not two classes
 */
export async function findTrainingAndTest(
  folder: string,
  settings: AnalysisSettings,
  { encoder, store }: Pick<Ports, 'encoder' | 'store'>,
  job: JobContext,
  usualSide = probeSide,
): Promise<TrainingAndTest> {
  const dataset = await readAnnotations(await scanDataset(folder, job, settings.task), { encoder, store }, job);
  const { qualities, codings, probeSide: wantedSide } = settings;
  const fingerprint = datasetKey(dataset);
  const shorter =
    (store.getTable(`shorter-sides-${fingerprint}`) as Uint16Array | undefined) ??
    (await shorterSides(dataset, encoder, job));
  store.putTable(`shorter-sides-${fingerprint}`, shorter);
  const inSplit = (split: number) =>
    Uint32Array.from(shorter.keys()).filter((i) => dataset.split[i] === split && (shorter[i] as number) > 0);
  const [train, val, test] = [inSplit(0), inSplit(1), inSplit(2)] as const;
  const [other, from] = test.length > 0 ? [test, 'the test split'] : [val, 'the validation split'];
  const samples = Uint32Array.from([...train, ...other]);
  const labels = Int32Array.from(samples, (i) => dataset.label[i] as number);
  const all = Uint32Array.from(samples.keys());
  const testRows =
    other.length > 0 ? all.subarray(train.length) : stratifiedShare(all, labels, { share: heldOutShare, seed: 0 });
  const isTested = new Set(testRows);
  const trainRows = all.filter((row) => !isTested.has(row));
  if (dataset.task === 'classification' && new Set(Array.from(trainRows, (row) => labels[row])).size < 2)
    throw new InputError(
      `${dataset.root}: found ${trainRows.length} usable training images, not of two classes. A classifier is trained, so put the images into two or more class folders`,
    );
  if (trainRows.length === 0)
    throw new InputError(`${dataset.root}: found no usable training image with annotations; see its problems by scan`);
  const side =
    wantedSide ??
    usualSide(
      Array.from(samples, (i) => shorter[i] as number),
      codings.length * qualities.length + 1,
    );
  const answered = answersOf(dataset, samples);
  const seen = { qualities, ...encodeKey(settings), side, answers: answersKey(dataset, samples) };
  const key = keyOf('training-and-test', fingerprint, seen);
  const tested = other.length > 0 ? from : 'a fifth of every class, held out';
  return { dataset, samples, trainRows, testRows, tested, labels, ...answered, side, key };
}

/** Names a dataset's files and classes, as far as they can be seen without reading the files. */
export function datasetKey(dataset: Dataset): string {
  const content = Array.from(dataset.label, (label, i) => [
    dataset.path.at(i),
    dataset.bytes[i],
    dataset.modifiedMs[i],
    label,
  ]);
  return keyOf('dataset', dataset.root, content);
}

/** Shorter side in pixels of every sample with a class; 0 where it can't become a JPEG. */
async function shorterSides(dataset: Dataset, encoder: Encoder, { signal, onProgress }: JobContext) {
  const shorter = new Uint16Array(dataset.count);
  await using reader = openSamples(dataset);
  let done = 0;
  const look = async (i: number) => {
    if ((dataset.label[i] as number) >= 0) {
      const image = await reader
        .read(i)
        .then(
          (content) => sourceImage(content, encoder),
          () => undefined,
        )
        .catch(() => undefined);
      if (image && image.keepReason === undefined) shorter[i] = Math.min(image.width, image.height, 0xffff);
    }
    onProgress({ stage: 'views', done: ++done, total: dataset.count, unit: 'images', note: 'looking at every image' });
  };
  await pMap(shorter.keys(), look, { concurrency: availableParallelism() * 2, signal });
  return shorter;
}

/** Views of some of the samples in these encodings and as they are, in a scratch file. */
export function trainingViews(
  { dataset, side, key }: TrainingAndTest,
  samples: Uint32Array,
  encodings: readonly Encoding[],
  { encoder, store }: Ports,
  job: JobContext,
): Promise<ViewsFile> {
  const name = keyOf('training-views', key, [...samples], encodings).replace(':', '-');
  return buildViews(
    store.scratchPath(`${name}.u8`),
    dataset,
    encodings,
    samples,
    side,
    { encoder, maskAt: maskReader(dataset, encoder) },
    job,
  );
}
