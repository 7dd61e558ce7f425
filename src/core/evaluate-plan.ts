/** Trains the same network on a plan's copy and on its rivals' at the same bytes: see protocol/evaluation.ts. */
import pMap from 'p-map';
import type { Coding } from '../protocol/encoding.ts';
import type { Evaluation, EvaluationSettings, PolicyTrial } from '../protocol/evaluation.ts';
import type { Frontier } from '../protocol/frontier.ts';
import { defaultGuards } from '../protocol/guards.ts';
import type { AnalysisSettings } from '../protocol/worker.ts';
import type { Analysis } from './analysis.ts';
import { chooseByPolicy } from './by-policy.ts';
import { readPlan, type PlanHeader, type PlanLine } from './copy/index.ts';
import { InputError } from './errors.ts';
import { meanOf, pairedDifference } from './evaluate/index.ts';
import type { JobContext } from './job.ts';
import type { Ports } from './ports.ts';
import { keptOf, testView, trainContenders, uniformQuality, type Options } from './policy-trainings.ts';
import { findTrainingAndTest } from './training-and-test.ts';

/** Settings of the analysis that a plan rests on, as far as it tells them. */
export function settingsOfPlan(
  {
    qualities,
    codings,
    optimizeHuffman,
    byteModel = 'plain',
    duplicates = false,
    guards = defaultGuards,
    probe,
  }: PlanHeader,
  settings: AnalysisSettings,
): AnalysisSettings {
  const probed = probe && { folds: probe.folds, seeds: probe.seeds, epochs: probe.epochs };
  return { ...settings, qualities, codings, optimizeHuffman, byteModel, duplicates, guards, ...probed };
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
  const compressedAt = uniformQuality(analysis, budgetBytes);
  const rivals = await pMap(
    against,
    async (name) => {
      const choose = (seed: number) =>
        chooseByPolicy(analysis, budgetBytes, { name, diversity: 0 }, settings, ports, job, seed);
      return { policy: name, options: await pMap(every, async (seed) => (await choose(seed)).option), compressedAt };
    },
    { concurrency: 1 },
  );
  const contenders = [{ policy: 'plan' as const, options: every.map(() => planned), compressedAt }, ...rivals];
  const run = { stage: 'evaluate', encodings: analysis.rates.encodings, epochs } as const;
  const { results, engine } = await trainContenders(contenders, setting, run, ports, job);

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
  const { header, lines } = await readPlan(plan);
  const place = new Map(Array.from({ length: dataset.count }, (_, i) => [dataset.path.at(i), i]));
  const options = new Uint8Array(dataset.count);
  const known = new Set<number>();
  for await (const { path, quality, coding = header.codings[0], sha256 } of lines()) {
    if (sha256 === undefined) continue;
    const i = place.get(path);
    if (i === undefined)
      throw new InputError(`${plan}: plans ${path}, which is not in ${dataset.root} any more. Make the plan again`);
    known.add(i);
    const option = optionOf(frontier, quality, coding);
    if (option === undefined)
      throw new InputError(
        `${plan}: plans quality ${quality} of ${coding} for ${path}, which is not among the measured ${header.qualities.join(', ')} of ${header.codings.join(', ')}. Use one of these`,
      );
    options[i] = option;
  }
  return options;
}

function optionOf({ encodings }: Frontier, quality: PlanLine['quality'], coding: Coding): number | undefined {
  if (quality === 'drop') return 0;
  if (quality === 'original') return encodings.length + 1;
  const e = encodings.findIndex((own) => own.coding === coding && own.quality === quality);
  return e < 0 ? undefined : e + 1;
}

function standardErrorOf(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, values.length - 1) / values.length);
}
