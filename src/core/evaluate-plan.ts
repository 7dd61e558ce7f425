/** Trains the same network on a plan's copy and on its rivals' at the same bytes: see protocol/evaluation.ts. */
import { rmSync } from 'node:fs';
import pMap from 'p-map';
import type { Evaluation, EvaluationSettings, PolicyTrial } from '../protocol/evaluation.ts';
import type { PolicyName } from '../protocol/policy.ts';
import type { AnalysisSettings } from '../protocol/worker.ts';
import type { Analysis } from './analysis.ts';
import { chooseByPolicy } from './by-policy.ts';
import { readPlan, type PlanHeader } from './copy/index.ts';
import { InputError } from './errors.ts';
import { meanOf, pairedDifference } from './evaluate/index.ts';
import type { JobContext } from './job.ts';
import type { Ports } from './ports.ts';
import {
  normalisation,
  probeNetwork,
  sideBySide,
  trainingSteps,
  type FoldLosses,
  type FoldTask,
} from './probe/index.ts';
import { keyOf } from './store/index.ts';
import { findTrainingAndTest, trainingViews, type TrainingAndTest } from './training-and-test.ts';

/** What a seed's training sees: the option of every sample of the dataset. */
type Options = Uint8Array;

interface Contender {
  readonly policy: PolicyName | 'plan';
  /** For each seed. */
  readonly options: readonly Options[];
}

/** Of test images: as they are, and compressed. */
const testView = { original: 0, compressed: 1 } as const;

/** Settings of the analysis that a plan rests on, as far as it tells them. */
export function settingsOfPlan(
  { qualities, subsampling, optimizeHuffman, duplicates = false, probe }: PlanHeader,
  settings: AnalysisSettings,
): AnalysisSettings {
  const probed = probe && { folds: probe.folds, seeds: probe.seeds, epochs: probe.epochs };
  return { ...settings, qualities, subsampling, optimizeHuffman, duplicates, ...probed };
}

/**
 * @param analysis  of the plan's dataset, under `settingsOfPlan`
 * @throws InputError when the plan is not of the dataset as it is now
 */
export async function evaluatePlan(
  plan: string,
  analysis: Analysis,
  settings: AnalysisSettings,
  { against, seeds, epochs }: EvaluationSettings,
  ports: Ports,
  job: JobContext,
): Promise<Evaluation> {
  const { header } = await readPlan(plan);
  const { root, budgetBytes } = header;
  const setting = await findTrainingAndTest(root, settings, ports, job);
  const planned = await optionsOfPlan(plan, analysis);
  const every = Array.from({ length: seeds }, (_, seed) => seed);
  const rivals = await pMap(
    against,
    async (name): Promise<Contender> => {
      const choose = (seed: number) =>
        chooseByPolicy(analysis, budgetBytes, { name, diversity: 0 }, settings, ports, job, seed);
      return { policy: name, options: await pMap(every, async (seed) => (await choose(seed)).option) };
    },
    { concurrency: 1 },
  );
  const contenders: Contender[] = [{ policy: 'plan', options: every.map(() => planned) }, ...rivals];
  const compressedAt = uniformQuality(analysis, budgetBytes);
  const { results, engine } = await trainAll(contenders, setting, { settings, epochs, compressedAt }, ports, job);

  const marksOf = (contender: number, view: number) =>
    results[contender]?.map(({ right }) => right.filter((_, at) => at % 2 === view)) ?? [];
  const trials = contenders.map(({ policy, options }, at): PolicyTrial => {
    const errorsAt = (view: number) => results[at]?.map(({ error }) => error[view] as number) ?? [];
    const errors = errorsAt(testView.original);
    const kept = options.map((option) => keptOf(analysis, setting, option));
    const difference = (view: number) => pairedDifference(marksOf(0, view), marksOf(at, view));
    return {
      policy,
      images: meanOf(kept.map(({ images }) => images)),
      bytes: meanOf(kept.map(({ bytes }) => bytes)),
      errors,
      error: meanOf(errors),
      standardError: standardErrorOf(errors),
      compressedError: meanOf(errorsAt(testView.compressed)),
      ...(at > 0 && {
        difference: difference(testView.original),
        compressedDifference: difference(testView.compressed),
      }),
    };
  });
  return {
    ...{ root, task: analysis.dataset.task, planned: header.policy, budgetBytes, compressedAt, seeds, epochs, engine },
    ...{ trainImages: setting.trainRows.length, testImages: setting.testRows.length, tested: setting.tested },
    trials,
  };
}

