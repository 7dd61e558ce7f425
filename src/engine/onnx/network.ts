/** A network as operators: forward to losses, and backward to gradients. */
import type { Layer, NetworkDescription } from '../index.ts';
import type { Graph, Value } from './graph.ts';
import { applyLayer, type Applied } from './layers.ts';
import { headsOf, networkParameters, type Parameter } from '../shapes.ts';

/** Where a graph takes the parameters from: its inputs, or constants. */
export type ParameterSource = (parameter: Parameter) => Value;

export interface Forward {
  readonly parameters: readonly Value[];
  /** What enters the last layer, rows × features; a row an image, or a position of one. */
  readonly features: Value;
  /** Rows × classes. */
  readonly logits: Value;
  /** Weighted cross-entropy of every image, nats, batch. */
  readonly losses: Value;
  /** Gradients of the losses by what the last layer puts out, in its shape. */
  readonly lossGradient: () => Value;
  readonly applied: readonly Applied[];
}

/** Besides its parameters, the graph takes: pixels; labels, heads × positions an image; and `weights`, theirs in its loss. */
export function forward(
  graph: Graph,
  network: NetworkDescription,
  batchSize: number,
  parameterOf: ParameterSource,
): Forward {
  const byName = new Map(networkParameters(network).map((spec) => [spec.name, parameterOf(spec)]));
  const images = normalisedImages(graph, network, batchSize);
  const { applied, input, output } = applyStack(graph, network.layers, images, byName, '');
  const logits = asRows(graph, output);
  const heads = headLosses(graph, headsOf(network), logits, batchSize);
  return {
    parameters: [...byName.values()],
    features: asRows(graph, input),
    logits,
    losses: heads.map(({ losses }) => losses).reduce((sum, own) => graph.apply('Add', [sum, own], sum.shape)),
    lossGradient() {
      const gradients = heads.map(({ gradient }) => gradient());
      const [only] = gradients as [Value];
      const all = heads.length === 1 ? only : graph.apply('Concat', gradients, logits.shape, { axis: 1 });
      return fromRows(graph, all, output.shape);
    },
    applied,
  };
}

interface HeadLosses {
  /** Batch. */
  readonly losses: Value;
  /** By the head's logits, rows × classes. */
  readonly gradient: () => Value;
}

/** Weighted cross-entropy of every head. */
function headLosses(graph: Graph, heads: readonly number[], logits: Value, batchSize: number): HeadLosses[] {
  const [rows = 0] = logits.shape;
  const positions = rows / batchSize;
  const all = [batchSize, heads.length * positions];
  const [labels, weights] = [graph.input('labels', all, 'int32'), graph.input('weights', all)];
  let start = 0;
  return heads.map((classes, head) => {
    const own = (given: Value) => {
      const part = heads.length === 1 ? given : graph.slice(given, [1], [head * positions], [(head + 1) * positions]);
      return graph.reshape(part, [rows, 1]);
    };
    const answers = heads.length === 1 ? logits : graph.slice(logits, [1], [start], [start + classes]);
    start += classes;
    return crossEntropy(graph, answers, own(labels), own(weights), batchSize);
  });
}

function crossEntropy(graph: Graph, logits: Value, labels: Value, weights: Value, batchSize: number): HeadLosses {
  const { shape } = logits;
  const [rows = 0, classes = 0] = shape;
  const numbers = graph.integers([...Array(classes).keys()], 'int32', [1, classes]);
  const target = graph.cast(graph.apply('Equal', [labels, numbers], shape), 'float32');
  const logProbabilities = graph.apply('LogSoftmax', [logits], shape, { axis: 1 });
  const chosen = graph.apply('Mul', [graph.apply('Mul', [logProbabilities, target], shape), weights], shape);
  const byImage = graph.reshape(chosen, [batchSize, (rows / batchSize) * classes]);
  const sum = graph.apply('ReduceSum', [byImage, graph.integers([1])], [batchSize], { keepdims: 0 });
  return {
    losses: graph.apply('Neg', [sum], [batchSize]),
    gradient() {
      const surplus = graph.apply('Sub', [graph.apply('Exp', [logProbabilities], shape), target], shape);
      return graph.apply('Mul', [surplus, weights], shape);
    },
  };
}

