/** Trains on copies of some budgets and tells the test error of all others: see protocol/prediction.ts. */
import pMap from 'p-map';
import { budgetInBytes, type Budget } from '../protocol/budget.ts';
import { formatBytes, plural } from '../protocol/format.ts';
import type { PolicyName } from '../protocol/policy.ts';
import type { Prediction, PredictionPoint, PredictionSettings } from '../protocol/prediction.ts';
import type { AnalysisSettings } from '../protocol/worker.ts';
import type { Analysis } from './analysis.ts';
import { chooseByPolicy, type Chosen } from './by-policy.ts';
import { InputError } from './errors.ts';
import { meanOf } from './evaluate/index.ts';
import type { JobContext } from './job.ts';
import { keptOf, testView, trainContenders, uniformQuality, type Contender } from './policy-trainings.ts';
import type { Ports } from './ports.ts';
import { fitErrorCurve, leastPoints } from './predict/index.ts';
import { putPrediction } from './prediction-store.ts';
import { findTrainingAndTest, type TrainingAndTest } from './training-and-test.ts';

const usualBudgets = 6;
/** Of what can be saved at most: the smallest of the usual budgets leaves so much of it. */
const smallestShare = 0.05;

interface Tried extends Contender {
  readonly budgetBytes: number;
  readonly bytes: number;
  readonly cost: number;
}

/** @throws InputError when the budgets make too few different copies, or one of them leaves nothing to train on */
export async function predictError(
  analysis: Analysis,
  settings: AnalysisSettings,
  { budgets, policy, seeds, epochs }: PredictionSettings,
  ports: Ports,
  job: JobContext,
): Promise<Prediction> {
  const { dataset, frontier, summary } = analysis;
  const setting = await findTrainingAndTest(dataset.root, settings, ports, job);
  const every = Array.from({ length: seeds }, (_, seed) => seed);
  const choose = (budgetBytes: number) =>
    pMap(
      every,
      (seed) => chooseByPolicy(analysis, budgetBytes, { name: policy, diversity: 0 }, settings, ports, job, seed),
      { concurrency: 1 },
    );
  const wanted = budgets ? givenBudgets(analysis, budgets) : spreadBudgets(analysis, policy);
  const tried = await tryBudgets(analysis, setting, wanted, choose);
  if (tried.length < leastPoints)
    throw new InputError(
      `${dataset.root}: the budgets make ${plural(tried.length, 'different copy', 'different copies')}, too few to leave one out and tell it from the others; give at least ${leastPoints} budgets up to ${formatBytes(largestBudget(analysis, policy))}, where every file is at its best`,
    );
  const untouched = frontier.start.slice().fill(frontier.encodings.length + 1);
  const original = {
    options: every.map(() => untouched),
    compressedAt: uniformQuality(analysis, summary.originalBytes),
  };
  const contenders = tried.at(-1)?.bytes === summary.originalBytes ? tried : [...tried, original];
  const run = { stage: 'predict', encodings: analysis.rates.encodings, epochs } as const;
  const { results, engine } = await trainContenders(contenders, setting, run, ports, job);
  const errors = results.map((own) => own.map(({ error }) => error[testView.original] as number));
  const points = tried.map(({ budgetBytes, bytes, cost }, at): PredictionPoint => {
    const own = errors[at] ?? [];
    return { budgetBytes, bytes, cost, errors: own, error: meanOf(own) };
  });
  const ofOriginals = errors.at(-1) ?? [];
  const prediction: Prediction = {
    ...{ root: dataset.root, task: dataset.task, policy, seeds, epochs, engine },
    ...{ trainImages: setting.trainRows.length, testImages: setting.testRows.length, tested: setting.tested },
    points,
    original: { bytes: summary.originalBytes, errors: ofOriginals, error: meanOf(ofOriginals) },
    ...fitErrorCurve(points, summary.fixedBytes),
  };
  putPrediction(ports.store, analysis, settings, prediction);
  return prediction;
}

/** What a policy makes of budgets, each of more bytes than the one before. */
async function tryBudgets(
  analysis: Analysis,
  setting: TrainingAndTest,
  budgets: readonly number[],
  choose: (budgetBytes: number) => Promise<Chosen[]>,
): Promise<Tried[]> {
  const { root } = analysis.dataset;
  const tried: Tried[] = [];
  for (const budgetBytes of budgets) {
    const chosen = await choose(budgetBytes);
    const bytes = meanOf(chosen.map((own) => own.bytes));
    if (bytes <= (tried.at(-1)?.bytes ?? -1)) continue;
    if (chosen.some(({ option }) => keptOf(analysis, setting, option).images === 0))
      throw new InputError(
        `${root}: a budget of ${formatBytes(budgetBytes)} leaves no training image to train on; give larger budgets`,
      );
    tried.push({
      ...{ budgetBytes, bytes, cost: meanOf(chosen.map(({ cost }) => cost)) },
      options: chosen.map(({ option }) => option),
      compressedAt: uniformQuality(analysis, budgetBytes),
    });
  }
  return tried;
}

/** Where a policy has nothing more to give: the plan by sensitivities ends before all originals where that costs nothing. */
const largestBudget = ({ frontier, summary }: Analysis, policy: PolicyName) =>
  policy === 'sensitivity' ? (frontier.weightAfter.at(-1) as number) : summary.originalBytes;

/** What is added to the smallest possible copy grows by the same factor from budget to budget. */
function spreadBudgets(analysis: Analysis, policy: PolicyName): number[] {
  const smallest = analysis.frontier.startBytes;
  const largest = largestBudget(analysis, policy);
  return Array.from({ length: usualBudgets }, (_, k) =>
    Math.ceil(smallest + (largest - smallest) * smallestShare ** (1 - k / (usualBudgets - 1))),
  );
}

/** @throws InputError when a copy can't be as small as one of them */
function givenBudgets({ frontier, summary, dataset }: Analysis, wanted: readonly Budget[]): number[] {
  const budgets = wanted.map((budget) => budgetInBytes(budget, summary.originalBytes)).sort((a, b) => a - b);
  const [smallest] = budgets;
  if (smallest !== undefined && smallest < frontier.startBytes)
    throw new InputError(
      `${dataset.root}: asked to train at a budget of ${formatBytes(smallest)}, but the smallest possible copy takes ${formatBytes(frontier.startBytes)} (validation and test images and other files are carried whole); give larger budgets`,
    );
  return budgets;
}
