import type { Rows, SortColumn } from '../protocol/analysis.ts';
import { meanSensitivity, type Analysis } from '../core/analysis.ts';
import { splits } from '../core/dataset/index.ts';
import { guardReason } from '../core/guard/index.ts';

const noCluster = 255;

/** What the panel's table shows of some samples. */
export function analysisRows(analysis: Analysis, samples: Uint32Array): Rows {
  const { dataset, sensitivity, clusters, row, optionBytes, offers, frontier } = analysis;
  const options = frontier.qualities.length + 2;
  const probed = Array.from(samples, (i) => row[i] ?? -1);
  return {
    path: Array.from(samples, (i) => dataset.path.at(i)),
    label: Array.from(samples, (i) => dataset.classes[dataset.label[i] ?? -1] ?? ''),
    split: Array.from(samples, (i) => splits[dataset.split[i] ?? 0] ?? 'train'),
    bytes: Float64Array.from(samples, (i) => dataset.bytes[i] ?? NaN),
    optionBytes: Float64Array.from({ length: samples.length * options }, (_, at) => {
      const i = samples[Math.floor(at / options)] ?? 0;
      return optionBytes[i * options + (at % options)] ?? NaN;
    }),
    sensitivity: Float32Array.from(probed, (at) => (at < 0 ? NaN : meanSensitivity(analysis, at))),
    sensitivityError: Float32Array.from(probed, (at) => (at < 0 ? NaN : (sensitivity.meanError[at] ?? NaN))),
    cluster: Uint8Array.from(probed, (at) => (at < 0 ? noCluster : (clusters.cluster[at] ?? noCluster))),
    guard: Array.from(samples, (i) => guardReason(offers.guards, i) ?? ''),
  };
}

/** Sample numbers in ascending order of a column; samples without a value come last. */
export function analysisOrder(analysis: Analysis, by: SortColumn): Uint32Array {
  const { dataset } = analysis;
  const numbers = Uint32Array.from({ length: dataset.count }, (_, i) => i);
  if (by === 'path') return numbers.sort((a, b) => compare(dataset.path.at(a), dataset.path.at(b)));
  const key = Float64Array.from(numbers, (i) => valueOf(analysis, i, by));
  return numbers.sort((a, b) => compare(key[a] ?? 0, key[b] ?? 0) || a - b);
}

function valueOf({ dataset, ...analysis }: Analysis, i: number, by: Exclude<SortColumn, 'path'>): number {
  if (by === 'label') return dataset.label[i] ?? -1;
  if (by === 'bytes') return dataset.bytes[i] ?? 0;
  const at = analysis.row[i] ?? -1;
  if (at < 0) return Infinity;
  return by === 'cluster'
    ? (analysis.clusters.cluster[at] ?? noCluster)
    : meanSensitivity({ dataset, ...analysis }, at);
}

const compare = <T extends number | string>(a: T, b: T) => (a < b ? -1 : a > b ? 1 : 0);
