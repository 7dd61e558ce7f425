import { countedBytes, endBytes, type ByteModel } from '../../protocol/byte-model.ts';
import type { Dataset } from '../dataset/index.ts';
import type { RateTable } from './rate-table.ts';

/** The longest suffix that a copy may put behind a name: what a name may grow by. */
const suffixBytes = 5;

/** The same table with bytes as a budget counts them; what is not offered stays 0. */
export function countRates(rates: RateTable, { count, path }: Dataset, model: ByteModel): RateTable {
  if (model === 'plain') return rates;
  const width = rates.encoded.length / count;
  const original = rates.original.slice();
  const encoded = rates.encoded.slice();
  for (let i = 0; i < count; i++) {
    const nameBytes = Buffer.byteLength(path.at(i));
    original[i] = countedBytes(model, original[i] as number, nameBytes);
    for (let at = i * width; at < (i + 1) * width; at++)
      if (encoded[at] !== 0) encoded[at] = countedBytes(model, encoded[at] as number, nameBytes + suffixBytes);
  }
  return { ...rates, original, encoded };
}

/** Counted bytes of what every copy holds beside samples: the files that are none, and what ends a shard. */
export function countOthers({ other: { path, bytes } }: Dataset, model: ByteModel): number {
  return bytes.reduce(
    (sum, own, at) => sum + countedBytes(model, own, Buffer.byteLength(path.at(at))),
    endBytes(model),
  );
}
