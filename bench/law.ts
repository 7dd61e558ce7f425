/**
 * The storage law of CIFAR-10: 5 sizes × 6 qualities × 3 seeds on 10,000 training and 2,000 test images, and its optimum
 * against originals at the same bytes, really trained. Writes docs/results/law.md. Half an hour on two cores.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pMap from 'p-map';
import { createEncoder } from '../src/core/jpeg/index.ts';
import { normalisation, probeNetwork, sideBySide, trainingSteps, type FoldTask } from '../src/core/probe/index.ts';
import { measureRates } from '../src/core/rate/index.ts';
import { sweep } from '../src/core/run-sweep.ts';
import { openStore } from '../src/core/store/index.ts';
import { nestedOrder } from '../src/core/sweep/index.ts';
import { findTrainingAndTest, trainingViews } from '../src/core/training-and-test.ts';
import { defaultSettings } from '../src/protocol/worker.ts';
import { writeLawPage, type Trial } from './law-page.ts';
import { cpuTrainer } from './trainer.ts';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.resolve(root, '../shared/data/cifar10');
const scratch = path.join(root, 'node_modules', '.cache', 'bitbudget-bench');
const seeds = 3;
const epochs = 12;
/** Budgets as bytes of the copy. */
const budgets = [0.5e6, 1e6, 2e6, 4e6];
/** Qualities that a copy of a law's optimum may have. */
const fine = [5, 10, 15, 20, 30, 40, 50, 60, 70];

export async function benchLaw() {
  if (!existsSync(folder)) {
    console.log('skipped: no data folder');
    return { skipped: 'no data folder' };
  }
  mkdirSync(path.join(scratch, 'scratch'), { recursive: true });
  const settings = { ...defaultSettings, qualities: [5, 10, 20, 40, 70], engine: 'cpu' } as const;
  const store = openStore(scratch);
  const trainer = cpuTrainer();
  const ports = {
    ...{ encoder: createEncoder(settings), store, log: () => undefined },
    openTrainer: () => Promise.resolve(trainer),
  };
  let said = 0;
  const job = {
    signal: new AbortController().signal,
    onProgress: ({ stage, note = '' }: { stage: string; note?: string }) => {
      if (stage !== 'sweep' || Date.now() - said < 30_000) return;
      said = Date.now();
      console.log(note);
    },
  };
  const report = await sweep(folder, settings, { seeds, epochs, budgets }, ports, job);
  writeFileSync(path.join(scratch, 'sweep.json'), JSON.stringify(report));

  // The optimum of each budget against as many originals as fit, with the same trainings.
  const finely = { ...settings, qualities: fine };
  const setting = await findTrainingAndTest(folder, finely, ports, job);
  const { dataset, samples, trainRows, testRows, labels, answers, classes, side } = setting;
  const rates = await measureRates(dataset, fine, finely, ports, job);
  const views = await trainingViews(setting, samples, fine, ports, job);
  const network = probeNetwork(side, classes, normalisation(views, trainRows.length), answers.kind);
  const orders = Array.from({ length: seeds }, (_, seed) => nestedOrder(trainRows, labels, seed));
  const bytesOf = (row: number, view: number) => {
    const i = samples[row] as number;
    return (view === fine.length ? rates.original[i] : rates.encoded[i * fine.length + view]) as number;
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
  const choices = (report.law?.optima ?? []).flatMap(({ budgetBytes, bytes }) => {
    const mean = fine.map((_, view) => trainRows.reduce((sum, row) => sum + bytesOf(row, view), 0) / trainRows.length);
    const nearest = mean.reduce(
      (best, own, view) => (Math.abs(own - bytes) < Math.abs((mean[best] ?? 0) - bytes) ? view : best),
      0,
    );
    return [nearest, fine.length].map((view) => ({ budgetBytes, view }));
  });
  const tasks = choices.flatMap(({ budgetBytes, view }) =>
    orders.map((order, seed): FoldTask => {
      const rows = fitting(order, view, budgetBytes);
      const steps = trainingSteps(rows.length, epochs, answers);
      return {
        views,
        network,
        answers,
        trainRows: rows,
        trainViews: [view],
        scoreRows: testRows,
        scoreViews: [fine.length],
        steps,
        seed,
      };
    }),
  );
  const errors = await pMap(
    tasks,
    async (task, at) => {
      const context = { signal: job.signal, onStep: () => undefined };
      const { error } = await trainer.run('fold', task, context, sideBySide(at, tasks.length, trainer.parallel));
      return error[0] as number;
    },
    { concurrency: trainer.parallel },
  );
  const trials = choices.map(({ budgetBytes, view }, k): Trial => ({
    budgetBytes,
    quality: fine[view] ?? 'original',
    images: tasks[k * seeds]?.trainRows.length ?? 0,
    errors: errors.slice(k * seeds, (k + 1) * seeds),
  }));
  const figures = { report, trials };
  writeFileSync(path.join(scratch, 'law.json'), JSON.stringify(figures));
  writeLawPage(figures, path.join(root, 'docs', 'results'));
  store.close();
  rmSync(views.file);
  return figures;
}
