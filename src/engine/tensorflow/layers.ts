import type * as Tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Layer } from '../index.ts';
import { kernelOf } from '../shapes.ts';

/** Applies layers one on another, images with channels last; `input` is what entered the last of them. */
export function applyLayers(
  tf: typeof Tf,
  layers: readonly Layer[],
  images: Tensor,
  parameters: ReadonlyMap<string, Tensor>,
  prefix: string,
): { input: Tensor; output: Tensor } {
  let [input, output] = [images, images];
  layers.forEach((layer, at) => {
    input = output;
    const place = `${prefix}${at}.`;
    const own = (name: string) => parameters.get(place + name) as Tensor;
    output =
      layer.kind === 'residual'
        ? tf.add(input, applyLayers(tf, layer.layers, input, parameters, place).output)
        : applyLayer(tf, layer, input, own);
  });
  return { input, output };
}

function applyLayer(
  tf: typeof Tf,
  layer: Exclude<Layer, { readonly kind: 'residual' }>,
  x: Tensor,
  own: (name: string) => Tensor,
): Tensor {
  const images = x as Tensor4D;
  const [batch, height = 0, width = 0] = x.shape as [number, number?, number?];
  switch (layer.kind) {
    case 'conv':
      return tf.add(tf.conv2d(images, tf.transpose(own('weight'), [2, 3, 1, 0]) as Tensor4D, 1, 'same'), own('bias'));
    case 'relu':
      return tf.relu(x);
    case 'maxPool': {
      const window = [...kernelOf(2, height)] as [number, number];
      return tf.maxPool(images, window, window, 'valid');
    }
    case 'upsample': {
      // By tiles: the gradient of the library's own enlargement is not exact.
      const [down, across] = kernelOf(2, height);
      const channels = images.shape[3];
      const wide = tf.tile(tf.reshape(images, [batch * height, width, 1, channels]), [1, 1, across, 1]);
      const tall = tf.tile(tf.reshape(wide, [batch, height, 1, across * width * channels]), [1, 1, down, 1]);
      return tf.reshape(tall, [batch, down * height, across * width, channels]);
    }
    case 'globalAveragePool':
      return tf.mean(x, [1, 2]);
    case 'flatten': // weights count channels first
      return tf.reshape(x.rank === 4 ? tf.transpose(x, [0, 3, 1, 2]) : x, [batch, -1]);
    case 'dense':
      return tf.add(tf.matMul(x as Tensor2D, own('weight') as Tensor2D), own('bias'));
  }
}
