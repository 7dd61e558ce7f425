/**
 * Every layer as operators: forward, and backward given the gradient of its output. What backward needs of forward it
 * keeps in its closure, so that a network's gradient is its layers' closures called in reverse.
 */
import { kernelOf, pooledShape, upsampledShape, type ImageShape, type PlainLayer } from '../shapes.ts';
import { absent, type Graph, type Value } from './graph.ts';

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

export function applyLayer(graph: Graph, layer: PlainLayer, x: Value, parameters: readonly Value[]): Applied {
  if (layer.kind === 'conv') return convolution(graph, layer.size, x, ...(parameters as [Value, Value]));
  if (layer.kind === 'dense') return dense(graph, x, ...(parameters as [Value, Value]));
  if (layer.kind === 'relu') return relu(graph, x);
  if (layer.kind === 'maxPool') return maxPool(graph, x);
  if (layer.kind === 'upsample') return upsample(graph, x);
  if (layer.kind === 'globalAveragePool') return globalAveragePool(graph, x);
  return flatten(graph, x);
}

function convolution(graph: Graph, size: number, x: Value, weight: Value, bias: Value): Applied {
  const [batch, channels, height, width] = x.shape as ImageShape;
  const filters = weight.shape[0] ?? 0;
  const kernel = kernelOf(size, height);
  const borders = kernel.map((length) => (length - 1) / 2);
  const same = { kernel_shape: kernel, pads: [...borders, ...borders] };
  return {
    output: graph.apply('Conv', [x, weight, bias], [batch, filters, height, width], same),
    backward(gradient, wantsInput) {
      const pixels = batch * height * width;
      const byPixel = graph.reshape(graph.channelsLast(gradient), [pixels, filters]);
      const biasGradient = graph.apply('ReduceSum', [byPixel, graph.integers([0])], [filters], { keepdims: 0 });
      const weightGradient = convolutionWeightGradient(graph, x, byPixel, kernel);
      const parameters = [weightGradient, biasGradient];
      if (!wantsInput) return { parameters };
      // A convolution of the gradient by the kernels turned by 180° (faster here than ConvTranspose).
      const size = kernel[0] * kernel[1];
      const taps = graph.reshape(graph.transpose(weight, [1, 0, 2, 3]), [channels, filters, size]);
      const reversed = graph.integers(Array.from({ length: size }, (_, tap) => size - 1 - tap));
      const turned = graph.reshape(graph.apply('Gather', [taps, reversed], taps.shape, { axis: 2 }), [
        channels,
        filters,
        ...kernel,
      ]);
      return { input: graph.apply('Conv', [gradient, turned], x.shape, same), parameters };
    },
  };
}

/**
 * Every tap's products with the gradient (pixels × filters), each of one slice of the padded input. With channels last,
 * a row of a slice is one piece of memory.
 */
function convolutionWeightGradient(graph: Graph, x: Value, gradient: Value, kernel: readonly [number, number]): Value {
  const [batch, channels, height, width] = x.shape as ImageShape;
  const [pixels = 0, filters = 0] = gradient.shape;
  const row = width * channels;
  const rows = graph.reshape(graph.channelsLast(x), [batch, height, row]);
  const [above, beside] = [(kernel[0] - 1) / 2, ((kernel[1] - 1) / 2) * channels];
  const spaced = graph.apply(
    'Pad',
    [rows, graph.integers([0, above, beside, 0, above, beside])],
    [batch, height + 2 * above, row + 2 * beside],
  );
  const taps = Array.from({ length: kernel[0] * kernel[1] }, (_, tap) => {
    const [top, left] = [Math.floor(tap / kernel[1]), (tap % kernel[1]) * channels];
    const slice = graph.slice(spaced, [1, 2], [top, left], [top + height, left + row]);
    return graph.apply('Gemm', [graph.reshape(slice, [pixels, channels]), gradient], [channels, filters], {
      transA: 1,
    });
  });
  const stacked = graph.apply('Concat', taps, [taps.length * channels, filters], { axis: 0 });
  return graph.transpose(graph.reshape(stacked, [...kernel, channels, filters]), [3, 2, 0, 1]);
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
      const share = graph.cast(passes, 'float32');
      return { input: graph.apply('Mul', [gradient, share], x.shape), parameters: [] };
    },
  };
}

function maxPool(graph: Graph, x: Value): Applied {
  const window = kernelOf(2, x.shape[2] ?? 0);
  return {
    output: graph.apply('MaxPool', [x], pooledShape(x.shape), { kernel_shape: window, strides: window }),
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
  const used = height === 1 ? 1 : 2 * rows;
  const images = graph.channelsLast(x);
  const whole = height === used && width === 2 * columns;
  const even = whole ? images : graph.slice(images, [1, 2], [0, 0], [used, 2 * columns]);
  const sideways = halves(graph, even, batch * used * columns, channels);
  const ofPairs =
    height === 1
      ? graph.channelsLast(gradient)
      : halves(graph, sideways.largest, batch * rows, columns * channels).gradient(graph.channelsLast(gradient));
  const filled = graph.reshape(sideways.gradient(ofPairs), [batch, used, 2 * columns, channels]);
  const pads = graph.integers([0, 0, 0, 0, 0, height - used, width - 2 * columns, 0]);
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
      const share = graph.cast(wins, 'float32');
      const given = graph.reshape(ofLargest, one);
      const toFirst = graph.apply('Mul', [given, share], one);
      const toSecond = graph.apply('Sub', [given, toFirst], one);
      return graph.apply('Concat', [toFirst, toSecond], both, { axis: 1 });
    },
  };
}

function upsample(graph: Graph, x: Value): Applied {
  const window = kernelOf(2, x.shape[2] ?? 0);
  const scales = graph.floats([1, 1, ...window]);
  const nearest = { mode: 'nearest', nearest_mode: 'floor', coordinate_transformation_mode: 'asymmetric' };
  return {
    output: graph.apply('Resize', [x, absent, scales], upsampledShape(x.shape), nearest),
    backward(gradient) {
      const mean = graph.apply('AveragePool', [gradient], x.shape, { kernel_shape: window, strides: window });
      return { input: graph.apply('Mul', [mean, graph.floats([window[0] * window[1]])], x.shape), parameters: [] };
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
