/** Which pixels a trained network's loss rests on. */
import type { Engine, Model } from '../../engine/index.ts';
import { batchesOf, labelsOf } from './score.ts';
import { openJudge, type Judge } from './judge/index.ts';
import { batchSizeOf } from './train.ts';
import type { AttributionTask, TaskContext } from './trainer.ts';
import { openViews, type Views } from './views.ts';

/** Points on the way from the mean colour to the image. */
const points = 8;

/**
 * Integrated gradients of the loss (Sundararajan et al. 2017) from an image of the mean colour to each original, summed
 * over the colours: for each of the weights rows × side², nats, absolute.
 */
export async function runAttribution(
  engine: Engine,
  { views: file, network, weights, answers, rows }: AttributionTask,
  { signal, onStep }: TaskContext,
): Promise<Float32Array[]> {
  using views = openViews(file);
  const judge = openJudge(answers, views, network);
  const batchSize = batchSizeOf(answers);
  const model = await engine.create({ network, optimizer: { kind: 'sgd', momentum: 0 }, batchSize, seed: 0 });
  try {
    const maps: Float32Array[] = [];
    for (const own of weights) {
      await model.load(own);
      maps.push(await attributionsOf({ model, views, judge, batchSize }, rows, network.mean, signal));
      onStep();
    }
    return maps;
  } finally {
    await model.dispose();
  }
}

async function attributionsOf(
  { model, views, judge, batchSize }: { model: Model; views: Views; judge: Judge; batchSize: number },
  rows: Uint32Array,
  mean: readonly number[],
  signal: AbortSignal,
): Promise<Float32Array> {
  const area = views.bytes / 3;
  const maps = new Float32Array(rows.length * area);
  for (const { start, rows: inBatch, pixels } of batchesOf(views, rows, views.count - 1, batchSize)) {
    const labels = labelsOf(judge, inBatch);
    const sum = new Float32Array(pixels.length);
    for (let point = 0; point < points; point++) {
      signal.throwIfAborted();
      const share = (point + 0.5) / points;
      const between = pixels.map((value, at) => Math.round(mix(mean[at % 3] as number, value, share)));
      (await model.inputGradient({ pixels: between, labels })).forEach((gradient, at) => {
        sum[at] = (sum[at] as number) + gradient / points;
      });
    }
    for (let pixel = 0; pixel < pixels.length / 3; pixel++) {
      let value = 0;
      for (let c = 0; c < 3; c++) {
        const at = 3 * pixel + c;
        value += (sum[at] as number) * ((pixels[at] as number) - (mean[c] as number));
      }
      maps[start * area + pixel] = Math.abs(value);
    }
  }
  return maps;
}

const mix = (from: number, to: number, share: number) => from + share * (to - from);

/** The share of a map's pixels with the largest values, as a mask. */
export function topPixels(map: Float32Array, share: number): Uint8Array {
  const order = Uint32Array.from(map.keys()).sort((a, b) => (map[b] as number) - (map[a] as number));
  const mask = new Uint8Array(map.length);
  for (const at of order.subarray(0, Math.round(share * map.length))) mask[at] = 1;
  return mask;
}

/** Intersection over union of two masks. */
export function overlap(a: Uint8Array, b: Uint8Array): number {
  let [both, either] = [0, 0];
  a.forEach((own, at) => {
    both += own & (b[at] as number);
    either += own | (b[at] as number);
  });
  return either === 0 ? 1 : both / either;
}
