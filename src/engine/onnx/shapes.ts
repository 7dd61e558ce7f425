/** A network description checked, with the shape of every layer's input and every parameter worked out. */
import type { Layer, NetworkDescription } from '../index.ts';
import { parametersOf, type PlainLayer } from './layers.ts';

export interface Parameter {
  /** Such as "3.weight": the layer's place in the description, from 0; "3.0.weight" inside a residual layer. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly fanIn: number;
}

/** Parameters of every layer, in order. */
export function networkParameters(network: NetworkDescription): Parameter[] {
  checkNetwork(network);
  return stackParameters(network.layers, [1, network.channels, network.height, network.width], '').parameters;
}

/** Numbers in the largest tensor that one image becomes. */
export function largestActivation(network: NetworkDescription): number {
  return stackParameters(network.layers, [1, network.channels, network.height, network.width], '').largest;
}

/** Of layers one on another: their parameters, named behind a prefix, the shape that comes out, and the largest tensor. */
function stackParameters(layers: readonly Layer[], input: readonly number[], prefix: string) {
  let shape = input;
  let largest = sizeOf(input);
  const parameters = layers.flatMap((layer, at): Parameter[] => {
    const place = `${prefix}${at}`;
    checkLayer(layer, place, shape);
    if (layer.kind === 'residual') {
      const inner = stackParameters(layer.layers, shape, `${place}.`);
      if (inner.shape.join() !== shape.join())
        throw new RangeError(
          `Layer ${place} (residual): expected layers that keep the shape ${shape.slice(1).join(' × ')} but they make ${inner.shape.slice(1).join(' × ')}`,
        );
      largest = Math.max(largest, inner.largest);
      return inner.parameters;
    }
    const own = parametersOf(layer, shape).map(({ name, ...rest }) => ({ name: `${place}.${name}`, ...rest }));
    shape = outputShape(layer, shape);
    largest = Math.max(largest, sizeOf(shape));
    return own;
  });
  return { parameters, shape, largest };
}

export const sizeOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

function outputShape(layer: PlainLayer, input: readonly number[]): readonly number[] {
  const [batch = 1, channels = 0, height = 0, width = 0] = input;
  if (layer.kind === 'conv') return [batch, layer.filters, height, width];
  if (layer.kind === 'maxPool') return [batch, channels, Math.floor(height / 2), Math.floor(width / 2)];
  if (layer.kind === 'globalAveragePool') return [batch, channels];
  if (layer.kind === 'flatten') return [batch, channels * height * width];
  return layer.kind === 'dense' ? [batch, layer.units] : input;
}

function checkNetwork({ layers, classes, channels, mean, deviation }: NetworkDescription): void {
  const last = layers.at(-1);
  if (last?.kind !== 'dense' || last.units !== classes)
    throw new RangeError(
      `Expected a last layer that is dense with ${classes} units but received ${JSON.stringify(last)}`,
    );
  if (mean.length !== channels || deviation.length !== channels || deviation.some((value) => !(value > 0)))
    throw new RangeError(
      `Expected a mean and a positive deviation for each of ${channels} channels but received ${JSON.stringify({ mean, deviation })}`,
    );
}

function checkLayer(layer: Layer, place: string, input: readonly number[]): void {
  const fail = (expected: string) => {
    throw new RangeError(
      `Layer ${place} (${layer.kind}): expected ${expected} but received ${JSON.stringify({ layer, input: input.slice(1) })}`,
    );
  };
  const onImages = layer.kind !== 'dense' && layer.kind !== 'relu' && layer.kind !== 'residual';
  if (onImages && input.length !== 4) fail('images, before flatten');
  if (layer.kind === 'dense' && input.length !== 2) fail('features, behind flatten or globalAveragePool');
  if (layer.kind === 'conv' && (layer.size % 2 === 0 || layer.size < 1)) fail('an odd kernel size');
  if (layer.kind === 'maxPool' && Math.min(input[2] ?? 0, input[3] ?? 0) < 2) fail('images of 2 × 2 pixels or more');
}
