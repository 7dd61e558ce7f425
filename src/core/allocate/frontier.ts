import type { Encoding } from '../../protocol/encoding.ts';
import type { Frontier } from '../../protocol/frontier.ts';

/** What every sample may become. N samples, O options, numbered as in protocol/frontier.ts. */
export interface OptionTable {
  readonly encodings: readonly Encoding[];
  /** N × O, row-major. */
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
 * O(N·O·log O + M log M) time for M increments.
 */
export function buildFrontier({ encodings, bytes, cost, fixedBytes, timeBytesPerImage }: OptionTable): Frontier {
  const options = encodings.length + 2;
  const samples = bytes.length / options;
  const start = new Uint8Array(samples);
  const edges = new Edges(samples * (options - 1), timeBytesPerImage);
  const hull = new Uint8Array(options);
  const ownWeight = new Float64Array(options);
  let startBytes = fixedBytes;
  let startCost = 0;
  for (let i = 0; i < samples; i++) {
    const ownBytes = bytes.subarray(i * options, (i + 1) * options);
    const ownCost = cost.subarray(i * options, (i + 1) * options);
    ownWeight.set(ownBytes);
    // Saved by dropping rather than added by keeping: whole bytes stay whole.
    ownWeight[0] = (ownBytes[0] as number) - timeBytesPerImage;
    const corners = lowerHull(ownWeight, ownCost, hull);
    const first = hull[0] as number;
    start[i] = first;
    startBytes += ownBytes[first] as number;
    startCost += ownCost[first] as number;
    for (let k = 1; k < corners; k++) {
      const [from, to] = [hull[k - 1] as number, hull[k] as number];
      edges.add(
        i,
        [from, to],
        (ownBytes[to] as number) - (ownBytes[from] as number),
        (ownCost[from] as number) - (ownCost[to] as number),
      );
    }
  }
  const order = edges.steepestFirst();
  const bytesAfter = new Float64Array(order.length + 1);
  const frontier = {
    encodings,
    start,
    startBytes,
    startCost,
    timeBytesPerImage,
    sample: Uint32Array.from(order, (k) => edges.sample[k] as number),
    option: Uint8Array.from(order, (k) => edges.option[k] as number),
    addedBytes: Uint32Array.from(order, (k) => edges.addedBytes[k] as number),
    savedCost: Float64Array.from(order, (k) => edges.savedCost[k] as number),
    bytesAfter,
    weightAfter: timeBytesPerImage === 0 ? bytesAfter : new Float64Array(order.length + 1),
    costAfter: new Float64Array(order.length + 1),
  };
  frontier.bytesAfter[0] = startBytes;
  frontier.weightAfter[0] = startBytes;
  frontier.costAfter[0] = startCost;
  for (let k = 0; k < order.length; k++) {
    frontier.bytesAfter[k + 1] = (frontier.bytesAfter[k] as number) + (frontier.addedBytes[k] as number);
    frontier.weightAfter[k + 1] = (frontier.weightAfter[k] as number) + edges.addedWeight(order[k] as number);
    // Rounding must not make a cost a gain.
    frontier.costAfter[k + 1] = Math.max(0, (frontier.costAfter[k] as number) - (frontier.savedCost[k] as number));
  }
  return frontier;
}

/** Hull edges as columns. */
class Edges {
  readonly sample: Uint32Array;
  readonly from: Uint8Array;
  readonly option: Uint8Array;
  readonly addedBytes: Uint32Array;
  readonly savedCost: Float64Array;
  readonly #timeBytesPerImage: number;
  #count = 0;

  constructor(capacity: number, timeBytesPerImage: number) {
    this.#timeBytesPerImage = timeBytesPerImage;
    this.sample = new Uint32Array(capacity);
    this.from = new Uint8Array(capacity);
    this.option = new Uint8Array(capacity);
    this.addedBytes = new Uint32Array(capacity);
    this.savedCost = new Float64Array(capacity);
  }

  add(sample: number, [from, to]: readonly [number, number], addedBytes: number, savedCost: number): void {
    const k = this.#count++;
    this.sample[k] = sample;
    this.from[k] = from;
    this.option[k] = to;
    this.addedBytes[k] = addedBytes;
    this.savedCost[k] = savedCost;
  }

  addedWeight(k: number): number {
    return (this.addedBytes[k] as number) + (this.from[k] === 0 ? this.#timeBytesPerImage : 0);
  }

  /** Edge numbers by falling slope; equal slopes keep their order, and with it the order within a sample. */
  steepestFirst(): Uint32Array {
    const slope = Float64Array.from(
      { length: this.#count },
      (_, k) => (this.savedCost[k] as number) / this.addedWeight(k),
    );
    return Uint32Array.from(slope.keys()).sort((a, b) => (slope[b] as number) - (slope[a] as number) || a - b);
  }
}

/**
 * Corners of the lower convex hull of (weight, cost), from the least weight to the least cost, written to `hull`.
 * @returns how many
 */
function lowerHull(weight: Float64Array, cost: Float64Array, hull: Uint8Array): number {
  const offered = [...cost.keys()]
    .filter((option) => cost[option] !== Infinity)
    .sort((a, b) => (weight[a] as number) - (weight[b] as number) || (cost[a] as number) - (cost[b] as number));
  let corners = 0;
  for (const option of offered) {
    if (corners > 0 && (cost[option] as number) >= (cost[hull[corners - 1] as number] as number)) continue;
    while (corners > 1 && !turnsUp(weight, cost, hull[corners - 2] as number, hull[corners - 1] as number, option))
      corners -= 1;
    hull[corners++] = option;
  }
  return corners;
}

/** Whether b lies strictly below the line from a to c. */
function turnsUp(weight: Float64Array, cost: Float64Array, a: number, b: number, c: number): boolean {
  const [xa = 0, xb = 0, xc = 0] = [weight[a], weight[b], weight[c]];
  const [ya = 0, yb = 0, yc = 0] = [cost[a], cost[b], cost[c]];
  return (ya - yb) * (xc - xb) > (yb - yc) * (xb - xa);
}
