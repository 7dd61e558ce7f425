import { qualitiesOf } from '../protocol/encoding.ts';
import type { AnalysisSummary } from '../protocol/analysis.ts';
import type { Frontier } from '../protocol/frontier.ts';
import type { Prices } from '../protocol/prices.ts';
import type { SweepReport } from '../protocol/sweep.ts';
import { discountDuplicates, natPrices, optionCosts, sweepPrices } from './allocate/index.ts';
import type { Dataset } from './dataset/index.ts';
import type { Duplicates } from './duplicate/index.ts';
import type { Offers } from './offers.ts';
import { columnMeans, type Clusters, type SensitivityTable } from './probe/index.ts';
import type { RateTable } from './rate/index.ts';

/** Everything that is known of a dataset under some settings, ready for any budget. */
export interface Analysis {
  readonly dataset: Dataset;
  readonly rates: RateTable;
  /** Undefined where they were not looked for. */
  readonly duplicates: Duplicates | undefined;
  readonly sensitivity: SensitivityTable;
  /** Sensitivities drawn towards their class's mean, P × E. */
  readonly shrunk: Float32Array;
  readonly clusters: Clusters;
  readonly prices: Prices;
  /** Row of every sample in the sensitivity table; -1 where it was not probed; N. */
  readonly row: Int32Array;
  /** Bytes of every option's file, N × (E + 2); NaN where there is none. */
  readonly optionBytes: Float64Array;
  /** The same as a budget counts them. */
  readonly countedBytes: Float64Array;
  readonly offers: Offers;
  readonly frontier: Frontier;
  readonly summary: AnalysisSummary;
}

/** In test error where a sweep tells it, else in nats. */
export function pricesOf(
  { rates: { encodings }, sensitivity, shrunk }: Pick<Analysis, 'rates' | 'sensitivity' | 'shrunk'>,
  swept: SweepReport | undefined,
): Prices {
  const { loss, dataExponent } = sensitivity;
  const means = columnMeans(shrunk, encodings.length);
  const qualities = qualitiesOf(encodings);
  const told =
    swept?.law && sweepPrices({ ...swept, law: swept.law.law }, (quality) => means[qualities.indexOf(quality)]);
  return told ?? natPrices(loss, dataExponent);
}

/** Cost of every option, N × (E + 2), in the prices' unit; Infinity where it is not offered. */
export function costsOf({
  dataset,
  rates,
  duplicates,
  sensitivity,
  shrunk,
  prices,
}: Pick<Analysis, 'dataset' | 'rates' | 'duplicates' | 'sensitivity' | 'shrunk' | 'prices'>): Float64Array {
  const { sample, loss, proxies } = sensitivity;
  const cost = optionCosts({
    ...{ sample, loss, prices },
    // Foretold samples have none.
    importance: proxies?.el2n.length === sample.length ? proxies.el2n : undefined,
    encodings: rates.encodings,
    encoded: rates.encoded,
    difference: shrunk,
    labels: Int32Array.from(sample, (i) => dataset.label[i] as number),
  });
  return duplicates ? discountDuplicates(cost, duplicates.keptFor) : cost;
}

/** Mean shrunk sensitivity of a probed row over the encodings that its sample is offered (nats). */
export function meanSensitivity({ rates, sensitivity, shrunk }: Analysis, row: number): number {
  const encodings = rates.encodings.length;
  const sample = sensitivity.sample[row] as number;
  let sum = 0;
  let offered = 0;
  for (let e = 0; e < encodings; e++) {
    if (rates.encoded[sample * encodings + e] === 0) continue;
    sum += shrunk[row * encodings + e] as number;
    offered += 1;
  }
  return offered === 0 ? NaN : sum / offered;
}
