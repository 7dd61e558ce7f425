/** The order of the rooms: the only place that knows them all. */
import type { AnalysisSummary, DatasetSummary, Problem, Task } from '../protocol/analysis.ts';
import type { AnalysisSettings } from '../protocol/worker.ts';
import { buildFrontier } from './allocate/index.ts';
import { costsOf, type Analysis } from './analysis.ts';
import { readAnnotations } from './annotation/index.ts';
import { firstProblems, scanDataset, summarizeDataset, type Dataset } from './dataset/index.ts';
import { InputError } from './errors.ts';
import type { JobContext } from './job.ts';
import { offersOf, priceOffers } from './offers.ts';
import type { Ports } from './ports.ts';
import { clusterList, clusterSensitivities } from './probe/index.ts';
import { measureRates, usable, type RateTable } from './rate/index.ts';
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
  const { heldOut } = settings.guards;
  if (heldOut !== 'original' && !settings.qualities.includes(heldOut))
    throw new InputError(
      `Quality ${heldOut} for validation and test images is not among the measured ${settings.qualities.join(', ')}: choose one of these, or add it to --qualities (in VS Code bitbudget.qualities)`,
    );
  const dataset = await readAnnotations(await scanDataset(folder, job, settings.task), ports, job);
  const rates = await measureRates(dataset, settings.qualities, { ...settings, heldOut }, ports, job);
  const sample = probedSamples(dataset, rates);
  const offers = offersOf(dataset, rates, sample, settings.guards);
  const { fixedBytes, optionBytes } = offers;
  const measured = await measureSensitivities({ dataset, rates, sample, fixedBytes }, settings, ports, job);
  const { table: sensitivity, shrunk } = measured;
  const clusters = clusterSensitivities(sensitivity, rates.qualities.length);

  job.onProgress({ stage: 'allocate', done: 0, total: 1, unit: 'frontier' });
  const frontier = buildFrontier({
    qualities: rates.qualities,
    ...priceOffers(offers, costsOf({ dataset, rates, sensitivity, shrunk })),
    fixedBytes: summarizeDataset(dataset).otherBytes,
    timeBytesPerImage: settings.secondWorth * (sensitivity.secondsPerImage ?? 0),
  });
  job.onProgress({ stage: 'allocate', done: 1, total: 1, unit: 'frontier' });

  const row = new Int32Array(dataset.count).fill(-1);
  sample.forEach((i, at) => {
    row[i] = at;
  });
  const summary = summarise({ dataset, rates, measured, clusters, offers, settings });
  return { dataset, rates, sensitivity, shrunk, clusters, row, optionBytes, offers, frontier, summary };
}

/** Training samples with a class that can be encoded. */
function probedSamples(dataset: Dataset, rates: RateTable): Uint32Array {
  const sample = Uint32Array.from(
    [...rates.use.keys()].filter(
      (i) => dataset.split[i] === 0 && rates.use[i] === usable.encoded && (dataset.label[i] as number) >= 0,
    ),
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

interface Findings extends Pick<Analysis, 'dataset' | 'rates' | 'clusters' | 'offers'> {
  readonly measured: Sensitivities;
  readonly settings: AnalysisSettings;
}

function summarise({ dataset, rates, measured, clusters, settings, offers }: Findings): AnalysisSummary {
  const { table, reliability, side, meanByKind, proxies } = measured;
  const scanned = summarizeDataset(dataset);
  const problems: Problem[] = [...dataset.problems, ...rates.problems, ...offers.guards.problems];
  const kept = rates.original.reduce((sum, own, i) => sum + (rates.use[i] === usable.not ? 0 : own), 0);
  const { folds, seeds, epochs } = settings;
  return {
    dataset: { ...scanned, problems: firstProblems(problems) },
    qualities: rates.qualities,
    originalBytes: kept + scanned.otherBytes,
    fixedBytes: offers.fixedBytes,
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
