import { existsSync } from 'node:fs';
import path from 'node:path';
import pMap from 'p-map';
import sharp from 'sharp';
import { openSamples, scanDataset, type Dataset } from '../src/core/dataset/index.ts';

export interface Pixels {
  /** count × side × side × 3. */
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;
}

const data = path.resolve(import.meta.dirname, '../../shared/data');

/** CIFAR-10's 10,000 training and 2,000 test images, where they are; else noise, good for speed alone. */
export async function cifarPixels(): Promise<{ train: Pixels; test: Pixels; real: boolean }> {
  if (!existsSync(path.join(data, 'cifar10'))) return { train: noise(2000), test: noise(500), real: false };
  const job = { signal: new AbortController().signal, onProgress: () => undefined };
  const dataset = await scanDataset(path.join(data, 'cifar10'), job);
  return { train: await decoded(dataset, 0), test: await decoded(dataset, 2), real: true };
}

async function decoded(dataset: Dataset, split: number): Promise<Pixels> {
  // In an order that mixes the classes, the same every time.
  const samples = [...dataset.split.keys()]
    .filter((i) => dataset.split[i] === split)
    .sort((a, b) => ((a * 7919) % 10007) - ((b * 7919) % 10007));
  const pixels = new Uint8Array(samples.length * 3072);
  await using reader = openSamples(dataset);
  const decode = async (i: number, at: number) => {
    const { data: file } = await reader.read(i);
    pixels.set(await sharp(file).removeAlpha().toColourspace('srgb').raw().toBuffer(), at * 3072);
  };
  await pMap(samples, decode, { concurrency: 8 });
  return { pixels, labels: Int32Array.from(samples, (i) => dataset.label[i] as number) };
}

function noise(count: number): Pixels {
  let state = 1;
  const draw = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 24;
  return {
    pixels: Uint8Array.from({ length: count * 3072 }, draw),
    labels: Int32Array.from({ length: count }, (_, at) => at % 10),
  };
}
