import type { AnalysisSummary } from '../protocol/analysis.ts';
import type { Frontier } from '../protocol/frontier.ts';
import { optionCosts } from './allocate/index.ts';
import type { Dataset } from './dataset/index.ts';
import type { Offers } from './offers.ts';
import type { Clusters, SensitivityTable } from './probe/index.ts';
import type { RateTable } from './rate/index.ts';

/** Everything that is known of a dataset under some settings, ready for any budget. */
export interface Analysis {
  readonly dataset: Dataset;
  readonly rates: RateTable;
  readonly sensitivity: SensitivityTable;
  /** Sensitivities drawn towards their class's mean, P × Q. */
  readonly shrunk: Float32Array;
  readonly clusters: Clusters;
  /** Row of every sample in the sensitivity table; -1 where it was not probed; N. */
  readonly row: Int32Array;
  /** Bytes of every option, N × (Q + 2); NaN where there is none. */
  readonly optionBytes: Float64Array;
  readonly offers: Offers;
  readonly frontier: Frontier;
  readonly summary: AnalysisSummary;
}

/** Cost of every option, N × (Q + 2), nats of mean loss; Infinity where it is not offered. */
export function costsOf({
  dataset,
  rates,
  sensitivity,
  shrunk,
}: Pick<Analysis, 'dataset' | 'rates' | 'sensitivity' | 'shrunk'>): Float64Array {
  const { sample, loss, dataExponent } = sensitivity;
  return optionCosts({
    ...{ sample, loss, dataExponent },
    qualities: rates.qualities.length,
    encoded: rates.encoded,
    difference: shrunk,
    labels: Int32Array.from(sample, (i) => dataset.label[i] as number),
  });
}

/** Mean shrunk sensitivity of a probed row over the qualities that its sample is offered (nats). */
export function meanSensitivity({ rates, sensitivity, shrunk }: Analysis, row: number): number {
  const qualities = rates.qualities.length;
  const sample = sensitivity.sample[row] as number;
  let sum = 0;
  let offered = 0;
  for (let q = 0; q < qualities; q++) {
    if (rates.encoded[sample * qualities + q] === 0) continue;
    sum += shrunk[row * qualities + q] as number;
    offered += 1;
  }
  return offered === 0 ? NaN : sum / offered;
}
