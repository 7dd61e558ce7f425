import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Batch, Model, ModelOptions, NetworkDescription, Weights } from '../index.ts';
import { normalDraws } from '../random.ts';
import { batchFeed } from './batch-feed.ts';
import { nextName, questionGraph, tensorName, trainingGraph, type Question } from './graphs.ts';
import { adamDefaults, memorySize } from './optimizers.ts';
import { networkParameters, type Parameter } from './shapes.ts';

type Tensors = Record<string, Tensor>;

/**
 * A network whose training step is one ONNX graph. Weights and optimiser memory lie in two sets of tensors: a step reads
 * one and writes the other, and then they swap, so that nothing is copied.
 */
export async function createModel(options: ModelOptions, session: InferenceSession.SessionOptions): Promise<Model> {
  const { network, optimizer, batchSize } = options;
  const parameters = networkParameters(network);
  const training = await InferenceSession.create(trainingGraph(network, batchSize, optimizer), session);
  const feed = batchFeed(network, batchSize);
  const schedule = scalarFeed(options);
  const lossValue = new Float32Array(1);
  const loss = new Tensor('float32', lossValue, []);
  const names = parameters.flatMap(({ name }) =>
    Array.from({ length: memorySize(optimizer) + 1 }, (_, k) => tensorName(name, k)),
  );
  const shapeOf = new Map(parameters.map(({ name, shape }) => [name, shape]));
  const tensors = (): Tensors =>
    Object.fromEntries(names.map((name) => [name, zeros(shapeOf.get(name.split('#')[0] ?? '') ?? [])]));
  let current = tensors();
  let next = tensors();
  initialise(parameters, current, options.seed);
  let step = 0;

  // One a question, made for the weights as they are: constant weights are laid out for the processor beforehand.
  const answering = new Map<Question, InferenceSession>();
  const forgetAnswers = async () => {
    for (const known of answering.values()) await known.release();
    answering.clear();
  };
  const weights = () =>
    new Map(
      parameters.map(({ name, shape }) => [name, { shape, data: (current[name]?.data as Float32Array).slice() }]),
    );
  const ask = async (question: Question, batch: Batch): Promise<Float32Array> => {
    const { pixels, labels } = feed(batch);
    let known = answering.get(question);
    if (known === undefined) {
      known = await InferenceSession.create(questionGraph(network, batchSize, question, weights()), session);
      answering.set(question, known);
    }
    // A graph that does not need an input does not have it.
    const needed = known.inputNames.includes('labels') ? { pixels, labels } : { pixels };
    const answer = (await known.run(needed))['answer']?.data as Float32Array;
    return answer.slice(0, (answer.length / batchSize) * batch.labels.length);
  };
  const askOfPixels = (question: Question, pixels: Uint8Array) =>
    ask(question, {
      pixels,
      labels: new Int32Array(pixels.length / (network.height * network.width * network.channels)),
    });

  return {
    async trainStep(batch, learningRate) {
      await forgetAnswers();
      step += 1;
      const fetches = Object.fromEntries(names.map((name) => [nextName(name), next[name] as Tensor]));
      await training.run({ ...feed(batch), ...schedule(step, learningRate), ...current }, { loss, ...fetches });
      [current, next] = [next, current];
      const [value = NaN] = lossValue;
      if (!Number.isFinite(value)) throw new Error(divergence(value, step, learningRate, weights(), network));
      return value;
    },
    losses: (batch) => ask('losses', batch),
    inputGradient: (batch) => ask('inputGradient', batch),
    logits: (pixels) => askOfPixels('logits', pixels),
    features: (pixels) => askOfPixels('features', pixels),
    weights,
    async load(saved) {
      for (const { name, shape } of parameters) {
        const tensor = saved.get(name);
        if (tensor === undefined || tensor.shape.join() !== shape.join())
          throw new RangeError(
            `Expected weights ${name} of shape ${shape.join(' × ')} but received ${tensor?.shape.join(' × ') ?? 'none'}`,
          );
        (current[name]?.data as Float32Array).set(tensor.data);
      }
      await forgetAnswers();
    },
    async dispose() {
      await training.release();
      await forgetAnswers();
    },
  };
}

/** Where a training went wrong: the first layer whose weights are no numbers any more. */
function divergence(loss: number, step: number, learningRate: number, weights: Weights, network: NetworkDescription) {
  const broken = [...weights].find(([, { data }]) => data.some((value) => !Number.isFinite(value)))?.[0];
  const place = Number.parseInt(broken ?? '');
  const where =
    broken === undefined
      ? 'weights are still finite'
      : `layer ${place} (${network.layers[place]?.kind ?? ''}) broke first`;
  return `Training diverged in batch ${step}: the loss is ${loss}, ${where}; lower the learning rate of ${learningRate}`;
}

function zeros(shape: readonly number[]): Tensor {
  return new Tensor('float32', new Float32Array(shape.reduce((product, size) => product * size, 1)), shape);
}

/** He-normal weights (He et al. 2015); biases stay zero. */
function initialise(parameters: readonly Parameter[], tensors: Tensors, seed: number): void {
  const draw = normalDraws(seed);
  for (const { name, fanIn } of parameters) {
    if (fanIn === 0) continue;
    const data = tensors[name]?.data as Float32Array;
    const deviation = Math.sqrt(2 / fanIn);
    for (let at = 0; at < data.length; at++) data[at] = deviation * draw();
  }
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
