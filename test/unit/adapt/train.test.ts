import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { adaptNetwork, channelsOf, type AdaptTask } from '../../../src/core/adapt/index.ts';
import { openSight } from '../../../src/core/adapt/sight.ts';
import { runAdapt } from '../../../src/core/adapt/train.ts';
import { openViews } from '../../../src/core/probe/views.ts';
import { seededRandom } from '../../../src/core/random.ts';
import { createCpuEngine } from '../../../src/engine/onnx/index.ts';
import { adaptInputs, configurations, type AdaptInput } from '../../../src/protocol/adapt.ts';

const side = 14;
const trained = 1024;
const tested = 64;
const context = { signal: new AbortController().signal, onStep: () => undefined };

/** Every fourth image is hard: all grey, of a random class. The others are dark or bright, as their class. */
const isHard = (row: number) => row % 4 === 0;

async function plantedTask(input: AdaptInput, configuration: AdaptTask['configuration']): Promise<AdaptTask> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bitbudget-adapt-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const random = seededRandom(3);
  const rows = trained + tested;
  const labels = Int32Array.from({ length: rows }, () => random.below(2));
  const grey = side * side;
  const pixels = new Uint8Array(rows * grey * 3);
  for (let row = 0; row < rows; row++)
    for (let at = 0; at < grey; at++) {
      const light = isHard(row) ? 128 : labels[row] === 0 ? 60 : 196;
      pixels.fill(light + random.below(20) - 10, (row * grey + at) * 3, (row * grey + at + 1) * 3);
    }
  const file = path.join(folder, 'views.u8');
  await writeFile(file, pixels);
  const numbers = Uint32Array.from({ length: rows }, (_, row) => row);
  return {
    views: { file, side, count: 1, hasMasks: false },
    ...{ input, labels, configuration, mean: [128], deviation: [60], epochs: 6, seed: 1 },
    network: adaptNetwork(input, side, 1, 2),
    trainRows: numbers.subarray(0, trained),
    testRows: numbers.subarray(trained),
  };
}

describe('training', () => {
  it.each(adaptInputs)('on the %s leaves hard images at low compression, easy ones at high', async (input) => {
    const task = await plantedTask(input, configurations['moving-threshold']);
    const { epochs, low, losses, right } = await runAdapt(createCpuEngine(), task, context);
    const shareLow = (hard: boolean) => {
      const rows = [...task.trainRows].filter((row) => isHard(row) === hard);
      return rows.reduce((sum, row) => sum + (low[row] as number), 0) / rows.length;
    };
    expect(shareLow(true)).toBeGreaterThan(0.8);
    expect(shareLow(false)).toBe(0);
    const easy = [...right].filter((_, at) => !isHard(trained + at));
    expect(easy.every((value) => value === 1)).toBe(true);

    expect(epochs[0]).toMatchObject({ low: trained, threshold: epochs[0]?.loss });
    for (const [t, { loss, threshold = NaN }] of epochs.entries())
      if (t > 0) expect(threshold).toBeCloseTo(0.9 * (epochs[t - 1]?.threshold ?? NaN) + 0.1 * loss, 5);
    const last = epochs.at(-1)?.threshold ?? NaN;
    expect([...low]).toEqual(Array.from(losses, (loss) => (loss > last ? 1 : 0)));
  });

  it('at the median has half of the images at either level, and with one level all', async () => {
    const byMedian = await runAdapt(
      createCpuEngine(),
      await plantedTask('coefficients', configurations['median-4']),
      context,
    );
    const [first, ...others] = byMedian.epochs.map(({ low }) => low / trained);
    expect(first).toBe(1);
    // Losses that are equal to the last bit are on the same side.
    for (const share of others) expect(share).toBeCloseTo(0.5, 1);
    const fixed = await runAdapt(
      createCpuEngine(),
      await plantedTask('coefficients', configurations['fixed-8']),
      context,
    );
    expect(fixed.epochs.every(({ low, threshold }) => low === trained && threshold === undefined)).toBe(true);
  });

  it('gives the same for the same seed', async () => {
    const task = await plantedTask('coefficients', configurations['fixed-threshold']);
    const run = async () => ({ ...(await runAdapt(createCpuEngine(), task, context)), seconds: 0 });
    expect(await run()).toEqual(await run());
  });
});

describe('what the network sees', () => {
  it('is a signal of the low coefficients, or the image: as it is, or as a mask leaves it', async () => {
    const task = await plantedTask('image', configurations['fixed-8']);
    using views = openViews(task.views);
    const pixels = new Uint8Array(views.bytes);
    views.read(5, 0, pixels, 0);
    const see = (input: AdaptInput, kept?: number) => {
      const sight = openSight(views, { ...task, input });
      const seen = new Float32Array(sight.numbers);
      sight.read(5, kept, seen, 0);
      return seen;
    };
    const expected = Array.from({ length: side * side }, (_, at) => ((pixels[at * 3] as number) - 128) / 60);
    see('image').forEach((value, at) => {
      expect(value).toBeCloseTo(expected[at] as number, 5);
    });
    const mean = expected.reduce((sum, value) => sum + value, 0) / expected.length;
    for (const value of see('image', 1)) expect(value).toBeCloseTo(mean, 4);
    const signal = see('coefficients');
    expect(signal).toHaveLength(8 * 8);
    expect(signal[0]).toBeCloseTo(mean * side, 3);
    // Rows of a square: of 2 × 2 coefficients, two at the beginning of each of the first two rows.
    const kept = [0, 1, 8, 9];
    expect(Array.from(see('coefficients', 2))).toEqual(
      Array.from(signal, (value, at) => (kept.includes(at) ? value : 0)),
    );
  });

  it('has one channel where all images are grey', async () => {
    const { views } = await plantedTask('image', configurations['fixed-8']);
    expect(channelsOf(views, 20)).toBe(1);
    const coloured = new Uint8Array(2 * side * side * 3).fill(9);
    coloured[side * side * 3 + 7] = 10;
    await writeFile(views.file, coloured);
    expect(channelsOf(views, 2)).toBe(3);
  });
});
