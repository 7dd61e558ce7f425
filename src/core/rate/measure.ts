import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import pMap from 'p-map';
import type { Problem } from '../../protocol/analysis.ts';
import type { HeldOutQuality } from '../../protocol/guards.ts';
import { encodingsOf, qualitiesOf, type Encoding } from '../../protocol/encoding.ts';
import { openSamples, type Dataset, type SampleContent } from '../dataset/index.ts';
import type { JobContext } from '../job.ts';
import { encodeKey, isOffered, sourceImage, type EncodeOptions, type Encoder } from '../jpeg/index.ts';
import { keyOf, Memory, type Store } from '../store/index.ts';
import { usable, type RateTable } from './rate-table.ts';

/** What is remembered of one source's content. */
interface Measured {
  readonly original: number;
  /** Bytes of every encoding; 0 where it is not offered. */
  readonly encoded?: readonly number[];
  readonly shorterSide?: number;
  readonly sourceQuality?: number;
  readonly keepReason?: string;
  readonly unreadable?: string;
}

/**
 * Measures the rate of each sample; content that was measured before is not measured again.
 * Training samples are encoded; validation and test samples at `heldOut`, a quality among the others, or only weighed. A
 * sample that can't be read is listed in `problems`, never thrown.
 */
export async function measureRates(
  dataset: Dataset,
  qualities: readonly number[],
  { heldOut = 'original', ...options }: EncodeOptions & { readonly heldOut?: HeldOutQuality },
  { encoder, store }: { encoder: Encoder; store: Store },
  { signal, onProgress }: JobContext,
): Promise<RateTable> {
  const { count } = dataset;
  const encodings = encodingsOf(options.codings, qualities);
  const table = {
    encodings,
    encoded: new Uint32Array(count * encodings.length),
    original: new Uint32Array(count),
    use: new Uint8Array(count),
    sourceQuality: new Uint8Array(count),
    shorterSide: new Uint16Array(count),
    hash: new Uint8Array(count * 32),
  };
  // Held-out images have one quality, of the usual coding.
  const ladders = {
    train: encodings,
    heldOut: heldOut === 'original' ? [] : encodingsOf([options.codings[0]], [heldOut]),
  };
  const keyOfLadder = (ladder: readonly Encoding[]) =>
    ladder.length === 0 ? keyOf('weight') : keyOf('rate', [...qualitiesOf(ladder)], encodeKey(options));
  const keys = { train: keyOfLadder(ladders.train), heldOut: keyOfLadder(ladders.heldOut) };
  const problems: Problem[] = [];
  await using samples = openSamples(dataset);
  using memory = new Memory(store);

  const recall = async (i: number): Promise<{ hash: Uint8Array; measured: Measured }> => {
    const part = dataset.split[i] === 0 ? 'train' : 'heldOut';
    const file = dataset.archive[i] === -1 ? path.join(dataset.root, dataset.path.at(i)) : undefined;
    const key = keys[part];
    const [bytes = 0, modified = 0] = [dataset.bytes[i], dataset.modifiedMs[i]];
    const seen = file === undefined ? undefined : store.getHash(file, bytes, modified);
    const known = seen && store.getRates(seen, key);
    if (seen !== undefined && known !== undefined) return { hash: seen, measured: JSON.parse(known) as Measured };
    const content = await samples.read(i);
    const hash = createHash('sha256').update(content.data).digest();
    const text = store.getRates(hash, key) ?? JSON.stringify(await measure(content, ladders[part], encoder));
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
    if (encoded !== undefined) {
      const from = dataset.split[i] === 0 ? 0 : qualities.indexOf(heldOut as number);
      table.encoded.set(encoded, i * encodings.length + from);
    }
    // What is only carried need not be an image.
    const lost = unreadable !== undefined && (dataset.split[i] === 0 || original === 0);
    table.use[i] = lost ? usable.not : encoded === undefined ? usable.asIs : usable.encoded;
    const reason = keepReason ?? unreadable;
    if (reason !== undefined)
      problems.push({ path: dataset.path.at(i), code: lost ? 'unreadable' : 'kept-as-is', reason });
    done += 1;
    onProgress({ stage: 'rate', done, total: count, unit: 'images' });
  };
  await pMap(indices(count), measureSample, { concurrency: availableParallelism() * 2, signal });
  return { ...table, problems: problems.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

async function measure(content: SampleContent, encodings: readonly Encoding[], encoder: Encoder): Promise<Measured> {
  if (content.kind === 'file' && encodings.length === 0) return { original: content.data.length };
  const image = await sourceImage(content, encoder).catch(reasonOf);
  if (typeof image === 'string') return { original: content.data.length, unreadable: image };
  const original = content.kind === 'file' ? content.data.length : (await encoder.encodeLossless(image)).length;
  const { keepReason, sourceQuality } = image;
  const shared = { original, ...(sourceQuality === undefined ? {} : { sourceQuality }) };
  if (keepReason !== undefined) return { ...shared, keepReason };
  if (encodings.length === 0) return shared;
  const encoded: number[] = [];
  for (const encoding of encodings)
    encoded.push(isOffered(image, encoding) ? (await encoder.encode(image, encoding)).length : 0);
  return { ...shared, shorterSide: Math.min(image.width, image.height), encoded };
}

function* indices(count: number): Iterable<number> {
  for (let i = 0; i < count; i++) yield i;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message.trim() : String(error));
