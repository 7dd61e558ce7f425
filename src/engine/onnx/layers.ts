/**
 * Every layer as operators: forward, and backward given the gradient of its output. What backward needs of forward it
 * keeps in its closure, so that a network's gradient is its layers' closures called in reverse.
 */
import type { Layer } from '../index.ts';
import type { Graph, Value } from './graph.ts';

/** A trained tensor's place in a layer. */
export interface ParameterSpec {
  readonly name: 'weight' | 'bias';
  readonly shape: readonly number[];
  /** Inputs that one output sums over; 0 starts the tensor at zero. */
  readonly fanIn: number;
}

export interface Gradients {
  /** Of the layer's input; absent when it was not asked for. */
  readonly input?: Value;
  /** Of its parameters, in their order. */
  readonly parameters: readonly Value[];
}

export interface Applied {
  readonly output: Value;
  readonly backward: (gradient: Value, wantsInput: boolean) => Gradients;
}

/** What a layer trains on inputs of a shape: batch × channels × height × width, or batch × features. */
export function parametersOf(layer: PlainLayer, input: readonly number[]): ParameterSpec[] {
  if (layer.kind === 'conv') {
    const fanIn = (input[1] ?? 0) * layer.size * layer.size;
    const weight = [layer.filters, input[1] ?? 0, layer.size, layer.size];
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

/** A residual layer is a stack of others: network.ts applies it. */
export type PlainLayer = Exclude<Layer, { readonly kind: 'residual' }>;

export function applyLayer(graph: Graph, layer: PlainLayer, x: Value, parameters: readonly Value[]): Applied {
  if (layer.kind === 'conv') return convolution(graph, layer.size, x, ...(parameters as [Value, Value]));
  if (layer.kind === 'dense') return dense(graph, x, ...(parameters as [Value, Value]));
  if (layer.kind === 'relu') return relu(graph, x);
  if (layer.kind === 'maxPool') return maxPool(graph, x);
  if (layer.kind === 'globalAveragePool') return globalAveragePool(graph, x);
  return flatten(graph, x);
}

type ImageShape = readonly [batch: number, channels: number, height: number, width: number];

function convolution(graph: Graph, size: number, x: Value, weight: Value, bias: Value): Applied {
  const [batch, channels, height, width] = x.shape as ImageShape;
  const filters = weight.shape[0] ?? 0;
  const border = (size - 1) / 2;
  const same = { kernel_shape: [size, size], pads: [border, border, border, border] };
  return {
    output: graph.apply('Conv', [x, weight, bias], [batch, filters, height, width], same),
    backward(gradient, wantsInput) {
      const weightGradient = convolutionWeightGradient(graph, x, gradient, size);
      const biasGradient = graph.apply('ReduceSum', [gradient, graph.integers([0, 2, 3])], [filters], { keepdims: 0 });
      const parameters = [weightGradient, biasGradient];
      if (!wantsInput) return { parameters };
      // A convolution of the gradient by the kernels turned by 180° (faster here than ConvTranspose).
      const taps = graph.reshape(graph.transpose(weight, [1, 0, 2, 3]), [channels, filters, size * size]);
      const reversed = graph.integers(Array.from({ length: size * size }, (_, tap) => size * size - 1 - tap));
      const turned = graph.reshape(graph.apply('Gather', [taps, reversed], taps.shape, { axis: 2 }), [
        channels,
        filters,
        size,
        size,
      ]);
      return { input: graph.apply('Conv', [gradient, turned], x.shape, same), parameters };
    },
  };
}

/**
 * Every tap's products with the gradient: a shift of the padded input is one slice of a flat axis, since rows and images
 * are set apart by zeros. One matrix product a tap, or, where so few channels would leave it too thin, one for all.
 */
function convolutionWeightGradient(graph: Graph, x: Value, gradient: Value, size: number): Value {
  const [batch, channels, height, width] = x.shape as ImageShape;
  const filters = gradient.shape[1] ?? 0;
  const border = (size - 1) / 2;
  const [rows, pitch] = [height + border, width + border];
  const image = rows * pitch;
  const positions = batch * image;
  // An empty image before the first and behind the last, so that every shift stays inside.
  const spaced = padded(graph, x, [0, 1, 0, 0, 0, 1, border, border], [channels, (batch + 2) * image]);
  const factors = padded(graph, gradient, [0, 0, 0, 0, 0, 0, border, border], [filters, positions]);
  const shifts = Array.from({ length: size * size }, (_, tap) => {
    const start = image + (Math.floor(tap / size) - border) * pitch + (tap % size) - border;
    const range = [graph.integers([start]), graph.integers([start + positions]), graph.integers([1])];
    return graph.apply('Slice', [spaced, ...range], [channels, positions]);
  });
  const product = (right: Value) =>
    graph.apply('Gemm', [factors, right], [filters, right.shape[0] ?? 0], { transB: 1 });
  const columns = size * size * channels;
  const byTap =
    channels < leastChannels
      ? product(graph.apply('Concat', shifts, [columns, positions], { axis: 0 }))
      : graph.apply('Concat', shifts.map(product), [filters, columns], { axis: 1 });
  const taps = graph.reshape(byTap, [filters, size * size, channels]);
  return graph.reshape(graph.transpose(taps, [0, 2, 1]), [filters, channels, size, size]);
}

/** Columns below which a matrix product is too thin to be worth one of its own. */
const leastChannels = 16;

/** Images with their channels in front, padded with zeros, as a matrix. */
function padded(graph: Graph, images: Value, pads: readonly number[], shape: readonly number[]): Value {
  const planes = graph.transpose(images, [1, 0, 2, 3]);
  const size = planes.shape.map((length, axis) => length + (pads[axis] ?? 0) + (pads[axis + 4] ?? 0));
  return graph.reshape(graph.apply('Pad', [planes, graph.integers(pads)], size), shape);
}

function dense(graph: Graph, x: Value, weight: Value, bias: Value): Applied {
  const [batch = 0, inputs = 0] = x.shape;
  const units = weight.shape[1] ?? 0;
  return {
    output: graph.apply('Gemm', [x, weight, bias], [batch, units]),
    backward(gradient, wantsInput) {
      const weightGradient = graph.apply('Gemm', [x, gradient], [inputs, units], { transA: 1 });
      const biasGradient = graph.apply('ReduceSum', [gradient, graph.integers([0])], [units], { keepdims: 0 });
      const parameters = [weightGradient, biasGradient];
      return wantsInput
        ? { input: graph.apply('Gemm', [gradient, weight], x.shape, { transB: 1 }), parameters }
        : { parameters };
    },
  };
}

function relu(graph: Graph, x: Value): Applied {
  const output = graph.apply('Relu', [x], x.shape);
  return {
    output,
    backward: (gradient) => ({
      input: graph.apply('Mul', [gradient, graph.apply('Sign', [output], x.shape)], x.shape),
      parameters: [],
    }),
  };
}

function maxPool(graph: Graph, x: Value): Applied {
  const [batch, channels, height, width] = x.shape as ImageShape;
  const pooled = [batch, channels, Math.floor(height / 2), Math.floor(width / 2)];
  const window = { kernel_shape: [2, 2], strides: [2, 2] };
  const [output, places] = graph.applyMany('MaxPool', [x], [pooled, pooled], window) as [Value, Value];
  return {
    output,
    backward: (gradient) => ({
      input: graph.apply('MaxUnpool', [gradient, places, graph.integers(x.shape)], x.shape, window),
      parameters: [],
    }),
  };
}

function globalAveragePool(graph: Graph, x: Value): Applied {
  const [batch, channels, height, width] = x.shape as ImageShape;
  const mean = graph.apply('GlobalAveragePool', [x], [batch, channels, 1, 1]);
  return {
    output: graph.reshape(mean, [batch, channels]),
    backward(gradient) {
      const share = graph.apply('Mul', [gradient, graph.floats([1 / (height * width)])], [batch, channels]);
      const pixel = graph.reshape(share, [batch, channels, 1, 1]);
      return { input: graph.apply('Expand', [pixel, graph.integers(x.shape)], x.shape), parameters: [] };
    },
  };
}

function flatten(graph: Graph, x: Value): Applied {
  const [batch = 0, ...rest] = x.shape;
  return {
    output: graph.reshape(x, [batch, rest.reduce((product, size) => product * size, 1)]),
    backward: (gradient) => ({ input: graph.reshape(gradient, x.shape), parameters: [] }),
  };
}
