/** Trains over numbers of images × qualities and fits the storage law: see protocol/sweep.ts. */
import { withUsualCoding } from '../protocol/encoding.ts';
import type { StudyQuality } from '../protocol/study.ts';
import type { SweepReport, SweepSettings } from '../protocol/sweep.ts';
import type { AnalysisSettings } from '../protocol/worker.ts';
import { InputError } from './errors.ts';
import type { JobContext } from './job.ts';
import type { Ports } from './ports.ts';
import { measureRates, type RateTable } from './rate/index.ts';
import { withRealMixes } from './real-mixes.ts';
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
import { runTrainings, type ChooseNext, type Training } from './sweep-trainings.ts';
import { findTrainingAndTest } from './training-and-test.ts';

/** Sizes halve from all images so many times. */
const halvings = 4;
/** Budgets to look for the best mix at, as shares of the largest cell's bytes. */
const usualShares = [0.1, 0.2, 0.4, 0.8];

/** @throws InputError when a size is larger than the dataset */
export async function sweep(
  folder: string,
  given: AnalysisSettings,
  { sizes: wanted, seeds, epochs, maxMinutes = Infinity, budgets: wantedBudgets }: SweepSettings,
  ports: Ports,
  job: JobContext,
): Promise<SweepReport> {
  const started = performance.now();
  const settings = withUsualCoding(given);
  const { secondWorth } = settings;
  const minutes = () => (performance.now() - started) / 60_000;
  const setting = await findTrainingAndTest(folder, settings, ports, job);
  const { dataset, samples, trainRows, testRows, labels, tested } = setting;
  const sizes = sizesOf(trainRows.length, wanted, dataset.root);
  const rates = await measureRates(dataset, settings.qualities, settings, ports, job);
  const qualities: StudyQuality[] = [...settings.qualities, 'original'];
  const orders = Array.from({ length: seeds }, (_, seed) => nestedOrder(trainRows, labels, seed));
  const inOrder = (orders[0] as Uint32Array).map((row) => samples[row] as number);
  const cells = cellsOf(sizes, inOrder, rates);

  const encoded = cells.filter(({ quality }) => qualities[quality] !== 'original');
  const largest = Math.max(...encoded.map(({ images, bytes }) => images * bytes));
  const budgets = wantedBudgets ?? usualShares.map((share) => share * largest);
  const limits: LawLimits = {
    mostImages: trainRows.length,
    bytes: extremes(encoded.map(({ bytes }) => bytes)),
  };
  const all = cells.flatMap((cell) => Array.from({ length: seeds }, (_, seed): Training => ({ ...cell, seed })));
  const coarse = coarseCells(cells).map((cell) => all.find((one) => sameCell(one, cell) && one.seed === 0) as Training);
  const next: ChooseNext = (waiting, done) => {
    if (minutes() > maxMinutes) return undefined;
    return coarse.find((training) => waiting.has(training)) ?? tellingTraining([...waiting], done);
  };
  const trainings = { setting, all, orders, encodings: rates.encodings, epochs };
  const { done, waiting, engine } = await runTrainings(trainings, next, ports, job);

  /** The one that narrows the expected error at the middle budget most; seeds of hopeless cells are left out. */
  function tellingTraining(open: readonly Training[], done: readonly Timed[]): Training | undefined {
    const worthwhile = open.filter((training) => !isHopeless(training, done));
    try {
      const { fit, laws } = fitLaws(pointsOf(encoded, done), { budgets: [], limits });
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

  const hopeless = [...waiting].filter((training) => isHopeless(training, done)).length;
  const { optima, ...findings } = sweepFindings(cells, done, { qualities, budgets, limits, secondWorth });
  const taken = { dataset, rates, samples: inOrder };
  const list = await withRealMixes(optima?.list ?? [], findings.time, taken, settings, ports, job);
  const { root, task } = dataset;
  const report: SweepReport = {
    ...{ root, task, trainImages: trainRows.length, testImages: testRows.length, tested, epochs, engine },
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
function cellsOf(sizes: readonly number[], inOrder: Uint32Array, { encodings, encoded, original }: RateTable): Cell[] {
  const bytesOf = (i: number, quality: number): number => {
    const own = quality < encodings.length ? (encoded[i * encodings.length + quality] as number) : 0;
    return own > 0 ? own : (original[i] as number);
  };
  return sizes.flatMap((images) =>
    Array.from({ length: encodings.length + 1 }, (_, quality) => {
      const bytes = inOrder.subarray(0, images).reduce((sum, i) => sum + bytesOf(i, quality), 0);
      return { images, quality, bytes: bytes / images };
    }),
  );
}

const extremes = (values: readonly number[]) => [Math.min(...values), Math.max(...values)] as const;
