import { Tensor } from 'onnxruntime-node';
import type { Batch, NetworkDescription } from '../index.ts';

export interface Part {
  /** Images of the batch in this part. */
  readonly count: number;
  readonly tensors: Readonly<Record<'pixels' | 'labels' | 'shares', Tensor>>;
}

/**
 * Puts a batch, part by part, into tensors of the graph's fixed size. A smaller part is padded with what lay there before,
 * with no share in the loss. The tensors are used again by the next part.
 */
export function batchFeed({ height, width, channels, classes }: NetworkDescription, size: number, batchSize: number) {
  const imageBytes = height * width * channels;
  const pixels = new Uint8Array(size * imageBytes);
  const labels = new Int32Array(size);
  const shares = new Float32Array(size);
  const tensors = {
    pixels: new Tensor('uint8', pixels, [size, height, width, channels]),
    labels: new Tensor('int32', labels, [size]),
    shares: new Tensor('float32', shares, [size]),
  };

  function check(batch: Batch): void {
    const count = batch.labels.length;
    if (count < 1 || count > batchSize)
      throw new RangeError(`Expected 1 to ${batchSize} images in a batch but received ${count}`);
    if (batch.pixels.length !== count * imageBytes)
      throw new RangeError(
        `Expected ${count} images of ${height} × ${width} × ${channels} (${count * imageBytes} bytes) but received ${batch.pixels.length} bytes`,
      );
    const wrong = batch.labels.find((label) => !(label >= 0 && label < classes));
    if (wrong !== undefined) throw new RangeError(`Expected labels from 0 to ${classes - 1} but received ${wrong}`);
  }

  return function* parts(batch: Batch): Generator<Part> {
    check(batch);
    const total = batch.labels.length;
    for (let start = 0; start < total; start += size) {
      const count = Math.min(size, total - start);
      pixels.set(batch.pixels.subarray(start * imageBytes, (start + count) * imageBytes));
      labels.set(batch.labels.subarray(start, start + count));
      shares.fill(0).fill(1 / total, 0, count);
      yield { count, tensors };
    }
  };
}
