import { availableParallelism } from 'node:os';
import pMap from 'p-map';
import type { Encoding } from '../../protocol/encoding.ts';
import { openSamples, type Dataset } from '../dataset/index.ts';
import { InputError } from '../errors.ts';
import type { JobContext } from '../job.ts';
import { encodeKey, isOffered, sourceImage, type EncodeOptions, type Encoder } from '../jpeg/index.ts';
import { keyOf, Memory, type Store } from '../store/index.ts';
import { usable, type RateTable } from './rate-table.ts';

export interface Sized {
  readonly dataset: Dataset;
  readonly rates: RateTable;
  /** Sample numbers. */
  readonly samples: Uint32Array;
}

/**
 * Bytes of some samples in any one encoding, or of the original where that is not offered. What
 * the rates or the store know is not encoded again.
 * @throws InputError when a file can't be read any more
 */
export async function measureSizes(
  { dataset, rates, samples }: Sized,
  encoding: Encoding,
  { optimizeHuffman }: Pick<EncodeOptions, 'optimizeHuffman'>,
  { encoder, store }: { encoder: Encoder; store: Store },
  { signal, onProgress }: JobContext,
): Promise<Uint32Array> {
  const { coding, quality } = encoding;
  const column = rates.encodings.findIndex((own) => own.coding === coding && own.quality === quality);
  const key = keyOf('size', quality, encodeKey({ codings: [coding], optimizeHuffman }));
  const sizes = new Uint32Array(samples.length);
  await using reader = openSamples(dataset);
  using memory = new Memory(store);

  const known = (i: number): number | undefined => {
    const original = rates.original[i] as number;
    if (rates.use[i] !== usable.encoded) return original;
    return column < 0 ? undefined : rates.encoded[i * rates.encodings.length + column] || original;
  };
  const encodedSize = async (i: number): Promise<number> => {
    const hash = rates.hash.subarray(i * 32, (i + 1) * 32);
    const stored = store.getRates(hash, key);
    if (stored !== undefined) return Number(stored);
    try {
      const image = await sourceImage(await reader.read(i), encoder);
      const length = isOffered(image, encoding)
        ? (await encoder.encode(image, encoding)).length
        : (rates.original[i] as number);
      memory.put(() => {
        store.putRates(hash, key, String(length));
      });
      return length;
    } catch (error) {
      signal.throwIfAborted();
      throw new InputError(
        `${dataset.path.at(i)}: could be read before but can't be encoded now (${(error as Error).message}); leave the dataset alone while it is measured, and start again`,
      );
    }
  };
  let done = 0;
  const measure = async (i: number, place: number) => {
    sizes[place] = known(i) ?? (await encodedSize(i));
    done += 1;
    onProgress({ stage: 'rate', done, total: samples.length, unit: 'images', note: `at quality ${quality}` });
  };
  await pMap(samples, measure, { concurrency: availableParallelism() * 2, signal });
  return sizes;
}
