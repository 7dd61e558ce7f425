/** The reference network (three convolutions, two dense layers) and the speed of its training. */
import type { Engine, NetworkDescription } from '../src/engine/index.ts';
import type { Pixels } from './pixels.ts';

export const batch = 128;
export const imageBytes = 3072;
export const learningRate = 1e-3;

const conv = (filters: number) => [{ kind: 'conv', filters, size: 3 }, { kind: 'relu' }] as const;
const pool = { kind: 'maxPool' } as const;
export const reference: NetworkDescription = {
  height: 32,
  width: 32,
  channels: 3,
  mean: [125.3, 123, 113.9],
  deviation: [63, 62.1, 66.7],
  classes: 10,
  layers: [
    ...conv(32),
    pool,
    ...conv(64),
    pool,
    ...conv(64),
    { kind: 'flatten' },
    { kind: 'dense', units: 64 },
    { kind: 'relu' },
    { kind: 'dense', units: 10 },
  ],
};
export const options = {
  network: reference,
  optimizer: { kind: 'adam', weightDecay: 1e-4 },
  batchSize: batch,
} as const;

export const part = ({ pixels, labels }: Pixels, at: number) => ({
  pixels: pixels.subarray(at * imageBytes, (at + batch) * imageBytes),
  labels: labels.subarray(at, at + batch),
});

/** Images per second of so many steps, after one to warm up. */
export async function trainRate(engine: Engine, data: Pixels, steps: number): Promise<number> {
  const model = await engine.create({ ...options, seed: 0 });
  await model.trainStep(part(data, 0), learningRate);
  const start = performance.now();
  for (let k = 0; k < steps; k++)
    await model.trainStep(part(data, (k * batch) % (data.labels.length - batch)), learningRate);
  const rate = (steps * batch * 1000) / (performance.now() - start);
  await model.dispose();
  return rate;
}
