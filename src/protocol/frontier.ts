/**
 * The frontier: every budget's allocation as a prefix of one sorted list of increments.
 * Built once by core/allocate; read by the plan and, without asking back, by the panel's slider.
 *
 * Options of a sample are numbered 0..O-1: 0 is `drop`, 1..E the encodings in their order, E+1 `original`.
 */
import type { Encoding } from './encoding.ts';

export interface Frontier {
  /** Encodings that are offered, E; O = E + 2. */
  readonly encodings: readonly Encoding[];
  /** Option of every sample at the smallest budget, N. */
  readonly start: Uint8Array;
  /** Bytes and cost (nats of mean loss) of the smallest allocation; bytes include what is copied in any case. */
  readonly startBytes: number;
  readonly startCost: number;
  /**
   * Bytes that the training time of an image is worth. A budget is of weights: bytes, and this for every image that is
   * kept though it could be dropped. At the start none is, so that its weight is its bytes.
   */
  readonly timeBytesPerImage: number;
  /** Increments by falling cost saved per weight, M: the sample that changes, its old and new option, its added bytes. */
  readonly sample: Uint32Array;
  readonly from: Uint8Array;
  readonly option: Uint8Array;
  readonly addedBytes: Uint32Array;
  readonly savedCost: Float64Array;
  /** Bytes, weight and cost after the first k increments, M+1. */
  readonly bytesAfter: Float64Array;
  readonly weightAfter: Float64Array;
  readonly costAfter: Float64Array;
}

export interface Allocation {
  /** Option of every sample, N. */
  readonly option: Uint8Array;
  readonly bytes: number;
  /** Bytes, and what the training time of the kept images is worth: at most the budget. */
  readonly weight: number;
  readonly cost: number;
  /** No allocation of a weight within the budget costs less than this (linear relaxation). */
  readonly lowerBound: number;
  /** Cost that one more byte of budget saves, nats: the slope of the first increment that did not fit; 0 at the end. */
  readonly pricePerByte: number;
}

/** Number of increments, from the front, that fit into the budget. */
export function prefixWithin(frontier: Frontier, budgetBytes: number): number {
  const { weightAfter } = frontier;
  let low = 0;
  let high = weightAfter.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((weightAfter[middle] as number) <= budgetBytes) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Allocations after every so many increments, from which those of any budget are near. */
export interface Checkpoints {
  /** Increments from one to the next. */
  readonly every: number;
  /** Options of all samples at each of them, from the start on. */
  readonly options: readonly Uint8Array[];
}

/** For whoever asks for many allocations of one frontier, as the slider does: each takes N bytes. */
export function checkpointsOf({ start, sample, option }: Frontier, count = 32): Checkpoints {
  const every = Math.max(1, Math.ceil(sample.length / count));
  const current = start.slice();
  const options: Uint8Array[] = [];
  for (let k = 0; k < sample.length; k++) {
    if (k % every === 0) options.push(current.slice());
    current[sample[k] as number] = option[k] as number;
  }
  return { every, options: [...options, current] };
}

/** Increments among which the rest of a budget is spent: of so many some fit, and an allocation takes milliseconds. */
const restWithin = 100_000;

/**
 * The allocation of a budget: the longest prefix that fits, then of the next increments every one that still fits
 * (a sample is left alone after its first miss, so that its increments stay in order).
 * Growing the budget never raises the cost: what the larger budget takes first is at least as steep as
 * everything that the smaller one took instead.
 * @throws RangeError if the budget is below `startBytes`
 */
export function allocate(frontier: Frontier, budgetBytes: number, checkpoints?: Checkpoints): Allocation {
  if (budgetBytes < frontier.startBytes)
    throw new RangeError(
      `Expected a budget of at least ${frontier.startBytes} bytes (the smallest possible copy) but received ${budgetBytes}`,
    );
  const { sample, from, option: newOption, addedBytes, savedCost, timeBytesPerImage } = frontier;
  const prefix = prefixWithin(frontier, budgetBytes);
  const mark = checkpoints ? Math.floor(prefix / checkpoints.every) : 0;
  const option = (checkpoints?.options[mark] ?? frontier.start).slice();
  for (let k = mark * (checkpoints?.every ?? 0); k < prefix; k++) option[sample[k] as number] = newOption[k] as number;
  const addedWeight = (k: number) => (addedBytes[k] as number) + (from[k] === 0 ? timeBytesPerImage : 0);
  let bytes = frontier.bytesAfter[prefix] as number;
  let weight = frontier.weightAfter[prefix] as number;
  let cost = frontier.costAfter[prefix] as number;
  const pricePerByte = prefix < sample.length ? (savedCost[prefix] as number) / addedWeight(prefix) : 0;
  const lowerBound = cost - pricePerByte * (budgetBytes - weight);
  const end = Math.min(sample.length, prefix + restWithin);
  for (let k = prefix; k < end; k++) {
    const i = sample[k] as number;
    const added = addedWeight(k);
    if (weight + added > budgetBytes || option[i] !== from[k]) continue;
    bytes += addedBytes[k] as number;
    weight += added;
    cost -= savedCost[k] as number;
    option[i] = newOption[k] as number;
  }
  return { option, bytes, weight, cost, lowerBound, pricePerByte };
}
