/** The graphs of a network: gradients of a part of a batch, the optimiser's update, and what is asked of fixed weights. */
import type { NetworkDescription, Optimizer } from '../index.ts';
import { Graph, type Value } from './graph.ts';
import { backward, forward, type Forward } from './network.ts';
import { memorySize } from '../optimizer.ts';
import { scheduleInputs, updated } from './optimizers.ts';
import { networkParameters } from '../shapes.ts';

/** Name of the k-th tensor of a parameter: 0 the parameter itself, then the optimiser's memory. */
export const tensorName = (parameter: string, k: number) => (k === 0 ? parameter : `${parameter}#${k}`);
/** Name of the sum of a parameter's gradients. */
export const sumName = (parameter: string) => `${parameter}+`;
/** Name of what a graph makes of a tensor. */
export const nextName = (tensor: string) => `${tensor}'`;

/**
 * Inputs: pixels, labels and `weights` (network.ts; 0 for padding), parameters, and the sums of the gradients so far.
 * Outputs: every image's part of the loss (nats), and the sums with their gradients.
 */
export function gradientGraph(network: NetworkDescription, size: number): Uint8Array {
  const graph = new Graph();
  const { applied, parameters, losses, lossGradient } = forward(graph, network, size, ({ name, shape }) =>
    graph.input(name, shape),
  );
  graph.output('losses', losses);
  const gradients = backward(applied, lossGradient(), false).parameters;
  parameters.forEach(({ name, shape }, at) => {
    const sum = graph.input(sumName(name), shape);
    graph.output(nextName(sum.name), graph.apply('Add', [sum, gradients[at] as Value], shape));
  });
  return graph.encode();
}

/** Inputs: parameters, the optimiser's memory and scalars, sums of gradients. Outputs: the next parameters and memory. */
export function updateGraph(network: NetworkDescription, optimizer: Optimizer): Uint8Array {
  const graph = new Graph();
  const schedule = scheduleInputs(graph, optimizer);
  for (const { name, shape } of networkParameters(network)) {
    const input = (tensor: string) => graph.input(tensor, shape);
    const memory = Array.from({ length: memorySize(optimizer) }, (_, k) => input(tensorName(name, k + 1)));
    const next = updated(graph, optimizer, input(name), input(sumName(name)), memory, schedule);
    next.forEach((value, k) => {
      graph.output(nextName(tensorName(name, k)), value);
    });
  }
  return graph.encode();
}

/** What can be asked of fixed weights. */
export type Question = 'losses' | 'logits' | 'features' | 'inputGradient';

const answers: Record<Question, (graph: Graph, network: NetworkDescription, forward: Forward) => Value> = {
  losses: (_graph, _network, { losses }) => losses,
  logits: (_graph, _network, { logits }) => logits,
  features: (_graph, _network, { features }) => features,
  inputGradient(graph, { channels, deviation }, { applied, lossGradient }) {
    const planes = backward(applied, lossGradient(), true).input as Value;
    const scaled = graph.apply('Div', [planes, graph.floats(deviation, [1, channels, 1, 1])], planes.shape);
    return graph.channelsLast(scaled);
  },
};

/** Inputs: pixels, labels, weights. Output: the answer. The weights are constants, which the runtime lays out for the processor. */
export function questionGraph(
  network: NetworkDescription,
  size: number,
  question: Question,
  weights: ReadonlyMap<string, { readonly data: Float32Array }>,
): Uint8Array {
  const graph = new Graph();
  const computed = forward(graph, network, size, ({ name, shape }) =>
    graph.tensor(name, shape, weights.get(name)?.data ?? new Float32Array()),
  );
  graph.output('answer', answers[question](graph, network, computed));
  return graph.encode();
}
