/** The order of the rooms: the only place that knows them all. */
import type { AnalysisSummary, DatasetSummary, Problem, Task } from '../protocol/analysis.ts';
import type { AnalysisSettings } from '../protocol/worker.ts';
import { buildFrontier } from './allocate/index.ts';
import { costsOf, type Analysis } from './analysis.ts';
import { readAnnotations } from './annotation/index.ts';
import { firstProblems, scanDataset, summarizeDataset, type Dataset } from './dataset/index.ts';
import { InputError } from './errors.ts';
import type { JobContext } from './job.ts';
import type { Ports } from './ports.ts';
import { clusterList, clusterSensitivities } from './probe/index.ts';
import { countOthers, countRates, measureRates, usable, type RateTable } from './rate/index.ts';
import { measureSensitivities, type Sensitivities } from './sensitivities.ts';

export async function scan(
  folder: string,
  task: Task | undefined,
  ports: Pick<Ports, 'encoder' | 'store'>,
  job: JobContext,
): Promise<DatasetSummary> {
  return summarizeDataset(await readAnnotations(await scanDataset(folder, job, task), ports, job));
}

/** Scan, rate, sensitivity, clusters, frontier; stages that the store knows are not run again. */
export async function analyze(
  folder: string,
  settings: AnalysisSettings,
  ports: Ports,
  job: JobContext,
): Promise<Analysis> {
  if (settings.secondWorth > 0 && settings.model !== undefined)
    throw new InputError(
      `${settings.model}: your own network is not trained here, so the time of a training is unknown and can't be priced; leave out either the model or --second-worth (in VS Code bitbudget.secondWorth)`,
    );
  const dataset = await readAnnotations(await scanDataset(folder, job, settings.task), ports, job);
  const rates = await measureRates(dataset, settings.qualities, settings, ports, job);
  const sample = probedSamples(dataset, rates);
  const counted = countRates(rates, dataset, settings.byteModel);
  const otherBytes = countOthers(dataset, settings.byteModel);
  const carried = counted.original.reduce((sum, own, i) => sum + (rates.use[i] === usable.asIs ? own : 0), otherBytes);
  const measured = await measureSensitivities(
    { dataset, rates, counted, sample, fixedBytes: carried },
    settings,
    ports,
    job,
  );
  const { table: sensitivity, shrunk } = measured;
  const clusters = clusterSensitivities(sensitivity, rates.qualities.length);

  job.onProgress({ stage: 'allocate', done: 0, total: 1, unit: 'frontier' });
  const optionBytes = optionBytesOf(rates);
  const countedBytes = counted === rates ? optionBytes : optionBytesOf(counted);
  const cost = leftOut(costsOf({ dataset, rates, sensitivity, shrunk }), rates);
  const frontier = buildFrontier({
    qualities: rates.qualities,
    bytes: countedBytes,
    cost,
    fixedBytes: otherBytes,
    timeBytesPerImage: settings.secondWorth * (sensitivity.secondsPerImage ?? 0),
  });
  job.onProgress({ stage: 'allocate', done: 1, total: 1, unit: 'frontier' });

  const row = new Int32Array(dataset.count).fill(-1);
  sample.forEach((i, at) => {
    row[i] = at;
  });
  const summary = summarise({ dataset, rates, counted, otherBytes, measured, clusters, row, settings });
  return { dataset, rates, sensitivity, shrunk, clusters, row, optionBytes, countedBytes, frontier, summary };
}

/** Training samples with a class that can be encoded. */
function probedSamples(dataset: Dataset, rates: RateTable): Uint32Array {
  const sample = Uint32Array.from(
    [...rates.use.keys()].filter((i) => rates.use[i] === usable.encoded && (dataset.label[i] as number) >= 0),
  );
  const classes = new Set(Array.from(sample, (i) => dataset.label[i]));
  if (sample.length === 0)
    throw new InputError(`${dataset.root}: found no usable training image with annotations; see its problems by scan`);
  if (dataset.task === 'classification' && classes.size < 2)
    throw new InputError(
      `${dataset.root}: found ${sample.length} usable training images in ${classes.size} classes. Sensitivity is measured by training a classifier, so put the images into two or more class folders`,
    );
  return sample;
}

/** Bytes of drop, every quality and the original, N × (Q + 2); NaN where an option is not offered. */
function optionBytesOf({ qualities, encoded, original, use }: RateTable): Float64Array {
  const options = qualities.length + 2;
  const bytes = new Float64Array(original.length * options).fill(NaN);
  original.forEach((own, i) => {
    if (use[i] !== usable.asIs) bytes[i * options] = 0;
    if (use[i] === usable.not) return;
    bytes[i * options + options - 1] = own;
    if (use[i] === usable.asIs) return;
    for (let q = 0; q < qualities.length; q++) {
      const size = encoded[i * qualities.length + q] as number;
      if (size > 0) bytes[i * options + 1 + q] = size;
    }
  });
  return bytes;
}

/** Unreadable samples can't be in a copy: for the allocation they are dropped already, at no cost. */
function leftOut(cost: Float64Array, { use, qualities }: RateTable): Float64Array {
  const options = qualities.length + 2;
  use.forEach((how, i) => {
    if (how !== usable.not) return;
    cost[i * options] = 0;
    cost[i * options + options - 1] = Infinity;
  });
  return cost;
}

interface Findings extends Pick<Analysis, 'dataset' | 'rates' | 'clusters' | 'row'> {
  /** Rates and other files as a budget counts them. */
  readonly counted: RateTable;
  readonly otherBytes: number;
  readonly measured: Sensitivities;
  readonly settings: AnalysisSettings;
}

function summarise({
  dataset,
  rates,
  counted,
  otherBytes,
  measured,
  clusters,
  settings,
  row,
}: Findings): AnalysisSummary {
  const { table, reliability, side, meanByKind, proxies } = measured;
  const scanned = summarizeDataset(dataset);
  const problems: Problem[] = [...dataset.problems, ...rates.problems];
  const kept = counted.original.reduce((sum, own, i) => sum + (rates.use[i] === usable.not ? 0 : own), 0);
  const fixed = counted.original.reduce(
    (sum, own, i) => sum + (row[i] === -1 && rates.use[i] !== usable.not ? own : 0),
    0,
  );
  const { folds, seeds, epochs } = settings;
  return {
    dataset: { ...scanned, problems: firstProblems(problems) },
    qualities: rates.qualities,
    byteModel: settings.byteModel,
    originalBytes: kept + otherBytes,
    fixedBytes: fixed + otherBytes,
    clusters: clusterList(clusters, rates.qualities.length),
    probe: {
      engine: table.engine,
      folds,
      seeds,
      epochs,
      side,
      accuracy: table.accuracy,
      dataExponent: table.dataExponent,
      reliability,
      meanByKind,
      ...(table.saved && { saved: table.saved }),
    },
    ...(proxies && { proxies }),
  };
}
