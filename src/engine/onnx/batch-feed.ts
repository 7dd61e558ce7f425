import { Tensor } from 'onnxruntime-node';
import { checkedCount, imageSize, weighLabels } from '../batch.ts';
import type { Batch, NetworkDescription } from '../index.ts';
import { labelsPerImage } from '../shapes.ts';

export interface Part {
  /** Images of the batch in this part. */
  readonly count: number;
  readonly tensors: Readonly<Record<'pixels' | 'labels' | 'weights', Tensor>>;
}

/**
 * Puts a batch, part by part, into tensors of the graph's fixed size. A smaller part is padded with what lay there before,
 * at no weight. The tensors are used again by the next part.
 */
export function batchFeed(network: NetworkDescription, size: number, batchSize: number) {
  const { height, width, channels, input = 'uint8' } = network;
  const [numbers, perImage] = [imageSize(network), labelsPerImage(network)];
  const pixels = input === 'uint8' ? new Uint8Array(size * numbers) : new Float32Array(size * numbers);
  const labels = new Int32Array(size * perImage);
  const weights = new Float32Array(size * perImage);
  const tensors = {
    pixels: new Tensor(input, pixels, [size, height, width, channels]),
    labels: new Tensor('int32', labels, [size, perImage]),
    weights: new Tensor('float32', weights, [size, perImage]),
  };

  /** `weight` is that of an image: 1, or its share of a mean. */
  return function* parts(batch: Batch, weight: number): Generator<Part> {
    const total = checkedCount(network, batchSize, batch);
    for (let start = 0; start < total; start += size) {
      const count = Math.min(size, total - start);
      pixels.set(batch.pixels.subarray(start * numbers, (start + count) * numbers));
      const own = batch.labels.subarray(start * perImage, (start + count) * perImage);
      labels.set(own);
      weights.fill(0);
      weighLabels(network, own, weights, weight);
      yield { count, tensors };
    }
  };
}
