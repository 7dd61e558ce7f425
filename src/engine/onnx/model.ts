import { InferenceSession, Tensor } from 'onnxruntime-node';
import { unlabelled } from '../batch.ts';
import type { Batch, Model, ModelOptions } from '../index.ts';
import { batchFeed } from './batch-feed.ts';
import { openGradients, type GradientOptions } from './gradients.ts';
import { questionGraph, tensorName, updateGraph, type Question } from './graphs.ts';
import { asNext, parameterTensors, type Tensors } from './tensors.ts';
import { adamDefaults, memorySize } from '../optimizer.ts';
import { networkParameters } from '../shapes.ts';
import { checkedWeights, divergence, initialWeights } from '../weights.ts';

export interface Layout {
  /** Images that a question is asked of at a time. */
  readonly size: number;
  readonly session: InferenceSession.SessionOptions;
  readonly gradients: GradientOptions;
}

/**
 * A network trained by two ONNX graphs: one sums the gradients of a batch, one takes the optimiser's step. Weights and
 * memory lie in two sets of tensors: a graph reads one and writes the other, and then they swap, so that nothing is copied.
 */
export async function createModel(options: ModelOptions, { size, session, gradients }: Layout): Promise<Model> {
  const { network, optimizer, batchSize } = options;
  const parameters = networkParameters(network);
  const tensors = (k: number): Tensors => parameterTensors(parameters, (name) => tensorName(name, k));
  const state = () => ({
    weights: tensors(0),
    memory: Object.assign({}, ...Array.from({ length: memorySize(optimizer) }, (_, k) => tensors(k + 1))) as Tensors,
  });
  let [current, next] = [state(), state()];
  const summing = await openGradients(network, batchSize, [current.weights, next.weights], gradients);
  const update = await InferenceSession.create(updateGraph(network, optimizer), session);
  const partsOf = batchFeed(network, size, batchSize);
  const schedule = scalarFeed(options);
  const setWeights = (values: ReadonlyMap<string, Float32Array>) => {
    for (const [name, data] of values) (current.weights[name]?.data as Float32Array).set(data);
  };
  setWeights(initialWeights(parameters, options.seed));
  let step = 0;

  // One a question, made for the weights as they are: constant weights are laid out for the processor beforehand.
  const answering = new Map<Question, InferenceSession>();
  const forgetAnswers = async () => {
    for (const known of answering.values()) await known.release();
    answering.clear();
  };
  const weights = () =>
    new Map(
      parameters.map(({ name, shape }) => [
        name,
        { shape, data: (current.weights[name]?.data as Float32Array).slice() },
      ]),
    );
  const ask = async (question: Question, batch: Batch): Promise<Float32Array> => {
    let known = answering.get(question);
    if (known === undefined) {
      known = await InferenceSession.create(questionGraph(network, size, question, weights()), session);
      answering.set(question, known);
    }
    // A graph that does not need an input does not have it.
    const needed = known.inputNames;
    const answers: Float32Array[] = [];
    for (const { count, tensors } of partsOf(batch, 1)) {
      const feeds = Object.fromEntries(Object.entries(tensors).filter(([name]) => needed.includes(name)));
      const answer = (await known.run(feeds))['answer']?.data as Float32Array;
      answers.push(answer.subarray(0, (answer.length / size) * count));
    }
    return concatenated(answers);
  };
  return {
    async trainStep(batch, learningRate, losses) {
      await forgetAnswers();
      step += 1;
      const { losses: parts, sums } = await summing.sum(batch, current.weights);
      const feeds = { ...schedule(step, learningRate), ...current.weights, ...current.memory, ...sums };
      await update.run(feeds, asNext({ ...next.weights, ...next.memory }));
      [current, next] = [next, current];
      const loss = parts.reduce((sum, part) => sum + part, 0);
      losses?.set(parts.map((part) => part * parts.length));
      if (!Number.isFinite(loss)) throw divergence(loss, step, learningRate, weights(), network);
      return loss;
    },
    losses: (batch) => ask('losses', batch),
    inputGradient: (batch) => ask('inputGradient', batch),
    logits: (pixels) => ask('logits', unlabelled(network, pixels)),
    features: (pixels) => ask('features', unlabelled(network, pixels)),
    weights,
    async load(saved) {
      setWeights(checkedWeights(parameters, saved));
      await forgetAnswers();
    },
    async dispose() {
      await summing.release();
      await update.release();
      await forgetAnswers();
    },
  };
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The scalars of the optimiser's step: learning rate, and Adam's bias corrections. */
function scalarFeed({ optimizer }: ModelOptions): (step: number, learningRate: number) => Tensors {
  const scalar = (value: number) => new Tensor('float32', Float32Array.of(value), [1]);
  return (step, learningRate) => {
    if (optimizer.kind !== 'adam') return { learningRate: scalar(learningRate) };
    const { beta1, beta2 } = adamDefaults(optimizer);
    return {
      learningRate: scalar(learningRate),
      firstCorrection: scalar(1 / (1 - beta1 ** step)),
      secondCorrection: scalar(1 / (1 - beta2 ** step)),
    };
  };
}
