/** The graphs of a network: one whole training step, and what is asked of fixed weights. */
import type { NetworkDescription, Optimizer } from '../index.ts';
import { Graph, type Value } from './graph.ts';
import { backward, forward, type Forward } from './network.ts';
import { memorySize, scheduleInputs, updated } from './optimizers.ts';

/** Name of the k-th tensor of a parameter: 0 the parameter itself, then the optimiser's memory. */
export const tensorName = (parameter: string, k: number) => (k === 0 ? parameter : `${parameter}#${k}`);
export const nextName = (tensor: string) => `${tensor}'`;

/**
 * Inputs: pixels, labels, `shares` (each image's share in the loss; 0 for padding), the optimiser's scalars, parameters
 * and memory. Outputs: the loss (nats) and the next value of every tensor.
 */
export function trainingGraph(network: NetworkDescription, batchSize: number, optimizer: Optimizer): Uint8Array {
  const graph = new Graph();
  const { applied, parameters, losses, logits, surplus } = forward(graph, network, batchSize, ({ name, shape }) =>
    graph.input(name, shape),
  );
  const shares = graph.input('shares', [batchSize]);
  const weighted = graph.apply('Mul', [losses, shares], [batchSize]);
  graph.output('loss', graph.apply('ReduceSum', [weighted, graph.integers([0])], [], { keepdims: 0 }));
  const lossGradient = graph.apply('Mul', [surplus(), graph.reshape(shares, [batchSize, 1])], logits.shape);
  const gradients = backward(applied, lossGradient, false).parameters;

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

/** What can be asked of fixed weights. */
export type Question = 'losses' | 'logits' | 'features' | 'inputGradient';

const answers: Record<Question, (graph: Graph, network: NetworkDescription, forward: Forward) => Value> = {
  losses: (_graph, _network, { losses }) => losses,
  logits: (_graph, _network, { logits }) => logits,
  features: (_graph, _network, { features }) => features,
  inputGradient(graph, { channels, deviation }, { applied, surplus }) {
    const planes = backward(applied, surplus(), true).input as Value;
    const scaled = graph.apply('Div', [planes, graph.floats(deviation, [1, channels, 1, 1])], planes.shape);
    return graph.transpose(scaled, [0, 2, 3, 1]);
  },
};

/** Inputs: pixels, labels. Output: the answer. The weights are constants, which the runtime lays out for the processor. */
export function questionGraph(
  network: NetworkDescription,
  batchSize: number,
  question: Question,
  weights: ReadonlyMap<string, { readonly data: Float32Array }>,
): Uint8Array {
  const graph = new Graph();
  const computed = forward(graph, network, batchSize, ({ name, shape }) =>
    graph.tensor(name, shape, weights.get(name)?.data ?? new Float32Array()),
  );
  graph.output('answer', answers[question](graph, network, computed));
  return graph.encode();
}
