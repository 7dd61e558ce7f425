import type { Optimizer } from '../index.ts';
import { adamDefaults } from '../optimizer.ts';
import type { Graph, Value } from './graph.ts';

/** Scalars that change from step to step: fed as one-element tensors. */
export interface Schedule {
  readonly learningRate: Value;
  /** 1 / (1 - βᵗ) of Adam's two means. */
  readonly corrections?: readonly [first: Value, second: Value];
}

export function scheduleInputs(graph: Graph, optimizer: Optimizer): Schedule {
  const learningRate = graph.input('learningRate', [1]);
  if (optimizer.kind !== 'adam') return { learningRate };
  return { learningRate, corrections: [graph.input('firstCorrection', [1]), graph.input('secondCorrection', [1])] };
}

/** The tensors after a step: the weight, then the optimiser's memory. */
export function updated(
  graph: Graph,
  optimizer: Optimizer,
  weight: Value,
  gradient: Value,
  memory: readonly Value[],
  schedule: Schedule,
): Value[] {
  return optimizer.kind === 'adam'
    ? adam(graph, adamDefaults(optimizer), weight, gradient, memory as [Value, Value], schedule)
    : momentum(graph, optimizer, weight, gradient, memory as [Value], schedule);
}

/** v ← μ v + g + λ w, w ← w - η v (PyTorch's form). */
function momentum(
  graph: Graph,
  { momentum: mu, weightDecay = 0 }: Optimizer & { kind: 'sgd' },
  weight: Value,
  gradient: Value,
  [velocity]: [Value],
  { learningRate }: Schedule,
): Value[] {
  const { add, times, by } = arithmetic(graph, weight.shape);
  const decayed = weightDecay === 0 ? gradient : add(gradient, by(weight, weightDecay));
  const next = add(by(velocity, mu), decayed);
  return [graph.apply('Sub', [weight, times(next, learningRate)], weight.shape), next];
}

/** Kingma & Ba 2015, with decoupled weight decay (Loshchilov & Hutter 2019). */
function adam(
  graph: Graph,
  { beta1, beta2, epsilon, weightDecay }: ReturnType<typeof adamDefaults>,
  weight: Value,
  gradient: Value,
  [first, second]: [Value, Value],
  { learningRate, corrections }: Schedule,
): Value[] {
  const { shape } = weight;
  const [firstCorrection, secondCorrection] = corrections as [Value, Value];
  const { add, times, by } = arithmetic(graph, shape);
  const mean = add(by(first, beta1), by(gradient, 1 - beta1));
  const square = add(by(second, beta2), by(times(gradient, gradient), 1 - beta2));
  const root = graph.apply('Sqrt', [times(square, secondCorrection)], shape);
  const scale = add(root, graph.floats([epsilon]));
  const direction = graph.apply('Div', [times(mean, firstCorrection), scale], shape);
  const step = weightDecay === 0 ? direction : add(direction, by(weight, weightDecay));
  return [graph.apply('Sub', [weight, times(step, learningRate)], shape), mean, square];
}

const arithmetic = (graph: Graph, shape: readonly number[]) => ({
  add: (a: Value, b: Value) => graph.apply('Add', [a, b], shape),
  times: (a: Value, b: Value) => graph.apply('Mul', [a, b], shape),
  by: (value: Value, factor: number) => graph.apply('Mul', [value, graph.floats([factor])], shape),
});
