import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import pMap from 'p-map';
import type { Problem } from '../../protocol/analysis.ts';
import { openSamples, type Dataset, type SampleContent } from '../dataset/index.ts';
import type { JobContext } from '../job.ts';
import { sourceImage, type EncodeOptions, type Encoder } from '../jpeg/index.ts';
import { keyOf, Memory, type Store } from '../store/index.ts';
import { usable, type RateTable } from './rate-table.ts';

/** What is remembered of one source's content. */
interface Measured {
  readonly original: number;
  /** Bytes at every quality; 0 where it is not offered. */
  readonly encoded?: readonly number[];
  readonly shorterSide?: number;
  readonly sourceQuality?: number;
  readonly keepReason?: string;
  readonly unreadable?: string;
}

/**
 * Measures the rate of each sample; content that was measured before is not measured again.
 * Training samples are encoded, validation and test samples only weighed. A sample that can't be read is listed
 * in `problems`, never thrown.
 */
export async function measureRates(
  dataset: Dataset,
  qualities: readonly number[],
  { subsampling, optimizeHuffman }: EncodeOptions,
  { encoder, store }: { encoder: Encoder; store: Store },
  { signal, onProgress }: JobContext,
): Promise<RateTable> {
  const { count } = dataset;
  const table = {
    qualities: Uint8Array.from(qualities),
    encoded: new Uint32Array(count * qualities.length),
    original: new Uint32Array(count),
    use: new Uint8Array(count),
    sourceQuality: new Uint8Array(count),
    shorterSide: new Uint16Array(count),
    hash: new Uint8Array(count * 32),
  };
  const settings = { train: keyOf('rate', qualities, { subsampling, optimizeHuffman }), heldOut: keyOf('weight') };
  const problems: Problem[] = [];
  await using samples = openSamples(dataset);
  using memory = new Memory(store);

  const recall = async (i: number): Promise<{ hash: Uint8Array; measured: Measured }> => {
    const heldOut = dataset.split[i] !== 0;
    const file = dataset.archive[i] === -1 ? path.join(dataset.root, dataset.path.at(i)) : undefined;
    const key = heldOut ? settings.heldOut : settings.train;
    const [bytes = 0, modified = 0] = [dataset.bytes[i], dataset.modifiedMs[i]];
    const seen = file === undefined ? undefined : store.getHash(file, bytes, modified);
    const known = seen && store.getRates(seen, key);
    if (seen !== undefined && known !== undefined) return { hash: seen, measured: JSON.parse(known) as Measured };
    const content = await samples.read(i);
    const hash = createHash('sha256').update(content.data).digest();
    const text = store.getRates(hash, key) ?? JSON.stringify(await measure(content, heldOut ? [] : qualities, encoder));
    memory.put(() => {
      if (file !== undefined) store.putHash(file, bytes, modified, hash);
      store.putRates(hash, key, text);
    });
    return { hash, measured: JSON.parse(text) as Measured };
  };

  let done = 0;
  const measureSample = async (i: number) => {
    const { hash, measured } = await recall(i).catch((error: unknown) => {
      signal.throwIfAborted();
      return { hash: new Uint8Array(32), measured: { original: 0, unreadable: reasonOf(error) } satisfies Measured };
    });
    const { original, encoded, shorterSide = 0, sourceQuality = 0, keepReason, unreadable } = measured as Measured;
    table.hash.set(hash, i * 32);
    table.original[i] = original;
    table.sourceQuality[i] = sourceQuality;
    table.shorterSide[i] = shorterSide;
    if (encoded !== undefined) table.encoded.set(encoded, i * qualities.length);
    table.use[i] = unreadable !== undefined ? usable.not : encoded === undefined ? usable.asIs : usable.encoded;
    if (unreadable !== undefined) problems.push({ path: dataset.path.at(i), code: 'unreadable', reason: unreadable });
    else if (keepReason !== undefined)
      problems.push({ path: dataset.path.at(i), code: 'kept-as-is', reason: keepReason });
    done += 1;
    onProgress({ stage: 'rate', done, total: count, unit: 'images' });
  };
  await pMap(indices(count), measureSample, { concurrency: availableParallelism() * 2, signal });
  return { ...table, problems: problems.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

async function measure(content: SampleContent, qualities: readonly number[], encoder: Encoder): Promise<Measured> {
  if (content.kind === 'file' && qualities.length === 0) return { original: content.data.length };
  const image = await sourceImage(content, encoder).catch(reasonOf);
  if (typeof image === 'string') return { original: content.data.length, unreadable: image };
  const original = content.kind === 'file' ? content.data.length : (await encoder.encodeLossless(image)).length;
  const { keepReason, sourceQuality } = image;
  const shared = { original, ...(sourceQuality === undefined ? {} : { sourceQuality }) };
  if (keepReason !== undefined) return { ...shared, keepReason };
  if (qualities.length === 0) return shared;
  const encoded: number[] = [];
  for (const quality of qualities)
    encoded.push(quality > (sourceQuality ?? 100) ? 0 : (await encoder.encode(image, quality)).length);
  return { ...shared, shorterSide: Math.min(image.width, image.height), encoded };
}

function* indices(count: number): Iterable<number> {
  for (let i = 0; i < count; i++) yield i;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message.trim() : String(error));
