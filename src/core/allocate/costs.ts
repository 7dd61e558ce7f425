import { qualitiesOf, type Encoding } from '../../protocol/encoding.ts';
import { uniformCost, type Prices } from '../../protocol/prices.ts';
import { seededRandom, shuffle } from '../random.ts';
import { isotonicDecreasing } from '../isotonic.ts';

export interface CostInput {
  readonly encodings: readonly Encoding[];
  /** Bytes of every encoding, N × E; 0 where it is not offered. */
  readonly encoded: Uint32Array;
  /** Sample number of every probed row, P. */
  readonly sample: Uint32Array;
  /** Shrunk sensitivities, P × E, nats. */
  readonly difference: Float32Array;
  /** Loss on originals, P, nats. */
  readonly loss: Float32Array;
  /** Class of every row, P. */
  readonly labels: Int32Array;
  /** EL2N, P, where it was measured: what an image teaches. */
  readonly importance?: Float32Array | undefined;
  readonly prices: Prices;
}

/** Importances beyond these shares of all count as these: the hardest images are often mislabelled. */
const importanceEnds = [0.05, 0.95] as const;
/** Of a class, by importance: each has its own rising price, so that none is emptied. */
const strata = 5;

/**
 * Cost of every option of N samples, N × (E + 2), in the prices' unit; Infinity where an option is not offered.
 * Samples without a row keep their original.
 *
 * Encodings: what one quality for all costs, and more for every nat by which the sample is more sensitive than the mean; made
 * monotone in each coding's quality, over P. Dropping: a class's share of the error falls with its images n as a power law,
 * h (n/n₀)^-α, so the r-th sample to go costs h (((n₀ - r)/n₀)^-α - ((n₀ - r + 1)/n₀)^-α) of that share, times its
 * importance over the mean. Ranks are drawn at random within strata of the class by importance: dropping by score alone is
 * known to fail (Zheng et al. 2023), and the rising price keeps every class and stratum alive.
 */
export function optionCosts(input: CostInput): Float64Array {
  const { encodings, encoded, sample, difference, prices } = input;
  const columns = encodings.length;
  const qualities = qualitiesOf(encodings).length;
  const options = columns + 2;
  const samples = encoded.length / columns;
  const rows = sample.length;
  const cost = new Float64Array(samples * options).fill(Infinity);
  for (let i = 0; i < samples; i++) cost[i * options + options - 1] = 0;
  const dropCost = dropCosts(input);
  const shared = sharedCosts(difference, columns, prices);
  const curve = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const i = sample[row] as number;
    cost[i * options] = dropCost[row] as number;
    for (let first = 0; first < columns; first += qualities) {
      let end = first;
      while (end < first + qualities && encoded[i * columns + end] !== 0) {
        curve[end] = (shared[end] as number) + prices.imageKappa * (difference[row * columns + end] as number);
        end += 1;
      }
      isotonicDecreasing(curve.subarray(first, end));
      // Less than nothing can't be lost: what compression seems to gain is not counted on.
      for (let e = first; e < end; e++) cost[i * options + 1 + e] = Math.max(0, curve[e] as number) / rows;
    }
  }
  return cost;
}

/** Of what one quality for all costs, the part that all images share alike, E. */
function sharedCosts(difference: Float32Array, qualities: number, prices: Prices): Float64Array {
  const mean = new Float64Array(qualities);
  const rows = difference.length / qualities;
  difference.forEach((own, at) => {
    mean[at % qualities] = (mean[at % qualities] as number) + own / rows;
  });
  return mean.map((own) => uniformCost(prices, own) - prices.imageKappa * own);
}

/**
 * Cost of any options, in the prices' unit. In which order a class's rows go is drawn when they are priced; whoever drops
 * others of them pays for as many, the first of that order.
 * @param cost  of `optionCosts`, N × O
 * @param option  of every sample, N
 */
export function expectedCost(
  { sample, labels }: Pick<CostInput, 'sample' | 'labels'>,
  cost: Float64Array,
  option: Uint8Array,
): number {
  const options = cost.length / option.length;
  let sum = 0;
  for (const rows of Map.groupBy(sample.keys(), (row) => labels[row] as number).values()) {
    const own = rows.map((row) => sample[row] as number);
    const kept = own.filter((i) => option[i] !== 0);
    for (const i of kept) sum += cost[i * options + (option[i] as number)] as number;
    const ofDropping = Float64Array.from(own, (i) => cost[i * options] as number).sort();
    sum += ofDropping.subarray(0, own.length - kept.length).reduce((all, one) => all + one, 0);
  }
  return sum;
}

/** Cost of dropping each row, P. */
function dropCosts({ labels, loss, importance, prices: { images } }: CostInput): Float64Array {
  const rows = labels.length;
  const meanLoss = mean(loss);
  const weight = importance ? relative(importance) : new Float64Array(rows).fill(1);
  const random = seededRandom(1);
  const cost = new Float64Array(rows);
  for (const members of Map.groupBy(labels.keys(), (row) => labels[row] as number).values()) {
    const size = members.length;
    // A class that is harder has more to lose from fewer images.
    const height = (images.height * mean(members.map((row) => loss[row] as number))) / meanLoss;
    const errorWith = (share: number) => height * Math.max(share, 0.5 / size) ** -images.exponent;
    for (const stratum of strataOf(members, weight)) {
      const left = (rank: number) => 1 - rank / stratum.length;
      shuffle(stratum, random).forEach((row, rank) => {
        const step = (errorWith(left(rank + 1)) - errorWith(left(rank))) * stratum.length;
        cost[row] = (step * (weight[row] as number)) / rows;
      });
    }
  }
  return cost;
}

/** Rows in equal parts by rising weight; all in one where they weigh the same. */
function strataOf(rows: readonly number[], weight: Float64Array): number[][] {
  const rising = rows.toSorted((a, b) => (weight[a] as number) - (weight[b] as number));
  if (weight[rising[0] as number] === weight[rising.at(-1) as number]) return [[...rows]];
  const parts = Math.min(strata, rising.length);
  return Array.from({ length: parts }, (_, part) =>
    rising.slice(Math.floor((part * rising.length) / parts), Math.floor(((part + 1) * rising.length) / parts)),
  );
}

/** Importances over their mean, between their ends. */
function relative(importance: Float32Array): Float64Array {
  const rising = importance.toSorted();
  const [low, high] = importanceEnds.map((end) => rising[Math.round(end * (rising.length - 1))] as number) as [
    number,
    number,
  ];
  const within = Float64Array.from(importance, (own) => Math.min(high, Math.max(low, own)));
  const usual = mean(within);
  return within.map((own) => (usual > 0 ? own / usual : 1));
}

const mean = (values: Float32Array | Float64Array | readonly number[]): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
};
