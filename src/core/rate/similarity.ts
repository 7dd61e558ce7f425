import { availableParallelism } from 'node:os';
import pMap from 'p-map';
import { qualitiesOf } from '../../protocol/encoding.ts';
import { openSamples } from '../dataset/index.ts';
import { InputError } from '../errors.ts';
import type { JobContext } from '../job.ts';
import { sourceImage, type Encoder } from '../jpeg/index.ts';
import { keyOf, Memory, type Store } from '../store/index.ts';
import type { Sized } from './sizes.ts';
import { ssimTo } from './ssim.ts';

/**
 * SSIM to its original (ssim.ts) of every sample at every quality of the usual coding, on decoded pixels. What the store
 * knows is not measured again.
 * @param sized  `samples` have an encoding
 * @returns samples × Q, row-major; NaN where a quality is not offered
 * @throws InputError when a file can't be read any more
 */
export async function measureSimilarities(
  { dataset, rates, samples }: Sized,
  { encoder, store }: { encoder: Encoder; store: Store },
  { signal, onProgress }: JobContext,
): Promise<Float32Array> {
  const qualities = [...qualitiesOf(rates.encodings)];
  const encodings = rates.encodings.slice(0, qualities.length);
  const key = keyOf('ssim', qualities, encodings[0]?.coding);
  const similarity = new Float32Array(samples.length * qualities.length);
  await using reader = openSamples(dataset);
  using memory = new Memory(store);

  const compare = async (i: number): Promise<(number | null)[]> => {
    const image = await sourceImage(await reader.read(i), encoder);
    const ssim = ssimTo(image);
    const found: (number | null)[] = [];
    for (const [q, encoding] of encodings.entries()) {
      const offered = rates.encoded[i * rates.encodings.length + q] !== 0;
      found.push(offered ? ssim(await encoder.decode(await encoder.encode(image, encoding))) : null);
    }
    return found;
  };
  let done = 0;
  const measure = async (i: number, row: number) => {
    const hash = rates.hash.subarray(i * 32, (i + 1) * 32);
    const stored = store.getRates(hash, key);
    try {
      const found = stored === undefined ? await compare(i) : (JSON.parse(stored) as (number | null)[]);
      similarity.set(
        found.map((own) => own ?? NaN),
        row * qualities.length,
      );
      if (stored === undefined)
        memory.put(() => {
          store.putRates(hash, key, JSON.stringify(found));
        });
    } catch (error) {
      signal.throwIfAborted();
      throw new InputError(
        `${dataset.path.at(i)}: could be read before but can't be compared now (${(error as Error).message}); leave the dataset alone while it is measured, and start again`,
      );
    }
    done += 1;
    onProgress({ stage: 'rate', done, total: samples.length, unit: 'images', note: 'SSIM to the originals' });
  };
  await pMap(samples, measure, { concurrency: availableParallelism() * 2, signal });
  return similarity;
}