/** Positions of images as rows of their channels; what is rows already stays. */
function asRows(graph: Graph, x: Value): Value {
  const [batch = 0, channels = 0, height, width] = x.shape;
  if (height === undefined || width === undefined) return x;
  return graph.reshape(graph.channelsLast(x), [batch * height * width, channels]);
}

/** The way back, into a shape. */
function fromRows(graph: Graph, rows: Value, shape: readonly number[]): Value {
  const [batch = 0, channels = 0, height, width] = shape;
  if (height === undefined || width === undefined) return rows;
  return graph.channelsFirst(graph.reshape(rows, [batch, height, width, channels]));
}

/** Applies layers one on another; `input` is what entered the last of them. */
function applyStack(
  graph: Graph,
  layers: readonly Layer[],
  images: Value,
  parameters: ReadonlyMap<string, Value>,
  prefix: string,
): { applied: Applied[]; input: Value; output: Value } {
  let [input, output] = [images, images];
  const applied = executionOrder(layers).map((at) => {
    input = output;
    const layer = layers[at] as Layer;
    const place = `${prefix}${at}.`;
    const own = [parameters.get(`${place}weight`), parameters.get(`${place}bias`)].filter(
      (value) => value !== undefined,
    );
    const step =
      layer.kind === 'residual'
        ? residual(graph, applyStack(graph, layer.layers, input, parameters, place), input)
        : applyLayer(graph, layer, input, own);
    output = step.output;
    return step;
  });
  return { applied, input, output };
}

/** x + f(x): the gradient goes both ways. */
function residual(
  graph: Graph,
  { applied, output }: { applied: readonly Applied[]; output: Value },
  x: Value,
): Applied {
  return {
    output: graph.apply('Add', [x, output], x.shape),
    backward(gradient) {
      const inner = backward(applied, gradient, true);
      const input = graph.apply('Add', [gradient, inner.input as Value], x.shape);
      return { input, parameters: inner.parameters };
    },
  };
}

/** Places of the layers as they are computed: relu and maximum commute, and after pooling relu has a quarter to do. */
function executionOrder(layers: readonly Layer[]): number[] {
  const order = [...layers.keys()];
  for (let at = 0; at + 1 < order.length; at++)
    if (layers[at]?.kind === 'relu' && layers[at + 1]?.kind === 'maxPool') [order[at], order[at + 1]] = [at + 1, at];
  return order;
}

export interface Backward {
  /** Of all parameters, in order. */
  readonly parameters: readonly Value[];
  /** Of the normalised input, batch × channels × height × width; absent when it was not asked for. */
  readonly input?: Value;
}

/** Gradients given those of what the last layer puts out; without the input's, nothing is computed below the first layer that trains. */
export function backward(applied: readonly Applied[], outputGradient: Value, wantsInput: boolean): Backward {
  const byLayer: (readonly Value[])[] = [];
  let gradient: Value | undefined = outputGradient;
  for (let place = applied.length - 1; place >= 0 && gradient !== undefined; place--) {
    const { input, parameters } = (applied[place] as Applied).backward(gradient, place > 0 || wantsInput);
    byLayer.unshift(parameters);
    gradient = input;
  }
  return { parameters: byLayer.flat(), ...(gradient === undefined ? {} : { input: gradient }) };
}

/** From batch × height × width × channels to normalised floats, batch × channels × height × width. */
function normalisedImages(graph: Graph, network: NetworkDescription, batchSize: number): Value {
  const { height, width, channels, input = 'uint8', mean, deviation } = network;
  const planes = graph.channelsFirst(graph.input('pixels', [batchSize, height, width, channels], input));
  const floats = input === 'uint8' ? graph.cast(planes, 'float32') : planes;
  const statistics = [mean.map(() => 1), mean.map(() => 0), mean, deviation.map((value) => value * value)];
  return graph.apply(
    'BatchNormalization',
    [floats, ...statistics.map((values) => graph.floats(values))],
    floats.shape,
    {
      epsilon: { float: 0 },
    },
  );
}
