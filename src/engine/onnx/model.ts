import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Batch, Model, ModelOptions } from '../index.ts';
import { normalDraws } from '../random.ts';
import { batchFeed } from './batch-feed.ts';
import { nextName, scoringGraph, tensorName, trainingGraph } from './network.ts';
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

  // Made for the weights as they are: known weights can be laid out for the processor, which doubles the speed.
  let scoring: InferenceSession | undefined;
  const weights = () =>
    new Map(
      parameters.map(({ name, shape }) => [name, { shape, data: (current[name]?.data as Float32Array).slice() }]),
    );

  const score = async (batch: Batch) => {
    const { pixels, labels } = feed(batch);
    scoring ??= await InferenceSession.create(scoringGraph(network, batchSize, weights()), session);
    const result = await scoring.run({ pixels, labels });
    const count = batch.labels.length;
    return {
      losses: (result['losses']?.data as Float32Array).slice(0, count),
      logits: (result['logits']?.data as Float32Array).slice(0, count * network.classes),
    };
  };
  return {
    async trainStep(batch, learningRate) {
      await scoring?.release();
      scoring = undefined;
      step += 1;
      const fetches = Object.fromEntries(names.map((name) => [nextName(name), next[name] as Tensor]));
      await training.run({ ...feed(batch), ...schedule(step, learningRate), ...current }, { loss, ...fetches });
      [current, next] = [next, current];
      const [value = NaN] = lossValue;
      if (!Number.isFinite(value))
        throw new Error(`Training diverged: the loss is ${value} at step ${step} (learning rate ${learningRate})`);
      return value;
    },
    losses: async (batch) => (await score(batch)).losses,
    logits: async (pixels) => {
      const count = pixels.length / (network.height * network.width * network.channels);
      return (await score({ pixels, labels: new Int32Array(count) })).logits;
    },
    weights,
    async dispose() {
      await training.release();
      await scoring?.release();
    },
  };
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
