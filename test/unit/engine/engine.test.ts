import { describe, expect, it } from 'vitest';
import { createCpuEngine } from '../../../src/engine/onnx/index.ts';
import type { Engine, Layer, Model, NetworkDescription, Optimizer } from '../../../src/engine/index.ts';

const engine = createCpuEngine();
const side = 6;
const classes = 3;
const conv = (filters: number): Layer => ({ kind: 'conv', filters, size: 3 });
const network = (layers: readonly Layer[]): NetworkDescription => ({
  height: side,
  width: side,
  channels: 3,
  mean: [120, 110, 100],
  deviation: [60, 50, 40],
  classes,
  layers: [...layers, { kind: 'dense', units: classes }],
});
const small = network([conv(4), { kind: 'relu' }, { kind: 'maxPool' }, { kind: 'flatten' }]);
const sgd: Optimizer = { kind: 'sgd', momentum: 0 };

/** The same pseudo-random images every time. */
function batchOf(count: number, seed = 1) {
  let state = seed;
  const draw = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 24;
  const pixels = Uint8Array.from({ length: count * side * side * 3 }, draw);
  return { pixels, labels: Int32Array.from({ length: count }, (_, at) => at % classes) };
}

async function withModel<T>(
  options: { layers?: NetworkDescription; optimizer?: Optimizer; batchSize?: number; seed?: number },
  use: (model: Model) => Promise<T>,
): Promise<T> {
  const { layers = small, optimizer = sgd, batchSize = 6, seed = 3 } = options;
  const model = await engine.create({ network: layers, optimizer, batchSize, seed });
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}

const weightsOf = (model: Model) => new Map([...model.weights()].map(([name, { data }]) => [name, data]));

/** The rules of Sutskever, Kingma & Ba and Loshchilov & Hutter in plain numbers, for one dense layer on the pixels. */
function linearReference(layers: NetworkDescription, optimizer: Optimizer, start: Map<string, Float32Array>) {
  const weights = new Map([...start].map(([name, values]) => [name, Array.from(values)]));
  const zeros = () => new Map([...weights].map(([name, values]) => [name, values.map(() => 0)]));
  const [first, second] = [zeros(), zeros()];
  const of = (tensors: Map<string, number[]>, name: string) => tensors.get(name) ?? [];
  const area = side * side;
  let steps = 0;

  /** Pixels normalised, planes of channels. */
  const inputs = (pixels: Uint8Array, image: number) =>
    Array.from({ length: 3 * area }, (_, k) => {
      const channel = Math.floor(k / area);
      const value = pixels[(image * area + (k % area)) * 3 + channel] as number;
      return (value - (layers.mean[channel] as number)) / (layers.deviation[channel] as number);
    });

  function gradients({ pixels, labels }: ReturnType<typeof batchOf>) {
    const sums = zeros();
    let loss = 0;
    labels.forEach((label, image) => {
      const x = inputs(pixels, image);
      const logits = of(weights, '1.bias').map((bias, c) =>
        x.reduce((sum, value, k) => sum + value * (of(weights, '1.weight')[k * classes + c] as number), bias),
      );
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      loss += (Math.log(total) - (logits[label] as number)) / labels.length;
      logits.forEach((logit, c) => {
        const surplus = (Math.exp(logit) / total - (c === label ? 1 : 0)) / labels.length;
        const [weight, bias] = [of(sums, '1.weight'), of(sums, '1.bias')];
        bias[c] = (bias[c] as number) + surplus;
        x.forEach((value, k) => (weight[k * classes + c] = (weight[k * classes + c] as number) + surplus * value));
      });
    });
    return { sums, loss };
  }

  function step(batch: ReturnType<typeof batchOf>, rate: number): number {
    const { sums, loss } = gradients(batch);
    steps += 1;
    for (const [name, values] of weights) {
      const [g, m, v] = [of(sums, name), of(first, name), of(second, name)];
      values.forEach((weight, at) => {
        const [own, mean, square] = [g[at] as number, m[at] as number, v[at] as number];
        const decay = (optimizer.weightDecay ?? 0) * weight;
        if (optimizer.kind === 'sgd') {
          m[at] = optimizer.momentum * mean + own + decay;
          values[at] = weight - rate * m[at];
          return;
        }
        const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = optimizer;
        m[at] = beta1 * mean + (1 - beta1) * own;
        v[at] = beta2 * square + (1 - beta2) * own * own;
        const root = Math.sqrt(v[at] / (1 - beta2 ** steps));
        values[at] = weight - rate * (m[at] / (1 - beta1 ** steps) / (root + epsilon) + decay);
      });
    }
    return loss;
  }
  return { weights, step };
}

