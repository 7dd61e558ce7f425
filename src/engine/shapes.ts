/** A network description checked, with the shape of every layer's input and every parameter worked out. */
import type { Layer, NetworkDescription } from './index.ts';

export type ImageShape = readonly [batch: number, channels: number, height: number, width: number];

/** A residual layer is a stack of others. */
export type PlainLayer = Exclude<Layer, { readonly kind: 'residual' }>;

/** A trained tensor's place in a layer. */
export interface ParameterSpec {
  readonly name: 'weight' | 'bias';
  readonly shape: readonly number[];
  /** Inputs that one output sums over; 0 starts the tensor at zero. */
  readonly fanIn: number;
}

export interface Parameter {
  /** Such as "3.weight": the layer's place in the description, from 0; "3.0.weight" inside a residual layer. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly fanIn: number;
}

/** Parameters of every layer, in order. */
export function networkParameters(network: NetworkDescription): Parameter[] {
  checkNetwork(network);
  return wholeStack(network).parameters;
}

/** Numbers in the largest tensor that one image becomes. */
export const largestActivation = (network: NetworkDescription) => wholeStack(network).largest;

/** Rows of logits that an image has: 1, or one for every position of a fully convolutional network's output. */
export function positionsOf(network: NetworkDescription): number {
  const [, , height = 1, width = 1] = wholeStack(network).shape;
  return height * width;
}

/** Classes of every question that a network answers. */
export const headsOf = ({ heads, classes }: NetworkDescription): readonly number[] => heads ?? [classes];

/** Labels that an image has. */
export const labelsPerImage = (network: NetworkDescription) => positionsOf(network) * headsOf(network).length;

const wholeStack = ({ layers, channels, height, width }: NetworkDescription) =>
  stackParameters(layers, [1, channels, height, width], '');

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
  if (layer.kind === 'maxPool') return pooledShape(input);
  if (layer.kind === 'upsample') return upsampledShape(input);
  if (layer.kind === 'globalAveragePool') return [batch, channels];
  if (layer.kind === 'flatten') return [batch, channels * height * width];
  return layer.kind === 'dense' ? [batch, layer.units] : input;
}

function checkNetwork({ layers, classes, heads, channels, mean, deviation }: NetworkDescription): void {
  const last = layers.at(-1);
  const outputs = last?.kind === 'dense' ? last.units : last?.kind === 'conv' ? last.filters : 0;
  if (outputs !== classes)
    throw new RangeError(
      `Expected a last layer that is dense with ${classes} units, or a convolution with ${classes} filters, but received ${JSON.stringify(last)}`,
    );
  const answers = heads?.reduce((sum, own) => sum + own, 0) ?? classes;
  if (answers !== classes || heads?.some((own) => own < 1))
    throw new RangeError(`Expected heads of ${classes} classes together but received ${JSON.stringify(heads)}`);
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
  const [, , height = 0, width = 0] = input;
  if (layer.kind === 'maxPool' && width < kernelOf(2, height)[1]) fail('images two pixels wide or more');
}

/** What a layer trains on inputs of a shape: batch × channels × height × width, or batch × features. */
function parametersOf(layer: PlainLayer, input: readonly number[]): ParameterSpec[] {
  if (layer.kind === 'conv') {
    const [, channels = 0, height = 0] = input;
    const kernel = kernelOf(layer.size, height);
    const fanIn = channels * kernel[0] * kernel[1];
    const weight = [layer.filters, channels, ...kernel];
    return [
      { name: 'weight', shape: weight, fanIn },
      { name: 'bias', shape: [layer.filters], fanIn: 0 },
    ];
  }
  if (layer.kind === 'dense')
    return [
      { name: 'weight', shape: [input[1] ?? 0, layer.units], fanIn: input[1] ?? 0 },
      { name: 'bias', shape: [layer.units], fanIn: 0 },
    ];
  return [];
}

/** Height and width of a kernel, or window, on images of a height: a signal has no neighbours above and below. */
export const kernelOf = (size: number, height: number): readonly [number, number] => [height === 1 ? 1 : size, size];

/** The shape of pooled images. */
export function pooledShape([batch = 0, channels = 0, height = 0, width = 0]: readonly number[]): ImageShape {
  const [down, across] = kernelOf(2, height);
  return [batch, channels, Math.floor(height / down), Math.floor(width / across)];
}

/** The shape of enlarged images. */
export function upsampledShape([batch = 0, channels = 0, height = 0, width = 0]: readonly number[]): ImageShape {
  const [down, across] = kernelOf(2, height);
  return [batch, channels, height * down, width * across];
}
