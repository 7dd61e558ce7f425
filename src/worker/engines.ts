/** The engines that this machine may have, by the names of the setting `bitbudget.engine`. */
import path from 'node:path';
import type { Engine } from '../engine/index.ts';
import { bundledGpuProviders, createCpuEngine, createGpuEngine, type GpuProvider } from '../engine/onnx/index.ts';
import { openTensorflow, tensorflowInstalled } from '../engine/tensorflow/index.ts';
import type { EngineName } from '../protocol/worker.ts';

const providers = { webgpu: 'webgpu', directml: 'dml', coreml: 'coreml', cuda: 'cuda' } as const satisfies Partial<
  Record<EngineName, GpuProvider>
>;

/** Engines beside the CPU that are worth a trial here. */
export function candidates(): Exclude<EngineName, 'cpu'>[] {
  const bundled = bundledGpuProviders();
  const gpus = (Object.keys(providers) as (keyof typeof providers)[]).filter((name) =>
    bundled.includes(providers[name]),
  );
  return tensorflowInstalled(__filename) ? [...gpus, 'tensorflow'] : gpus;
}

/** On the CPU a training takes so many threads. @throws Error when the engine is not installed */
export function openEngine(name: EngineName, threads = 1): Engine {
  if (name === 'cpu')
    return createCpuEngine({ count: threads - 1, file: path.join(path.dirname(__filename), 'gradient-thread.cjs') });
  return name === 'tensorflow' ? openTensorflow(__filename) : createGpuEngine(providers[name]);
}
