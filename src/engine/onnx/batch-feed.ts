import { Tensor } from 'onnxruntime-node';
import { checkedCount, imageSize, weighPositions } from '../batch.ts';
import type { Batch, NetworkDescription } from '../index.ts';
import { positionsOf } from '../shapes.ts';

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
  const [numbers, positions] = [imageSize(network), positionsOf(network)];
  const pixels = input === 'uint8' ? new Uint8Array(size * numbers) : new Float32Array(size * numbers);
  const labels = new Int32Array(size * positions);
  const weights = new Float32Array(size * positions);
  const tensors = {
    pixels: new Tensor(input, pixels, [size, height, width, channels]),
    labels: new Tensor('int32', labels, [size * positions]),
    weights: new Tensor('float32', weights, [size, positions]),
  };

  /** `weight` is that of an image: 1, or its share of a mean. */
  return function* parts(batch: Batch, weight: number): Generator<Part> {
    const total = checkedCount(network, batchSize, batch);
    for (let start = 0; start < total; start += size) {
      const count = Math.min(size, total - start);
      pixels.set(batch.pixels.subarray(start * numbers, (start + count) * numbers));
      labels.set(batch.labels.subarray(start * positions, (start + count) * positions));
      weights.fill(0);
      for (let place = 0; place < count; place++) {
        const [from, to] = [place * positions, (place + 1) * positions];
        weighPositions(labels.subarray(from, to), weights.subarray(from, to), weight);
      }
      yield { count, tensors };
    }
  };
}
