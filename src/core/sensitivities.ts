/** From rates to sensitivities: which samples are probed, by which probes, and what is foretold of the others. */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { qualitiesOf, type Encoding } from '../protocol/encoding.ts';
import type { ProxyReport } from '../protocol/proxies.ts';
import type { Prices } from '../protocol/prices.ts';
import type { SweepReport } from '../protocol/sweep.ts';
import type { AnalysisSettings } from '../protocol/worker.ts';
import { natPrices, settledRows, type PricedRows } from './allocate/index.ts';
import { pricesOf } from './analysis.ts';
import { answersKey, answersOf, maskReader } from './annotation/index.ts';
import type { Dataset } from './dataset/index.ts';
import { InputError } from './errors.ts';
import { foretell, judgeProxies } from './foretell.ts';
import type { JobContext } from './job.ts';
import { encodeKey } from './jpeg/index.ts';
import { scoreByOwnNetwork } from './own-network.ts';
import type { Ports } from './ports.ts';
import {
  buildViews,
  byteSlopes,
  columnMeans,
  measureSensitivity,
  pixelProxies,
  probeSide,
  shrink,
  stratifiedShare,
  type PixelProxies,
  type ProbeKind,
  type SensitivityTable,
  type ViewsFile,
} from './probe/index.ts';
import type { RateTable } from './rate/index.ts';
import { keyOf } from './store/index.ts';

/** Sensitivities of all probed and foretold samples, P rows. */
export interface Sensitivities {
  readonly table: SensitivityTable;
  /** Drawn towards their class's mean, or foretold; P × E. */
  readonly shrunk: Float32Array;
  /** Share of the variance within classes that is signal, of every encoding, E. */
  readonly reliability: Float32Array;
  /** Input size of the probes, pixels. */
  readonly side: number;
  /** Mean difference of every encoding by kind of probe, nats, E. */
  readonly meanByKind: Readonly<Partial<Record<ProbeKind, Float32Array>>>;
  readonly proxies?: ProxyReport;
}

/** A calibration needs so many rows of each class, and in all. */
const leastPerClass = 10;
const leastProbed = 100;

/** What the store keeps of one kind of probe. */
interface Measured {
  readonly table: SensitivityTable;
  readonly pixels?: PixelProxies;
  readonly restPixels?: PixelProxies;
}

/** What is probed: the chosen samples in every encoding, those left out as they are. */
interface Probed {
  readonly dataset: Dataset;
  readonly rates: RateTable;
  readonly chosen: Uint32Array;
  readonly left: Uint32Array;
  readonly side: number;
}

/**
 * `counted` are the rates as a budget counts them, `sample` the samples that can be probed, `fixedBytes` what a copy holds
 * beside them, `swept` prices them.
 */
export async function measureSensitivities(
  {
    dataset,
    rates,
    counted,
    sample,
    fixedBytes,
    swept,
  }: Pick<Probed, 'dataset' | 'rates'> & {
    counted: RateTable;
    sample: Uint32Array;
    fixedBytes: number;
    swept: SweepReport | undefined;
  },
  settings: AnalysisSettings,
  ports: Ports,
  job: JobContext,
): Promise<Sensitivities> {
  const columns = rates.encodings.length;
  const labels = labelsOf(dataset, sample);
  if (settings.model !== undefined) {
    const { table, side } = await scoreByOwnNetwork({ dataset, rates, sample }, settings.model, settings, ports, job);
    const { difference, reliability } = shrink(table, labels, columns);
    return { table, side, shrunk: difference, reliability, meanByKind: {} };
  }
  const side =
    settings.probeSide ??
    probeSide(
      Array.from(sample, (i) => rates.shorterSide[i] as number),
      columns + 1,
    );
  const chosen = chosenSamples(dataset, sample, settings);
  const isChosen = new Set(chosen);
  const left = sample.filter((i) => !isChosen.has(i));
  const priced = (table: SensitivityTable, prices: Prices): PricedRows => ({
    encodings: rates.encodings,
    encoded: Uint32Array.from(
      [...chosen].flatMap((i) => [...counted.encoded.subarray(i * columns, (i + 1) * columns)]),
    ),
    original: Uint32Array.from(chosen, (i) => counted.original[i] as number),
    labels: labelsOf(dataset, chosen),
    loss: table.loss,
    prices,
  });
  const settled = (table: SensitivityTable): Uint8Array => {
    const { difference } = shrink(table, labelsOf(dataset, chosen), columns);
    const rows = priced(table, pricesOf({ rates, sensitivity: table, shrunk: difference }, swept));
    const all = fixedBytes + rows.original.reduce((sum, bytes) => sum + bytes, 0);
    const [low, high] = settings.budgetRange ?? [0, 1];
    const timeBytesPerImage = settings.secondWorth * (table.secondsPerImage ?? 0);
    const budgets = [low * all, high * all] as const;
    return settledRows(rows, difference, table.error, { budgets, fixedBytes, timeBytesPerImage });
  };

  const kinds: readonly [ProbeKind, ...ProbeKind[]] =
    settings.probes === 'both' ? ['mixed', 'originals'] : [settings.probes];
  const measured = await measureKinds(kinds, { dataset, rates, chosen, left, side }, settled, settings, ports, job);
  const { table, pixels, restPixels } = measured[0] as Measured;
  const { difference, reliability } = shrink(table, labelsOf(dataset, chosen), columns);
  const meanByKind = Object.fromEntries(
    kinds.map((kind, k) => [kind, columnMeans((measured[k] as Measured).table.difference, columns)]),
  );
  const shared = { reliability, side, meanByKind };
  if (!table.proxies || !pixels) return { ...shared, table, shrunk: difference };

  const slopes = (samples: Uint32Array) => byteSlopes(rates.encoded, samples, rates.encodings);
  const probed = {
    table,
    difference,
    rows: priced(table, natPrices(table.loss, table.dataExponent)),
    proxies: { ...table.proxies, ...pixels, loss: table.loss, byteSlope: slopes(chosen) },
  };
  const report = judgeProxies(probed, sample.length);
  if (!table.rest || !restPixels) return { ...shared, table, shrunk: difference, proxies: report };
  const { loss, proxies } = table.rest;
  const rest = {
    ...{ sample: left, labels: labelsOf(dataset, left), loss },
    proxies: { ...proxies, ...restPixels, loss, byteSlope: slopes(left) },
  };
  return { ...shared, ...foretell(sample, probed, rest, report) };
}

