/**
 * What the sensitivities of CIFAR-10 images are worth: 8,000 training and 2,000 test images, lossless. Writes
 * docs/results/sensitivity.md with its figures. About half an hour on two cores.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pMap from 'p-map';
import { natPrices, planRegret, rowsFrontier, uniformRegret, type PricedRows } from '../src/core/allocate/index.ts';
import { scanDataset } from '../src/core/dataset/index.ts';
import { createEncoder } from '../src/core/jpeg/index.ts';
import {
  buildViews,
  byteSlopes,
  evaluateProxies,
  normalisation,
  pixelProxies,
  probeNetwork,
  sideBySide,
  stratifiedShare,
  trainingSteps,
  type FoldLosses,
  type FoldTask,
} from '../src/core/probe/index.ts';
import { summarise } from '../src/core/probe/cross-fit.ts';
import { stratifiedFolds } from '../src/core/probe/folds.ts';
import { meanOf, spearman } from '../src/core/probe/ranking.ts';
import { rowMeans } from '../src/core/probe/means.ts';
import { shrink } from '../src/core/probe/shrink.ts';
import { measureRates } from '../src/core/rate/index.ts';
import { seededRandom, shuffle } from '../src/core/random.ts';
import { openStore } from '../src/core/store/index.ts';
import { study } from '../src/core/study.ts';
import { allocate } from '../src/protocol/frontier.ts';
import { defaultSettings } from '../src/protocol/worker.ts';
import { cpuTrainer } from './trainer.ts';
import { plainArrays } from './plain-arrays.ts';
import { writeSensitivityPage, type SensitivityFigures } from './sensitivity-page.ts';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.resolve(root, '../shared/data/cifar10');
const scratch = path.join(root, 'node_modules', '.cache', 'bitbudget-bench');
const perClass = 800;
const ladder = [...defaultSettings.qualities];
const folds = 3;
const budgets = [0.2, 0.3, 0.4, 0.6];
const planSeeds = 4;
/** Seeds of each length of training; the first half plans, the second judges. */
const lengths = [
  { epochs: 4, seeds: 6 },
  { epochs: 8, seeds: 8 },
  { epochs: 16, seeds: 4 },
];

