import type { Engine, Model } from '../../engine/index.ts';
import type { TaskContext } from '../probe/trainer.ts';
import { openViews } from '../probe/views.ts';
import { seededRandom, shuffle } from '../random.ts';
import { keptPerSide } from './masks.ts';
import { openSight, type Sight } from './sight.ts';
import type { AdaptResult, AdaptTask, EpochResult } from './task.ts';
import { mean, nextThreshold } from './thresholds.ts';

const batchSize = 64;
const learningRate = 1e-3;

/** Steps of a training on so many images. */
export const adaptSteps = (images: number, epochs: number) => epochs * Math.ceil(images / batchSize);

/**
 * Trains on compressed images and tests, in this thread. In the first epoch all images are at low compression; at the end
 * of each, the loss that an image was trained with chooses its level for the next.
 */
export async function runAdapt(engine: Engine, task: AdaptTask, context: TaskContext): Promise<AdaptResult> {
  using views = openViews(task.views);
  const sight = openSight(views, task);
  const { network, seed, configuration } = task;
  const model = await engine.create({ network, optimizer: { kind: 'adam' }, batchSize, seed });
  try {
    const trained = await train(model, sight, views.side, task, context);
    const high = keptPerSide(configuration.high, views.side);
    const test = (kept?: number) => answers(model, sight, task, kept, context.signal);
    return { ...trained, right: await test(), compressedRight: await test(high) };
  } finally {
    await model.dispose();
  }
}

async function train(
  model: Model,
  sight: Sight,
  side: number,
  { configuration, trainRows, labels: labelOf, epochs: epochCount, seed }: AdaptTask,
  { signal, onStep }: TaskContext,
): Promise<Omit<AdaptResult, 'right' | 'compressedRight'>> {
  const kept = [keptPerSide(configuration.high, side), keptPerSide(configuration.low, side)] as const;
  const low = new Uint8Array(trainRows.length).fill(1);
  const losses = new Float32Array(trainRows.length);
  const order = Uint32Array.from(trainRows.keys());
  const random = seededRandom(seed);
  const pixels = new Float32Array(batchSize * sight.numbers);
  const labels = new Int32Array(batchSize);
  const batchLosses = new Float32Array(batchSize);

  const step = async (images: Uint32Array) => {
    images.forEach((at, place) => {
      const row = trainRows[at] as number;
      sight.read(row, kept[low[at] as 0 | 1], pixels, place * sight.numbers);
      labels[place] = labelOf[row] as number;
    });
    const { length } = images;
    const batch = { pixels: pixels.subarray(0, length * sight.numbers), labels: labels.subarray(0, length) };
    await model.trainStep(batch, learningRate, batchLosses);
    images.forEach((at, place) => {
      losses[at] = batchLosses[place] as number;
    });
  };
  const epochs: EpochResult[] = [];
  const started = performance.now();
  for (let epoch = 0; epoch < epochCount; epoch++) {
    shuffle(order, random);
    for (let start = 0; start < order.length; start += batchSize) {
      signal.throwIfAborted();
      await step(order.subarray(start, start + batchSize));
      onStep();
    }
    const trainedOn = { loss: mean(losses), low: low.reduce((sum, own) => sum + own, 0) };
    const threshold = nextThreshold(configuration.rule, losses, epochs.at(-1)?.threshold);
    epochs.push({ ...trainedOn, ...(threshold !== undefined && { threshold }) });
    if (threshold !== undefined) low.set(losses.map((loss) => (loss > threshold ? 1 : 0)));
  }
  return { epochs, low, losses, seconds: (performance.now() - started) / 1000 };
}

/** 1 for each test row whose class is found when so many coefficients a side are kept; uncompressed when absent. */
async function answers(
  model: Model,
  sight: Sight,
  { testRows, labels, network: { classes } }: AdaptTask,
  kept: number | undefined,
  signal: AbortSignal,
): Promise<Float32Array> {
  const right = new Float32Array(testRows.length);
  const pixels = new Float32Array(batchSize * sight.numbers);
  for (let start = 0; start < testRows.length; start += batchSize) {
    signal.throwIfAborted();
    const rows = testRows.subarray(start, start + batchSize);
    rows.forEach((row, place) => {
      sight.read(row, kept, pixels, place * sight.numbers);
    });
    const logits = await model.logits(pixels.subarray(0, rows.length * sight.numbers));
    rows.forEach((row, place) => {
      const said = logits.subarray(place * classes, (place + 1) * classes);
      right[start + place] = said.indexOf(Math.max(...said)) === labels[row] ? 1 : 0;
    });
  }
  return right;
}
