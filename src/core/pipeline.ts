/** The order of the rooms: the only place that knows them all. */
import type { AnalysisSummary, DatasetSummary, Problem, Task } from '../protocol/analysis.ts';
import type { DuplicateSummary } from '../protocol/duplicates.ts';
import { qualitiesOf } from '../protocol/encoding.ts';
import type { AnalysisSettings } from '../protocol/worker.ts';
import { buildFrontier } from './allocate/index.ts';
import { costsOf, pricesOf, type Analysis } from './analysis.ts';
import { readAnnotations } from './annotation/index.ts';
import { firstProblems, scanDataset, summarizeDataset, type Dataset } from './dataset/index.ts';
import { findDuplicates, takeFingerprints, type Duplicates } from './duplicate/index.ts';
import { InputError } from './errors.ts';
import type { JobContext } from './job.ts';
import { mayDrop, offersOf, priceOffers } from './offers.ts';
import type { Ports } from './ports.ts';
import { clusterList, clusterSensitivities, type SensitivityTable } from './probe/index.ts';
import { countOthers, countRates, measureRates, usable, type RateTable } from './rate/index.ts';
import { measureSensitivities, type Sensitivities } from './sensitivities.ts';
import { getSweepReport } from './sweep-report.ts';

/** A byte holds an option: these, to drop and to keep. */
const mostEncodings = 254;

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
  const { codings, qualities, guards } = settings;
  if (codings.length * qualities.length > mostEncodings)
    throw new InputError(
      `${qualities.length} qualities of ${codings.join(', ')} are ${codings.length * qualities.length} encodings of every image, more than the ${mostEncodings} that are possible; measure fewer qualities`,
    );
  const { heldOut } = guards;
  if (heldOut !== 'original' && !qualities.includes(heldOut))
    throw new InputError(
      `Quality ${heldOut} for validation and test images is not among the measured ${qualities.join(', ')}: choose one of these, or add it to --qualities (in VS Code bitbudget.qualities)`,
    );
  const dataset = await readAnnotations(await scanDataset(folder, job, settings.task), ports, job);
  const rates = await measureRates(dataset, settings.qualities, { ...settings, heldOut }, ports, job);
  const sample = probedSamples(dataset, rates);
  const counted = countRates(rates, dataset, settings.byteModel);
  const otherBytes = countOthers(dataset, settings.byteModel);
  const offers = offersOf({ dataset, rates, counted, sample, otherBytes }, guards);
  const { fixedBytes, optionBytes, countedBytes } = offers;
  const found = settings.duplicates
    ? await findDuplicates(await takeFingerprints(dataset, rates, ports, job), dataset, rates, job)
    : undefined;
  // Those that are protected stay, whatever they are like.
  const duplicates = found && { ...found, keptFor: found.keptFor.map((own, i) => (mayDrop(offers, i) ? own : -1)) };
  const swept = getSweepReport(ports.store, dataset, settings);
  const probed = { dataset, rates, counted, sample, fixedBytes, swept };
  const measured = await measureSensitivities(probed, settings, ports, job);
  const { table: sensitivity, shrunk } = measured;
  const clusters = clusterSensitivities(ofUsualCoding(sensitivity, rates), qualitiesOf(rates.encodings).length);

  job.onProgress({ stage: 'allocate', done: 0, total: 1, unit: 'frontier' });
  const prices = pricesOf({ rates, sensitivity, shrunk }, swept);
  const measurements = { dataset, rates, duplicates, sensitivity, shrunk, clusters, prices };
  const frontier = buildFrontier({
    encodings: rates.encodings,
    ...priceOffers(offers, costsOf(measurements)),
    fixedBytes: otherBytes,
    timeBytesPerImage: settings.secondWorth * (sensitivity.secondsPerImage ?? 0),
  });
  job.onProgress({ stage: 'allocate', done: 1, total: 1, unit: 'frontier' });

  const row = new Int32Array(dataset.count).fill(-1);
  sample.forEach((i, at) => {
    row[i] = at;
  });
  const summary = summarise({ ...measurements, counted, otherBytes, measured, offers, settings });
  return { ...measurements, row, optionBytes, countedBytes, offers, frontier, summary };
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

/** Clusters are told by the curve over the usual coding's qualities. */
function ofUsualCoding(
  { sample, loss, difference }: SensitivityTable,
  { encodings }: RateTable,
): Pick<SensitivityTable, 'sample' | 'loss' | 'difference'> {
  const qualities = qualitiesOf(encodings).length;
  return { sample, loss, difference: difference.filter((_, at) => at % encodings.length < qualities) };
}

interface Findings extends Pick<Analysis, 'dataset' | 'rates' | 'duplicates' | 'clusters' | 'offers' | 'prices'> {
  /** Rates and other files as a budget counts them. */
  readonly counted: RateTable;
  readonly otherBytes: number;
  readonly measured: Sensitivities;
  readonly settings: AnalysisSettings;
}

function summarise({
  dataset,
  rates,
  duplicates,
  counted,
  otherBytes,
  measured,
  clusters,
  settings,
  offers,
  prices,
}: Findings): AnalysisSummary {
  const { table, reliability, side, meanByKind, proxies } = measured;
  const scanned = summarizeDataset(dataset);
  const problems: Problem[] = [
    ...dataset.problems,
    ...rates.problems,
    ...offers.guards.problems,
    ...(duplicates?.problems ?? []),
  ];
  const kept = counted.original.reduce((sum, own, i) => sum + (rates.use[i] === usable.not ? 0 : own), 0);
  const { folds, seeds, epochs } = settings;
  const qualities = qualitiesOf(rates.encodings);
  return {
    dataset: { ...scanned, problems: firstProblems(problems) },
    qualities,
    codings: settings.codings,
    byteModel: settings.byteModel,
    originalBytes: kept + otherBytes,
    fixedBytes: offers.fixedBytes,
    prices,
    clusters: clusterList(clusters, qualities.length),
    probe: {
      engine: table.engine,
      folds,
      seeds,
      epochs,
      side,
      accuracy: table.accuracy,
      dataExponent: table.dataExponent,
      reliability: reliability.slice(0, qualities.length),
      meanByKind: Object.fromEntries(
        Object.entries(meanByKind).map(([kind, own]) => [kind, own.slice(0, qualities.length)]),
      ),
      ...(table.saved && { saved: table.saved }),
    },
    ...(duplicates && { duplicates: summariseDuplicates(dataset, duplicates) }),
    ...(proxies && { proxies }),
  };
}

const duplicatesShown = 100;

function summariseDuplicates({ path }: Dataset, { keptFor, leaks, conflicts }: Duplicates): DuplicateSummary {
  const dropped = Uint32Array.from(keptFor.keys()).filter((i) => (keptFor[i] as number) >= 0);
  const kept = (i: number) => keptFor[i] as number;
  return {
    images: dropped.length,
    groups: new Set(Array.from(dropped, kept)).size,
    first: Array.from(dropped.subarray(0, duplicatesShown), (i) => ({ path: path.at(i), keptFor: path.at(kept(i)) })),
    leaks,
    conflicts,
  };
}
