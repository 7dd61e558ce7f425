/** Trains over numbers of images × qualities and fits the storage law: see protocol/sweep.ts. */
import { rmSync } from 'node:fs';
import type { StudyQuality } from '../protocol/study.ts';
import type { SweepReport, SweepSettings } from '../protocol/sweep.ts';
import type { AnalysisSettings } from '../protocol/worker.ts';
import { InputError } from './errors.ts';
import type { JobContext } from './job.ts';
import type { Ports } from './ports.ts';
import { normalisation, probeNetwork, trainingSteps, type FoldTask, type Trainer } from './probe/index.ts';
import { measureRates, type RateTable } from './rate/index.ts';
import { withRealMixes } from './real-mixes.ts';
import { keyOf } from './store/index.ts';
import {
  affords,
  coarseCells,
  fitLaws,
  fitTime,
  isHopeless,
  lawOptimum,
  mostTelling,
  nestedOrder,
  pointsOf,
  sameCell,
  seedDeviation,
  sweepFindings,
  withTimePriced,
  type Cell,
  type LawLimits,
  type Timed,
} from './sweep/index.ts';
import { putSweepReport } from './sweep-report.ts';
import { findTrainingAndTest, trainingViews } from './training-and-test.ts';

/** Sizes halve from all images so many times. */
const halvings = 4;
/** Budgets to look for the best mix at, as shares of the largest cell's bytes. */
const usualShares = [0.1, 0.2, 0.4, 0.8];

/** A cell's training with one seed. */
interface Training extends Cell {
  readonly seed: number;
}

/** What the store keeps of a training. */
interface Trained {
  readonly error: number;
  readonly seconds: number;
}

