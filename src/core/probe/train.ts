import { learningRateAt, mirror, type Engine, type Model, type Schedule } from '../../engine/index.ts';
import { seededRandom, shuffle } from '../random.ts';
import type { Answers, Judge } from './judge/index.ts';
import type { FoldTask } from './trainer.ts';
import type { Views } from './views.ts';

/** Images of a step, and the fewest steps that a small network needs to settle. */
const usual = { batchSize: 64, leastSteps: 160 };
/** Where every pixel or position is asked about, an image teaches more. */
const manyAnswers = { batchSize: 8, leastSteps: 400 };
const paceOf = ({ kind }: Answers) => (kind === 'classes' ? usual : manyAnswers);

export const batchSizeOf = (answers: Answers) => paceOf(answers).batchSize;

/** Steps of a training: the epochs over `count` images, but no fewer than a small network needs to settle. */
export function trainingSteps(count: number, epochs: number, answers: Answers): number {
  const { batchSize, leastSteps } = paceOf(answers);
  return Math.max(epochs * Math.ceil(count / batchSize), leastSteps);
}

/**
 * Trains a probe: every time an image is drawn it comes in one of the views to train on, at random, and mirrored half of the
 * time where the judge can follow. `onStep` is told the number of steps done, and waited for.
 */
export async function trainProbe(
  engine: Engine,
  views: Views,
  judge: Judge,
  { network, trainRows, trainViews, answers, steps, seed }: FoldTask,
  onStep: (model: Model, done: number) => Promise<void> | void,
): Promise<Model> {
  const batchSize = batchSizeOf(answers);
  const model = await engine.create({ network, optimizer: { kind: 'adam', weightDecay: 1e-4 }, batchSize, seed });
  const schedule: Schedule = { kind: 'cosine', peak: 2e-3, steps };
  const random = seededRandom(seed);
  const order = shuffle(trainRows.slice(), random);
  const size = Math.min(batchSize, order.length);
  const pixels = new Uint8Array(size * views.bytes);
  const labels = new Int32Array(size * judge.size);
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
        const mirrored = judge.mirrors && random.below(2) === 1;
        if (mirrored) mirror(pixels.subarray(place * views.bytes, (place + 1) * views.bytes), views.side, 3);
        judge.read(row, labels.subarray(place * judge.size, (place + 1) * judge.size), mirrored);
      }
      await model.trainStep({ pixels, labels }, learningRateAt(schedule, step));
      await onStep(model, step + 1);
    }
    return model;
  } catch (error) {
    await model.dispose();
    throw error;
  }
}
