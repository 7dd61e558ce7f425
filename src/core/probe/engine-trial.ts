import type { Engine } from '../../engine/index.ts';
import { seededRandom } from '../random.ts';
import { probeNetwork } from './network.ts';

/** What half a second of real training steps shows of an engine. */
export interface EngineTrial {
  readonly name: string;
  readonly imagesPerSecond: number;
  /** Losses of a batch's images after two steps from a fixed seed, by which engines are compared. */
  readonly losses: Float32Array;
}

const trialMs = 500;
const batchSize = 64;
const classes = 10;
const side = 32;

/** @throws Error when the engine can't train here */
export async function tryEngine(engine: Engine): Promise<EngineTrial> {
  const network = probeNetwork(side, classes, { mean: [128, 128, 128], deviation: [64, 64, 64] });
  const model = await engine.create({ network, optimizer: { kind: 'sgd', momentum: 0.9 }, batchSize, seed: 1 });
  try {
    const batch = smoothBatch();
    for (let step = 0; step < 2; step++) await model.trainStep(batch, 1e-3);
    const losses = await model.losses(batch);
    const start = performance.now();
    let steps = 0;
    for (; performance.now() - start < trialMs; steps++) await model.trainStep(batch, 1e-3);
    const imagesPerSecond = (steps * batchSize * 1000) / (performance.now() - start);
    return { name: engine.name, imagesPerSecond, losses };
  } finally {
    await model.dispose();
  }
}

/** Noise on flat areas, as in real images: flat ones are where maxima tie. */
function smoothBatch() {
  const random = seededRandom(1);
  const pixels = new Uint8Array(batchSize * side * side * 3);
  for (let image = 0; image < batchSize; image++) {
    const level = random.below(256);
    const own = pixels.subarray(image * side * side * 3, (image + 1) * side * side * 3).fill(level);
    for (let at = 0; at < own.length / 2; at++) own[at] = random.below(256);
  }
  return { pixels, labels: Int32Array.from({ length: batchSize }, (_, at) => at % classes) };
}

/** Largest relative difference of two engines' losses. */
export function disagreement(a: EngineTrial, b: EngineTrial): number {
  return a.losses.reduce((worst, loss, at) => {
    const difference = Math.abs(loss - (b.losses[at] ?? NaN)) / Math.max(1e-3, Math.abs(loss));
    return Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
  }, 0);
}
