/** Training and scoring of the reference network on CIFAR-10, beside PyTorch on the same threads in the same run. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { createCpuEngine } from '../src/engine/onnx/index.ts';
import { augment, type Augmentation, type Engine } from '../src/engine/index.ts';
import { seededRandom, shuffle } from '../src/core/random.ts';
import { startPeer } from './peer.ts';
import { cifarPixels, type Pixels } from './pixels.ts';
import { batch, imageBytes, learningRate, options, part, reference, trainRate } from './reference.ts';

const rounds = 5;
const curveEpochs = 20;
const augmentation: Augmentation = { flip: true, shift: 2 };
const curveSeeds = 3;
const wantedAccuracy = 0.6;

interface Point {
  readonly seconds: number;
  readonly accuracy: number;
}

export async function benchEngine({ python }: { python: string }) {
  const { train, test, real } = await cifarPixels();
  const file = new URL('../src/engine/onnx/gradient-thread.ts', import.meta.url);
  const engine = createCpuEngine({ count: availableParallelism() - 1, file });
  const folder = mkdtempSync(path.join(tmpdir(), 'bitbudget-bench-'));
  const files = (name: string, { pixels, labels }: Pixels) => {
    const written = { pixels: path.join(folder, `${name}.u8`), labels: path.join(folder, `${name}.i32`) };
    writeFileSync(written.pixels, pixels);
    writeFileSync(written.labels, labels);
    return written;
  };
  const { mean, deviation } = reference;
  const spec = { threads: availableParallelism(), batch, mean, deviation, learningRate };
  using peer = startPeer(python, 'engine.py', { ...spec, train: files('train', train), test: files('test', test) });
  console.log(`${engine.name}; peer: ${peer?.name ?? 'none (name a Python with torch by --python)'}`);

  const trainRates: number[][] = [];
  const inferRates: number[][] = [];
  const sideBySideRates: number[][] = [];
  for (let round = 0; round < rounds; round++) {
    const peerRate = Number((await peer?.ask({ train: 25 })) ?? NaN);
    trainRates.push([await trainRate(engine, train, 25), peerRate]);
    sideBySideRates.push([await sideBySideRate(train, 25), peerRate]);
    inferRates.push([await inferRate(engine, train, 60), Number((await peer?.ask({ infer: 60 })) ?? NaN)]);
  }
  const figures: Record<string, unknown> = {
    peer: peer?.name ?? null,
    real_pixels: real,
    train_images_per_s: median(trainRates.map(([own]) => own ?? NaN)),
    infer_images_per_s: median(inferRates.map(([own]) => own ?? NaN)),
    side_by_side_images_per_s: median(sideBySideRates.map(([own]) => own ?? NaN)),
    pytorch_train_ratio: ratio(trainRates),
    pytorch_side_by_side_ratio: ratio(sideBySideRates),
    pytorch_infer_ratio: ratio(inferRates),
  };
  if (real) {
    const own: Point[][] = [];
    const peers: Point[][] = [];
    for (let seed = 0; seed < curveSeeds; seed++) {
      own.push(await learningCurve(engine, train, test, seed));
      if (peer) peers.push((await peer.ask({ curve: [curveEpochs, seed, augmentation.shift] })) as Point[]);
    }
    figures['accuracy'] = accuracyOf(own);
    figures['pytorch_accuracy'] = peer ? accuracyOf(peers) : null;
    figures['seconds_to_60_percent'] = secondsTo(own);
    figures['pytorch_seconds_to_60_percent'] = peer ? secondsTo(peers) : null;
  }
  rmSync(folder, { recursive: true });
  console.log(JSON.stringify(figures, undefined, 2));
  return figures;
}

/** Several short trainings side by side, each in a thread of its own, as the cross-fitting runs them: images/s of all. */
async function sideBySideRate(data: Pixels, steps: number): Promise<number> {
  const threads = Array.from(
    { length: availableParallelism() },
    () => new Worker(new URL('training-thread.ts', import.meta.url), { workerData: { data: firstPart(data), steps } }),
  );
  const rates = threads.map((thread) => new Promise<number>((resolve) => thread.once('message', resolve)));
  return (await Promise.all(rates)).reduce((sum, rate) => sum + rate, 0);
}

const firstPart = ({ pixels, labels }: Pixels): Pixels => ({
  pixels: pixels.slice(0, 20 * batch * imageBytes),
  labels: labels.slice(0, 20 * batch),
});

async function inferRate(engine: Engine, data: Pixels, batches: number): Promise<number> {
  const model = await engine.create({ ...options, seed: 0 });
  await model.losses(part(data, 0));
  const start = performance.now();
  for (let k = 0; k < batches; k++) await model.losses(part(data, (k * batch) % (data.labels.length - batch)));
  const rate = (batches * batch * 1000) / (performance.now() - start);
  await model.dispose();
  return rate;
}

async function learningCurve(engine: Engine, train: Pixels, test: Pixels, seed: number): Promise<Point[]> {
  const model = await engine.create({ ...options, seed });
  const random = seededRandom(seed);
  const order = Uint32Array.from(train.labels.keys());
  const chosen = { pixels: new Uint8Array(batch * imageBytes), labels: new Int32Array(batch) };
  const points: Point[] = [];
  let ms = 0;
  for (let epoch = 0; epoch < curveEpochs; epoch++) {
    const start = performance.now();
    shuffle(order, random);
    for (let at = 0; at + batch <= order.length; at += batch) {
      for (let place = 0; place < batch; place++) {
        const row = order[at + place] as number;
        const image = train.pixels.subarray(row * imageBytes, (row + 1) * imageBytes);
        const target = chosen.pixels.subarray(place * imageBytes, (place + 1) * imageBytes);
        augment(image, target, reference, augmentation, (count) => random.below(count));
        chosen.labels[place] = train.labels[row] as number;
      }
      await model.trainStep(chosen, learningRate);
    }
    ms += performance.now() - start;
    let right = 0;
    for (let at = 0; at < test.labels.length; at += batch) {
      const count = Math.min(batch, test.labels.length - at);
      const logits = await model.logits(test.pixels.subarray(at * imageBytes, (at + count) * imageBytes));
      for (let place = 0; place < count; place++) {
        const row = logits.subarray(place * 10, place * 10 + 10);
        if (row.indexOf(Math.max(...row)) === test.labels[at + place]) right += 1;
      }
    }
    points.push({ seconds: ms / 1000, accuracy: right / test.labels.length });
  }
  await model.dispose();
  return points;
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

/** Median of the rounds' ratios; null without a peer. */
function ratio(rates: readonly (readonly number[])[]): number | null {
  const value = median(rates.map(([own = NaN, peer = NaN]) => own / peer));
  return Number.isNaN(value) ? null : value;
}

/** Mean and standard deviation over seeds of the last accuracy. */
function accuracyOf(curves: readonly Point[][]): { mean: number; deviation: number } {
  const last = curves.map((points) => points.at(-1)?.accuracy ?? NaN);
  const mean = last.reduce((sum, value) => sum + value, 0) / last.length;
  const squares = last.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(1, last.length - 1)) };
}

/** Median training time until the wanted test accuracy; null where a seed did not reach it. */
function secondsTo(curves: readonly Point[][]): number | null {
  const reached = curves.map((points) => points.find(({ accuracy }) => accuracy >= wantedAccuracy)?.seconds ?? NaN);
  return reached.some(Number.isNaN) ? null : median(reached);
}
