/** The order of the rooms: the only place that knows them all. */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { AnalysisSummary, Cluster, DatasetSummary, Problem } from '../protocol/analysis.ts';
import type { AnalysisSettings } from '../protocol/worker.ts';
import { buildFrontier, optionCosts } from './allocate/index.ts';
import type { Analysis } from './analysis.ts';
import { firstProblems, scanDataset, summarizeDataset, type Dataset } from './dataset/index.ts';
import { InputError } from './errors.ts';
import type { JobContext } from './job.ts';
import type { Ports } from './ports.ts';
import {
  buildViews,
  clusterSensitivities,
  measureSensitivity,
  probeSide,
  shrink,
  type SensitivityTable,
} from './probe/index.ts';
import { measureRates, usable, type RateTable } from './rate/index.ts';
import { keyOf } from './store/index.ts';

export async function scan(folder: string, job: JobContext): Promise<DatasetSummary> {
  return summarizeDataset(await scanDataset(folder, job));
}

/** Scan, rate, sensitivity, clusters, frontier; stages that the store knows are not run again. */
export async function analyze(
  folder: string,
  settings: AnalysisSettings,
  ports: Ports,
  job: JobContext,
): Promise<Analysis> {
  const dataset = await scanDataset(folder, job);
  const rates = await measureRates(dataset, settings.qualities, settings, ports, job);
  const sample = probedSamples(dataset, rates);
  const labels = Int32Array.from(sample, (i) => dataset.label[i] as number);
  const side = settings.probeSide ?? probeSide(Array.from(sample, (i) => rates.shorterSide[i] as number));
  const sensitivity = await probe(dataset, rates, sample, labels, side, settings, ports, job);
  const { difference, reliability } = shrink(sensitivity, labels, rates.qualities.length);
  const clusters = clusterSensitivities(sensitivity, rates.qualities.length);

  job.onProgress({ stage: 'allocate', done: 0, total: 1, unit: 'frontier' });
  const optionBytes = optionBytesOf(rates);
  const cost = optionCosts({
    qualities: rates.qualities.length,
    encoded: rates.encoded,
    sample,
    difference,
    loss: sensitivity.loss,
    labels,
    dataExponent: sensitivity.dataExponent,
  });
  const { otherBytes } = summarizeDataset(dataset);
  const frontier = buildFrontier({
    qualities: rates.qualities,
    ...choosable(optionBytes, cost, rates),
    fixedBytes: otherBytes,
  });
  job.onProgress({ stage: 'allocate', done: 1, total: 1, unit: 'frontier' });

  const row = new Int32Array(dataset.count).fill(-1);
  sample.forEach((i, at) => {
    row[i] = at;
  });
  const summary = summarise({
    dataset,
    rates,
    sensitivity,
    clusters,
    row,
    reliability,
    side,
    settings,
  });
  return { dataset, rates, sensitivity, shrunk: difference, clusters, row, optionBytes, frontier, summary };
}

/** Training samples with a class that can be encoded. */
function probedSamples(dataset: Dataset, rates: RateTable): Uint32Array {
  const sample = Uint32Array.from(
    [...rates.use.keys()].filter((i) => rates.use[i] === usable.encoded && (dataset.label[i] as number) >= 0),
  );
  const classes = new Set(Array.from(sample, (i) => dataset.label[i]));
  if (classes.size < 2)
    throw new InputError(
      `${dataset.root}: found ${sample.length} usable training images in ${classes.size} classes. Sensitivity is measured by training a classifier, so put the images into two or more class folders`,
    );
  return sample;
}

