import { learningRateAt, type Engine, type Model, type Schedule } from '../../engine/index.ts';
import { seededRandom, shuffle } from '../random.ts';
import type { FoldTask } from './trainer.ts';
import type { Views } from './views.ts';

export const batchSize = 64;

/** Steps of a training: the epochs over `count` images, but no fewer than a small network needs to settle. */
export const trainingSteps = (count: number, epochs: number) => Math.max(epochs * Math.ceil(count / batchSize), 160);

/**
 * Trains a probe: every time an image is drawn it comes in one of the views to train on, at random. `onStep` is told the
 * number of steps done, and waited for.
 */
export async function trainProbe(
  engine: Engine,
  views: Views,
  { network, trainRows, trainViews, labels, steps, seed }: FoldTask,
  onStep: (model: Model, done: number) => Promise<void> | void,
): Promise<Model> {
  const model = await engine.create({ network, optimizer: { kind: 'adam', weightDecay: 1e-4 }, batchSize, seed });
  const schedule: Schedule = { kind: 'cosine', peak: 2e-3, steps };
  const random = seededRandom(seed);
  const order = shuffle(trainRows.slice(), random);
  const size = Math.min(batchSize, order.length);
  const pixels = new Uint8Array(size * views.bytes);
  const batchLabels = new Int32Array(size);
  let next = 0;
  try {
    for (let step = 0; step < steps; step++) {
      for (let place = 0; place < size; place++) {
        if (next === order.length) {
          shuffle(order, random);
          next = 0;
        }
        const row = order[next++] as number;
        const at = trainViews instanceof Uint8Array ? row : random.below(trainViews.length);
        views.read(row, trainViews[at] as number, pixels, place * views.bytes);
        batchLabels[place] = labels[row] as number;
      }
      await model.trainStep({ pixels, labels: batchLabels }, learningRateAt(schedule, step));
      await onStep(model, step + 1);
    }
    return model;
  } catch (error) {
    await model.dispose();
    throw error;
  }
}
