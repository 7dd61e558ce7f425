import { closeSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import pMap from 'p-map';
import { openSamples, type Dataset } from '../dataset/index.ts';
import type { JobContext } from '../job.ts';
import { sourceImage, type Encoder } from '../jpeg/index.ts';
import type { ViewsFile } from './views.ts';

const block = 256;

/**
 * Makes the views of some samples, or takes them from the scratch file that an earlier run finished. A quality
 * that is not offered shows the original.
 */
export async function buildViews(
  file: string,
  dataset: Dataset,
  qualities: readonly number[],
  samples: Uint32Array,
  side: number,
  encoder: Encoder,
  { signal, onProgress }: JobContext,
): Promise<ViewsFile> {
  const bytes = side * side * 3;
  const rowBytes = bytes * (qualities.length + 1);
  if (statSync(file, { throwIfNoEntry: false })?.size !== rowBytes * samples.length) {
    const unfinished = `${file}.part`;
    await using reader = openSamples(dataset);
    const handle = openSync(unfinished, 'w');
    try {
      const buffer = Buffer.alloc(rowBytes * Math.min(block, samples.length));
      for (let start = 0; start < samples.length; start += block) {
        const rows = Array.from(samples.subarray(start, start + block).keys());
        const fillRow = async (row: number) => {
          const sample = samples[start + row] as number;
          const image = await sourceImage(await reader.read(sample), encoder);
          const original = await encoder.sourceView(image, side);
          for (const [q, quality] of qualities.entries()) {
            const offered = quality <= (image.sourceQuality ?? 100);
            const view = offered ? await encoder.view(await encoder.encode(image, quality), side) : original;
            view.copy(buffer, row * rowBytes + q * bytes);
          }
          original.copy(buffer, row * rowBytes + qualities.length * bytes);
        };
        await pMap(rows, fillRow, { concurrency: availableParallelism() * 2, signal });
        writeSync(handle, buffer, 0, rows.length * rowBytes);
        onProgress({ stage: 'views', done: start + rows.length, total: samples.length, unit: 'images' });
      }
    } finally {
      closeSync(handle);
    }
    renameSync(unfinished, file);
  }
  return { file, side, count: qualities.length + 1 };
}
