/** Prints how far gradients by WebGPU are from the CPU's, on noise and on flat images, where maxima tie. */
import type { NetworkDescription } from '../../../src/engine/index.ts';
import { createCpuEngine, createGpuEngine } from '../../../src/engine/onnx/index.ts';
import { batchOf, gradientsBy, networks, relativeError } from './cases.ts';

const [cpu, gpu] = [createCpuEngine(), createGpuEngine('webgpu')];
const errors: Record<string, number> = {};
for (const title of ['convolutions and maxima (paper A)', 'a fully convolutional network']) {
  const network = networks[title] as NetworkDescription;
  const noise = batchOf(network);
  const flat = { ...noise, pixels: noise.pixels.map((_, at) => (at % 2 === 0 ? 0.5 : -0.25)) };
  for (const [kind, batch] of Object.entries({ noise, flat })) {
    const [expected, found] = [await gradientsBy(cpu, network, batch), await gradientsBy(gpu, network, batch)];
    const record = (name: string, a: readonly number[], b: readonly number[]) => {
      errors[`${title}, ${kind}: ${name}`] = relativeError(a, b);
    };
    record('loss', [found.loss], [expected.loss]);
    record('losses', found.losses, expected.losses);
    record('input', found.input, expected.input);
    for (const [name, gradient] of expected.gradients) record(name, found.gradients.get(name) ?? [], gradient);
  }
}
console.log(JSON.stringify(errors));
