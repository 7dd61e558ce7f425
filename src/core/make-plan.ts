/** Turns an analysis and a budget into a plan file. */
import { budgetInBytes, type Budget } from '../protocol/budget.ts';
import { qualitiesOf, type Encoding } from '../protocol/encoding.ts';
import { predictedAt, type Prediction } from '../protocol/prediction.ts';
import type { AnalysisSettings, PlannedError, PlannedTime, PlanSummary } from '../protocol/worker.ts';
import { meanSensitivity, type Analysis } from './analysis.ts';
import { chooseUsual, type Chosen } from './by-policy.ts';
import { writePlan, type PlanHeader, type PlanLine } from './copy/index.ts';
import { firstProblems } from './dataset/index.ts';
import { InputError } from './errors.ts';
import { guardReasons } from './guard-reasons.ts';
import { optionKey, planLines, sharedHeader, type Choice } from './plan-lines.ts';
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
      `A budget of ${budgetBytes} bytes is below the smallest possible copy of ${frontier.startBytes} bytes (validation and test images, other files and what the guards keep are in it): give more`,
    );
  const chosen = await choose(analysis, budgetBytes);
  const { policy, bytes, cost, proof } = chosen;
  const mix: Record<string, number> = {};
  const guardReason = guardReasons(analysis, analysis.offers, chosen.option);
  const lines = () => planLines(analysis, (i) => choiceOf(analysis, i, chosen, guardReason(i)));
  let plainBytes = 0;
  for (const line of lines()) {
    plainBytes += line.planned;
    if (line.sha256 !== undefined) mix[optionKey(line)] = (mix[optionKey(line)] ?? 0) + 1;
  }
  const time = plannedTime(analysis, settings, chosen);
  const predicted = prediction && plannedError(prediction, chosen);
  const header = planHeader(analysis, settings, budgetBytes, chosen, { plainBytes, time, predicted });
  await writePlan(out, header, lines());
  return {
    path: out,
    policy,
    budgetBytes,
    originalBytes: summary.originalBytes,
    bytes,
    byteModel: summary.byteModel,
    plainBytes,
    mix,
    cost,
    costUnit: analysis.prices.unit,
    ...proof,
    ...(time && { time }),
    ...(predicted && { predicted }),
    everyFileAtBest: isWhole(analysis, chosen),
    ...(summary.duplicates && { duplicates: summary.duplicates }),
    problems: firstProblems([
      ...analysis.rates.problems,
      ...analysis.offers.guards.problems,
      ...(analysis.duplicates?.problems ?? []),
    ]),
  };
}

/** The frontier ends at its last increment, other policies at all originals. */
function isWhole({ frontier, sensitivity }: Analysis, { policy: { name }, option, bytes }: Chosen): boolean {
  return name === 'sensitivity'
    ? bytes === frontier.bytesAfter.at(-1)
    : sensitivity.sample.every((i) => option[i] === frontier.encodings.length + 1);
}

function plannedTime(
  { sensitivity: { sample, secondsPerImage } }: Analysis,
  { secondWorth }: AnalysisSettings,
  { option, timeBytes }: Chosen,
): PlannedTime | undefined {
  if (secondsPerImage === undefined) return undefined;
  const kept = sample.reduce((count, i) => count + (option[i] === 0 ? 0 : 1), 0);
  const seconds = { allSeconds: sample.length * secondsPerImage, plannedSeconds: kept * secondsPerImage };
  return { secondWorth, ...seconds, timeBytes };
}

/** Nothing where the copy is smaller or larger than all that were trained on. */
function plannedError(prediction: Prediction, { bytes, cost }: Chosen): PlannedError | undefined {
  const { place, error, interval } = predictedAt(prediction, { bytes, cost });
  const { task, coverage, original } = prediction;
  return place === 'within' ? { task, error, interval, original: original.error, coverage } : undefined;
}

/** What a header says beside the allocation. */
interface Told {
  readonly plainBytes: number;
  readonly time: PlannedTime | undefined;
  readonly predicted: PlannedError | undefined;
}

function planHeader(
  analysis: Analysis,
  settings: AnalysisSettings,
  budgetBytes: number,
  { policy: { name, diversity }, bytes, cost, proof }: Chosen,
  { plainBytes, time, predicted }: Told,
): PlanHeader {
  const { summary, frontier, duplicates } = analysis;
  const { engine, folds, seeds, epochs, side, accuracy, dataExponent } = summary.probe;
  const shared = sharedHeader(analysis, settings);
  return {
    ...shared,
    problems: [...shared.problems, ...analysis.offers.guards.problems, ...(duplicates?.problems ?? [])],
    guards: settings.guards,
    duplicates: duplicates !== undefined,
    policy: name,
    ...(diversity > 0 && { diversity }),
    ...(summary.byteModel !== 'plain' && { byteModel: summary.byteModel, plainBytes }),
    budgetBytes,
    originalBytes: summary.originalBytes,
    plannedBytes: bytes,
    fixedBytes: summary.fixedBytes,
    qualities: [...qualitiesOf(frontier.encodings)],
    probe: { engine, folds, seeds, epochs, side, accuracy, dataExponent },
    expectedCost: { cost, unit: analysis.prices.unit },
    ...(predicted && { predicted }),
    ...(proof && { certificate: { cost, ...proof } }),
    // Two machines measure different times: where they decide nothing, the plan is the same on both.
    ...(time && settings.secondWorth > 0 && { time }),
  };
}

function choiceOf(analysis: Analysis, i: number, chosen: Chosen, guardReason: string | undefined): Choice {
  const { sensitivity, clusters, frontier, row, optionBytes } = analysis;
  const option = chosen.option[i] as number;
  const { quality, coding } = lineOption(option, frontier.encodings);
  const probed = row[i] as number;
  const number = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(5)) : null);
  return {
    quality,
    ...(coding && { coding }),
    planned: optionBytes[i * (frontier.encodings.length + 2) + option] as number,
    sensitivity: probed < 0 ? null : number(meanSensitivity(analysis, probed)),
    se: probed < 0 ? null : number(sensitivity.meanError[probed] as number),
    cluster: probed < 0 ? null : (clusters.names[clusters.cluster[probed] as number] ?? null),
    reason: guardReason ?? reasonFor(analysis, i, chosen, quality),
  };
}

/** The usual coding goes without saying. */
function lineOption(option: number, encodings: readonly Encoding[]): Pick<PlanLine, 'quality' | 'coding'> {
  if (option === 0) return { quality: 'drop' };
  const encoding = encodings[option - 1];
  if (encoding === undefined) return { quality: 'original' };
  const { coding, quality } = encoding;
  return coding === encodings[0]?.coding ? { quality } : { quality, coding };
}

function reasonFor(analysis: Analysis, i: number, chosen: Chosen, quality: PlannedQuality): string {
  if (analysis.row[i] === -1) return 'kept unchanged: it has no class, so its sensitivity is unknown';
  if (chosen.isDrawn(i)) return drawnReason;
  const kept = analysis.duplicates?.keptFor[i] ?? -1;
  return reasonOf(chosen.policy.name, quality, kept < 0 ? undefined : analysis.dataset.path.at(kept));
}