export async function benchSensitivity() {
  if (!existsSync(folder)) {
    console.log('skipped: no data folder');
    return { skipped: 'no data folder' };
  }
  mkdirSync(path.join(scratch, 'scratch'), { recursive: true });
  const started = performance.now();
  const say = (text: string) => {
    console.log(`${((performance.now() - started) / 60_000).toFixed(1).padStart(5)} min  ${text}`);
  };
  const job = { signal: new AbortController().signal, onProgress: () => undefined };
  const store = openStore(scratch);
  const encoder = createEncoder(defaultSettings);
  const dataset = await scanDataset(folder, job);
  const rates = await measureRates(dataset, ladder, defaultSettings, { encoder, store }, job);
  const inSplit = (split: number) =>
    Uint32Array.from(rates.use.keys()).filter((i) => dataset.split[i] === split && (dataset.label[i] as number) >= 0);
  const classOf = (i: number) => dataset.label[i] as number;
  const all = inSplit(0);
  const share = perClass / (all.length / dataset.classes.length);
  const allLabels = Int32Array.from(all, classOf);
  const chosen = stratifiedShare(Uint32Array.from(all.keys()), allLabels, { share, seed: 0 });
  const train = Uint32Array.from(chosen, (row) => all[row] as number);
  const test = inSplit(2);
  const samples = Uint32Array.from([...train, ...test]);
  const labels = Int32Array.from(samples, classOf);
  const trainLabels = labels.slice(0, train.length);
  const rows = Uint32Array.from(train.keys());
  const testRows = Uint32Array.from(test, (_, at) => train.length + at);
  const views = await buildViews(
    path.join(scratch, 'scratch', 'views.u8'),
    dataset,
    rates.encodings,
    samples,
    32,
    { encoder },
    job,
  );
  const network = probeNetwork(32, dataset.classes.length, normalisation(views, train.length));
  say(`${train.length} training and ${test.length} test images at ${ladder.length} qualities`);

  const trainer = cpuTrainer();
  const answers = { kind: 'classes', labels } as const;
  const shared = { views, network, answers };
  const original = ladder.length;
  const mixed = [...ladder.keys(), original];
  const runAll = (tasks: readonly FoldTask[]) =>
    pMap(
      tasks,
      (task, at) =>
        trainer.run('fold', task, { ...job, onStep: () => undefined }, sideBySide(at, tasks.length, trainer.parallel)),
      { concurrency: trainer.parallel },
    );
  /** A seed of the cross-fitting. */
  const crossFit = async (trainViews: readonly number[], epochs: number, seeds: number, proxies = false) => {
    const tasks = Array.from({ length: seeds * folds }, (_, k): FoldTask => {
      const [seed, fold] = [Math.floor(k / folds), k % folds];
      const foldOf = stratifiedFolds(trainLabels, folds, seed);
      const trainRows = rows.filter((row) => foldOf[row] !== fold);
      const scoreRows = rows.filter((row) => foldOf[row] === fold);
      const steps = trainingSteps(trainRows.length, epochs, answers);
      const task = { ...shared, trainRows, trainViews, scoreRows, steps, seed: 1000 * epochs + k };
      return proxies ? { ...task, also: 'proxies' } : task;
    });
    const results = await runAll(tasks);
    return Array.from({ length: seeds }, (_, seed) => results.slice(seed * folds, (seed + 1) * folds));
  };
  const tableOf = (seeds: readonly (readonly FoldLosses[])[]) => ({
    ...{ sample: train, dataExponent: 0.3, engine: trainer.name },
    ...summarise(seeds.flat(), train.length, ladder.length),
  });
  const half = <T>(seeds: readonly T[]): [T[], T[]] => [
    seeds.slice(0, seeds.length / 2),
    seeds.slice(seeds.length / 2),
  ];

  // Seconds are those of a quiet moment: a short training is timed, and the others have so many times its passes.
  const passesOf = (epochs: number) => 3 * (folds - 1) * train.length * epochs + train.length * (ladder.length + 1);
  const quiet = performance.now();
  await crossFit(mixed, 2, 1);
  const passesPerSecond = (1000 * passesOf(2)) / (performance.now() - quiet);
  say(`${Math.round(passesPerSecond)} passes a second`);

  // Lengths of training.
  const byLength: { epochs: number; seeds: FoldLosses[][] }[] = [];
  for (const { epochs, seeds } of lengths) {
    byLength.push({ epochs, seeds: await crossFit(mixed, epochs, seeds, epochs === 8) });
    say(`mixed probes, ${epochs} epochs, ${seeds} seeds`);
  }
  const usual = byLength.find(({ epochs }) => epochs === 8)?.seeds ?? [];
  const [planning, judging] = half(usual);
  const judged = tableOf([
    ...judging,
    ...byLength.filter(({ epochs }) => epochs !== 8).flatMap(({ seeds }) => half(seeds)[1]),
  ]);
  const truth = shrink(judged, trainLabels, ladder.length).difference;
  const priced: PricedRows = {
    encodings: rates.encodings,
    encoded: Uint32Array.from(
      [...train].flatMap((i) => [...rates.encoded.subarray(i * ladder.length, (i + 1) * ladder.length)]),
    ),
    original: Uint32Array.from(train, (i) => rates.original[i] as number),
    labels: trainLabels,
    loss: judged.loss,
    prices: natPrices(judged.loss, 0.3),
  };
  const regretOf = (difference: Float32Array) => planRegret(priced, truth, difference, budgets);
  const settings = byLength.flatMap(({ epochs, seeds }) =>
    half(seeds)[0].map((_, last) => {
      const table = tableOf(seeds.slice(0, last + 1));
      const { difference } = shrink(table, trainLabels, ladder.length);
      return {
        epochs,
        seeds: last + 1,
        seconds: (passesOf(epochs) * (last + 1)) / passesPerSecond,
        regret: regretOf(difference),
        accuracy: table.accuracy,
      };
    }),
  );

  // Split halves: seeds of one side against as many of the other.
  const meanDifference = (seeds: readonly (readonly FoldLosses[])[]) =>
    rowMeans(tableOf(seeds).difference, ladder.length);
  const splitHalf = Array.from({ length: planSeeds }, (_, k) => ({
    seeds: k + 1,
    rho: spearman(meanDifference(planning.slice(0, k + 1)), meanDifference(judging.slice(0, k + 1))),
  }));

  // Originals-only probes, and probes that score what they were trained on.
  const originals = await crossFit([original], 8, planSeeds);
  say('originals-only probes');
  const inSample = await runAll(
    [0, 1].map((seed) => ({
      ...{ ...shared, trainRows: rows, trainViews: mixed, scoreRows: rows, seed },
      steps: trainingSteps(rows.length, 8, answers),
    })),
  );
  say('in-sample probes');
  const plannedTable = tableOf(planning);
  const columnMeans = (values: Float32Array) =>
    ladder.map((_, q) => meanOf(values.filter((_value, at) => at % ladder.length === q)));
  const meanByKind = {
    mixed: columnMeans(plannedTable.difference),
    originals: columnMeans(tableOf(originals).difference),
    inSample: columnMeans(tableOf(inSample.map((result) => [result])).difference),
  };

  // Proxies from the planning seeds, against the judging ones.
  const proxies = plannedTable.proxies;
  if (proxies === undefined) throw new Error('Expected proxies of the planning seeds');
  const measured = {
    proxies: {
      ...proxies,
      ...pixelProxies(views, train.length, rates.encodings),
      loss: plannedTable.loss,
      byteSlope: byteSlopes(rates.encoded, train, rates.encodings),
    },
    labels: trainLabels,
  };
  const proxyTable = evaluateProxies(measured, truth, ladder.length, regretOf);
  say('proxies');

  // Plans at equal bytes, judged by training: the same steps, tested on originals.
  const differences = {
    mixed: shrink(plannedTable, trainLabels, ladder.length).difference,
    originals: shrink(tableOf(originals), trainLabels, ladder.length).difference,
  };
  const trials: SensitivityFigures['trials'] = [];
  for (const uniform of [10, 20]) {
    const bytes = sum(priced.encoded.filter((_, at) => at % ladder.length === ladder.indexOf(uniform)));
    const plans: Record<string, Uint8Array> = {
      uniform: new Uint8Array(train.length).fill(1 + ladder.indexOf(uniform)),
    };
    for (const [name, difference] of Object.entries(differences)) {
      plans[name] = allocate(rowsFrontier(priced, difference), bytes).option;
      plans[`${name}, shuffled`] = shuffle([...plans[name]], seededRandom(1)) as unknown as Uint8Array;
    }
    const names = Object.keys(plans);
    const seeds = 4;
    const tasks = names.flatMap((name) => {
      const option = plans[name] as ArrayLike<number>;
      const trainRows = rows.filter((row) => option[row] !== 0);
      const trainViews = Uint8Array.from(samples, (_, row) => Math.max(0, (option[row] ?? 1) - 1));
      const steps = trainingSteps(rows.length, 12, answers);
      return Array.from({ length: seeds }, (_, seed) => ({
        ...shared,
        trainRows,
        trainViews,
        scoreRows: testRows,
        steps,
        seed,
      }));
    });
    const results = await runAll(tasks);
    trials.push({
      uniform,
      bytes,
      policies: names.map((name, k) => ({
        name,
        errors: results
          .slice(k * seeds, (k + 1) * seeds)
          .map(({ right }) => 1 - meanOf(right.filter((_, at) => at % (original + 1) === original))),
        dropped: [...(plans[name] ?? [])].filter((option) => option === 0).length,
      })),
    });
    say(`plans at the bytes of uniform q${uniform}`);
  }

  const report = await study(
    folder,
    { ...defaultSettings, epochs: 12, seeds: 3, engine: 'cpu' },
    {
      ...{ encoder, store, log: () => undefined },
      openTrainer: () => Promise.resolve(trainer),
    },
    job,
  );
  say('study');
  const figures: SensitivityFigures = {
    ladder,
    images: train.length,
    folds,
    budgets,
    splitHalf,
    meanByKind,
    settings,
    uniformRegret: uniformRegret(priced, truth, budgets),
    regretByKind: { mixed: regretOf(differences.mixed), originals: regretOf(differences.originals) },
    proxies: proxyTable,
    trials,
    study: report,
    minutes: (performance.now() - started) / 60_000,
  };
  writeFileSync(path.join(scratch, 'figures.json'), JSON.stringify(figures, plainArrays));
  writeSensitivityPage(
    JSON.parse(JSON.stringify(figures, plainArrays)) as SensitivityFigures,
    path.join(root, 'docs', 'results'),
  );
  store.close();
  rmSync(views.file);
  return figures;
}

const sum = (values: Uint32Array) => values.reduce((total, value) => total + value, 0);
