/** The CPU backend: training steps as graphs of plain operators, run by onnxruntime. */
import { availableParallelism } from 'node:os';
import { env } from 'onnxruntime-node';
import type { Engine } from '../index.ts';
import { createModel } from './model.ts';

export function createCpuEngine({ threads = availableParallelism() }: { threads?: number } = {}): Engine {
  return {
    name: `CPU (onnxruntime ${env.versions.node ?? env.versions.common})`,
    create: (options) =>
      createModel(options, {
        executionProviders: ['cpu'],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        // Waiting threads sleep: as fast alone, and a quarter faster where another training runs beside.
        extra: { session: { intra_op: { allow_spinning: '0' } } },
      }),
  };
}
