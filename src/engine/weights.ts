/** A model's weights, for every backend: how they start, whether saved ones fit, and where a training broke them. */
import type { NetworkDescription, Weights } from './index.ts';
import { normalDraws } from './random.ts';
import { sizeOf, type Parameter } from './shapes.ts';

/** He-normal weights (He et al. 2015), the same for the same seed; biases start at zero. */
export function initialWeights(parameters: readonly Parameter[], seed: number): Map<string, Float32Array> {
  const draw = normalDraws(seed);
  return new Map(
    parameters.map(({ name, shape, fanIn }) => {
      const deviation = fanIn === 0 ? 0 : Math.sqrt(2 / fanIn);
      return [name, Float32Array.from({ length: sizeOf(shape) }, () => (deviation === 0 ? 0 : deviation * draw()))];
    }),
  );
}

/** @throws RangeError when a tensor is missing or misshapen */
export function checkedWeights(parameters: readonly Parameter[], saved: Weights): Map<string, Float32Array> {
  return new Map(
    parameters.map(({ name, shape }) => {
      const tensor = saved.get(name);
      if (tensor === undefined || tensor.shape.join() !== shape.join())
        throw new RangeError(
          `Expected weights ${name} of shape ${shape.join(' × ')} but received ${tensor?.shape.join(' × ') ?? 'none'}`,
        );
      return [name, tensor.data];
    }),
  );
}

/** Where a training went wrong: the first layer whose weights are no numbers any more. */
export function divergence(
  loss: number,
  step: number,
  learningRate: number,
  weights: Weights,
  network: NetworkDescription,
): Error {
  const broken = [...weights].find(([, { data }]) => data.some((value) => !Number.isFinite(value)))?.[0];
  const place = Number.parseInt(broken ?? '');
  const where =
    broken === undefined
      ? 'weights are still finite'
      : `layer ${place} (${network.layers[place]?.kind ?? ''}) broke first`;
  return new Error(
    `Training diverged in batch ${step}: the loss is ${loss}, ${where}; lower the learning rate of ${learningRate}`,
  );
}
