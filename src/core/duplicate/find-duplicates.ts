import { setImmediate } from 'node:timers/promises';
import type { Problem } from '../../protocol/analysis.ts';
import type { Dataset } from '../dataset/index.ts';
import type { JobContext } from '../job.ts';
import type { RateTable } from '../rate/index.ts';
import { hashWords, thumbnailLength } from './fingerprint.ts';
import { indexHashes } from './hash-index.ts';
import { distanceBy } from './likeness.ts';
import type { Fingerprints } from './take-fingerprints.ts';

/** Near-duplicates of training images; columns of N samples, -1 where there is none. */
export interface Duplicates {
  /** Of a training image: the one that is kept for it. That one is kept for itself, and has -1. */
  readonly keptFor: Int32Array;
  /** Validation and test images that a training image is nearly the same as, and training images of two classes. */
  readonly problems: readonly Problem[];
  readonly leaks: number;
  readonly conflicts: number;
}

/** Bits of the hash that near-duplicates may differ in. */
const hashDistance = 10;
/** Distances of thumbnails: at most, and what is always near. Measured in docs/decisions/0015-duplicates.md. */
const [farthest, same] = [0.06, 0.002];
/** A pair must stand out: at four times its distance there may be no more than three times as many look-alikes. */
const [wider, crowd] = [4, 3];
/** More look-alikes of one image are not looked at. */
const mostLookAlikes = 200;
/** Images between two looks at whether the job was cancelled. */
const batch = 500;

/**
 * Groups training images that are nearly the same and answer alike: in order of pixels, bytes and path each joins the
 * nearest kept image within reach, or is kept itself. So whatever is dropped is near something that is kept, and chains do
 * not grow.
 * O(N) look-ups; thousands of equal images are compared with the first of them alone.
 */
export async function findDuplicates(
  { hash, thumbnail, pixels }: Fingerprints,
  dataset: Dataset,
  { original }: Pick<RateTable, 'original'>,
  { signal, onProgress }: JobContext,
): Promise<Duplicates> {
  const { label, split, path, classes } = dataset;
  const order = rankedSamples({ pixels }, dataset, original);
  const index = indexHashes(picked(hash, hashWords, order), hashDistance);
  const distance = distanceBy(picked(thumbnail, thumbnailLength, order));
  const labelsCount = dataset.task === 'classification';
  const keptFor = new Int32Array(dataset.count).fill(-1);
  const problems: Problem[] = [];
  let [leaks, conflicts] = [0, 0];
  const reach = new Float64Array(order.length);
  const found = new Uint32Array(mostLookAlikes);
  const apart = new Float64Array(mostLookAlikes);

  /** The nearest earlier sample within both reaches that serves; -1 for none. */
  const nearest = (rank: number, count: number, serves: (sample: number) => boolean): number => {
    let [best, bestApart] = [-1, Infinity];
    for (let k = 0; k < count; k++) {
      const other = found[k] as number;
      const own = apart[k] as number;
      if (other >= rank || own > Math.min(reach[rank] as number, reach[other] as number)) continue;
      const sample = order[other] as number;
      if ((own < bestApart || (own === bestApart && other < best)) && serves(sample)) [best, bestApart] = [other, own];
    }
    return best < 0 ? -1 : (order[best] as number);
  };

  for (let rank = 0; rank < order.length; rank++) {
    if (rank % batch === 0) {
      onProgress({ stage: 'duplicates', done: rank, total: order.length, unit: 'images', note: 'comparing' });
      await setImmediate();
      signal.throwIfAborted();
    }
    const i = order[rank] as number;
    const count = index.near(rank, found);
    if (count === 1) continue;
    for (let k = 0; k < count; k++) apart[k] = distance(rank, found[k] as number);
    reach[rank] = reachOf(apart.slice(0, count).sort());
    if (split[i] !== 0) {
      const leaked = nearest(rank, count, (other) => split[other] === 0);
      if (leaked < 0) continue;
      leaks += 1;
      const reason = `nearly the same as the training image ${path.at(leaked)}`;
      problems.push({ path: path.at(i), code: 'leak', reason });
      continue;
    }
    const answersAlike = (other: number) => !labelsCount || label[other] === label[i];
    keptFor[i] = nearest(rank, count, (other) => keptFor[other] === -1 && answersAlike(other));
    const contrary = nearest(rank, count, (other) => !answersAlike(other));
    if (contrary < 0) continue;
    conflicts += 1;
    const reason = `nearly the same as ${path.at(contrary)}, but that is labelled ${classes[label[contrary] as number] ?? ''}`;
    problems.push({ path: path.at(i), code: 'label-conflict', reason });
  }
  onProgress({ stage: 'duplicates', done: order.length, total: order.length, unit: 'images', note: 'comparing' });
  return { keptFor, leaks, conflicts, problems: problems.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

/** Training images that are learned from, the most pixels, then the most bytes first; then the other splits'. */
function rankedSamples({ pixels }: Pick<Fingerprints, 'pixels'>, { label, split }: Dataset, bytes: Uint32Array) {
  const compared = Uint32Array.from(pixels.keys()).filter(
    (i) => (pixels[i] as number) > 0 && (split[i] !== 0 || (label[i] as number) >= 0),
  );
  const isTraining = (i: number) => (split[i] === 0 ? 1 : 0);
  const least = (values: Uint32Array, a: number, b: number) => (values[b] as number) - (values[a] as number);
  return compared.sort((a, b) => isTraining(b) - isTraining(a) || least(pixels, a, b) || least(bytes, a, b) || a - b);
}

/** Rows of a table. */
function picked<T extends Uint16Array | Uint8Array>(table: T, width: number, rows: Uint32Array): T {
  const out = new (table.constructor as new (length: number) => T)(rows.length * width);
  rows.forEach((row, at) => {
    out.set(table.subarray(row * width, (row + 1) * width), at * width);
  });
  return out;
}

/**
 * How far an image's near-duplicates may be from it. What is a copy in one dataset is chance in another, where unrelated
 * images are that alike (handwritten digits): there the look-alikes multiply as the distance grows, while round a copy
 * there is nothing more to find.
 * @param apart  distances of all look-alikes, itself among them, ascending
 */
function reachOf(apart: Float64Array): number {
  const within = (limit: number) => {
    const first = apart.findIndex((own) => own > limit);
    return first < 0 ? apart.length : first;
  };
  let reach = same;
  for (let next = within(same); next < apart.length; next = within(reach)) {
    const distance = apart[next] as number;
    if (distance > farthest || within(wider * distance) > crowd * within(distance)) break;
    reach = distance;
  }
  return reach;
}
