/** Every backend's gradients, against finite differences of a reference in 64 bits and against each other. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Engine, NetworkDescription } from '../../../src/engine/index.ts';
import { createCpuEngine } from '../../../src/engine/onnx/index.ts';
import { createTensorflowEngine, openTensorflow } from '../../../src/engine/tensorflow/index.ts';
import { batchOf, gradientsBy, networks, relativeError } from './cases.ts';
import { referenceLoss } from './reference.ts';

const tolerance = 1e-3;

const cpu = createCpuEngine();
/** TensorFlow.js without its native library computes the same, slowly. */
const plainTensorflow = createTensorflowEngine(tf, 'TensorFlow.js');
const nativeTensorflow = ((): Engine | undefined => {
  try {
    return openTensorflow(import.meta.filename);
  } catch {
    return undefined;
  }
})();

function finiteDifferences(values: readonly number[], loss: (changed: readonly number[]) => number): number[] {
  const step = 1e-5;
  return values.map((value, at) => {
    const around = [step, -step].map((shift) => loss(values.with(at, value + shift)));
    return ((around[0] ?? NaN) - (around[1] ?? NaN)) / (2 * step);
  });
}

const engines: [string, Engine | undefined][] = [
  ['onnxruntime', cpu],
  ['TensorFlow.js', plainTensorflow],
  ['@tensorflow/tfjs-node', nativeTensorflow],
];
for (const [name, engine] of engines) {
  const title = engine === undefined ? `${name} (skipped: not installed)` : name;
  describe.skipIf(engine === undefined)(`gradients by ${title}`, () => {
    it.each(Object.entries(networks))('of %s are those of finite differences', async (_title, network) => {
      const batch = batchOf(network);
      const found = await gradientsBy(engine as Engine, network, batch);
      const pixels = [...batch.pixels];
      expect(found.loss).toBeCloseTo(referenceLoss(network, found.weights, pixels, batch.labels), 5);
      const each = pixels.length / batch.labels.length;
      if (each === network.height * network.width * network.channels)
        found.losses.forEach((loss, at) => {
          const own = pixels.slice(at * each, (at + 1) * each);
          const label = batch.labels.subarray(at, at + 1);
          expect(loss).toBeCloseTo(referenceLoss(network, found.weights, own, label), 4);
        });
      for (const [parameter, gradient] of found.gradients) {
        const own = found.weights.get(parameter) ?? [];
        const numeric = finiteDifferences(own, (changed) =>
          referenceLoss(network, new Map(found.weights).set(parameter, changed), pixels, batch.labels),
        );
        expect(relativeError(gradient, numeric), parameter).toBeLessThan(tolerance);
      }
      // The gradient by the pixels is of each image's own loss, not of the mean.
      const count = pixels.length / (network.height * network.width * network.channels);
      const byPixel = finiteDifferences(pixels, (changed) =>
        referenceLoss(network, found.weights, changed, batch.labels),
      ).map((value) => value * count);
      expect(relativeError(found.input, byPixel), 'input').toBeLessThan(tolerance);
    });

    it('go to the first of equal maxima', async () => {
      const network: NetworkDescription = {
        ...(networks['a linear network'] as NetworkDescription),
        layers: [{ kind: 'maxPool' }, { kind: 'flatten' }, { kind: 'dense', units: 3 }],
      };
      const batch = batchOf(network);
      const { input } = await gradientsBy(engine as Engine, network, { ...batch, pixels: batch.pixels.fill(0.5) });
      // In every 2×2 window of the 4×4 images with 2 channels, the upper left pixel alone.
      input.forEach((value, at) => {
        const [row, column] = [Math.floor(at / 8) % 4, Math.floor(at / 2) % 4];
        expect(value !== 0, `row ${row}, column ${column}`).toBe(row % 2 === 0 && column % 2 === 0);
      });
    });
  });
}

describe('two backends', () => {
  it.each(['convolutions and maxima (paper A)', 'a fully convolutional network'])(
    'learn alike from the same seed: %s',
    async (title) => {
      const network = networks[title] as NetworkDescription;
      const batch = batchOf(network);
      const curve = async (engine: Engine) => {
        const optimizer = { kind: 'adam', weightDecay: 0.01 } as const;
        const model = await engine.create({ network, optimizer, batchSize: 4, seed: 1 });
        const losses: number[] = [];
        for (let step = 0; step < 20; step++) losses.push(await model.trainStep(batch, 3e-3));
        await model.dispose();
        return losses;
      };
      const [one, other] = [await curve(cpu), await curve(plainTensorflow)];
      expect(one.at(-1)).toBeLessThan((one[0] ?? 0) / 1.5);
      expect(relativeError(one, other)).toBeLessThan(tolerance);
    },
  );
});

/** A GPU in software, from Debian's chromium: slow, but a Vulkan device as any other. */
const softwareGpu = '/usr/lib/chromium/vk_swiftshader_icd.json';
const gpuTitle = existsSync(softwareGpu) ? 'a GPU' : 'a GPU (skipped: no Vulkan device in software)';
it.skipIf(!existsSync(softwareGpu))(
  `gradients by ${gpuTitle}, by WebGPU, are those of the CPU, ties included`,
  { timeout: 120_000 },
  async () => {
    const script = path.join(import.meta.dirname, 'agree-on-gpu.ts');
    const env = { ...process.env, VK_ICD_FILENAMES: softwareGpu, LD_LIBRARY_PATH: path.dirname(softwareGpu) };
    const { stdout } = await promisify(execFile)(process.execPath, [script], { env });
    const errors = JSON.parse(stdout) as Record<string, number>;
    expect(Object.keys(errors).length).toBeGreaterThan(8);
    for (const [name, error] of Object.entries(errors)) expect(error, name).toBeLessThan(tolerance);
  },
);
