import { InferenceSession, Tensor } from 'onnxruntime-node';
import { unlabelled } from '../batch.ts';
import type { Batch, Model, ModelOptions } from '../index.ts';
import { batchFeed } from './batch-feed.ts';
import { gradientGraph, nextName, questionGraph, sumName, tensorName, updateGraph, type Question } from './graphs.ts';
import { adamDefaults, memorySize } from '../optimizer.ts';
import { networkParameters, sizeOf } from '../shapes.ts';
import { checkedWeights, divergence, initialWeights } from '../weights.ts';

type Tensors = Record<string, Tensor>;

/**
 * A network trained by two ONNX graphs: one adds a part of a batch to the gradients, one takes the optimiser's step. A
 * part has `size` images. Weights, memory and sums of gradients lie in sets of
 * tensors: a graph reads one and writes the other, and then they swap, so that nothing is copied.
 */
export async function createModel(
  options: ModelOptions,
  size: number,
  session: InferenceSession.SessionOptions,
): Promise<Model> {
  const { network, optimizer, batchSize } = options;
  const parameters = networkParameters(network);
  const gradients = await InferenceSession.create(gradientGraph(network, size), session);
  const update = await InferenceSession.create(updateGraph(network, optimizer), session);
  const partsOf = batchFeed(network, size, batchSize);
  const schedule = scalarFeed(options);
  const lossValue = new Float32Array(1);
  const loss = new Tensor('float32', lossValue, []);
  const tensors = (nameOf: (parameter: string) => string): Tensors =>
    Object.fromEntries(parameters.map(({ name, shape }) => [nameOf(name), zeros(shape)]));
  const memory = Array.from({ length: memorySize(optimizer) }, (_, k) => (name: string) => tensorName(name, k + 1));
  const state = () => ({
    weights: tensors((name) => name),
    memory: Object.assign({}, ...memory.map(tensors)) as Tensors,
  });
  let [current, next] = [state(), state()];
  const noGradients = tensors(sumName);
  let [sums, nextSums] = [tensors(sumName), tensors(sumName)];
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
    for (const { count, tensors } of partsOf(batch, () => 1)) {
      const feeds = Object.fromEntries(Object.entries(tensors).filter(([name]) => needed.includes(name)));
      const answer = (await known.run(feeds))['answer']?.data as Float32Array;
      answers.push(answer.subarray(0, (answer.length / size) * count));
    }
    return concatenated(answers);
  };
  return {
    async trainStep(batch, learningRate) {
      await forgetAnswers();
      step += 1;
      let value = 0;
      let before = noGradients;
      for (const { tensors } of partsOf(batch, (count) => 1 / count)) {
        await gradients.run({ ...tensors, ...current.weights, ...before }, { loss, ...asNext(nextSums) });
        [sums, nextSums] = [nextSums, sums];
        before = sums;
        value += lossValue[0] ?? NaN;
      }
      const feeds = { ...schedule(step, learningRate), ...current.weights, ...current.memory, ...sums };
      await update.run(feeds, asNext({ ...next.weights, ...next.memory }));
      [current, next] = [next, current];
      if (!Number.isFinite(value)) throw divergence(value, step, learningRate, weights(), network);
      return value;
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
      await gradients.release();
      await update.release();
      await forgetAnswers();
    },
  };
}

const asNext = (tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [nextName(name), tensor]));

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function zeros(shape: readonly number[]): Tensor {
  return new Tensor('float32', new Float32Array(sizeOf(shape)), shape);
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
