/** Turns an analysis and a budget into a plan file. */
import { createHash } from 'node:crypto';
import { budgetInBytes, type Budget } from '../protocol/budget.ts';
import type { AnalysisSettings, PlannedTime, PlanSummary } from '../protocol/worker.ts';
import { meanSensitivity, type Analysis } from './analysis.ts';
import { chooseUsual, type Chosen } from './by-policy.ts';
import { targetNames, writePlan, type PlanHeader, type PlanLine } from './copy/index.ts';
import { firstProblems } from './dataset/index.ts';
import { InputError } from './errors.ts';
import { drawnReason, reasonOf } from './policy/index.ts';
import { usable } from './rate/index.ts';

type PlannedQuality = PlanLine['quality'];

/**
 * Writes the plan of a budget.
 * @param choose  makes the allocation
 * @throws InputError when the smallest possible copy does not fit
 */
export async function makePlan(
  analysis: Analysis,
  settings: AnalysisSettings,
  budget: Budget,
  out: string,
  choose: (analysis: Analysis, budgetBytes: number) => Chosen | Promise<Chosen> = chooseUsual,
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
  for (const line of planLines(analysis, chosen))
    if (line.sha256 !== undefined) mix[line.quality] = (mix[line.quality] ?? 0) + 1;
  const time = plannedTime(analysis, settings, chosen);
  const header = planHeader(analysis, settings, budgetBytes, chosen, time);
  await writePlan(out, header, planLines(analysis, chosen));
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

function planHeader(
  { dataset, rates, summary, frontier }: Analysis,
  settings: AnalysisSettings,
  budgetBytes: number,
  { policy: { name, diversity }, bytes, cost, proof }: Chosen,
  time: PlannedTime | undefined,
): PlanHeader {
  const { engine, folds, seeds, epochs, side, accuracy, dataExponent } = summary.probe;
  return {
    kind: 'bitbudget-plan',
    version: 1,
    root: dataset.root,
    layout: dataset.layout,
    fingerprint: createHash('sha256').update(rates.hash).digest('hex'),
    policy: name,
    ...(diversity > 0 && { diversity }),
    lines: rates.use.reduce((sum, how) => sum + (how === usable.not ? 0 : 1), 0) + dataset.other.path.length,
    budgetBytes,
    originalBytes: summary.originalBytes,
    plannedBytes: bytes,
    fixedBytes: summary.fixedBytes,
    subsampling: settings.subsampling,
    optimizeHuffman: settings.optimizeHuffman,
    qualities: [...frontier.qualities],
    probe: { engine, folds, seeds, epochs, side, accuracy, dataExponent },
    expectedLossIncrease: cost,
    ...(proof && { certificate: { cost, ...proof } }),
    // Two machines measure different times: where they decide nothing, the plan is the same on both.
    ...(time && settings.secondWorth > 0 && { time }),
    archives: [...dataset.archives],
    problems: [...dataset.problems, ...rates.problems],
  };
}

/** Readable samples in the dataset's order, then the files that are no samples. */
function* planLines(analysis: Analysis, chosen: Chosen): Iterable<PlanLine> {
  const { option } = chosen;
  const { dataset, rates, frontier } = analysis;
  const quality = (i: number) => qualityOf(option[i] as number, frontier.qualities);
  const readable = function* () {
    for (let i = 0; i < dataset.count; i++) if (rates.use[i] !== usable.not) yield i;
  };
  const names = targetNames(function* () {
    for (const i of readable()) yield { path: dataset.path.at(i), becomesJpeg: typeof quality(i) === 'number' };
    for (let i = 0; i < dataset.other.path.length; i++) yield { path: dataset.other.path.at(i), becomesJpeg: false };
  })[Symbol.iterator]();
  const nextName = () => names.next().value as string;
  for (const i of readable()) yield sampleLine(analysis, i, chosen, nextName());
  for (let i = 0; i < dataset.other.path.length; i++) {
    const bytes = dataset.other.bytes[i] as number;
    const shared = { path: dataset.other.path.at(i), target: nextName(), bytes, planned: bytes };
    yield {
      ...shared,
      label: null,
      quality: 'original',
      sensitivity: null,
      se: null,
      cluster: null,
      reason: 'no sample: carried unchanged',
    };
  }
}

function sampleLine(analysis: Analysis, i: number, chosen: Chosen, target: string): PlanLine {
  const { dataset, rates, sensitivity, clusters, frontier, row, optionBytes } = analysis;
  const option = chosen.option[i] as number;
  const quality = qualityOf(option, frontier.qualities);
  const probed = row[i] as number;
  const archive = dataset.archive[i] as number;
  const number = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(5)) : null);
  return {
    path: dataset.path.at(i),
    target,
    label: dataset.classes[dataset.label[i] as number] ?? null,
    bytes: dataset.bytes[i] as number,
    quality,
    planned: optionBytes[i * (frontier.qualities.length + 2) + option] as number,
    sensitivity: probed < 0 ? null : number(meanSensitivity(analysis, probed)),
    se: probed < 0 ? null : number(sensitivity.meanError[probed] as number),
    cluster: probed < 0 ? null : (clusters.names[clusters.cluster[probed] as number] ?? null),
    reason: reasonFor(analysis, i, chosen, quality),
    sha256: Buffer.from(rates.hash.subarray(i * 32, (i + 1) * 32)).toString('hex'),
    ...(archive < 0 ? {} : { archive: [archive, dataset.archiveIndex[i] as number] as [number, number] }),
  };
}

const qualityOf = (option: number, qualities: Uint8Array): PlannedQuality =>
  option === 0 ? 'drop' : (qualities[option - 1] ?? 'original');

function reasonFor({ dataset, rates, row }: Analysis, i: number, chosen: Chosen, quality: PlannedQuality): string {
  if (dataset.split[i] !== 0) return `${dataset.split[i] === 1 ? 'validation' : 'test'} split: kept unchanged`;
  if (rates.use[i] === usable.asIs) return 'kept unchanged: a JPEG can not hold it (see problems)';
  if (row[i] === -1) return 'kept unchanged: it has no class, so its sensitivity is unknown';
  return chosen.isDrawn(i) ? drawnReason : reasonOf(chosen.policy.name, quality);
}