async function probe(
  dataset: Dataset,
  rates: RateTable,
  sample: Uint32Array,
  labels: Int32Array,
  side: number,
  settings: AnalysisSettings,
  ports: Ports,
  job: JobContext,
): Promise<SensitivityTable> {
  const { subsampling, optimizeHuffman, folds, seeds, epochs } = settings;
  if (sample.length < 2 * folds)
    throw new InputError(
      `${dataset.root}: ${sample.length} usable training images are too few for ${folds} folds; add images`,
    );
  const content = createHash('sha256');
  for (const i of sample) content.update(rates.hash.subarray(i * 32, (i + 1) * 32));
  const viewsKey = keyOf('views', content.digest('hex'), [...rates.qualities], { subsampling, optimizeHuffman, side });
  const key = keyOf('sensitivity-2', viewsKey, [...labels], { folds, seeds, epochs });
  const known = ports.store.getTable(key) as SensitivityTable | undefined;
  if (known !== undefined) return known;
  const scratch = ports.store.scratchPath(`${viewsKey.replace(':', '-')}.u8`);
  const views = await buildViews(scratch, dataset, rates, sample, side, ports.encoder, job);
  const input = { views, sample, labels, classes: dataset.classes.length, settings: { folds, seeds, epochs }, key };
  const table = await measureSensitivity(input, ports, job);
  ports.store.putTable(key, table);
  rmSync(scratch); // made again if it is needed again
  return table;
}

/** Bytes of drop, every quality and the original, N × (Q + 2); NaN where an option is not offered. */
function optionBytesOf({ qualities, encoded, original, use }: RateTable): Float64Array {
  const options = qualities.length + 2;
  const bytes = new Float64Array(original.length * options).fill(NaN);
  original.forEach((own, i) => {
    if (use[i] === usable.not) return;
    bytes[i * options + options - 1] = own;
    if (use[i] === usable.asIs) return;
    bytes[i * options] = 0;
    for (let q = 0; q < qualities.length; q++) {
      const size = encoded[i * qualities.length + q] as number;
      if (size > 0) bytes[i * options + 1 + q] = size;
    }
  });
  return bytes;
}

/** Unreadable samples can't be in a copy: for the allocation they are dropped already, at no cost. */
function choosable(optionBytes: Float64Array, cost: Float64Array, { use, qualities }: RateTable) {
  const options = qualities.length + 2;
  const bytes = optionBytes.map((own) => (Number.isNaN(own) ? 0 : own));
  use.forEach((how, i) => {
    if (how !== usable.not) return;
    cost[i * options] = 0;
    cost[i * options + options - 1] = Infinity;
  });
  return { bytes, cost };
}

interface Findings extends Pick<Analysis, 'dataset' | 'rates' | 'sensitivity' | 'clusters' | 'row'> {
  readonly reliability: Float32Array;
  readonly side: number;
  readonly settings: AnalysisSettings;
}

function summarise({
  dataset,
  rates,
  sensitivity,
  clusters,
  reliability,
  side,
  settings,
  row,
}: Findings): AnalysisSummary {
  const scanned = summarizeDataset(dataset);
  const qualities = rates.qualities.length;
  const problems: Problem[] = [...dataset.problems, ...rates.problems];
  const kept = rates.original.reduce((sum, own, i) => sum + (rates.use[i] === usable.not ? 0 : own), 0);
  const fixed = rates.original.reduce(
    (sum, own, i) => sum + (row[i] === -1 && rates.use[i] !== usable.not ? own : 0),
    0,
  );
  const { folds, seeds, epochs } = settings;
  return {
    dataset: { ...scanned, problems: firstProblems(problems) },
    qualities: rates.qualities,
    originalBytes: kept + scanned.otherBytes,
    fixedBytes: fixed + scanned.otherBytes,
    clusters: clusters.names.map((name, k): Cluster => ({
      name,
      samples: clusters.samples[k] ?? 0,
      meanLoss: clusters.meanLoss[k] ?? NaN,
      meanSensitivity: clusters.meanSensitivity.slice(k * qualities, (k + 1) * qualities),
    })),
    probe: {
      engine: sensitivity.engine,
      folds,
      seeds,
      epochs,
      side,
      accuracy: sensitivity.accuracy,
      dataExponent: sensitivity.dataExponent,
      reliability,
    },
  };
}
