import type * as Tf from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { checkedCount, unlabelled, weighLabels } from '../batch.ts';
import type { Batch, Model, ModelOptions } from '../index.ts';
import { memorySize } from '../optimizer.ts';
import { headsOf, networkParameters, positionsOf } from '../shapes.ts';
import { checkedWeights, divergence, initialWeights } from '../weights.ts';
import { applyLayers } from './layers.ts';
import { updated } from './optimizers.ts';

/** A network in TensorFlow.js: its own operators and gradients, the optimisers of `optimizers.ts`. */
export function createModel(tf: typeof Tf, { network, optimizer, batchSize, seed }: ModelOptions): Model {
  const { height, width, channels, mean, deviation } = network;
  const heads = headsOf(network);
  const parameters = networkParameters(network);
  const positions = positionsOf(network);
  const start = initialWeights(parameters, seed);
  const variables = new Map(
    parameters.map(({ name, shape }) => [
      name,
      tf.variable(tf.tensor(start.get(name) ?? new Float32Array(), [...shape])),
    ]),
  );
  const memory = new Map(
    parameters.map(({ name, shape }) => [
      name,
      Array.from({ length: memorySize(optimizer) }, () => tf.variable(tf.zeros([...shape]), false)),
    ]),
  );
  let step = 0;
  let disposed = false;

  const weights = () =>
    new Map(
      parameters.map(({ name, shape }) => [name, { shape, data: variables.get(name)?.dataSync() as Float32Array }]),
    );

  const imagesOf = ({ pixels }: Batch, count: number) =>
    tf.tensor4d(Float32Array.from(pixels), [count, height, width, channels]);

  /** Rows of what enters the last layer, and of logits; a row an image, or a position of one. */
  function forward(images: Tensor4D): { features: Tensor2D; logits: Tensor2D } {
    const normalised = tf.div<Tensor4D>(tf.sub(images, tf.tensor1d([...mean])), tf.tensor1d([...deviation]));
    const { input, output } = applyLayers(tf, network.layers, normalised, variables, '');
    return { features: asRows(input), logits: asRows(output) };
  }
  const asRows = (x: Tensor) => tf.reshape<Rank.R2>(x, [-1, x.shape.at(-1) ?? 0]);

  function lossesOf(images: Tensor4D, { labels }: Batch, shareOf: (count: number) => number): Tensor1D {
    const count = images.shape[0];
    const weights = new Float32Array(labels.length);
    weighLabels(network, labels, weights, shareOf(count));
    const shape: [number, number, number] = [count, heads.length, positions];
    const ofHead = (values: Tensor3D, head: number) =>
      tf.reshape<Rank.R1>(tf.slice3d(values, [0, head, 0], [count, 1, positions]), [-1]);
    const [allLabels, allWeights] = [tf.tensor3d(labels, shape, 'int32'), tf.tensor3d(weights, shape)];
    const { logits } = forward(images);
    let start = 0;
    const losses = heads.map((classes, head) => {
      // Slices: the library's own split has no gradient where there is one part.
      const own = tf.slice2d(logits, [0, start], [-1, classes]);
      start += classes;
      const chosen = tf.sum(tf.mul(tf.logSoftmax(own), tf.oneHot(ofHead(allLabels, head), classes)), 1);
      const weighted = tf.mul(chosen, ofHead(allWeights, head));
      return tf.neg<Tensor1D>(tf.sum(tf.reshape(weighted, [count, positions]), 1));
    });
    return tf.addN<Tensor1D>(losses);
  }

  const whenAlive = <T>(work: () => T): Promise<T> =>
    Promise.resolve().then(() => {
      if (disposed) throw new Error('The model is disposed of');
      return work();
    });
  const answer = (batch: Batch, question: (images: Tensor4D) => Tensor) =>
    whenAlive(() => {
      const count = checkedCount(network, batchSize, batch);
      return tf.tidy(() => question(imagesOf(batch, count)).dataSync<'float32'>());
    });

  return {
    trainStep: (batch, learningRate, losses) =>
      whenAlive(() => {
        const count = checkedCount(network, batchSize, batch);
        step += 1;
        const value = tf.tidy(() => {
          const images = imagesOf(batch, count);
          let parts: Float32Array = new Float32Array(count);
          const { value: loss, grads } = tf.variableGrads(() => {
            const shares = lossesOf(images, batch, (all) => 1 / all);
            if (losses) parts = shares.dataSync<'float32'>();
            return tf.sum(shares);
          }, [...variables.values()]);
          losses?.set(parts.map((part) => part * count));
          for (const [name, variable] of variables) {
            const own = memory.get(name) ?? [];
            const gradient = grads[variable.name] as Tensor;
            const [next, ...remembered] = updated(tf, optimizer, variable, gradient, own, learningRate, step);
            variable.assign(next as Tensor);
            own.forEach((tensor, k) => {
              tensor.assign(remembered[k] as Tensor);
            });
          }
          return loss.dataSync()[0] ?? NaN;
        });
        if (!Number.isFinite(value)) throw divergence(value, step, learningRate, weights(), network);
        return value;
      }),
    losses: (batch) => answer(batch, (images) => lossesOf(images, batch, () => 1)),
    inputGradient: (batch) =>
      answer(batch, (images) => tf.grad((x) => tf.sum(lossesOf(x as Tensor4D, batch, () => 1)))(images)),
    logits: (pixels) => answer(unlabelled(network, pixels), (images) => forward(images).logits),
    features: (pixels) => answer(unlabelled(network, pixels), (images) => forward(images).features),
    weights,
    load(saved) {
      for (const [name, data] of checkedWeights(parameters, saved)) {
        const variable = variables.get(name) as Variable;
        tf.tidy(() => {
          variable.assign(tf.tensor(data, variable.shape));
        });
      }
      return Promise.resolve();
    },
    dispose() {
      disposed = true;
      for (const tensor of [...variables.values(), ...[...memory.values()].flat()]) tensor.dispose();
      return Promise.resolve();
    },
  };
}
