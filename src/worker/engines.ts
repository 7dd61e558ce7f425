/** The engines that this machine may have, by the names of the setting `bitbudget.engine`. */
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

/** @throws Error when the engine is not installed */
export function openEngine(name: EngineName): Engine {
  if (name === 'cpu') return createCpuEngine({ threads: 1 });
  return name === 'tensorflow' ? openTensorflow(__filename) : createGpuEngine(providers[name]);
}