/** Tables of kinds of probes on the same views, as far as the store does not know them. */
async function measureKinds(
  kinds: readonly ProbeKind[],
  { dataset, rates, chosen, left, side }: Probed,
  settled: (table: SensitivityTable) => Uint8Array,
  { codings, optimizeHuffman, folds, seeds, epochs, budgetRange, secondWorth, byteModel, ...rest }: AnalysisSettings,
  { store, encoder, ...ports }: Ports,
  job: JobContext,
): Promise<Measured[]> {
  const labels = labelsOf(dataset, chosen);
  const { encodings } = rates;
  const qualities = [...qualitiesOf(encodings)];
  const look = { ...encodeKey({ codings, optimizeHuffman }), side };
  const proxies = rest.proxies || left.length > 0;
  const contents = {
    chosen: contentOf(rates, chosen),
    left: contentOf(rates, left),
    answers: answersKey(dataset, Uint32Array.from([...chosen, ...left])),
  };
  const inPlay = [budgetRange, secondWorth, byteModel];
  const settingsOf = (kind: ProbeKind) => ({ folds, seeds, epochs, kind, proxies });
  const keyOfKind = (kind: ProbeKind) =>
    keyOf('sensitivity-5', contents, look, qualities, settingsOf(kind), budgetRange ? inPlay : null);
  const known = kinds.map((kind) => store.getTable(keyOfKind(kind)) as Measured | undefined);
  if (known.every((measured) => measured !== undefined)) return known;

  const viewsOf = (samples: Uint32Array, shown: readonly Encoding[]): Promise<ViewsFile> => {
    const name = keyOf('views', contentOf(rates, samples), shown, look, answersKey(dataset, samples)).replace(':', '-');
    const file = store.scratchPath(`${name}.u8`);
    return buildViews(file, dataset, shown, samples, side, { encoder, maskAt: maskReader(dataset, encoder) }, job);
  };
  const views = await viewsOf(chosen, encodings);
  const alone = left.length > 0 ? await viewsOf(left, []) : undefined;
  const all: Measured[] = [];
  for (const [k, kind] of kinds.entries()) {
    const key = keyOfKind(kind);
    const shared = { views, sample: chosen, labels, settings: settingsOf(kind), key };
    const input = { ...shared, ...answersOf(dataset, chosen) };
    const measured = known[k] ?? {
      table: await measureSensitivity(
        {
          ...input,
          ...(alone && { rest: { views: alone, rows: left.length, answers: answersOf(dataset, left).answers } }),
          ...(budgetRange && { settled }),
        },
        { store, ...ports },
        job,
      ),
      ...(proxies && { pixels: pixelProxies(views, chosen.length, encodings) }),
      ...(alone && { restPixels: pixelProxies(alone, left.length, encodings) }),
    };
    store.putTable(key, measured);
    all.push(measured);
  }
  // Made again if they are needed again.
  rmSync(views.file);
  if (alone) rmSync(alone.file);
  return all;
}

/** All samples, or a share of every class. @throws InputError when they are too few to learn from */
function chosenSamples(dataset: Dataset, sample: Uint32Array, { probeShare, folds }: AnalysisSettings): Uint32Array {
  const least = Math.max(leastPerClass, folds);
  const chosen =
    probeShare < 1
      ? Uint32Array.from(
          stratifiedShare(Uint32Array.from(sample.keys()), labelsOf(dataset, sample), {
            share: probeShare,
            least,
            seed: 0,
          }),
          (row) => sample[row] as number,
        )
      : sample;
  if (chosen.length < 2 * folds)
    throw new InputError(
      `${dataset.root}: ${chosen.length} usable training images are too few for ${folds} folds; add images`,
    );
  if (probeShare < 1 && chosen.length < leastProbed)
    throw new InputError(
      `${dataset.root}: ${Math.round(100 * probeShare)} % of ${sample.length} images are ${chosen.length}, too few to foretell the others from (at least ${leastProbed}); raise --probe-share`,
    );
  return chosen;
}

const labelsOf = (dataset: Dataset, samples: Uint32Array) =>
  Int32Array.from(samples, (i) => dataset.label[i] as number);

function contentOf(rates: RateTable, samples: Uint32Array): string {
  const content = createHash('sha256');
  for (const i of samples) content.update(rates.hash.subarray(i * 32, (i + 1) * 32));
  return content.digest('hex');
}
