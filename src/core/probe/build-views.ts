import { closeSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import pMap from 'p-map';
import type { Encoding } from '../../protocol/encoding.ts';
import { openSamples, type Dataset } from '../dataset/index.ts';
import type { JobContext } from '../job.ts';
import { isOffered, sourceImage, type Encoder } from '../jpeg/index.ts';
import { rowBytes, type ViewsFile } from './views.ts';

const block = 256;

export type MaskAt = (sample: number, side: number) => Promise<Uint8Array>;

/**
 * Makes the views of some samples, or takes them from the scratch file that an earlier run finished. An encoding that is not
 * offered shows the original. `maskAt` gives a sample's mask at the views' size, where there are masks.
 */
export async function buildViews(
  file: string,
  dataset: Dataset,
  encodings: readonly Encoding[],
  samples: Uint32Array,
  side: number,
  { encoder, maskAt }: { encoder: Encoder; maskAt?: MaskAt | undefined },
  { signal, onProgress }: JobContext,
): Promise<ViewsFile> {
  const bytes = side * side * 3;
  const layout = { side, count: encodings.length + 1, hasMasks: maskAt !== undefined };
  const stride = rowBytes(layout);
  if (statSync(file, { throwIfNoEntry: false })?.size !== stride * samples.length) {
    const unfinished = `${file}.part`;
    await using reader = openSamples(dataset);
    const handle = openSync(unfinished, 'w');
    try {
      const buffer = Buffer.alloc(stride * Math.min(block, samples.length));
      for (let start = 0; start < samples.length; start += block) {
        const rows = Array.from(samples.subarray(start, start + block).keys());
        const fillRow = async (row: number) => {
          const sample = samples[start + row] as number;
          const image = await sourceImage(await reader.read(sample), encoder);
          const original = await encoder.sourceView(image, side);
          for (const [e, encoding] of encodings.entries()) {
            const offered = isOffered(image, encoding);
            const view = offered ? await encoder.view(await encoder.encode(image, encoding), side) : original;
            view.copy(buffer, row * stride + e * bytes);
          }
          original.copy(buffer, row * stride + encodings.length * bytes);
          if (maskAt) buffer.set(await maskAt(sample, side), row * stride + layout.count * bytes);
        };
        await pMap(rows, fillRow, { concurrency: availableParallelism() * 2, signal });
        writeSync(handle, buffer, 0, rows.length * stride);
        onProgress({ stage: 'views', done: start + rows.length, total: samples.length, unit: 'images' });
      }
    } finally {
      closeSync(handle);
    }
    renameSync(unfinished, file);
  }
  return { file, ...layout };
}
