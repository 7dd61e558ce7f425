import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fitNetwork } from '../../../src/core/probe/own-network.ts';
import { readNetworkSettings } from '../../../src/core/probe/own-network-settings.ts';
import { crossEntropy } from '../../../src/core/probe/judge/cross-entropy.ts';
import { createCpuEngine } from '../../../src/engine/onnx/index.ts';
import type { NetworkFile, TensorShape } from '../../../src/engine/index.ts';
import { folderOf } from '../dataset/fixtures.ts';
import { meanColourNetwork } from '../networks.ts';

const engine = createCpuEngine();
const side = 4;
const tensor = (shape: (number | null)[], type = 'float32', name = 'x'): TensorShape => ({ name, type, shape });
const found = (input: TensorShape, output: TensorShape): NetworkFile => ({ inputs: [input], outputs: [output] });
const plain = { scale: 255, mean: [0, 0, 0], std: [1, 1, 1] };
const classes = ['cat', 'dog'];

describe('the user’s own network', () => {
  it.each(['NCHW', 'NHWC'] as const)('gives the logits of its weights (%s), whatever the batches', async (layout) => {
    const folder = await folderOf({});
    const file = path.join(folder, 'model.onnx');
    const weights = [
      [1, -1],
      [2, 0.5],
      [-3, 4],
    ];
    await writeFile(file, meanColourNetwork(layout, side, weights));
    const { network } = fitNetwork(
      file,
      await engine.inspect(file),
      { scale: 100, mean: [0.5, 0, 1], std: [2, 1, 0.5] },
      classes,
    );
    expect(network).toMatchObject({ side, layout, batch: 3 });
    const scorer = await engine.open(network);
    const pixels = Uint8Array.from({ length: 5 * side * side * 3 }, (_, at) => (at * 7919) % 251);
    const logits = await scorer.logits(pixels);
    await scorer.dispose();
    expect(logits).toHaveLength(5 * 2);
    for (let image = 0; image < 5; image++) {
      const own = pixels.subarray(image * side * side * 3, (image + 1) * side * side * 3);
      const means = [0, 1, 2].map((c) => {
        const values = own.filter((_, at) => at % 3 === c);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        return (mean / 100 - ([0.5, 0, 1][c] as number)) / ([2, 1, 0.5][c] as number);
      });
      for (const k of [0, 1]) {
        const expected = means.reduce((sum, mean, c) => sum + mean * (weights[c]?.[k] as number), 0);
        expect(logits[image * 2 + k]).toBeCloseTo(expected, 3);
      }
    }
  });

  it('is matched to the dataset’s classes by its labels', () => {
    const file = found(tensor([null, 3, 8, 8]), tensor([null, 3], 'float32', 'y'));
    const labelled = fitNetwork('m.onnx', file, { ...plain, labels: ['bird', 'dog', 'cat'] }, classes);
    expect([...labelled.outputs]).toEqual([2, 1]);
    expect(labelled.network).toMatchObject({ input: 'x', output: 'y', layout: 'NCHW' });
    expect(labelled.network.batch).toBeUndefined();
  });

  it.each<[string, NetworkFile, object, RegExp]>([
    [
      'a flat input',
      found(tensor([null, 10]), tensor([null, 2])),
      {},
      /expected an input of float32 with four dimensions but found x: float32 \? × 10/,
    ],
    ['an input of bytes', found(tensor([1, 3, 8, 8], 'uint8'), tensor([1, 2])), {}, /found x: uint8 1 × 3 × 8 × 8/],
    ['unclear colours', found(tensor([1, 4, 8, 8]), tensor([1, 2])), {}, /expected 3 colours .* "layout"/],
    [
      'the wrong layout',
      found(tensor([1, 3, 8, 8]), tensor([1, 2])),
      { layout: 'NHWC' },
      /expected 3 colours for NHWC but found/,
    ],
    ['a free size', found(tensor([1, 3, null, null]), tensor([1, 2])), {}, /give "inputSize"/],
    ['another size', found(tensor([1, 3, 8, 8]), tensor([1, 2])), { inputSize: 16 }, /square images of 16 × 16/],
    ['an oblong input', found(tensor([1, 3, 8, 9]), tensor([1, 2])), {}, /square images/],
    [
      'other classes',
      found(tensor([1, 3, 8, 8]), tensor([1, 7])),
      {},
      /expected 2 classes, as the dataset has \(cat, dog\) but found 7 logits/,
    ],
    [
      'too few labels',
      found(tensor([1, 3, 8, 8]), tensor([1, 3])),
      { labels: ['cat', 'dog'] },
      /expected 3 labels.* but found 2/,
    ],
    [
      'missing labels',
      found(tensor([1, 3, 8, 8]), tensor([1, 2])),
      { labels: ['cat', 'fox'] },
      /none for dog among cat, fox/,
    ],
    ['feature maps', found(tensor([1, 3, 8, 8]), tensor([1, 2, 4, 4])), {}, /float32 logits, N × classes/],
  ])('with %s is refused with what was expected and what was found', (_name, file, more, message) => {
    expect(() => fitNetwork('m.onnx', file, { ...plain, ...more }, classes)).toThrow(message);
  });

  it('has its settings and labels in files beside it', async () => {
    const folder = await folderOf({
      'm.json': JSON.stringify({ inputSize: 32, std: [2, 2, 2], labels: 'names.txt' }),
      'names.txt': 'cat\r\n\ndog \n',
      'bad.json': '{"inputsize": 32}',
      'broken.json': '{',
    });
    expect(await readNetworkSettings(path.join(folder, 'm.onnx'))).toEqual({
      ...plain,
      inputSize: 32,
      std: [2, 2, 2],
      labels: classes,
    });
    expect(await readNetworkSettings(path.join(folder, 'none.onnx'))).toEqual(plain);
    await expect(readNetworkSettings(path.join(folder, 'bad.onnx'))).rejects.toThrow(/bad\.json.*inputsize/);
    await expect(readNetworkSettings(path.join(folder, 'broken.onnx'))).rejects.toThrow(/broken\.json: is no JSON/);
  });

  it('that is no ONNX file fails to be inspected', async () => {
    const folder = await folderOf({ 'm.onnx': 'not a model' });
    await expect(engine.inspect(path.join(folder, 'm.onnx'))).rejects.toThrow();
  });
});

it('the cross-entropy of logits is that of their softmax, however large they are', () => {
  expect(crossEntropy(Float32Array.of(1, 2, 3), 1)).toBeCloseTo(
    -Math.log(Math.E ** 2 / (Math.E + Math.E ** 2 + Math.E ** 3)),
    6,
  );
  expect(crossEntropy(Float32Array.of(1e4, 0), 1)).toBeCloseTo(1e4, 3);
  expect(crossEntropy(Float32Array.of(1e4, 0), 0)).toBe(0);
});
