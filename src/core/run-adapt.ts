/** Trains the configurations of AdaptCompression on a dataset: see protocol/adapt.ts. */
import { rmSync } from 'node:fs';
import pMap from 'p-map';
import { configurations, type AdaptReport, type AdaptSettings, type ConfigurationName } from '../protocol/adapt.ts';
import { withUsualCoding } from '../protocol/encoding.ts';
import type { AnalysisSettings } from '../protocol/worker.ts';
import { adaptNetwork, adaptSteps, channelsOf, summarise, type AdaptResult, type AdaptTask } from './adapt/index.ts';
import { planByLevels } from './adapt-plan.ts';
import { InputError, UsageError } from './errors.ts';
import type { JobContext } from './job.ts';
import type { Ports } from './ports.ts';
import { normalisation } from './probe/index.ts';
import { keyOf } from './store/index.ts';
import { nestedOrder } from './sweep/index.ts';
import { findTrainingAndTest, trainingViews, type TrainingAndTest } from './training-and-test.ts';

/** The configuration whose last levels a plan is made of. */
const planned: ConfigurationName = 'moving-threshold';
/** Images are seen at their own size up to this one, pixels. */
const largestSide = 64;

/** @throws InputError when it is no dataset of classes, or has fewer images than are asked for */
export async function adapt(
  folder: string,
  given: AnalysisSettings,
  wanted: AdaptSettings,
  ports: Ports,
  job: JobContext,
): Promise<AdaptReport> {
  if (wanted.plan && !wanted.configurations.includes(planned))
    throw new UsageError(`A plan is made of the levels of ${planned}: name it among the configurations`);
  const settings = withUsualCoding(given);
  const found = await findTrainingAndTest(folder, { ...settings, qualities: [] }, ports, job, ownSide);
  const setting = withImages(found, wanted.images);
  const key = keyOf('adapt-1', setting.key, wanted.images ?? null, wanted.input, wanted.epochs);
  const reportKey = keyOf('adapt-report-1', key, wanted.configurations, wanted.seeds);
  const runKey = (name: ConfigurationName, seed: number) => keyOf('adapt-run-1', key, configurations[name], seed);
  const known = ports.store.getTable(reportKey) as AdaptReport | undefined;
  const report = known ?? (await train(setting, wanted, runKey, ports, job));
  if (known === undefined) ports.store.putTable(reportKey, report);
  if (!wanted.plan) return report;
  const results = seedsOf(wanted).map((seed) => ports.store.getTable(runKey(planned, seed)) as AdaptResult);
  const evidence = { engine: report.engine, configuration: planned, seeds: wanted.seeds, epochs: wanted.epochs };
  const levels = { lowShare: lowShares(setting, results), training: { ...evidence, side: setting.side } };
  const plan = await planByLevels(setting.dataset, levels, { ...settings, ...wanted.plan }, ports, job);
  return { ...report, plan };
}

const seedsOf = ({ seeds }: AdaptSettings) => Array.from({ length: seeds }, (_, seed) => seed);

function ownSide(shorterSides: readonly number[]): number {
  const sorted = [...shorterSides].sort((a, b) => a - b);
  return Math.min(sorted[sorted.length >> 1] ?? largestSide, largestSide);
}

/** So many training images, classes in their proportions, and the tested ones; rows are numbered anew. */
function withImages(setting: TrainingAndTest, images: number | undefined): TrainingAndTest {
  const { dataset, labels } = setting;
  if (dataset.task !== 'classification')
    throw new InputError(
      `${dataset.root}: is a dataset for ${dataset.task}, but AdaptCompression trains a classifier. Name a folder with a folder for each class`,
    );
  const there = setting.trainRows.length;
  if (images !== undefined && images > there)
    throw new InputError(`${dataset.root}: asked to train on ${images} images but found ${there}; ask for fewer`);
  const trained = nestedOrder(setting.trainRows, labels, 0).subarray(0, images).sort();
  const rows = Uint32Array.from([...trained, ...setting.testRows]);
  const numbers = Uint32Array.from(rows.keys());
  return {
    ...setting,
    samples: rows.map((row) => setting.samples[row] as number),
    labels: Int32Array.from(rows, (row) => labels[row] as number),
    trainRows: numbers.subarray(0, trained.length),
    testRows: numbers.subarray(trained.length),
  };
}

/** Trains every configuration with every seed, unless the store knows the result, and sums up. */
async function train(
  setting: TrainingAndTest,
  wanted: AdaptSettings,
  runKey: (name: ConfigurationName, seed: number) => string,
  ports: Ports,
  job: JobContext,
): Promise<AdaptReport> {
  const { trainRows, testRows, labels, side, classes } = setting;
  const views = await trainingViews(setting, setting.samples, [], ports, job);
  const channels = channelsOf(views, setting.samples.length);
  const { mean, deviation } = normalisation(views, trainRows.length);
  const shared: Omit<AdaptTask, 'configuration' | 'seed'> = {
    ...{ views, labels, trainRows, testRows, input: wanted.input, epochs: wanted.epochs },
    network: adaptNetwork(wanted.input, side, channels, classes),
    mean: mean.slice(0, channels),
    deviation: deviation.slice(0, channels),
  };
  const trainer = await ports.openTrainer(job.signal);
  const runs = seedsOf(wanted).flatMap((seed) => wanted.configurations.map((name) => ({ name, seed })));
  const steps = adaptSteps(trainRows.length, wanted.epochs);
  let [stepsDone, runsDone] = [0, 0];
  const progress = () => {
    const note = `${runsDone} of ${runs.length} trainings finished`;
    job.onProgress({ stage: 'adapt', done: stepsDone, total: steps * runs.length, unit: 'steps', note });
  };
  const onStep = () => {
    stepsDone += 1;
    progress();
  };
  const trained = await pMap(
    runs,
    async ({ name, seed }) => {
      let result = ports.store.getTable(runKey(name, seed)) as AdaptResult | undefined;
      if (result === undefined) {
        const task = { ...shared, configuration: configurations[name], seed };
        // Always as many side by side, so that the times of all can be compared.
        result = await trainer.run('adapt', task, { signal: job.signal, onStep }, trainer.parallel);
        ports.store.putTable(runKey(name, seed), result);
      } else stepsDone += steps;
      runsDone += 1;
      progress();
      return { name, result };
    },
    { concurrency: trainer.parallel, signal: job.signal },
  );
  rmSync(views.file);
  const resultsOf = (name: ConfigurationName) => trained.filter((run) => run.name === name).map((run) => run.result);
  const byName = wanted.configurations.map((name) => ({ name, results: resultsOf(name) }));
  const first = byName[0]?.results ?? [];
  const seen = { side, channels, trainImages: trainRows.length };
  return {
    ...seen,
    root: setting.dataset.root,
    testImages: testRows.length,
    tested: setting.tested,
    seeds: wanted.seeds,
    input: wanted.input,
    engine: trainer.name,
    rows: byName.map(({ name, results }) => summarise(name, results, first, seen)),
  };
}

/** Share of the seeds that leave a sample at low compression, of every sample that was trained on. */
function lowShares({ samples }: TrainingAndTest, results: readonly AdaptResult[]): ReadonlyMap<number, number> {
  const count = results[0]?.low.length ?? 0;
  const share = (at: number) => results.reduce((sum, { low }) => sum + (low[at] as number), 0) / results.length;
  return new Map(Array.from({ length: count }, (_, at) => [samples[at] as number, share(at)]));
}
