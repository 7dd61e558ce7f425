/**
 * Every layer as operators: forward, and backward given the gradient of its output. What backward needs of forward it
 * keeps in its closure, so that a network's gradient is its layers' closures called in reverse.
 */
import type { Layer } from '../index.ts';
import type { Graph, Value } from './graph.ts';
import { elementType } from './proto.ts';

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
      const pixels = batch * height * width;
      const byPixel = graph.reshape(graph.channelsLast(gradient), [pixels, filters]);
      const biasGradient = graph.apply('ReduceSum', [byPixel, graph.integers([0])], [filters], { keepdims: 0 });
      const weightGradient = convolutionWeightGradient(graph, x, byPixel, size);
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
 * Every tap's products with the gradient (pixels × filters), each of one slice of the padded input. With channels last,
 * a row of a slice is one piece of memory.
 */
function convolutionWeightGradient(graph: Graph, x: Value, gradient: Value, size: number): Value {
  const [batch, channels, height, width] = x.shape as ImageShape;
  const [pixels = 0, filters = 0] = gradient.shape;
  const border = (size - 1) / 2;
  const row = width * channels;
  const rows = graph.reshape(graph.channelsLast(x), [batch, height, row]);
  const margin = border * channels;
  const spaced = graph.apply(
    'Pad',
    [rows, graph.integers([0, border, margin, 0, border, margin])],
    [batch, height + 2 * border, row + 2 * margin],
  );
  const taps = Array.from({ length: size * size }, (_, tap) => {
    const [top, left] = [Math.floor(tap / size), (tap % size) * channels];
    const slice = graph.slice(spaced, [1, 2], [top, left], [top + height, left + row]);
    return graph.apply('Gemm', [graph.reshape(slice, [pixels, channels]), gradient], [channels, filters], {
      transA: 1,
    });
  });
  const stacked = graph.apply('Concat', taps, [size * size * channels, filters], { axis: 0 });
  return graph.transpose(graph.reshape(stacked, [size, size, channels, filters]), [3, 2, 0, 1]);
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
    backward(gradient) {
      const passes = graph.apply('Greater', [output, graph.floats([0])], x.shape);
      const share = graph.apply('Cast', [passes], x.shape, { to: elementType.float32 });
      return { input: graph.apply('Mul', [gradient, share], x.shape), parameters: [] };
    },
  };
}

function maxPool(graph: Graph, x: Value): Applied {
  const [batch, channels, height, width] = x.shape as ImageShape;
  const pooled = [batch, channels, Math.floor(height / 2), Math.floor(width / 2)];
  const window = { kernel_shape: [2, 2], strides: [2, 2] };
  return {
    output: graph.apply('MaxPool', [x], pooled, window),
    backward: (gradient) => ({ input: maxPoolGradient(graph, x, gradient), parameters: [] }),
  };
}

/**
 * To the first of the largest, as `MaxPool` with indices and `MaxUnpool` give it, but several times faster: by columns and
 * then by rows, with channels last, so that all of it is plain arithmetic on long runs of memory.
 */
function maxPoolGradient(graph: Graph, x: Value, gradient: Value): Value {
  const [batch, channels, height, width] = x.shape as ImageShape;
  const [, , rows, columns] = gradient.shape as ImageShape;
  const images = graph.channelsLast(x);
  const whole = height === 2 * rows && width === 2 * columns;
  const even = whole ? images : graph.slice(images, [1, 2], [0, 0], [2 * rows, 2 * columns]);
  const sideways = halves(graph, even, batch * 2 * rows * columns, channels);
  const upright = halves(graph, sideways.largest, batch * rows, columns * channels);
  const back = sideways.gradient(upright.gradient(graph.channelsLast(gradient)));
  const filled = graph.reshape(back, [batch, 2 * rows, 2 * columns, channels]);
  const pads = graph.integers([0, 0, 0, 0, 0, height - 2 * rows, width - 2 * columns, 0]);
  return graph.channelsFirst(whole ? filled : graph.apply('Pad', [filled, pads], images.shape));
}

/** Pairs of neighbouring runs of memory: the larger of each two numbers, and its gradient handed back to it. */
function halves(graph: Graph, x: Value, pairs: number, run: number) {
  const [one, both] = [
    [pairs, 1, run],
    [pairs, 2, run],
  ] as const;
  const [first, second] = graph.applyMany('Split', [graph.reshape(x, both)], [one, one], { axis: 1 }) as [Value, Value];
  return {
    largest: graph.apply('Max', [first, second], one),
    gradient(ofLargest: Value): Value {
      const wins = graph.apply('GreaterOrEqual', [first, second], one);
      const share = graph.apply('Cast', [wins], one, { to: elementType.float32 });
      const given = graph.reshape(ofLargest, one);
      const toFirst = graph.apply('Mul', [given, share], one);
      const toSecond = graph.apply('Sub', [given, toFirst], one);
      return graph.apply('Concat', [toFirst, toSecond], both, { axis: 1 });
    },
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
