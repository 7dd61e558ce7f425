/** Turns an analysis and a budget into a plan file. */
import { budgetInBytes, type Budget } from '../protocol/budget.ts';
import { predictedAt, type Prediction } from '../protocol/prediction.ts';
import type { AnalysisSettings, PlannedError, PlannedTime, PlanSummary } from '../protocol/worker.ts';
import { meanSensitivity, type Analysis } from './analysis.ts';
import { chooseUsual, type Chosen } from './by-policy.ts';
import { writePlan, type PlanHeader, type PlanLine } from './copy/index.ts';
import { firstProblems } from './dataset/index.ts';
import { InputError } from './errors.ts';
import { planLines, reasonToKeep, sharedHeader, type Choice } from './plan-lines.ts';
import { drawnReason, reasonOf } from './policy/index.ts';

type PlannedQuality = PlanLine['quality'];

/**
 * Writes the plan of a budget.
 * @param choose  makes the allocation
 * @param prediction  of the same policy under this analysis
 * @throws InputError when the smallest possible copy does not fit
 */
export async function makePlan(
  analysis: Analysis,
  settings: AnalysisSettings,
  budget: Budget,
  out: string,
  choose: (analysis: Analysis, budgetBytes: number) => Chosen | Promise<Chosen> = chooseUsual,
  prediction?: Prediction,
): Promise<PlanSummary> {
  const { frontier, summary } = analysis;
  const budgetBytes = budgetInBytes(budget, summary.originalBytes);
  if (budgetBytes < frontier.startBytes)
    throw new InputError(
      `A budget of ${budgetBytes} bytes is below the smallest possible copy of ${frontier.startBytes} bytes (validation and test images and other files are carried whole): give more`,
    );
  const chosen = await choose(analysis, budgetBytes);
  const { policy, bytes, cost, proof } = chosen;
  const mix: Record<string, number> = {};
  const lines = () => planLines(analysis, (i) => choiceOf(analysis, i, chosen));
  for (const line of lines()) if (line.sha256 !== undefined) mix[line.quality] = (mix[line.quality] ?? 0) + 1;
  const time = plannedTime(analysis, settings, chosen);
  const predicted = prediction && plannedError(prediction, chosen);
  const header = planHeader(analysis, settings, budgetBytes, chosen, { time, predicted });
  await writePlan(out, header, lines());
  return {
    path: out,
    policy,
    budgetBytes,
    originalBytes: summary.originalBytes,
    bytes,
    mix,
    cost,
    ...proof,
    ...(time && { time }),
    ...(predicted && { predicted }),
    everyFileAtBest: isWhole(analysis, chosen),
    problems: firstProblems(analysis.rates.problems),
  };
}

/** The frontier ends at its last increment, other policies at all originals. */
function isWhole({ frontier, sensitivity }: Analysis, { policy: { name }, option, bytes }: Chosen): boolean {
  return name === 'sensitivity'
    ? bytes === frontier.bytesAfter.at(-1)
    : sensitivity.sample.every((i) => option[i] === frontier.qualities.length + 1);
}

function plannedTime(
  { sensitivity: { sample, secondsPerImage } }: Analysis,
  { secondWorth }: AnalysisSettings,
  { option }: Chosen,
): PlannedTime | undefined {
  if (secondsPerImage === undefined) return undefined;
  const kept = sample.reduce((count, i) => count + (option[i] === 0 ? 0 : 1), 0);
  return { secondWorth, allSeconds: sample.length * secondsPerImage, plannedSeconds: kept * secondsPerImage };
}

/** Nothing where the copy is smaller or larger than all that were trained on. */
function plannedError(prediction: Prediction, { bytes, cost }: Chosen): PlannedError | undefined {
  const { place, error, interval } = predictedAt(prediction, { bytes, cost });
  const { task, coverage, original } = prediction;
  return place === 'within' ? { task, error, interval, original: original.error, coverage } : undefined;
}

function planHeader(
  analysis: Analysis,
  settings: AnalysisSettings,
  budgetBytes: number,
  { policy: { name, diversity }, bytes, cost, proof }: Chosen,
  { time, predicted }: { time: PlannedTime | undefined; predicted: PlannedError | undefined },
): PlanHeader {
  const { summary, frontier } = analysis;
  const { engine, folds, seeds, epochs, side, accuracy, dataExponent } = summary.probe;
  return {
    ...sharedHeader(analysis, settings),
    policy: name,
    ...(diversity > 0 && { diversity }),
    budgetBytes,
    originalBytes: summary.originalBytes,
    plannedBytes: bytes,
    fixedBytes: summary.fixedBytes,
    qualities: [...frontier.qualities],
    probe: { engine, folds, seeds, epochs, side, accuracy, dataExponent },
    expectedLossIncrease: cost,
    ...(predicted && { predicted }),
    ...(proof && { certificate: { cost, ...proof } }),
    // Two machines measure different times: where they decide nothing, the plan is the same on both.
    ...(time && settings.secondWorth > 0 && { time }),
  };
}

function choiceOf(analysis: Analysis, i: number, chosen: Chosen): Choice {
  const { sensitivity, clusters, frontier, row, optionBytes } = analysis;
  const option = chosen.option[i] as number;
  const quality = qualityOf(option, frontier.qualities);
  const probed = row[i] as number;
  const number = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(5)) : null);
  return {
    quality,
    planned: optionBytes[i * (frontier.qualities.length + 2) + option] as number,
    sensitivity: probed < 0 ? null : number(meanSensitivity(analysis, probed)),
    se: probed < 0 ? null : number(sensitivity.meanError[probed] as number),
    cluster: probed < 0 ? null : (clusters.names[clusters.cluster[probed] as number] ?? null),
    reason: reasonFor(analysis, i, chosen, quality),
  };
}

const qualityOf = (option: number, qualities: Uint8Array): PlannedQuality =>
  option === 0 ? 'drop' : (qualities[option - 1] ?? 'original');

function reasonFor(analysis: Analysis, i: number, chosen: Chosen, quality: PlannedQuality): string {
  const kept = reasonToKeep(analysis, i);
  if (kept !== undefined) return kept;
  if (analysis.row[i] === -1) return 'kept unchanged: it has no class, so its sensitivity is unknown';
  return chosen.isDrawn(i) ? drawnReason : reasonOf(chosen.policy.name, quality);
}
