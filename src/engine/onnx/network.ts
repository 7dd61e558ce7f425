/** The two graphs of a network: scoring, and one whole training step. */
import type { Layer, NetworkDescription, Optimizer } from '../index.ts';
import { Graph, type Value } from './graph.ts';
import { applyLayer, type Applied } from './layers.ts';
import { memorySize, scheduleInputs, updated } from './optimizers.ts';
import { networkParameters, type Parameter } from './shapes.ts';
import { elementType } from './proto.ts';

/** Name of the k-th tensor of a parameter: 0 the parameter itself, then the optimiser's memory. */
export const tensorName = (parameter: string, k: number) => (k === 0 ? parameter : `${parameter}#${k}`);
export const nextName = (tensor: string) => `${tensor}'`;

/** Inputs: pixels, labels, parameters. Outputs: logits (batch × classes), losses (batch, nats). */
export function scoringGraph(
  network: NetworkDescription,
  batchSize: number,
  weights: ReadonlyMap<string, { readonly data: Float32Array }>,
): Uint8Array {
  const graph = new Graph();
  const { logits, losses } = forward(graph, network, batchSize, ({ name, shape }) =>
    graph.tensor(name, shape, weights.get(name)?.data ?? new Float32Array()),
  );
  graph.output('logits', logits);
  graph.output('losses', losses);
  return graph.encode();
}

/**
 * Inputs: those of scoring, `shares` (each image's share in the loss; 0 for padding), the optimiser's scalars and memory.
 * Outputs: the loss (nats) and the next value of every tensor.
 */
export function trainingGraph(network: NetworkDescription, batchSize: number, optimizer: Optimizer): Uint8Array {
  const graph = new Graph();
  const { applied, parameters, losses, logProbabilities, target } = forward(
    graph,
    network,
    batchSize,
    ({ name, shape }) => graph.input(name, shape),
  );
  const shares = graph.input('shares', [batchSize]);
  const weighted = graph.apply('Mul', [losses, shares], [batchSize]);
  graph.output('loss', graph.apply('ReduceSum', [weighted, graph.integers([0])], [], { keepdims: 0 }));

  const { shape } = logProbabilities;
  const surplus = graph.apply('Sub', [graph.apply('Exp', [logProbabilities], shape), target], shape);
  const lossGradient = graph.apply('Mul', [surplus, graph.reshape(shares, [batchSize, 1])], shape);
  const gradients = backward(applied, lossGradient);

  const schedule = scheduleInputs(graph, optimizer);
  parameters.forEach((parameter, at) => {
    const memory = Array.from({ length: memorySize(optimizer) }, (_, k) =>
      graph.input(tensorName(parameter.name, k + 1), parameter.shape),
    );
    const next = updated(graph, optimizer, parameter, gradients[at] as Value, memory, schedule);
    next.forEach((value, k) => {
      graph.output(nextName(tensorName(parameter.name, k)), value);
    });
  });
  return graph.encode();
}

function forward(
  graph: Graph,
  network: NetworkDescription,
  batchSize: number,
  parameterOf: (parameter: Parameter) => Value,
) {
  const specs = networkParameters(network);
  const parameters = specs.map(parameterOf);
  const ofLayer = (place: number) => parameters.filter((_, at) => specs[at]?.name.startsWith(`${place}.`));
  let value = normalisedImages(graph, network, batchSize);
  const applied = executionOrder(network.layers).map((place) => {
    const step = applyLayer(graph, network.layers[place] as Layer, value, ofLayer(place));
    value = step.output;
    return step;
  });
  const { classes } = network;
  const shape = [batchSize, classes];
  const labels = graph.apply('Cast', [graph.input('labels', [batchSize], 'int32')], [batchSize], {
    to: elementType.int64,
  });
  const target = graph.apply('OneHot', [labels, graph.integers([classes]), graph.floats([0, 1])], shape);
  const logProbabilities = graph.apply('LogSoftmax', [value], shape, { axis: 1 });
  const chosen = graph.apply('Mul', [logProbabilities, target], shape);
  const sum = graph.apply('ReduceSum', [chosen, graph.integers([1])], [batchSize], { keepdims: 0 });
  return {
    applied,
    parameters,
    logits: value,
    losses: graph.apply('Neg', [sum], [batchSize]),
    logProbabilities,
    target,
  };
}

/** Places of the layers as they are computed: relu and maximum commute, and after pooling relu has a quarter to do. */
function executionOrder(layers: readonly Layer[]): number[] {
  const order = [...layers.keys()];
  for (let at = 0; at + 1 < order.length; at++)
    if (layers[at]?.kind === 'relu' && layers[at + 1]?.kind === 'maxPool') [order[at], order[at + 1]] = [at + 1, at];
  return order;
}

/** Gradients of all parameters, in order; nothing is computed below the first layer that trains. */
function backward(applied: readonly Applied[], lossGradient: Value): Value[] {
  const byLayer: (readonly Value[])[] = [];
  let gradient: Value | undefined = lossGradient;
  for (let place = applied.length - 1; place >= 0 && gradient !== undefined; place--) {
    const { input, parameters } = (applied[place] as Applied).backward(gradient, place > 0);
    byLayer.unshift(parameters);
    gradient = input;
  }
  return byLayer.flat();
}

/** From bytes, batch × height × width × channels, to normalised floats, batch × channels × height × width. */
function normalisedImages(graph: Graph, network: NetworkDescription, batchSize: number): Value {
  const { height, width, channels, mean, deviation } = network;
  const pixels = graph.input('pixels', [batchSize, height, width, channels], 'uint8');
  const planes = graph.transpose(pixels, [0, 3, 1, 2]);
  const floats = graph.apply('Cast', [planes], planes.shape, { to: elementType.float32 });
  const centred = graph.apply('Sub', [floats, graph.floats(mean, [1, channels, 1, 1])], planes.shape);
  return graph.apply('Div', [centred, graph.floats(deviation, [1, channels, 1, 1])], planes.shape);
}
