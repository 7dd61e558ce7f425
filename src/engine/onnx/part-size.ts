import type { NetworkDescription } from '../index.ts';
import { largestActivation } from '../shapes.ts';

/** Numbers of the largest tensor that a thread works on at a time: 4 MiB, so that it stays in the processor's cache. */
const cached = 2 ** 20;

/** Images that are worked on at a time: parts of a batch, as equal as can be, that stay in the cache. */
export function partSize(network: NetworkDescription, batchSize: number, threads: number): number {
  const most = Math.max(8, Math.floor((threads * cached) / largestActivation(network)));
  return Math.ceil(batchSize / Math.ceil(batchSize / most));
}
