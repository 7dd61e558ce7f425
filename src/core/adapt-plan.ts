/** A plan of two JPEG qualities by the levels that a training left its images at. */
import type { AdaptPlan } from '../protocol/adapt.ts';
import type { AnalysisSettings } from '../protocol/worker.ts';
import { writePlan, type PlanHeader } from './copy/index.ts';
import { summarizeDataset, type Dataset } from './dataset/index.ts';
import type { JobContext } from './job.ts';
import { optionKey, planLines, reasonToKeep, sharedHeader, type Choice, type Rated } from './plan-lines.ts';
import type { Ports } from './ports.ts';
import { measureRates, usable } from './rate/index.ts';

export interface Levels {
  /** Share of the seeds that leave a sample at low compression, of every sample that was trained on. */
  readonly lowShare: ReadonlyMap<number, number>;
  readonly training: NonNullable<PlanHeader['training']>;
}

interface PlanSettings extends Pick<AnalysisSettings, 'codings' | 'optimizeHuffman'> {
  readonly out: string;
  /** For high and for low compression. */
  readonly qualities: readonly [number, number];
}

/** Writes the plan: images at low compression get the higher quality, and so do those that were not trained on. */
export async function planByLevels(
  dataset: Dataset,
  { lowShare, training }: Levels,
  settings: PlanSettings,
  ports: Ports,
  job: JobContext,
): Promise<AdaptPlan> {
  const { qualities, out } = settings;
  const rates = await measureRates(dataset, qualities, settings, ports, job);
  const rated = { dataset, rates };
  const choiceOf = (i: number) => choose(rated, qualities, i, lowShare.get(i));
  const mix: Record<string, number> = {};
  let plannedBytes = 0;
  for (const { planned, sha256, ...line } of planLines(rated, choiceOf)) {
    plannedBytes += planned;
    if (sha256 !== undefined) mix[optionKey(line)] = (mix[optionKey(line)] ?? 0) + 1;
  }
  const { otherBytes } = summarizeDataset(dataset);
  const bytesOf = (counts: (i: number) => boolean) =>
    rates.original.reduce((sum, own, i) => sum + (rates.use[i] !== usable.not && counts(i) ? own : 0), otherBytes);
  const originalBytes = bytesOf(() => true);
  const header: PlanHeader = {
    ...sharedHeader(rated, settings),
    policy: 'threshold',
    budgetBytes: plannedBytes,
    originalBytes,
    plannedBytes,
    fixedBytes: bytesOf((i) => reasonToKeep(rated, i) !== undefined),
    qualities: [...qualities],
    training,
  };
  await writePlan(out, header, planLines(rated, choiceOf));
  return { path: out, originalBytes, bytes: plannedBytes, mix };
}

function choose(rated: Rated, qualities: PlanSettings['qualities'], i: number, lowShare: number | undefined): Choice {
  const { rates } = rated;
  const original = rates.original[i] as number;
  const none = { sensitivity: null, se: null, cluster: null };
  const keep = (reason: string): Choice => ({ quality: 'original', planned: original, ...none, reason });
  const kept = reasonToKeep(rated, i);
  if (kept !== undefined) return keep(kept);
  const low = lowShare === undefined || lowShare >= 0.5;
  const column = low ? 1 : 0;
  const bytes = rates.encoded[2 * i + column] as number;
  const quality = qualities[column];
  if (bytes === 0) return keep(`quality ${quality} is above its own: kept unchanged`);
  if (bytes >= original) return keep(`takes no more bytes than at quality ${quality}: kept unchanged`);
  const reason =
    lowShare === undefined
      ? 'not trained on: it gets the higher quality'
      : low
        ? 'its loss is above the threshold: low compression'
        : 'its loss is not above the threshold: high compression';
  return { quality, planned: bytes, ...none, reason };
}
