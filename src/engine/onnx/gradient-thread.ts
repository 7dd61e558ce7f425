/** A thread that sums the gradients of its share of every batch. */
import { parentPort, workerData } from 'node:worker_threads';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import type { Batch, NetworkDescription } from '../index.ts';
import { networkParameters } from '../shapes.ts';
import { partGradients } from './part-gradients.ts';
import { numbersOf } from './tensors.ts';

export interface GradientThreadData {
  readonly network: NetworkDescription;
  readonly size: number;
  readonly batchSize: number;
  readonly session: InferenceSession.SessionOptions;
  /** Sets of weights by name, in memory that is shared. */
  readonly sets: readonly Readonly<Record<string, Float32Array>>[];
}

export interface GradientThreadTask {
  readonly batch: Batch;
  /** Images of the whole batch. */
  readonly total: number;
  /** Number of the set of weights. */
  readonly set: number;
}

export interface GradientThreadSays {
  readonly losses: Float32Array;
  /** In memory that is shared. */
  readonly sums: Record<string, Float32Array>;
}

const { network, size, batchSize, session, sets } = workerData as GradientThreadData;
const weightSets = sets.map((set) =>
  Object.fromEntries(
    networkParameters(network).map(({ name, shape }) => [
      name,
      new Tensor('float32', set[name] as Float32Array, shape),
    ]),
  ),
);
const gradients = partGradients(network, size, batchSize, session);

async function answer(task: GradientThreadTask | 'end'): Promise<void> {
  if (task === 'end') {
    await (await gradients).release();
    parentPort?.close();
    return;
  }
  const { losses, sums } = await (await gradients).sum(task.batch, task.total, weightSets[task.set] ?? {});
  parentPort?.postMessage({ losses, sums: numbersOf(sums) } satisfies GradientThreadSays);
}

parentPort?.on('message', (task: GradientThreadTask | 'end') => void answer(task));