/** @throws InputError when a size is larger than the dataset */
export async function sweep(
  folder: string,
  settings: AnalysisSettings,
  { sizes: wanted, seeds, epochs, maxMinutes = Infinity, budgets: wantedBudgets }: SweepSettings,
  ports: Ports,
  job: JobContext,
): Promise<SweepReport> {
  const started = performance.now();
  const { secondWorth } = settings;
  const minutes = () => (performance.now() - started) / 60_000;
  const setting = await findTrainingAndTest(folder, settings, ports, job);
  const { dataset, samples, trainRows, testRows, labels, answers, classes, side, key, tested } = setting;
  const sizes = sizesOf(trainRows.length, wanted, dataset.root);
  const rates = await measureRates(dataset, settings.qualities, settings, ports, job);
  const qualities: StudyQuality[] = [...settings.qualities, 'original'];
  const orders = Array.from({ length: seeds }, (_, seed) => nestedOrder(trainRows, labels, seed));
  const inOrder = (orders[0] as Uint32Array).map((row) => samples[row] as number);
  const cells = cellsOf(sizes, inOrder, rates);

  const views = await trainingViews(setting, samples, settings.qualities, ports, job);
  const trainer = await ports.openTrainer(job.signal);
  const network = probeNetwork(side, classes, normalisation(views, trainRows.length), answers.kind);
  const all = cells.flatMap((cell) => Array.from({ length: seeds }, (_, seed): Training => ({ ...cell, seed })));
  const stepsOf = ({ images }: Cell) => trainingSteps(images, epochs, answers);
  const total = all.reduce((sum, training) => sum + stepsOf(training), 0);
  let steps = 0;
  const progress = (done: number) => {
    const note = `${done} of ${all.length} trainings finished`;
    job.onProgress({ stage: 'sweep', done: Math.min(steps, total), total, unit: 'steps', note });
  };
  const done: Timed[] = [];

  const train = async (training: Training): Promise<void> => {
    const stored = keyOf('sweep-training', key, network, training.images, training.quality, training.seed, epochs);
    const before = steps;
    let result = ports.store.getTable(stored) as Trained | undefined;
    if (result === undefined) {
      const start = performance.now();
      const task: FoldTask = {
        ...{ views, network, answers, scoreRows: testRows, scoreViews: [qualities.length - 1] },
        trainRows: (orders[training.seed] as Uint32Array).subarray(0, training.images),
        trainViews: [training.quality],
        steps: stepsOf(training),
        seed: training.seed,
      };
      const onStep = () => {
        steps += 1;
        progress(done.length);
      };
      const { error } = await trainer.run('fold', task, { signal: job.signal, onStep }, trainer.parallel);
      result = { error: error[0] as number, seconds: (performance.now() - start) / 1000 };
      ports.store.putTable(stored, result);
    }
    steps = Math.max(steps, before + stepsOf(training));
    const { images, quality, bytes, seed } = training;
    done.push({ cell: { images, quality, bytes }, seed, ...result });
    progress(done.length);
  };

  const encoded = cells.filter(({ quality }) => qualities[quality] !== 'original');
  const largest = Math.max(...encoded.map(({ images, bytes }) => images * bytes));
  const budgets = wantedBudgets ?? usualShares.map((share) => share * largest);
  const limits: LawLimits = {
    mostImages: trainRows.length,
    bytes: extremes(encoded.map(({ bytes }) => bytes)),
  };
  const waiting = new Set(all);
  const coarse = coarseCells(cells).map((cell) => all.find((one) => sameCell(one, cell) && one.seed === 0) as Training);
  await inTurn(trainer, () => {
    job.signal.throwIfAborted();
    if (minutes() > maxMinutes) return undefined;
    const next = coarse.find((training) => waiting.has(training)) ?? tellingTraining([...waiting]);
    if (next) waiting.delete(next);
    return next && train(next);
  });

  /** The one that narrows the expected error at the middle budget most; seeds of hopeless cells are left out. */
  function tellingTraining(open: readonly Training[]): Training | undefined {
    const worthwhile = open.filter((training) => !isHopeless(training, done));
    const points = pointsOf(encoded, done);
    try {
      const { fit, laws } = fitLaws(points, { budgets: [], limits });
      const middle = budgets[budgets.length >> 1] as number;
      const priced = withTimePriced(limits, fitTime(done), secondWorth);
      const place = lawOptimum(fit.law, middle, affords(middle, priced) ? priced : limits);
      return mostTelling(worthwhile, laws.slice(0, 50), place, seedDeviation(done));
    } catch (error) {
      // Too few points for a law yet: the largest first.
      if (error instanceof InputError) return worthwhile.toSorted((a, b) => b.images - a.images)[0];
      throw error;
    }
  }

  rmSync(views.file);
  const hopeless = [...waiting].filter((training) => isHopeless(training, done)).length;
  const { optima, ...findings } = sweepFindings(cells, done, { qualities, budgets, limits, secondWorth });
  const taken = { dataset, rates, samples: inOrder };
  const list = await withRealMixes(optima?.list ?? [], findings.time, taken, settings, ports, job);
  const report: SweepReport = {
    ...{
      root: dataset.root,
      task: dataset.task,
      trainImages: trainRows.length,
      testImages: testRows.length,
      tested,
      epochs,
    },
    engine: trainer.name,
    ...findings,
    ...(optima && { optima: { ...optima, list } }),
    left: { hopeless, late: waiting.size - hopeless },
    minutes: minutes(),
  };
  putSweepReport(ports.store, dataset, settings, report);
  return report;
}

function sizesOf(all: number, wanted: readonly number[] | undefined, root: string): number[] {
  const sizes = wanted ?? Array.from({ length: halvings + 1 }, (_, k) => Math.round(all / 2 ** (halvings - k)));
  const tooLarge = sizes.find((images) => images > all);
  if (tooLarge !== undefined)
    throw new InputError(`${root}: asked to train on ${tooLarge} images but found ${all} that can be trained on`);
  return [...new Set(sizes)].sort((a, b) => a - b);
}

/** Sizes × qualities and the originals, with the mean bytes of the first samples in order. */
function cellsOf(sizes: readonly number[], inOrder: Uint32Array, { qualities, encoded, original }: RateTable): Cell[] {
  const bytesOf = (i: number, quality: number): number => {
    const own = quality < qualities.length ? (encoded[i * qualities.length + quality] as number) : 0;
    return own > 0 ? own : (original[i] as number);
  };
  return sizes.flatMap((images) =>
    Array.from({ length: qualities.length + 1 }, (_, quality) => {
      const bytes = inOrder.subarray(0, images).reduce((sum, i) => sum + bytesOf(i, quality), 0);
      return { images, quality, bytes: bytes / images };
    }),
  );
}

/** Starts what comes next whenever a processor is free, until nothing does. */
async function inTurn({ parallel }: Trainer, next: () => Promise<void> | undefined): Promise<void> {
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (let running = next(); running; running = next()) await running;
    }),
  );
}

const extremes = (values: readonly number[]) => [Math.min(...values), Math.max(...values)] as const;
