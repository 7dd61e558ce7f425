/** Turns an analysis and a budget into a plan file. */
import { allocate, type Allocation } from '../protocol/frontier.ts';
import { budgetInBytes, type Budget } from '../protocol/budget.ts';
import type { AnalysisSettings, PlannedTime, PlanSummary } from '../protocol/worker.ts';
import { meanSensitivity, type Analysis } from './analysis.ts';
import { writePlan, type PlanHeader, type PlanLine } from './copy/index.ts';
import { firstProblems } from './dataset/index.ts';
import { InputError } from './errors.ts';
import { planLines, reasonToKeep, sharedHeader, type Choice } from './plan-lines.ts';

type PlannedQuality = PlanLine['quality'];

/**
 * Writes the plan of a budget.
 * @throws InputError when the smallest possible copy does not fit
 */
export async function makePlan(
  analysis: Analysis,
  settings: AnalysisSettings,
  budget: Budget,
  out: string,
): Promise<PlanSummary> {
  const { frontier, summary } = analysis;
  const budgetBytes = budgetInBytes(budget, summary.originalBytes);
  if (budgetBytes < frontier.startBytes)
    throw new InputError(
      `A budget of ${budgetBytes} bytes is below the smallest possible copy of ${frontier.startBytes} bytes (validation and test images and other files are carried whole): give more`,
    );
  const allocation = allocate(frontier, budgetBytes);
  const mix: Record<string, number> = {};
  const lines = () => planLines(analysis, (i) => choiceOf(analysis, i, allocation.option[i] as number));
  for (const line of lines()) if (line.sha256 !== undefined) mix[line.quality] = (mix[line.quality] ?? 0) + 1;
  const { bytes, cost, lowerBound, pricePerByte } = allocation;
  const time = plannedTime(analysis, settings, allocation);
  const header = planHeader(analysis, settings, budgetBytes, allocation, time);
  await writePlan(out, header, lines());
  return {
    path: out,
    budgetBytes,
    originalBytes: summary.originalBytes,
    bytes,
    mix,
    cost,
    lowerBound,
    pricePerByte,
    ...(time && { time }),
    everyFileAtBest: bytes === frontier.bytesAfter.at(-1),
    problems: firstProblems(analysis.rates.problems),
  };
}

function plannedTime(
  { sensitivity: { sample, secondsPerImage } }: Analysis,
  { secondWorth }: AnalysisSettings,
  { option }: Allocation,
): PlannedTime | undefined {
  if (secondsPerImage === undefined) return undefined;
  const kept = sample.reduce((count, i) => count + (option[i] === 0 ? 0 : 1), 0);
  return { secondWorth, allSeconds: sample.length * secondsPerImage, plannedSeconds: kept * secondsPerImage };
}

function planHeader(
  analysis: Analysis,
  settings: AnalysisSettings,
  budgetBytes: number,
  allocation: Allocation,
  time: PlannedTime | undefined,
): PlanHeader {
  const { summary, frontier } = analysis;
  const { cost, lowerBound, pricePerByte, bytes } = allocation;
  const { engine, folds, seeds, epochs, side, accuracy, dataExponent } = summary.probe;
  return {
    ...sharedHeader(analysis, settings),
    policy: 'sensitivity',
    budgetBytes,
    originalBytes: summary.originalBytes,
    plannedBytes: bytes,
    fixedBytes: summary.fixedBytes,
    qualities: [...frontier.qualities],
    probe: { engine, folds, seeds, epochs, side, accuracy, dataExponent },
    expectedLossIncrease: cost,
    certificate: { cost, lowerBound, pricePerByte },
    // Two machines measure different times: where they decide nothing, the plan is the same on both.
    ...(time && settings.secondWorth > 0 && { time }),
  };
}

function choiceOf(analysis: Analysis, i: number, option: number): Choice {
  const { sensitivity, clusters, frontier, row, optionBytes } = analysis;
  const quality = qualityOf(option, frontier.qualities);
  const probed = row[i] as number;
  const number = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(5)) : null);
  return {
    quality,
    planned: optionBytes[i * (frontier.qualities.length + 2) + option] as number,
    sensitivity: probed < 0 ? null : number(meanSensitivity(analysis, probed)),
    se: probed < 0 ? null : number(sensitivity.meanError[probed] as number),
    cluster: probed < 0 ? null : (clusters.names[clusters.cluster[probed] as number] ?? null),
    reason: reasonFor(analysis, i, quality),
  };
}

const qualityOf = (option: number, qualities: Uint8Array): PlannedQuality =>
  option === 0 ? 'drop' : (qualities[option - 1] ?? 'original');

function reasonFor(analysis: Analysis, i: number, quality: PlannedQuality): string {
  const kept = reasonToKeep(analysis, i);
  if (kept !== undefined) return kept;
  if (analysis.row[i] === -1) return 'kept unchanged: it has no class, so its sensitivity is unknown';
  if (quality === 'drop') return 'dropping it costs less, for the bytes it frees, than compressing others further';
  if (quality === 'original') return 'worth its original bytes at this budget';
  return 'the step to the next quality saves less loss per byte than this budget pays';
}
