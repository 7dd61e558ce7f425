import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Batch, NetworkDescription } from '../index.ts';
import { networkParameters } from '../shapes.ts';
import { batchFeed } from './batch-feed.ts';
import { gradientGraph, sumName } from './graphs.ts';
import { asNext, parameterTensors, type Tensors } from './tensors.ts';

/** A part of the loss of a batch (nats), and the sums of its gradients. */
export interface GradientSums {
  readonly loss: number;
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
  const lossValue = new Float32Array(1);
  const loss = new Tensor('float32', lossValue, []);
  return {
    async sum(batch, total, weights) {
      let value = 0;
      let before = none;
      for (const { tensors } of partsOf(batch, 1 / total)) {
        await session.run({ ...tensors, ...weights, ...before }, { loss, ...asNext(next) });
        [sums, next] = [next, sums];
        before = sums;
        value += lossValue[0] ?? NaN;
      }
      return { loss: value, sums };
    },
    release: () => session.release(),
  };
}