describe('losses', () => {
  it('are the cross-entropies of the logits, for every image on its own', () =>
    withModel({}, async (model) => {
      const batch = batchOf(6);
      const [losses, logits] = [await model.losses(batch), await model.logits(batch.pixels)];
      batch.labels.forEach((label, at) => {
        const row = logits.subarray(at * classes, (at + 1) * classes);
        const expected = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0)) - (row[label] as number);
        expect(losses[at]).toBeCloseTo(expected, 4);
      });
    }));

  it('of a part of a batch are those of the whole', () =>
    withModel({}, async (model) => {
      const batch = batchOf(6);
      const whole = await model.losses(batch);
      const part = { pixels: batch.pixels.subarray(0, 4 * side * side * 3), labels: batch.labels.subarray(0, 4) };
      expect(await model.losses(part)).toEqual(whole.subarray(0, 4));
    }));
});

describe('a training step', () => {
  const networks: Record<string, NetworkDescription> = {
    'a dense layer': network([{ kind: 'flatten' }]),
    'convolution, pooling and a hidden layer': network([
      conv(4),
      { kind: 'relu' },
      { kind: 'maxPool' },
      { kind: 'flatten' },
      { kind: 'dense', units: 5 },
      { kind: 'relu' },
    ]),
    'a residual network': network([
      conv(4),
      { kind: 'relu' },
      { kind: 'residual', layers: [conv(4), { kind: 'relu' }, conv(4)] },
      { kind: 'relu' },
      { kind: 'maxPool' },
      { kind: 'residual', layers: [{ kind: 'relu' }, conv(4), { kind: 'residual', layers: [conv(4)] }] },
      { kind: 'globalAveragePool' },
    ]),
    'two convolutions and a global average': network([
      conv(3),
      { kind: 'relu' },
      conv(4),
      { kind: 'relu' },
      { kind: 'globalAveragePool' },
    ]),
  };
  // The step changes weights by -rate × gradient, so a small one lowers the loss by rate × |gradient|².
  it.each(Object.entries(networks))('of %s follows the gradient', (_name, layers) =>
    withModel({ layers }, async (model) => {
      const batch = batchOf(6);
      const rate = 1e-3;
      const before = weightsOf(model);
      const loss = await model.trainStep(batch, rate);
      const squared = [...weightsOf(model)].reduce(
        (sum, [name, after]) =>
          sum + after.reduce((own, value, at) => own + ((value - (before.get(name)?.[at] ?? NaN)) / rate) ** 2, 0),
        0,
      );
      const mean = (await model.losses(batch)).reduce((sum, value) => sum + value, 0) / 6;
      expect((loss - mean) / (rate * squared)).toBeCloseTo(1, 1);
    }),
  );

  it.each<[string, Optimizer, (gradient: number) => number]>([
    ['plain', sgd, (g) => g],
    ['with momentum', { kind: 'sgd', momentum: 0.9 }, (g) => g],
    // Adam's first step is the sign of the gradient.
    ['by Adam', { kind: 'adam' }, (g) => g / (Math.abs(g) + 1e-8)],
  ])('%s moves each weight as its rule says', async (_name, optimizer, rule) => {
    const batch = batchOf(6);
    const moves = (used: Optimizer) =>
      withModel({ optimizer: used }, async (model) => {
        const before = weightsOf(model);
        await model.trainStep(batch, 0.01);
        return [...weightsOf(model)].flatMap(([name, after]) =>
          Array.from(after, (value, at) => ((before.get(name)?.[at] ?? NaN) - value) / 0.01),
        );
      });
    const gradients = await moves(sgd);
    const moved = await moves(optimizer);
    gradients.forEach((gradient, at) => {
      if (Math.abs(gradient) > 1e-4) expect(moved[at]).toBeCloseTo(rule(gradient), 2);
    });
  });

  // A linear network has a gradient that fits on a page: xᵀ (softmax(x w + b) - target) / count.
  it.each<[string, Optimizer]>([
    ['momentum and decay', { kind: 'sgd', momentum: 0.9, weightDecay: 0.1 }],
    ['AdamW', { kind: 'adam', beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.1 }],
  ])('by %s ends where a plain reference does, step for step', async (_name, optimizer) => {
    const layers = network([{ kind: 'flatten' }]);
    const batch = batchOf(6);
    await withModel({ layers, optimizer }, async (model) => {
      const reference = linearReference(layers, optimizer, weightsOf(model));
      for (let step = 1; step <= 4; step++) {
        expect(await model.trainStep(batch, 0.02)).toBeCloseTo(reference.step(batch, 0.02), 3);
        for (const [name, expected] of reference.weights)
          weightsOf(model)
            .get(name)
            ?.forEach((value, at) => {
              expect(value).toBeCloseTo(expected[at] as number, 4);
            });
      }
    });
  });

  it('on a part of a batch is that of a model made for as many', async () => {
    const few = batchOf(4, 2);
    const after = (batchSize: number, before: readonly ReturnType<typeof batchOf>[]) =>
      withModel({ batchSize, optimizer: sgd }, async (model) => {
        // What lies in the padding is another batch; a rate of 0 moves nothing.
        for (const batch of before) await model.trainStep(batch, 0);
        const loss = await model.trainStep(few, 0.01);
        return [loss, ...[...weightsOf(model).values()].flatMap((values) => [...values])];
      });
    const [padded, exact] = [await after(6, [batchOf(6, 9)]), await after(4, [])];
    exact.forEach((value, at) => {
      expect(padded[at]).toBeCloseTo(value, 5);
    });
  });

  it('tells the loss of every image before it', () =>
    withModel({}, async (model) => {
      const batch = batchOf(5);
      const before = await model.losses(batch);
      const told = new Float32Array(6).fill(-1);
      const mean = await model.trainStep(batch, 0.01, told);
      expect(told[5]).toBe(-1);
      before.forEach((loss, at) => {
        expect(told[at]).toBeCloseTo(loss, 4);
      });
      expect(mean).toBeCloseTo(before.reduce((sum, loss) => sum + loss, 0) / 5, 4);
    }));

  it('with momentum goes on in the old direction', async () => {
    const batch = batchOf(6);
    const lengthAfter = (momentum: number) =>
      withModel({ optimizer: { kind: 'sgd', momentum } }, async (model) => {
        const before = weightsOf(model);
        for (let step = 0; step < 3; step++) await model.trainStep(batch, 1e-4);
        return [...weightsOf(model)].reduce(
          (sum, [name, after]) =>
            sum + after.reduce((own, value, at) => own + (value - (before.get(name)?.[at] ?? NaN)) ** 2, 0),
          0,
        );
      });
    // Steps of 1, 1.9 and 2.71 gradients against three of one.
    expect(Math.sqrt((await lengthAfter(0.9)) / (await lengthAfter(0)))).toBeCloseTo((1 + 1.9 + 2.71) / 3, 1);
  });

  it('is the same for the same seed, and another for another', async () => {
    const run = (seed: number) =>
      withModel({ seed, optimizer: { kind: 'adam' } }, async (model) => {
        const losses = [];
        for (let step = 0; step < 5; step++) losses.push(await model.trainStep(batchOf(6, step), 1e-3));
        return losses;
      });
    const [first, again, other] = [await run(1), await run(1), await run(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('learns what can be learned', () =>
    withModel({ optimizer: { kind: 'adam' }, batchSize: 30 }, async (model) => {
      const batch = batchOf(30);
      batch.labels.forEach((label, at) => {
        batch.pixels.fill(60 * label + 40, at * side * side * 3, (at + 0.5) * side * side * 3);
      });
      for (let step = 0; step < 150; step++) await model.trainStep(batch, 0.01);
      expect(Math.max(...(await model.losses(batch)))).toBeLessThan(0.1);
    }));

  it('says so when it diverges', () =>
    withModel({}, async (model) => {
      const diverge = async () => {
        for (let step = 0; step < 50; step++) await model.trainStep(batchOf(6), 1e6);
      };
      await expect(diverge()).rejects.toThrow(/diverged in batch \d+: .*layer \d \(\w+\) broke first.*learning rate/);
    }));
});

describe('a batch shared by threads', () => {
  const file = new URL('../../../src/engine/onnx/gradient-thread.ts', import.meta.url);
  const trained = async (engine: Engine) => {
    const adam: Optimizer = { kind: 'adam', weightDecay: 1e-3 };
    const model = await engine.create({ network: small, optimizer: adam, batchSize: 7, seed: 3 });
    const losses: number[] = [];
    // Also batches with fewer images than there are threads, and with shares that differ.
    for (const count of [7, 1, 2, 3, 7, 4]) {
      const each = new Float32Array(count);
      losses.push(await model.trainStep(batchOf(count, count), 0.01, each), ...each);
    }
    const weights = [...model.weights().values()].flatMap(({ data }) => [...data]);
    await model.dispose();
    return { losses, weights };
  };

  it.each([1, 2])('of %i helpers trains as one thread does, and the same every time', async (count) => {
    const alone = await trained(engine);
    const together = await trained(createCpuEngine({ count, file }));
    together.losses.forEach((loss, at) => {
      expect(loss).toBeCloseTo(alone.losses[at] as number, 4);
    });
    together.weights.forEach((weight, at) => {
      expect(weight).toBeCloseTo(alone.weights[at] as number, 3);
    });
    expect(await trained(createCpuEngine({ count, file }))).toEqual(together);
  });

  it('fails with the thread that fails', async () => {
    const missing = createCpuEngine({ count: 1, file: new URL('missing-thread.ts', import.meta.url) });
    const model = await missing.create({ network: small, optimizer: sgd, batchSize: 4, seed: 1 });
    await expect(model.trainStep(batchOf(4), 0.1)).rejects.toThrow('missing-thread.ts');
  });
});

describe('fixed weights', () => {
  it('give the gradient of each loss by its pixels', () =>
    withModel({}, async (model) => {
      const batch = batchOf(6);
      batch.pixels.forEach((value, at) => (batch.pixels[at] = 20 + (value % 200)));
      const gradient = await model.inputGradient(batch);
      const imageBytes = side * side * 3;
      // Between one grey level more and one less, at the pixels that matter most (elsewhere rounding drowns it).
      for (let image = 0; image < 6; image++) {
        const own = gradient.subarray(image * imageBytes, (image + 1) * imageBytes);
        const strongest = own.reduce((best, value, at) => (Math.abs(value) > Math.abs(own[best] ?? 0) ? at : best), 0);
        const lossWith = async (shift: number) => {
          const pixels = batch.pixels.slice();
          pixels[image * imageBytes + strongest] = (pixels[image * imageBytes + strongest] ?? 0) + shift;
          return (await model.losses({ ...batch, pixels }))[image] ?? NaN;
        };
        const difference = ((await lossWith(1)) - (await lossWith(-1))) / 2;
        expect(difference / (own[strongest] ?? NaN)).toBeCloseTo(1, 1);
      }
    }));

  it('give features from which the last layer makes the logits', () =>
    withModel({}, async (model) => {
      const { pixels } = batchOf(5);
      const [features, logits] = [await model.features(pixels), await model.logits(pixels)];
      const width = features.length / 5;
      const [weight, bias] = [weightsOf(model).get('4.weight'), weightsOf(model).get('4.bias')];
      for (let image = 0; image < 5; image++)
        for (let unit = 0; unit < classes; unit++) {
          let sum = bias?.[unit] ?? NaN;
          for (let k = 0; k < width; k++)
            sum += (features[image * width + k] ?? NaN) * (weight?.[k * classes + unit] ?? NaN);
          expect(logits[image * classes + unit]).toBeCloseTo(sum, 4);
        }
    }));

  it('can be saved and loaded', () =>
    withModel({ seed: 1 }, async (trained) => {
      const batch = batchOf(6);
      await trained.trainStep(batch, 0.01);
      const expected = await trained.losses(batch);
      await withModel({ seed: 2 }, async (other) => {
        expect(await other.losses(batch)).not.toEqual(expected);
        await other.load(trained.weights());
        expect(await other.losses(batch)).toEqual(expected);
        const short = new Map([...trained.weights()].slice(1));
        await expect(other.load(short)).rejects.toThrow(/0\.weight of shape 4 × 3 × 3 × 3 but received none/);
      });
    }));

  it('are those after the last step', () =>
    withModel({}, async (model) => {
      const batch = batchOf(6);
      const before = await model.losses(batch);
      await model.trainStep(batch, 0.01);
      expect(await model.losses(batch)).not.toEqual(before);
    }));
});

describe('bad networks', () => {
  const dense: Layer = { kind: 'dense', units: classes };
  it.each<[string, readonly Layer[], RegExp]>([
    ['a dense layer on images', [], /Layer 0 \(dense\): expected features/],
    [
      'an even kernel',
      [{ kind: 'conv', filters: 2, size: 2 }, { kind: 'flatten' }],
      /Layer 0 \(conv\): expected an odd/,
    ],
    ['too much pooling', Array<Layer>(4).fill({ kind: 'maxPool' }), /Layer 2 \(maxPool\)/],
    [
      'a residual layer that changes the shape',
      [{ kind: 'residual', layers: [conv(5)] }, { kind: 'flatten' }],
      /Layer 0 \(residual\): expected layers that keep the shape 3 × 6 × 6 but they make 5 × 6 × 6/,
    ],
  ])('with %s are refused', async (_name, layers, reason) => {
    const creating = engine.create({
      network: { ...small, layers: [...layers, dense] },
      optimizer: sgd,
      batchSize: 1,
      seed: 1,
    });
    await expect(creating).rejects.toThrow(reason);
  });
});

describe('bad batches', () => {
  it.each([
    ['more images than fit', { ...batchOf(7) }],
    ['labels that do not match the images', { pixels: batchOf(6).pixels, labels: new Int32Array(5) }],
    ['a label beyond the classes', { pixels: batchOf(1).pixels, labels: Int32Array.of(classes) }],
    ['a label below 0', { pixels: batchOf(1).pixels, labels: Int32Array.of(-1) }],
    ['no image', { pixels: new Uint8Array(), labels: new Int32Array() }],
    ['a torn image', { pixels: batchOf(1).pixels.subarray(1), labels: Int32Array.of(0) }],
  ])('with %s are refused', (_name, batch) =>
    withModel({}, async (model) => {
      await expect(model.losses(batch)).rejects.toThrow(/batch|label|image/i);
    }),
  );
});

it('is not trained any more when it is disposed of', async () => {
  const model = await engine.create({ network: small, optimizer: sgd, batchSize: 6, seed: 1 });
  await model.trainStep(batchOf(6), 0.01);
  await model.dispose();
  await expect(model.trainStep(batchOf(6), 0.01)).rejects.toThrow(/disposed/);
});
