/** A network as operators: forward to losses, and backward to gradients. */
import type { Layer, NetworkDescription } from '../index.ts';
import type { Graph, Value } from './graph.ts';
import { applyLayer, type Applied } from './layers.ts';
import { networkParameters, type Parameter } from './shapes.ts';
import { elementType } from './proto.ts';

/** Where a graph takes the parameters from: its inputs, or constants. */
export type ParameterSource = (parameter: Parameter) => Value;

export interface Forward {
  readonly parameters: readonly Value[];
  /** What enters the last layer, batch × features. */
  readonly features: Value;
  /** batch × classes. */
  readonly logits: Value;
  /** Cross-entropy of every image, nats, batch. */
  readonly losses: Value;
  /** Gradients by the logits, batch × classes: of every image's own loss. */
  readonly surplus: () => Value;
  readonly applied: readonly Applied[];
}

export function forward(
  graph: Graph,
  network: NetworkDescription,
  batchSize: number,
  parameterOf: ParameterSource,
): Forward {
  const byName = new Map(networkParameters(network).map((spec) => [spec.name, parameterOf(spec)]));
  const images = normalisedImages(graph, network, batchSize);
  const { applied, input: features, output: logits } = applyStack(graph, network.layers, images, byName, '');
  const { classes } = network;
  const shape = [batchSize, classes];
  const labels = graph.apply('Cast', [graph.input('labels', [batchSize], 'int32')], [batchSize], {
    to: elementType.int64,
  });
  const target = graph.apply('OneHot', [labels, graph.integers([classes]), graph.floats([0, 1])], shape);
  const logProbabilities = graph.apply('LogSoftmax', [logits], shape, { axis: 1 });
  const chosen = graph.apply('Mul', [logProbabilities, target], shape);
  const sum = graph.apply('ReduceSum', [chosen, graph.integers([1])], [batchSize], { keepdims: 0 });
  return {
    parameters: [...byName.values()],
    features,
    logits,
    losses: graph.apply('Neg', [sum], [batchSize]),
    surplus: () => graph.apply('Sub', [graph.apply('Exp', [logProbabilities], shape), target], shape),
    applied,
  };
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

/** Gradients given those of the logits; without the input's, nothing is computed below the first layer that trains. */
export function backward(applied: readonly Applied[], logitGradient: Value, wantsInput: boolean): Backward {
  const byLayer: (readonly Value[])[] = [];
  let gradient: Value | undefined = logitGradient;
  for (let place = applied.length - 1; place >= 0 && gradient !== undefined; place--) {
    const { input, parameters } = (applied[place] as Applied).backward(gradient, place > 0 || wantsInput);
    byLayer.unshift(parameters);
    gradient = input;
  }
  return { parameters: byLayer.flat(), ...(gradient === undefined ? {} : { input: gradient }) };
}

/** From bytes, batch × height × width × channels, to normalised floats, batch × channels × height × width. */
function normalisedImages(graph: Graph, network: NetworkDescription, batchSize: number): Value {
  const { height, width, channels, mean, deviation } = network;
  const pixels = graph.input('pixels', [batchSize, height, width, channels], 'uint8');
  const floats = graph.apply('Cast', [graph.channelsFirst(pixels)], [batchSize, channels, height, width], {
    to: elementType.float32,
  });
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