/** Option of every sample as the plan's lines say. */
async function optionsOfPlan(plan: string, { dataset, frontier }: Analysis): Promise<Options> {
  const { lines } = await readPlan(plan);
  const place = new Map(Array.from({ length: dataset.count }, (_, i) => [dataset.path.at(i), i]));
  const options = new Uint8Array(dataset.count);
  const known = new Set<number>();
  for await (const { path, quality, sha256 } of lines()) {
    if (sha256 === undefined) continue;
    const i = place.get(path);
    if (i === undefined)
      throw new InputError(`${plan}: plans ${path}, which is not in ${dataset.root} any more. Make the plan again`);
    known.add(i);
    const q = quality === 'original' ? frontier.qualities.length : frontier.qualities.indexOf(Number(quality));
    options[i] = quality === 'drop' ? 0 : q + 1;
    if (quality !== 'drop' && q < 0)
      throw new InputError(
        `${plan}: plans quality ${quality} for ${path}, which is not among the measured ${[...frontier.qualities].join(', ')}. Use one of these`,
      );
  }
  return options;
}

interface Run {
  readonly settings: AnalysisSettings;
  readonly epochs: number;
  readonly compressedAt: number;
}

/** Results of every contender and seed; what was trained before is not trained again. */
async function trainAll(
  contenders: readonly Contender[],
  setting: TrainingAndTest,
  { settings: { qualities }, epochs, compressedAt }: Run,
  ports: Ports,
  job: JobContext,
): Promise<{ results: FoldLosses[][]; engine: string }> {
  const { samples, trainRows, testRows, answers, classes, side, key } = setting;
  const views = await trainingViews(setting, samples, qualities, ports, job);
  const trainer = await ports.openTrainer(job.signal);
  const network = probeNetwork(side, classes, normalisation(views, trainRows.length), answers.kind);
  // The same for all: a policy that drops images does not get less training.
  const steps = trainingSteps(trainRows.length, epochs, answers);
  const runs = contenders.flatMap(({ options }) => options.map((option, seed) => ({ option, seed })));
  let [done, finished] = [0, 0];
  const progress = () => {
    const note = `${finished} of ${runs.length} trainings finished`;
    const counted = { done: Math.min(done, runs.length * steps), total: runs.length * steps };
    job.onProgress({ stage: 'evaluate', ...counted, unit: 'steps', note });
  };
  progress();
  const train = async ({ option, seed }: (typeof runs)[number], at: number): Promise<FoldLosses> => {
    const ofRow = Uint8Array.from(samples, (i) => option[i] as number);
    const stored = keyOf('evaluation', key, network, [...trainRows.map((row) => ofRow[row] as number)], {
      ...{ seed, steps, compressedAt },
    });
    const known = ports.store.getTable(stored) as FoldLosses | undefined;
    const before = done;
    const task: FoldTask = {
      ...{ views, network, answers, scoreRows: testRows, steps, seed },
      trainRows: trainRows.filter((row) => ofRow[row] !== 0),
      trainViews: ofRow.map((own) => Math.max(0, own - 1)),
      scoreViews: [qualities.length, qualities.indexOf(compressedAt)],
    };
    const onStep = () => {
      done += 1;
      progress();
    };
    const beside = sideBySide(at, runs.length, trainer.parallel);
    const result = known ?? (await trainer.run('fold', task, { signal: job.signal, onStep }, beside));
    if (!known) ports.store.putTable(stored, result);
    done = Math.max(done, before + steps);
    finished += 1;
    progress();
    return result;
  };
  const all = await pMap(runs, train, { concurrency: trainer.parallel, signal: job.signal });
  rmSync(views.file);
  let from = 0;
  const results = contenders.map(({ options }) => all.slice(from, (from += options.length)));
  return { results, engine: trainer.name };
}

/** Training images that are kept, and their bytes. */
function keptOf({ optionBytes, frontier }: Analysis, { samples, trainRows }: TrainingAndTest, option: Options) {
  const width = frontier.qualities.length + 2;
  let [images, bytes] = [0, 0];
  for (const row of trainRows) {
    const i = samples[row] as number;
    const own = option[i] as number;
    if (own === 0) continue;
    images += 1;
    bytes += optionBytes[i * width + own] as number;
  }
  return { images, bytes };
}

/** The highest quality at which a copy of all images fits the budget; the lowest where none does. */
function uniformQuality({ frontier, sensitivity, summary, optionBytes }: Analysis, budgetBytes: number): number {
  const width = frontier.qualities.length + 2;
  const bytesAt = (q: number) =>
    sensitivity.sample.reduce((sum, i) => {
      const own = optionBytes[i * width + q + 1] as number;
      return sum + (Number.isNaN(own) ? (optionBytes[(i + 1) * width - 1] as number) : own);
    }, summary.fixedBytes);
  const q = [...frontier.qualities.keys()].findLast((own) => bytesAt(own) <= budgetBytes) ?? 0;
  return frontier.qualities[q] as number;
}

function standardErrorOf(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, values.length - 1) / values.length);
}
