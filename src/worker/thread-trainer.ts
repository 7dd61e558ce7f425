import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { FoldLosses, Trainer } from '../core/probe/index.ts';

/** What a fold's thread says. */
type Said = { readonly kind: 'step' } | { readonly kind: 'done'; readonly losses: FoldLosses };

/** Each seventh of a gigabyte that a training takes must fit beside the others. */
const mostThreads = 8;

/** Runs every fold in a thread of its own, as many at a time as there are processors. */
export function threadTrainer(engineName: string, threadFile: string): Trainer {
  const parallel = Math.min(availableParallelism(), mostThreads);
  return {
    name: `${engineName}, ${parallel} trainings side by side`,
    parallel,
    run: (task, { signal, onStep }) =>
      new Promise<FoldLosses>((resolve, reject) => {
        signal.throwIfAborted();
        const thread = new Worker(threadFile, { workerData: task });
        // It ends itself between two steps: to be ended from outside within one aborts the process.
        const stop = () => {
          thread.postMessage('stop');
        };
        signal.addEventListener('abort', stop);
        thread.on('message', (said: Said) => {
          if (said.kind === 'step') onStep();
          else resolve(said.losses);
        });
        thread.once('error', (error) => {
          reject(signal.aborted ? (signal.reason as Error) : error);
        });
        thread.once('exit', () => {
          signal.removeEventListener('abort', stop);
          reject(new Error('The thread of a training ended without a result'));
        });
      }),
  };
}
