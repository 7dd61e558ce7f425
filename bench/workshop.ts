/** What a benchmark of the product's jobs works with. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { JobContext } from '../src/core/job.ts';
import { createEncoder } from '../src/core/jpeg/index.ts';
import type { Ports } from '../src/core/ports.ts';
import { openStore } from '../src/core/store/index.ts';
import type { AnalysisSettings } from '../src/protocol/worker.ts';
import { cpuTrainer } from './trainer.ts';

export const scratch = path.resolve(import.meta.dirname, '../node_modules/.cache/bitbudget-bench');
const quietMs = 30_000;

/** The CPU's trainings and a store in the scratch folder, and a job that says now and then how far it is. */
export function openWorkshop(name: string, settings: AnalysisSettings) {
  mkdirSync(path.join(scratch, 'scratch'), { recursive: true });
  const trainer = cpuTrainer();
  const ports: Ports = {
    encoder: createEncoder(settings),
    store: openStore(scratch),
    log: () => undefined,
    openTrainer: () => Promise.resolve(trainer),
  };
  let saidMs = 0;
  const job: JobContext = {
    signal: new AbortController().signal,
    onProgress: ({ stage, done, total, note = '' }) => {
      if (Date.now() - saidMs < quietMs) return;
      saidMs = Date.now();
      console.log(`${name}: ${stage} ${done} of ${total} ${note}`);
    },
  };
  return { ports, job };
}
