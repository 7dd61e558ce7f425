/** Models as ONNX graphs of plain operators, run by onnxruntime: on the CPU, or on a GPU by one of its providers. */
import { availableParallelism } from 'node:os';
import { env, listSupportedBackends } from 'onnxruntime-node';
import type { Engine } from '../index.ts';
import { createModel } from './model.ts';
import { partSize } from './part-size.ts';

const runtime = `onnxruntime ${env.versions.node ?? env.versions.common}`;
const shared = { interOpNumThreads: 1, graphOptimizationLevel: 'all', logSeverityLevel: 4 } as const;

export function createCpuEngine({ threads = availableParallelism() }: { threads?: number } = {}): Engine {
  return {
    name: `CPU (${runtime})`,
    create: async (options) =>
      createModel(options, partSize(options.network, options.batchSize, threads), {
        ...shared,
        executionProviders: ['cpu'],
        intraOpNumThreads: threads,
        // Waiting threads sleep: as fast alone, and a quarter faster where another training runs beside.
        extra: { session: { intra_op: { allow_spinning: '0' } } },
      }),
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
    create: async (options) => createModel(options, options.batchSize, { ...shared, executionProviders: [provider] }),
  };
}
