/** The trainings of a sweep: side by side, each in the store as soon as it ends. */
import { rmSync } from 'node:fs';
import type { Encoding } from '../protocol/encoding.ts';
import type { JobContext } from './job.ts';
import type { Ports } from './ports.ts';
import { normalisation, probeNetwork, trainingSteps, type FoldTask, type Trainer } from './probe/index.ts';
import { keyOf } from './store/index.ts';
import type { Cell, Timed } from './sweep/index.ts';
import { trainingViews, type TrainingAndTest } from './training-and-test.ts';

/** A cell's training with one seed. */
export interface Training extends Cell {
  readonly seed: number;
}

/** Of those that wait, given what is done, the one to start; none to stop. */
export type ChooseNext = (waiting: ReadonlySet<Training>, done: readonly Timed[]) => Training | undefined;

export interface Trainings {
  readonly setting: TrainingAndTest;
  readonly all: readonly Training[];
  /** Rows in the order in which a seed takes them. */
  readonly orders: readonly Uint32Array[];
  readonly encodings: readonly Encoding[];
  readonly epochs: number;
}

/** What the store keeps of a training. */
interface Trained {
  readonly error: number;
  readonly seconds: number;
}

/** Starts what comes next whenever a processor is free, until nothing does; what was trained before is not trained again. */
export async function runTrainings(
  { setting, all, orders, encodings, epochs }: Trainings,
  next: ChooseNext,
  ports: Ports,
  job: JobContext,
): Promise<{ done: readonly Timed[]; waiting: ReadonlySet<Training>; engine: string }> {
  const { samples, trainRows, testRows, answers, classes, side, key } = setting;
  const views = await trainingViews(setting, samples, encodings, ports, job);
  const trainer = await ports.openTrainer(job.signal);
  const network = probeNetwork(side, classes, normalisation(views, trainRows.length), answers.kind);
  const stepsOf = ({ images }: Cell) => trainingSteps(images, epochs, answers);
  const total = all.reduce((sum, training) => sum + stepsOf(training), 0);
  const done: Timed[] = [];
  const waiting = new Set(all);
  let steps = 0;
  const progress = () => {
    const note = `${done.length} of ${all.length} trainings finished`;
    job.onProgress({ stage: 'sweep', done: Math.min(steps, total), total, unit: 'steps', note });
  };

  const trained = async (training: Training): Promise<Trained> => {
    const { images, quality, seed } = training;
    const start = performance.now();
    const task: FoldTask = {
      ...{ views, network, answers, scoreRows: testRows, scoreViews: [encodings.length], seed },
      trainRows: (orders[seed] as Uint32Array).subarray(0, images),
      trainViews: [quality],
      steps: stepsOf(training),
    };
    const onStep = () => {
      steps += 1;
      progress();
    };
    const { error } = await trainer.run('fold', task, { signal: job.signal, onStep }, trainer.parallel);
    return { error: error[0] as number, seconds: (performance.now() - start) / 1000 };
  };
  const keyOfTraining = ({ images, quality, seed }: Training) =>
    keyOf('sweep-training', key, network, images, quality, seed, epochs);
  const finish = (training: Training, result: Trained) => {
    const { images, quality, bytes, seed } = training;
    waiting.delete(training);
    done.push({ cell: { images, quality, bytes }, seed, ...result });
    progress();
  };
  // What an earlier run finished counts, however little time there is now.
  for (const training of all) {
    const known = ports.store.getTable(keyOfTraining(training)) as Trained | undefined;
    if (known === undefined) continue;
    steps += stepsOf(training);
    finish(training, known);
  }
  const train = async (training: Training): Promise<void> => {
    const before = steps;
    const result = await trained(training);
    ports.store.putTable(keyOfTraining(training), result);
    // A training that another engine had to take over has taken some steps twice.
    steps = Math.max(steps, before + stepsOf(training));
    finish(training, result);
  };
  await inTurn(trainer, () => {
    job.signal.throwIfAborted();
    const training = next(waiting, done);
    if (training) waiting.delete(training);
    return training && train(training);
  });
  rmSync(views.file);
  return { done, waiting, engine: trainer.name };
}

async function inTurn({ parallel }: Trainer, next: () => Promise<void> | undefined): Promise<void> {
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (let running = next(); running; running = next()) await running;
    }),
  );
}
