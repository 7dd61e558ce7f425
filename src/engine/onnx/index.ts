/** Models as ONNX graphs of plain operators, run by onnxruntime: on the CPU, or on a GPU by one of its providers. */
import { env, listSupportedBackends, type InferenceSession } from 'onnxruntime-node';
import type { Engine } from '../index.ts';
import type { GradientOptions } from './gradients.ts';
import { createModel } from './model.ts';
import { partSize } from './part-size.ts';
import { inspectNetwork, openNetwork } from './trained-network.ts';

const runtime = `onnxruntime ${env.versions.node ?? env.versions.common}`;
const shared = { interOpNumThreads: 1, graphOptimizationLevel: 'all', logSeverityLevel: 4 } as const;

/** Without helpers everything is done by this thread. */
export function createCpuEngine(helpers?: GradientOptions['helpers']): Engine {
  const threads = 1 + (helpers?.count ?? 0);
  const session = (intraOpNumThreads: number): InferenceSession.SessionOptions => ({
    ...shared,
    executionProviders: ['cpu'],
    intraOpNumThreads,
    // Waiting threads sleep: as fast alone, and a quarter faster where another training runs beside.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  return {
    name: `CPU (${runtime})`,
    create: async (options) => {
      const { network, batchSize } = options;
      const size = partSize(network, Math.ceil(batchSize / threads), 1);
      return createModel(options, {
        size: partSize(network, batchSize, threads),
        session: session(threads),
        gradients: { size, session: session(1), ...(helpers && { helpers }) },
      });
    },
    inspect: inspectNetwork,
    open: (network) => openNetwork(network, session(threads)),
  };
}

/** GPU providers by the runtime's name for them. WebGPU serves every vendor, the others their own. */
export const gpuProviders = { webgpu: 'WebGPU', dml: 'DirectML', coreml: 'CoreML', cuda: 'CUDA' } as const;
export type GpuProvider = keyof typeof gpuProviders;

/** Providers whose libraries this platform's runtime carries; whether a device is there shows when a model is made. */
export function bundledGpuProviders(): GpuProvider[] {
  const bundled = new Set(listSupportedBackends().flatMap(({ name, bundled: here }) => (here ? [name] : [])));
  return (Object.keys(gpuProviders) as GpuProvider[]).filter((name) => bundled.has(name));
}

/** The graphs are those of the CPU; operators that a provider lacks run on the CPU. */
export function createGpuEngine(provider: GpuProvider): Engine {
  return {
    name: `GPU (${gpuProviders[provider]}, ${runtime})`,
    create: async (options) => {
      const layout = { size: options.batchSize, session: { ...shared, executionProviders: [provider] } };
      return createModel(options, { ...layout, gradients: layout });
    },
    inspect: inspectNetwork,
    open: (network) => openNetwork(network, { ...shared, executionProviders: [provider] }),
  };
}
