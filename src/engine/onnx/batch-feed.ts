import { Tensor } from 'onnxruntime-node';
import type { Batch, NetworkDescription } from '../index.ts';

/**
 * Puts batches into tensors of the graph's fixed batch size. A smaller batch is padded with what lay there before, with
 * no share in the loss. The tensors are used again by the next batch.
 */
export function batchFeed({ height, width, channels, classes }: NetworkDescription, batchSize: number) {
  const imageBytes = height * width * channels;
  const pixels = new Uint8Array(batchSize * imageBytes);
  const labels = new Int32Array(batchSize);
  const shares = new Float32Array(batchSize);
  const tensors = {
    pixels: new Tensor('uint8', pixels, [batchSize, height, width, channels]),
    labels: new Tensor('int32', labels, [batchSize]),
    shares: new Tensor('float32', shares, [batchSize]),
  };
  return (batch: Batch) => {
    const count = batch.labels.length;
    if (count < 1 || count > batchSize)
      throw new RangeError(`Expected 1 to ${batchSize} images in a batch but received ${count}`);
    if (batch.pixels.length !== count * imageBytes)
      throw new RangeError(
        `Expected ${count} images of ${height} × ${width} × ${channels} (${count * imageBytes} bytes) but received ${batch.pixels.length} bytes`,
      );
    const wrong = batch.labels.find((label) => !(label >= 0 && label < classes));
    if (wrong !== undefined) throw new RangeError(`Expected labels from 0 to ${classes - 1} but received ${wrong}`);
    pixels.set(batch.pixels);
    labels.set(batch.labels);
    shares.fill(0).fill(1 / count, 0, count);
    return tensors;
  };
}
