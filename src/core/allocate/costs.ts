import { seededRandom, shuffle } from '../random.ts';
import { isotonicDecreasing } from '../isotonic.ts';

export interface CostInput {
  readonly qualities: number;
  /** Bytes as JPEG, N × Q; 0 where a quality is not offered. */
  readonly encoded: Uint32Array;
  /** Sample number of every probed row, P. */
  readonly sample: Uint32Array;
  /** Shrunk sensitivities, P × Q, nats. */
  readonly difference: Float32Array;
  /** Loss on originals, P, nats. */
  readonly loss: Float32Array;
  /** Class of every row, P. */
  readonly labels: Int32Array;
  /** Exponent of the loss over the number of training images. */
  readonly dataExponent: number;
}

/** Exponents outside are taken for noise of the two trainings behind them. */
const exponentRange = [0.05, 1] as const;

/**
 * Cost of every option of N samples, N × (Q + 2), in nats of mean loss; Infinity where an option is not offered.
 * Samples without a row keep their original.
 *
 * Encodings: the monotone sensitivity, over P. Dropping: the loss falls with a class's images n as a power law,
 * ℓ(n) = ℓ (n / n₀)^-α, so the r-th sample of a class to go costs ℓ(n₀ - r) - ℓ(n₀ - r + 1) of the class's share.
 * Ranks are drawn at random within the class: dropping by score alone is known to fail (Zheng et al. 2023), and the
 * rising price keeps every class alive.
 */
export function optionCosts(input: CostInput): Float64Array {
  const { qualities, encoded, sample, difference } = input;
  const options = qualities + 2;
  const samples = encoded.length / qualities;
  const rows = sample.length;
  const cost = new Float64Array(samples * options).fill(Infinity);
  for (let i = 0; i < samples; i++) cost[i * options + options - 1] = 0;
  const dropCost = dropCosts(input);
  const curve = new Float64Array(qualities);
  for (let row = 0; row < rows; row++) {
    const i = sample[row] as number;
    cost[i * options] = dropCost[row] as number;
    let offered = 0;
    while (offered < qualities && encoded[i * qualities + offered] !== 0) {
      curve[offered] = difference[row * qualities + offered] as number;
      offered += 1;
    }
    isotonicDecreasing(curve.subarray(0, offered));
    // Less than nothing can't be lost: what compression seems to gain is not counted on.
    for (let q = 0; q < offered; q++) cost[i * options + 1 + q] = Math.max(0, curve[q] as number) / rows;
  }
  return cost;
}

/**
 * Cost of any options, nats of mean loss. In which order a class's rows go is drawn when they are priced; whoever drops
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

/** Cost of dropping each row, P, nats of mean loss. */
function dropCosts({ labels, loss, dataExponent }: CostInput): Float64Array {
  const exponent = Math.min(exponentRange[1], Math.max(exponentRange[0], dataExponent));
  const members = new Map<number, number[]>();
  labels.forEach((label, row) => {
    const list = members.get(label);
    if (list) list.push(row);
    else members.set(label, [row]);
  });
  const random = seededRandom(1);
  const cost = new Float64Array(labels.length);
  for (const rows of members.values()) {
    const size = rows.length;
    const meanLoss = rows.reduce((sum, row) => sum + (loss[row] as number), 0) / size;
    const lossWith = (left: number) => meanLoss * (Math.max(left, 0.5) / size) ** -exponent;
    shuffle(rows, random).forEach((row, rank) => {
      cost[row] = ((lossWith(size - rank - 1) - lossWith(size - rank)) * size) / labels.length;
    });
  }
  return cost;
}
