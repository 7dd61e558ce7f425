/** What every sample may become: what was measured of it, less what guards forbid. */
import { qualitiesOf, type Encoding } from '../protocol/encoding.ts';
import type { Guards } from '../protocol/guards.ts';
import type { Dataset } from './dataset/index.ts';
import { guardFiles, leastKept, mayHave, withdraw, type FileGuards } from './guard/index.ts';
import { usable, type RateTable } from './rate/index.ts';

export interface Offers {
  readonly encodings: readonly Encoding[];
  /** Bytes of every option's file, N × (E + 2); NaN where there is none. */
  readonly optionBytes: Float64Array;
  /** The same as a budget counts them. */
  readonly countedBytes: Float64Array;
  /** Of samples that may change: those whose sensitivity is known, P. */
  readonly sample: Uint32Array;
  /** Their classes, P. */
  readonly labels: Int32Array;
  /** Of all samples. */
  readonly guards: FileGuards;
  /** How many of the samples of every class stay in any copy. */
  readonly leastKept: ReadonlyMap<number, number>;
  /** Option of samples that do not change, N; `free` where they may. */
  readonly carried: Uint8Array;
  /** Counted bytes of those and of the files that are no samples. */
  readonly fixedBytes: number;
}

const free = 255;

/** Whether nothing protects a sample. */
export const mayDrop = ({ guards }: Offers, i: number): boolean => mayHave(guards, i, 'drop');

interface Counted {
  readonly dataset: Dataset;
  readonly rates: RateTable;
  /** The same as a budget counts them. */
  readonly counted: RateTable;
  /** Samples that may change. */
  readonly sample: Uint32Array;
  /** Counted bytes of files that are no samples. */
  readonly otherBytes: number;
}

export function offersOf({ dataset, rates, counted, sample, otherBytes }: Counted, asked: Guards): Offers {
  const optionBytes = optionBytesOf(rates);
  const countedBytes = counted === rates ? optionBytes : optionBytesOf(counted);
  const guards = guardFiles(dataset.path, asked);
  const labels = Int32Array.from(sample, (i) => dataset.label[i] as number);
  const { encodings } = rates;
  const options = encodings.length + 2;
  const heldOutOption = qualitiesOf(encodings).indexOf(asked.heldOut as number) + 1;
  const carriedOption = (i: number) => {
    if (rates.use[i] === usable.not) return 0;
    const smaller = (optionBytes[i * options + heldOutOption] as number) < (rates.original[i] as number);
    const compressed = dataset.split[i] !== 0 && heldOutOption > 0 && smaller;
    return compressed && mayHave(guards, i, asked.heldOut as number) ? heldOutOption : options - 1;
  };
  const carried = Uint8Array.from(rates.use.keys(), carriedOption);
  for (const i of sample) carried[i] = free;
  const fixedBytes = carried.reduce(
    (sum, option, i) => sum + (option === free || option === 0 ? 0 : (countedBytes[i * options + option] as number)),
    otherBytes,
  );
  return {
    ...{ encodings, optionBytes, countedBytes, sample, labels, guards, carried, fixedBytes },
    leastKept: leastKept(labels, asked.mostDropped),
  };
}

/** The offers as the frontier takes them: `cost` (N × (E + 2)) becomes Infinity where an option is not offered, in place. */
export function priceOffers(offers: Offers, cost: Float64Array): { bytes: Float64Array; cost: Float64Array } {
  const { countedBytes, carried, encodings } = offers;
  withdraw(cost, offers);
  const options = encodings.length + 2;
  carried.forEach((option, i) => {
    if (option === free) return;
    cost.fill(Infinity, i * options, (i + 1) * options);
    cost[i * options + option] = 0;
  });
  return { bytes: countedBytes, cost };
}

/** Bytes of every option of the samples that may change, P × (E + 2), as a budget counts them; NaN where it is not offered to the file. */
export function offeredBytes({ encodings, countedBytes, sample, guards }: Offers): Float64Array {
  const options = encodings.length + 2;
  const bytes = new Float64Array(sample.length * options);
  sample.forEach((i, row) => {
    const own = bytes.subarray(row * options, (row + 1) * options);
    own.set(countedBytes.subarray(i * options, (i + 1) * options));
    if (!mayHave(guards, i, 'drop')) own[0] = NaN;
    encodings.forEach(({ quality }, e) => {
      if (!mayHave(guards, i, quality)) own[e + 1] = NaN;
    });
  });
  return bytes;
}

/** Bytes of drop, every encoding and the original, N × (E + 2); NaN where there is no such option. */
function optionBytesOf({ encodings, encoded, original, use }: RateTable): Float64Array {
  const options = encodings.length + 2;
  const bytes = new Float64Array(original.length * options).fill(NaN);
  original.forEach((own, i) => {
    if (use[i] !== usable.asIs) bytes[i * options] = 0;
    if (use[i] === usable.not) return;
    bytes[i * options + options - 1] = own;
    if (use[i] === usable.asIs) return;
    for (let e = 0; e < encodings.length; e++) {
      const size = encoded[i * encodings.length + e] as number;
      if (size > 0) bytes[i * options + 1 + e] = size;
    }
  });
  return bytes;
}
