import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Trainer } from '../src/core/probe/index.ts';
import { runTraining } from '../src/worker/training-process.ts';

/** Every task in a process of its own, on so many processors. */
export function cpuTrainer(): Trainer {
  const file = path.resolve(import.meta.dirname, '../dist/training.cjs');
  return {
    name: 'CPU',
    parallel: availableParallelism(),
    async run(name, task, { signal, onStep }, beside) {
      const threads = Math.max(1, Math.floor(availableParallelism() / beside));
      const request = { engine: 'cpu', work: { name, task }, threads } as const;
      const said = await runTraining(file, request, { signal, onStep, patienceMs: 600_000 });
      if (said.kind !== 'done') throw new Error(`Expected a result but received a ${said.kind}`);
      return said.result;
    },
  };
}
