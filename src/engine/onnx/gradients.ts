import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-node';
import { checkedCount, imageSize } from '../batch.ts';
import type { Batch, NetworkDescription } from '../index.ts';
import { labelsPerImage } from '../shapes.ts';
import type { GradientThreadData, GradientThreadSays } from './gradient-thread.ts';
import { partGradients, type GradientSums } from './part-gradients.ts';
import { numbersOf, type Tensors } from './tensors.ts';

export interface GradientOptions {
  /** Images that a thread works on at a time. */
  readonly size: number;
  readonly session: InferenceSession.SessionOptions;
  /** Threads beside this one, and the file that they run (gradient-thread.ts). */
  readonly helpers?: { readonly count: number; readonly file: string | URL };
}

export interface Gradients {
  /** `weights` is one of the sets; the sums are overwritten by the next call but one. */
  sum(batch: Batch, weights: Tensors): Promise<GradientSums>;
  release(): Promise<void>;
}

/**
 * Sums the gradients of a batch, a share of it a thread: the runtime's own threads gain little on layers this small.
 * `weightSets` are the sets of weights that there will be, in memory that threads share.
 */
export async function openGradients(
  network: NetworkDescription,
  batchSize: number,
  weightSets: readonly Tensors[],
  { size, session, helpers = { count: 0, file: '' } }: GradientOptions,
): Promise<Gradients> {
  const share = Math.ceil(batchSize / (helpers.count + 1));
  const own = await partGradients(network, size, share, session);
  const workerData: GradientThreadData = { network, size, batchSize: share, session, sets: weightSets.map(numbersOf) };
  const threads = Array.from({ length: helpers.count }, () => gradientThread(helpers.file, workerData));
  const [numbers, perImage] = [imageSize(network), labelsPerImage(network)];
  return {
    async sum(batch, weights) {
      const total = checkedCount(network, batchSize, batch);
      const each = Math.ceil(total / (threads.length + 1));
      const shareAt = (start: number): Batch => ({
        pixels: batch.pixels.slice(start * numbers, (start + each) * numbers),
        labels: batch.labels.slice(start * perImage, (start + each) * perImage),
      });
      const set = weightSets.indexOf(weights);
      const others = threads
        .slice(0, Math.ceil(total / each) - 1)
        .map((thread, k) => thread.sum(shareAt((k + 1) * each), total, set));
      const [{ losses: first, sums }, ...rest] = await Promise.all([own.sum(shareAt(0), total, weights), ...others]);
      // In the order of the threads, so that a seed gives the same bits every time.
      for (const other of rest) addTo(numbersOf(sums), other.sums);
      const losses = new Float32Array(total);
      [first, ...rest.map((other) => other.losses)].forEach((part, k) => {
        losses.set(part, k * each);
      });
      return { losses, sums };
    },
    async release() {
      await Promise.all([own.release(), ...threads.map((thread) => thread.release())]);
    },
  };
}

function gradientThread(file: string | URL, workerData: GradientThreadData) {
  const worker = new Worker(file, { workerData });
  return {
    async sum(batch: Batch, total: number, set: number): Promise<GradientThreadSays> {
      worker.postMessage({ batch, total, set });
      const [said] = (await once(worker, 'message')) as [GradientThreadSays];
      return said;
    },
    async release(): Promise<void> {
      worker.postMessage('end');
      await once(worker, 'exit');
    },
  };
}

function addTo(sums: Record<string, Float32Array>, others: Record<string, Float32Array>): void {
  for (const [name, sum] of Object.entries(sums)) {
    const other = others[name] as Float32Array;
    for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] as number) + (other[at] as number);
  }
}
