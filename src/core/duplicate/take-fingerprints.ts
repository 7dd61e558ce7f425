import { availableParallelism } from 'node:os';
import pMap from 'p-map';
import { openSamples, type Dataset } from '../dataset/index.ts';
import type { JobContext } from '../job.ts';
import { sourceImage, type Encoder } from '../jpeg/index.ts';
import type { RateTable } from '../rate/index.ts';
import { keyOf, Memory, type Store } from '../store/index.ts';
import { fingerprintOf, hashWords, thumbnailLength, viewSide } from './fingerprint.ts';

/** Fingerprints of N samples. */
export interface Fingerprints {
  /** 64 bits each, N × 4. */
  readonly hash: Uint16Array;
  /** N × 288, as fingerprint.ts has them. */
  readonly thumbnail: Uint8Array;
  /** Of the source, N; 0 where a sample has no fingerprint: it can't be read, or a JPEG can't hold it. */
  readonly pixels: Uint32Array;
}

/** Of every readable sample of all splits; content that the store knows is not looked at again. */
export async function takeFingerprints(
  dataset: Dataset,
  rates: Pick<RateTable, 'hash' | 'use'>,
  { encoder, store }: { encoder: Encoder; store: Store },
  { signal, onProgress }: JobContext,
): Promise<Fingerprints> {
  const { count } = dataset;
  const all = {
    hash: new Uint16Array(count * hashWords),
    thumbnail: new Uint8Array(count * thumbnailLength),
    pixels: new Uint32Array(count),
  };
  const key = keyOf('fingerprint');
  await using samples = openSamples(dataset);
  using memory = new Memory(store);

  /** What the store keeps: pixels, hash and thumbnail; nothing where there is no fingerprint. */
  const look = async (i: number): Promise<Buffer> => {
    const image = await sourceImage(await samples.read(i), encoder);
    if (image.keepReason !== undefined) return Buffer.alloc(0);
    const { hash, thumbnail } = fingerprintOf(await encoder.sourceView(image, viewSide));
    const pixels = Uint32Array.of(image.width * image.height);
    return Buffer.concat([new Uint8Array(pixels.buffer), new Uint8Array(hash.buffer), thumbnail]);
  };
  const recall = async (i: number): Promise<Buffer> => {
    const content = rates.hash.subarray(i * 32, (i + 1) * 32);
    const known = store.getRates(content, key);
    if (known !== undefined) return Buffer.from(known, 'base64');
    const own = await look(i);
    memory.put(() => {
      store.putRates(content, key, own.toString('base64'));
    });
    return own;
  };
  let done = 0;
  const take = async (i: number) => {
    // Whether a validation or test image can be read shows here first; a copy carries it in any case.
    const own = rates.use[i] === 0 ? undefined : await recall(i).catch(() => undefined);
    signal.throwIfAborted();
    if (own !== undefined && own.length > 0) {
      all.pixels[i] = own.readUInt32LE(0);
      for (let word = 0; word < hashWords; word++) all.hash[i * hashWords + word] = own.readUInt16LE(4 + 2 * word);
      all.thumbnail.set(own.subarray(4 + 2 * hashWords), i * thumbnailLength);
    }
    onProgress({ stage: 'duplicates', done: ++done, total: count, unit: 'images' });
  };
  await pMap(all.pixels.keys(), take, { concurrency: availableParallelism() * 2, signal });
  return all;
}
