import type { Encoding } from '../../protocol/encoding.ts';
import type { Frontier } from '../../protocol/frontier.ts';
import { largestFirst } from './largest-first.ts';

/** What every sample may become. N samples, O options, numbered as in protocol/frontier.ts. */
export interface OptionTable {
  readonly encodings: readonly Encoding[];
  /** N × O, row-major; unread where an option is not offered. */
  readonly bytes: Float64Array;
  /** N × O, nats of mean loss; Infinity where an option is not offered. Each sample offers one option or more. */
  readonly cost: Float64Array;
  /** Bytes that a copy holds whatever the options. */
  readonly fixedBytes: number;
  /** Bytes that the training time of a kept image is worth, where dropping it is offered. */
  readonly timeBytesPerImage: number;
}

/**
 * Solves the multiple-choice knapsack for all budgets at once: the lower convex hull of every sample's options, then
 * all hull edges in order of cost saved per weight (Sinha & Zoltners 1979). Any prefix is an optimal allocation of its
 * own weight; between two prefixes the linear relaxation bounds the optimum.
 * O(N·O + M) time for M increments and a ladder in its order.
 */
export function buildFrontier({ encodings, bytes, cost, fixedBytes, timeBytesPerImage }: OptionTable): Frontier {
  const options = encodings.length + 2;
  const samples = bytes.length / options;
  const start = new Uint8Array(samples);
  const edges = new Edges(samples * (options - 1));
  const hull = new Uint8Array(options);
  const [weight, ownCost] = [new Float64Array(options), new Float64Array(options)];
  let startBytes = fixedBytes;
  let startCost = 0;
  for (let i = 0; i < samples; i++) {
    const row = i * options;
    for (let option = 0; option < options; option++) {
      weight[option] = bytes[row + option] as number;
      ownCost[option] = cost[row + option] as number;
    }
    // Saved by dropping rather than added by keeping: whole bytes stay whole.
    weight[0] = (bytes[row] as number) - timeBytesPerImage;
    const corners = lowerHull(weight, ownCost, hull);
    let from = hull[0] as number;
    start[i] = from;
    startBytes += bytes[row + from] as number;
    startCost += ownCost[from] as number;
    for (let k = 1; k < corners; k++) {
      const to = hull[k] as number;
      const addedBytes = (bytes[row + to] as number) - (bytes[row + from] as number);
      const savedCost = (ownCost[from] as number) - (ownCost[to] as number);
      edges.add(i, to, addedBytes, savedCost / (addedBytes + (from === 0 ? timeBytesPerImage : 0)));
      from = to;
    }
  }
  return edges.inOrder({ encodings, start, startBytes, startCost, timeBytesPerImage });
}

/** Hull edges as columns. */
class Edges {
  readonly #sample: Uint32Array;
  readonly #option: Uint8Array;
  readonly #addedBytes: Uint32Array;
  /** Cost saved per weight. */
  readonly #slope: Float64Array;
  #count = 0;

  /** Memory is taken as edges come: pages that nothing was written to are none. */
  constructor(capacity: number) {
    this.#sample = new Uint32Array(capacity);
    this.#option = new Uint8Array(capacity);
    this.#addedBytes = new Uint32Array(capacity);
    this.#slope = new Float64Array(capacity);
  }

  add(sample: number, option: number, addedBytes: number, slope: number): void {
    const k = this.#count++;
    this.#sample[k] = sample;
    this.#option[k] = option;
    this.#addedBytes[k] = addedBytes;
    this.#slope[k] = slope;
  }

  /** The steepest first; equal slopes keep their order, and with it the order within a sample. */
  inOrder(begin: Pick<Frontier, 'encodings' | 'start' | 'startBytes' | 'startCost' | 'timeBytesPerImage'>): Frontier {
    const { start, startBytes, startCost, timeBytesPerImage } = begin;
    const { sorted: slope, places } = largestFirst(this.#slope.subarray(0, this.#count));
    const count = this.#count;
    const [sample, from, option] = [new Uint32Array(count), new Uint8Array(count), new Uint8Array(count)];
    const [addedBytes, savedCost] = [new Uint32Array(count), new Float64Array(count)];
    const [bytesAfter, costAfter] = [new Float64Array(count + 1), new Float64Array(count + 1)];
    const weightAfter = timeBytesPerImage === 0 ? bytesAfter : new Float64Array(count + 1);
    bytesAfter[0] = weightAfter[0] = startBytes;
    costAfter[0] = startCost;
    const current = start.slice();
    for (let k = 0; k < count; k++) {
      const edge = places[k] as number;
      const i = this.#sample[edge] as number;
      const added = this.#addedBytes[edge] as number;
      sample[k] = i;
      from[k] = current[i] as number;
      option[k] = current[i] = this.#option[edge] as number;
      const weight = added + (from[k] === 0 ? timeBytesPerImage : 0);
      addedBytes[k] = added;
      savedCost[k] = (slope[k] as number) * weight;
      weightAfter[k + 1] = (weightAfter[k] as number) + weight;
      bytesAfter[k + 1] = (bytesAfter[k] as number) + added;
      // Rounding must not make a cost a gain.
      costAfter[k + 1] = Math.max(0, (costAfter[k] as number) - (savedCost[k] as number));
    }
    return { ...begin, sample, from, option, addedBytes, savedCost, bytesAfter, weightAfter, costAfter };
  }
}

/**
 * Corners of the lower convex hull of (weight, cost), from the least weight to the least cost, written to `hull`. Of
 * options that are equal in both, the highest counts.
 * @returns how many
 */
function lowerHull(weight: Float64Array, cost: Float64Array, hull: Uint8Array): number {
  const offered = byWeight(weight, cost, hull);
  let corners = 0;
  for (let at = 0; at < offered; at++) {
    const option = hull[at] as number;
    if (corners > 0 && (cost[option] as number) >= (cost[hull[corners - 1] as number] as number)) continue;
    while (corners > 1 && !turnsUp(weight, cost, hull[corners - 2] as number, hull[corners - 1] as number, option))
      corners -= 1;
    hull[corners++] = option;
  }
  return corners;
}

/** Options that are offered, the lightest first and of equal weights the cheapest: an insertion sort into `sorted`. */
function byWeight(weight: Float64Array, cost: Float64Array, sorted: Uint8Array): number {
  let offered = 0;
  for (let option = 0; option < cost.length; option++) {
    const [ownWeight, ownCost] = [weight[option] as number, cost[option] as number];
    if (ownCost === Infinity) continue;
    let place = offered++;
    for (; place > 0; place--) {
      const before = sorted[place - 1] as number;
      const more = ownWeight - (weight[before] as number);
      if (more > 0 || (more === 0 && ownCost > (cost[before] as number))) break;
      sorted[place] = before;
    }
    sorted[place] = option;
  }
  return offered;
}

/** Whether b lies strictly below the line from a to c. */
function turnsUp(weight: Float64Array, cost: Float64Array, a: number, b: number, c: number): boolean {
  const [xa, xb, xc] = [weight[a] as number, weight[b] as number, weight[c] as number];
  const [ya, yb, yc] = [cost[a] as number, cost[b] as number, cost[c] as number];
  return (ya - yb) * (xc - xb) > (yb - yc) * (xb - xa);
}
