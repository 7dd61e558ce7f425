/** What the components ask of a frontier and its allocation; no DOM. */
import type { Cluster, Rows } from '../src/protocol/analysis.ts';
import { encodingName, hasSeveral, type Encoding } from '../src/protocol/encoding.ts';
import type { Frontier } from '../src/protocol/frontier.ts';

export interface BudgetRange {
  readonly smallest: number;
  readonly largest: number;
}

export interface ClusterMean {
  /** Mean quality of the samples that get one; NaN where none does. */
  readonly quality: number;
  readonly compressed: number;
  readonly original: number;
  readonly dropped: number;
}

export const noCluster = 255;

/** Budgets between which the plan changes, in bytes; reaches at least to the originals. */
export function budgetRange(frontier: Frontier, originalBytes: number): BudgetRange {
  return {
    smallest: frontier.startBytes,
    largest: Math.max(originalBytes, frontier.weightAfter.at(-1) ?? 0, frontier.startBytes),
  };
}

export function clampBudget(budgetBytes: number, { smallest, largest }: BudgetRange): number {
  return Math.min(Math.max(Math.floor(budgetBytes), smallest), largest);
}

/** "drop", "q 30", where several codings are offered "q 30 4:4:4", or "original". */
export function optionName(option: number, encodings: readonly Encoding[]): string {
  if (option === 0) return 'drop';
  const encoding = encodings[option - 1];
  return encoding === undefined ? 'original' : encodingName(encoding, hasSeveral(encodings));
}

/** Samples at every option, O. */
export function countOptions(option: Uint8Array, options: number): Uint32Array {
  const count = new Uint32Array(options);
  for (let sample = 0; sample < option.length; sample++) {
    const chosen = option[sample] ?? 0;
    count[chosen] = (count[chosen] ?? 0) + 1;
  }
  return count;
}

/** Sample numbers by rising option, stable: a counting sort. */
export function orderByOption(option: Uint8Array, options: number): Uint32Array {
  const count = countOptions(option, options);
  const next = new Uint32Array(options);
  for (let o = 1; o < options; o++) next[o] = (next[o - 1] ?? 0) + (count[o - 1] ?? 0);
  const order = new Uint32Array(option.length);
  for (let sample = 0; sample < option.length; sample++) {
    const chosen = option[sample] ?? 0;
    const place = next[chosen] ?? 0;
    order[place] = sample;
    next[chosen] = place + 1;
  }
  return order;
}

/** Cluster of every sample, N, from the samples in order of their clusters; `noCluster` after the last one. */
export function clusterOfSamples(byCluster: Uint32Array, clusters: readonly Cluster[]): Uint8Array {
  const cluster = new Uint8Array(byCluster.length).fill(noCluster);
  let place = 0;
  clusters.forEach(({ samples }, index) => {
    for (const end = Math.min(place + samples, byCluster.length); place < end; place++) {
      cluster[byCluster[place] ?? 0] = index;
    }
  });
  return cluster;
}

/** The samples at both ends of every cluster's run, whose rows tell whether the runs were read rightly. */
export function clusterEnds(byCluster: Uint32Array, clusters: readonly Cluster[]): Uint32Array {
  const ends = new Set<number>();
  let place = 0;
  for (const { samples } of clusters) {
    for (const end of [place, place + samples - 1, place + samples]) {
      const sample = byCluster[end];
      if (sample !== undefined) ends.add(sample);
    }
    place += samples;
  }
  return Uint32Array.from(ends);
}

export function agrees(cluster: Uint8Array, samples: Uint32Array, rows: Rows): boolean {
  return samples.every((sample, row) => cluster[sample] === rows.cluster[row]);
}

/** What an allocation gives to every cluster. */
export function clusterMeans(
  option: Uint8Array,
  cluster: Uint8Array,
  clusters: number,
  encodings: readonly Encoding[],
): ClusterMean[] {
  const options = encodings.length + 2;
  const count = new Uint32Array(clusters * options);
  for (let sample = 0; sample < option.length; sample++) {
    const index = cluster[sample] ?? noCluster;
    if (index >= clusters) continue;
    const cell = index * options + (option[sample] ?? 0);
    count[cell] = (count[cell] ?? 0) + 1;
  }
  return Array.from({ length: clusters }, (_, index) => {
    const own = count.subarray(index * options, (index + 1) * options);
    let compressed = 0;
    let sum = 0;
    encodings.forEach(({ quality }, e) => {
      compressed += own[e + 1] ?? 0;
      sum += quality * (own[e + 1] ?? 0);
    });
    return { quality: sum / compressed, compressed, original: own[options - 1] ?? 0, dropped: own[0] ?? 0 };
  });
}
