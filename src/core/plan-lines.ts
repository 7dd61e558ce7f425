/** What every plan has in common, whatever chose its qualities. */
import { createHash } from 'node:crypto';
import type { AnalysisSettings } from '../protocol/worker.ts';
import { planVersion, targetNames, type NamedFile, type PlanHeader, type PlanLine } from './copy/index.ts';
import type { Dataset } from './dataset/index.ts';
import { usable, type RateTable } from './rate/index.ts';

export interface Rated {
  readonly dataset: Dataset;
  readonly rates: RateTable;
}

/** What a plan says of a sample. */
export type Choice = Pick<PlanLine, 'quality' | 'coding' | 'planned' | 'sensitivity' | 'se' | 'cluster' | 'reason'>;

type SharedHeader = Pick<
  PlanHeader,
  | 'kind'
  | 'version'
  | 'root'
  | 'layout'
  | 'fingerprint'
  | 'lines'
  | 'codings'
  | 'optimizeHuffman'
  | 'archives'
  | 'problems'
>;

export const sharedHeader = (
  { dataset, rates }: Rated,
  { codings, optimizeHuffman }: Pick<AnalysisSettings, 'codings' | 'optimizeHuffman'>,
): SharedHeader => ({
  kind: 'bitbudget-plan',
  version: planVersion,
  root: dataset.root,
  layout: dataset.layout,
  fingerprint: createHash('sha256').update(rates.hash).digest('hex'),
  lines: rates.use.reduce((sum, how) => sum + (how === usable.not ? 0 : 1), 0) + dataset.other.path.length,
  codings: [...codings],
  optimizeHuffman,
  archives: [...dataset.archives],
  problems: [...dataset.problems, ...rates.problems],
});

/** Names what becomes of a sample: "drop", "50" of the usual coding, "50 webp", "original". */
export const optionKey = ({ quality, coding }: Pick<PlanLine, 'quality' | 'coding'>): string =>
  coding === undefined ? String(quality) : `${quality} ${coding}`;

/** Readable samples in the dataset's order, then the files that are no samples. */
export function* planLines({ dataset, rates }: Rated, choiceOf: (sample: number) => Choice): Iterable<PlanLine> {
  const readable = function* () {
    for (let i = 0; i < dataset.count; i++) if (rates.use[i] !== usable.not) yield i;
  };
  const names = targetNames(function* () {
    for (const i of readable()) yield { path: dataset.path.at(i), ...formatOf(choiceOf(i)) };
    for (let i = 0; i < dataset.other.path.length; i++) yield { path: dataset.other.path.at(i) };
  })[Symbol.iterator]();
  const nextName = () => names.next().value as string;
  for (const i of readable()) yield sampleLine({ dataset, rates }, i, choiceOf(i), nextName());
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

function formatOf({ quality, coding }: Choice): Pick<NamedFile, 'becomes'> {
  return typeof quality === 'number' ? { becomes: coding === 'webp' ? 'webp' : 'jpeg' } : {};
}

function sampleLine({ dataset, rates }: Rated, i: number, choice: Choice, target: string): PlanLine {
  const archive = dataset.archive[i] as number;
  const { quality, coding, ...said } = choice;
  return {
    path: dataset.path.at(i),
    target,
    label: dataset.classes[dataset.label[i] as number] ?? null,
    bytes: dataset.bytes[i] as number,
    quality,
    ...(coding && { coding }),
    ...said,
    sha256: Buffer.from(rates.hash.subarray(i * 32, (i + 1) * 32)).toString('hex'),
    ...(archive < 0 ? {} : { archive: [archive, dataset.archiveIndex[i] as number] as [number, number] }),
  };
}

/** Why a sample is kept as it is whatever the plan's rule; undefined where the rule decides. */
export function reasonToKeep({ dataset, rates }: Rated, i: number): string | undefined {
  if (dataset.split[i] !== 0) return `${dataset.split[i] === 1 ? 'validation' : 'test'} split: kept unchanged`;
  if (rates.use[i] === usable.asIs) return 'kept unchanged: a JPEG can not hold it (see problems)';
  return undefined;
}
