import { InferenceSession, Tensor } from 'onnxruntime-node';
import { checkedCount } from '../batch.ts';
import type { Batch, NetworkDescription } from '../index.ts';
import { networkParameters } from '../shapes.ts';
import { batchFeed } from './batch-feed.ts';
import { gradientGraph, sumName } from './graphs.ts';
import { asNext, parameterTensors, type Tensors } from './tensors.ts';

/** Every image's part of the mean loss of a batch (nats), and the sums of the gradients. */
export interface GradientSums {
  readonly losses: Float32Array;
  readonly sums: Tensors;
}

export interface PartGradients {
  /** `total` is the number of images of the whole batch. The sums are overwritten by the next call but one. */
  sum(batch: Batch, total: number, weights: Tensors): Promise<GradientSums>;
  release(): Promise<void>;
}

/** Sums gradients in this thread, `size` images at a time. */
export async function partGradients(
  network: NetworkDescription,
  size: number,
  batchSize: number,
  options: InferenceSession.SessionOptions,
): Promise<PartGradients> {
  const session = await InferenceSession.create(gradientGraph(network, size), options);
  const partsOf = batchFeed(network, size, batchSize);
  const tensors = () => parameterTensors(networkParameters(network), sumName);
  const none = tensors();
  let [sums, next] = [tensors(), tensors()];
  const partLosses = new Float32Array(size);
  const output = new Tensor('float32', partLosses, [size]);
  return {
    async sum(batch, total, weights) {
      const losses = new Float32Array(checkedCount(network, batchSize, batch));
      let [before, done] = [none, 0];
      for (const { count, tensors } of partsOf(batch, 1 / total)) {
        await session.run({ ...tensors, ...weights, ...before }, { losses: output, ...asNext(next) });
        [sums, next] = [next, sums];
        before = sums;
        losses.set(partLosses.subarray(0, count), done);
        done += count;
      }
      return { losses, sums };
    },
    release: () => session.release(),
  };
}
