import type { AnalysisSummary } from '../protocol/analysis.ts';
import type { Frontier } from '../protocol/frontier.ts';
import { discountDuplicates, optionCosts } from './allocate/index.ts';
import type { Dataset } from './dataset/index.ts';
import type { Duplicates } from './duplicate/index.ts';
import type { Clusters, SensitivityTable } from './probe/index.ts';
import type { RateTable } from './rate/index.ts';

/** Everything that is known of a dataset under some settings, ready for any budget. */
export interface Analysis {
  readonly dataset: Dataset;
  readonly rates: RateTable;
  /** Undefined where they were not looked for. */
  readonly duplicates: Duplicates | undefined;
  readonly sensitivity: SensitivityTable;
  /** Sensitivities drawn towards their class's mean, P × Q. */
  readonly shrunk: Float32Array;
  readonly clusters: Clusters;
  /** Row of every sample in the sensitivity table; -1 where it was not probed; N. */
  readonly row: Int32Array;
  /** Bytes of every option, N × (Q + 2); NaN where it is not offered. */
  readonly optionBytes: Float64Array;
  readonly frontier: Frontier;
  readonly summary: AnalysisSummary;
}

/** Cost of every option, N × (Q + 2), nats of mean loss; Infinity where it is not offered. */
export function costsOf({
  dataset,
  rates,
  duplicates,
  sensitivity,
  shrunk,
}: Pick<Analysis, 'dataset' | 'rates' | 'duplicates' | 'sensitivity' | 'shrunk'>): Float64Array {
  const { sample, loss, dataExponent } = sensitivity;
  const cost = optionCosts({
    ...{ sample, loss, dataExponent },
    qualities: rates.qualities.length,
    encoded: rates.encoded,
    difference: shrunk,
    labels: Int32Array.from(sample, (i) => dataset.label[i] as number),
  });
  return duplicates ? discountDuplicates(cost, duplicates.keptFor) : cost;
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
