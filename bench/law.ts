/**
 * The storage law of three datasets: classification (CIFAR-10, 5 sizes × 6 qualities × 3 seeds on 10,000 images),
 * segmentation (CamVid) and detection (BCCD); and its optimum against originals at the same bytes, really trained. Writes
 * docs/results/law.md, law-camvid.md and law-bccd.md; a name behind `law` runs one of them. Two hours on two cores.
 */
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pMap from 'p-map';
import { normalisation, probeNetwork, sideBySide, trainingSteps, type FoldTask } from '../src/core/probe/index.ts';
import type { Ports } from '../src/core/ports.ts';
import type { JobContext } from '../src/core/job.ts';
import { measureRates } from '../src/core/rate/index.ts';
import { sweep } from '../src/core/run-sweep.ts';
import { nestedOrder } from '../src/core/sweep/index.ts';
import { findTrainingAndTest, trainingViews } from '../src/core/training-and-test.ts';
import type { SweepReport } from '../src/protocol/sweep.ts';
import { defaultSettings, type AnalysisSettings } from '../src/protocol/worker.ts';
import { writeLawPage, type Trial } from './law-page.ts';
import { openWorkshop, scratch } from './workshop.ts';

const root = path.resolve(import.meta.dirname, '..');
const data = path.resolve(root, '../shared/data');
const seeds = 3;
const qualities = [5, 10, 20, 40, 70];

/** A dataset and what is swept on it. */
interface LawSet {
  readonly page: string;
  readonly words: string;
  readonly folder: string;
  readonly epochs: number;
  readonly sizes?: readonly number[];
  /** For the sweep; as long as it takes when absent. */
  readonly maxMinutes?: number;
  /** Bytes of the copy. */
  readonly budgets: readonly number[];
}

/** CamVid's masks are numbers; these are their names, the last of which is no class. */
const camvidClasses = 'sky building pole road pavement tree sign fence car pedestrian bicyclist unlabelled'.replaceAll(
  ' ',
  '\n',
);

const sets: Readonly<Record<string, () => LawSet>> = {
  cifar10: () => ({
    page: 'law',
    words: 'CIFAR-10, stored without loss',
    folder: path.join(data, 'cifar10'),
    epochs: 12,
    budgets: [0.5e6, 1e6, 2e6, 4e6],
  }),
  camvid: () => {
    const folder = path.join(scratch, 'camvid');
    cpSync(path.join(data, 'camvid-small'), folder, { recursive: true, preserveTimestamps: true });
    writeFileSync(path.join(folder, 'classes.txt'), camvidClasses);
    return {
      page: 'law-camvid',
      words: 'a part of CamVid (street scenes, 480 × 360, stored without loss, 11 classes)',
      folder,
      epochs: 12,
      sizes: [8, 15, 30, 60],
      maxMinutes: 16,
      budgets: [0.1e6, 0.2e6, 0.4e6],
    };
  },
  bccd: () => ({
    page: 'law-bccd',
    words: 'a part of BCCD (blood cells under the microscope, JPEG files of 640 × 480, three classes)',
    folder: path.join(data, 'detection-small', 'bccd-voc'),
    epochs: 12,
    sizes: [9, 18, 35, 70],
    budgets: [0.05e6, 0.1e6, 0.2e6, 0.4e6],
  }),
};

export async function benchLaw({ only }: { only?: string | undefined }) {
  if (!existsSync(data)) {
    console.log('skipped: no data folder');
    return { skipped: 'no data folder' };
  }
  const figures: Record<string, unknown> = {};
  for (const [name, set] of Object.entries(sets))
    if (only === undefined || only === name) figures[name] = await measureSet(name, set());
  return figures;
}

async function measureSet(name: string, set: LawSet) {
  const settings = { ...defaultSettings, qualities, engine: 'cpu' } as const;
  const { ports, job } = openWorkshop(name, settings);
  const { folder, epochs, sizes, budgets, maxMinutes } = set;
  const wanted = { seeds, epochs, budgets, ...(sizes && { sizes }), ...(maxMinutes && { maxMinutes }) };
  const report = await sweep(folder, settings, wanted, ports, job);
  const trials = await trainOptima(set, report, settings, ports, job);
  const figures = { report, trials };
  writeFileSync(path.join(scratch, `${set.page}.json`), JSON.stringify(figures));
  writeLawPage(figures, set, path.join(root, 'docs', 'results'));
  ports.store.close();
  return figures;
}

/** The real mix of each budget's optimum against as many originals as the budget holds, by the same trainings. */
async function trainOptima(
  { folder, epochs }: LawSet,
  report: SweepReport,
  settings: AnalysisSettings,
  ports: Ports,
  job: JobContext,
): Promise<Trial[]> {
  const mixes = (report.optima?.list ?? []).flatMap(({ budgetBytes, real }) =>
    real ? [{ budgetBytes, ...real }] : [],
  );
  const finely = { ...settings, qualities: [...new Set(mixes.map(({ quality }) => quality))].sort((a, b) => a - b) };
  const setting = await findTrainingAndTest(folder, finely, ports, job);
  const { dataset, samples, trainRows, testRows, labels, answers, classes, side } = setting;
  const rates = await measureRates(dataset, finely.qualities, finely, ports, job);
  const views = await trainingViews(setting, samples, rates.encodings, ports, job);
  const network = probeNetwork(side, classes, normalisation(views, trainRows.length), answers.kind);
  const orders = Array.from({ length: seeds }, (_, seed) => nestedOrder(trainRows, labels, seed));
  const original = finely.qualities.length;
  const bytesOf = (row: number, view: number) => {
    const i = samples[row] as number;
    const encoded = view === original ? 0 : (rates.encoded[i * original + view] as number);
    return encoded > 0 ? encoded : (rates.original[i] as number);
  };
  /** The longest beginning of an order that a budget holds. */
  const fitting = (order: Uint32Array, view: number, budget: number) => {
    let [bytes, images] = [0, 0];
    while (images < order.length && bytes + bytesOf(order[images] as number, view) <= budget) {
      bytes += bytesOf(order[images] as number, view);
      images += 1;
    }
    return order.subarray(0, images);
  };
  const choices = mixes.flatMap(({ budgetBytes, quality }) =>
    [finely.qualities.indexOf(quality), original].map((view) => ({ budgetBytes, view })),
  );
  const tasks = choices.flatMap(({ budgetBytes, view }) =>
    orders.map((order, seed): FoldTask => {
      const rows = fitting(order, view, budgetBytes);
      return {
        ...{ views, network, answers, trainRows: rows, trainViews: [view], scoreRows: testRows },
        scoreViews: [original],
        steps: trainingSteps(rows.length, epochs, answers),
        seed,
      };
    }),
  );
  const trainer = await ports.openTrainer(job.signal);
  const context = { signal: job.signal, onStep: () => undefined };
  const errors = await pMap(
    tasks,
    async (task, at) => {
      // Not one original may fit: then nothing is learnt.
      if (task.trainRows.length === 0) return NaN;
      const { error } = await trainer.run('fold', task, context, sideBySide(at, tasks.length, trainer.parallel));
      return error[0] as number;
    },
    { concurrency: trainer.parallel },
  );
  rmSync(views.file);
  return choices.map(({ budgetBytes, view }, k): Trial => ({
    budgetBytes,
    quality: finely.qualities[view] ?? 'original',
    images: tasks[k * seeds]?.trainRows.length ?? 0,
    errors: errors.slice(k * seeds, (k + 1) * seeds),
  }));
}
