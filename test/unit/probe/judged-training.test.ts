/** Judges, networks and the engine together. */
import { describe, expect, it } from 'vitest';
import { openJudge, type Answers } from '../../../src/core/probe/judge/index.ts';
import { probeNetwork } from '../../../src/core/probe/network.ts';
import { score } from '../../../src/core/probe/score.ts';
import { trainProbe } from '../../../src/core/probe/train.ts';
import { seededRandom, type Random } from '../../../src/core/random.ts';
import { createCpuEngine } from '../../../src/engine/onnx/index.ts';
import { box, objectsOf, viewsOf } from './answered-views.ts';

const engine = createCpuEngine();
const signal = new AbortController().signal;
const normalisation = { mean: [128, 128, 128], deviation: [64, 64, 64] };
const noise = (size: number, random: Random) => Uint8Array.from({ length: size }, () => random.below(256));

describe('a loss', () => {
  const side = 32;
  const random = seededRandom(5);
  const images = Array.from({ length: 3 }, () => noise(side * side * 3, random));

  it.each([
    ['masks', { kind: 'masks' }, 3],
    [
      'boxes',
      {
        kind: 'boxes',
        objects: objectsOf(
          [[box(0, [0.1, 0.1, 0.7, 0.6]), box(1, [0.5, 0.5, 1, 1], true)], [], [box(1, [0, 0.2, 1, 0.9])]],
          2,
        ),
      },
      2,
    ],
  ] as const)('of %s is that of the engine', async (_, answers: Answers, classes) => {
    const masks = images.map(() =>
      Uint8Array.from({ length: side * side }, () => (random.below(4) === 0 ? 255 : random.below(3))),
    );
    const { views } = await viewsOf(side, images, answers.kind === 'masks' ? masks : undefined);
    const network = probeNetwork(side, classes, normalisation, answers.kind);
    const judge = openJudge(answers, views, network);
    const model = await engine.create({ network, optimizer: { kind: 'adam' }, batchSize: 3, seed: 1 });
    try {
      const labels = new Int32Array(3 * judge.size);
      for (const row of [0, 1, 2]) judge.read(row, labels.subarray(row * judge.size, (row + 1) * judge.size), false);
      const pixels = Buffer.concat(images);
      const marks = async () => {
        const logits = await model.logits(pixels);
        return [0, 1, 2].map((row) => judge.examine().add(row, logits.subarray((row * logits.length) / 3)).loss);
      };
      // A box's five questions may miss by more than one question's cap.
      const { losses: capped } = await score({ model, views, judge, batchSize: 2 }, Uint32Array.of(0, 1, 2), signal);
      for (const loss of capped) expect(loss).toBeLessThanOrEqual(judge.questions * Math.log(1e4) + 1e-5);
      if (judge.questions > 1) expect(capped[0]).toBeGreaterThan(Math.log(1e4));
      // A side that is confidently wrong counts as one that is not known.
      const young = await model.losses({ pixels, labels });
      (await marks()).forEach((loss, row) => {
        expect(loss).toBeLessThan((young[row] as number) + 1e-4);
      });
      for (let step = 0; step < 25; step++) await model.trainStep({ pixels, labels }, 2e-3);
      const losses = await model.losses({ pixels, labels });
      (await marks()).forEach((loss, row) => {
        expect(Math.abs(loss - (losses[row] as number))).toBeLessThan(1e-4);
      });
      expect(losses[0]).toBeGreaterThan(0.1);
    } finally {
      await model.dispose();
    }
  });
});

it.each(['masks', 'boxes'] as const)('networks for %s say which sizes of images they can see', async (kind) => {
  for (const side of [32, 48, 128]) {
    const network = probeNetwork(side, 2, normalisation, kind);
    await (await engine.create({ network, optimizer: { kind: 'adam' }, batchSize: 1, seed: 1 })).dispose();
  }
  for (const side of [16, 40])
    expect(() => probeNetwork(side, 2, normalisation, kind)).toThrow(
      /^Expected --probe-side 32, 48 or another multiple of 16/,
    );
});

describe('what is planted', { timeout: 120_000 }, () => {
  const side = 32;

  /** Trains on some images, tests on others. */
  async function errorAfter(
    steps: number,
    answers: Answers,
    images: readonly Uint8Array[],
    masks?: readonly Uint8Array[],
  ) {
    const { views, layout } = await viewsOf(side, images, masks);
    const network = probeNetwork(side, 2, normalisation, answers.kind);
    const judge = openJudge(answers, views, network);
    const rows = Uint32Array.from(images.keys());
    const [trainRows, scoreRows] = [rows.subarray(0, 48), rows.subarray(48)];
    const task = { views: layout, network, answers, trainRows, trainViews: [0], scoreRows, steps, seed: 1 };
    const model = await trainProbe(engine, views, judge, task, () => undefined);
    try {
      const { error, right } = await score({ model, views, judge, batchSize: 8 }, scoreRows, signal);
      return { error: error[0] as number, right: right.reduce((a, b) => a + b, 0) / right.length };
    } finally {
      await model.dispose();
    }
  }

  /** Red and blue boxes on noise. */
  function draw(random: Random) {
    const pixels = Uint8Array.from({ length: side * side * 3 }, () => 110 + random.below(30));
    const mask = new Uint8Array(side * side);
    const boxes = Array.from({ length: 1 + random.below(2) }, (_, k) => {
      const label = random.below(2);
      const [w, h] = [8 + random.below(7), 8 + random.below(12)];
      const [x0, y0] = [16 * k + random.below(16 - w), random.below(side - h)];
      for (let y = y0; y < y0 + h; y++)
        for (let x = x0; x < x0 + w; x++) {
          mask[y * side + x] = 1;
          pixels.set([label === 0 ? 230 : 30, 60, label === 0 ? 30 : 230], 3 * (y * side + x));
        }
      return box(label, [x0 / side, y0 / side, (x0 + w) / side, (y0 + h) / side]);
    });
    return { pixels, mask, boxes };
  }

  it('is learnt from masks', async () => {
    const random = seededRandom(7);
    const drawn = Array.from({ length: 64 }, () => draw(random));
    const { error, right } = await errorAfter(
      60,
      { kind: 'masks' },
      drawn.map(({ pixels }) => pixels),
      drawn.map(({ mask }) => mask),
    );
    expect(error).toBeLessThan(0.1);
    expect(right).toBeGreaterThan(0.95);
  });

  it('is learnt from boxes', async () => {
    const random = seededRandom(8);
    const drawn = Array.from({ length: 64 }, () => draw(random));
    const objects = objectsOf(
      drawn.map(({ boxes }) => boxes),
      2,
    );
    const { error, right } = await errorAfter(
      240,
      { kind: 'boxes', objects },
      drawn.map(({ pixels }) => pixels),
    );
    expect(error).toBeLessThan(0.2);
    expect(right).toBeGreaterThan(0.7);
  });
});
