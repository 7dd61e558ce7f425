import type * as Tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Optimizer } from '../index.ts';
import { adamDefaults } from '../optimizer.ts';

/** The tensors after a step, by the rules of `onnx/optimizers.ts`: the weight, then the optimiser's memory. */
export function updated(
  tf: typeof Tf,
  optimizer: Optimizer,
  weight: Tensor,
  gradient: Tensor,
  memory: readonly Tensor[],
  learningRate: number,
  step: number,
): Tensor[] {
  const by = (tensor: Tensor, factor: number) => tf.mul(tensor, factor);
  const [first, second] = memory as [Tensor, Tensor];
  if (optimizer.kind === 'sgd') {
    const decayed = tf.add(gradient, by(weight, optimizer.weightDecay ?? 0));
    const velocity = tf.add(by(first, optimizer.momentum), decayed);
    return [tf.sub(weight, by(velocity, learningRate)), velocity];
  }
  const { beta1, beta2, epsilon, weightDecay } = adamDefaults(optimizer);
  const mean = tf.add(by(first, beta1), by(gradient, 1 - beta1));
  const square = tf.add(by(second, beta2), by(tf.square(gradient), 1 - beta2));
  const root = tf.sqrt(by(square, 1 / (1 - beta2 ** step)));
  const direction = tf.div(by(mean, 1 / (1 - beta1 ** step)), tf.add(root, epsilon));
  return [tf.sub(weight, by(tf.add(direction, by(weight, weightDecay)), learningRate)), mean, square];
}
