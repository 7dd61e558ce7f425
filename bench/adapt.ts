/**
 * AdaptCompression on a part of MNIST (6,000 digits, 10 epochs, 3 seeds): its configurations on coefficients and on images.
 * Writes docs/results/adapt.md. A quarter of an hour on two cores.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createEncoder } from '../src/core/jpeg/index.ts';
import type { Ports } from '../src/core/ports.ts';
import { adapt } from '../src/core/run-adapt.ts';
import { openStore } from '../src/core/store/index.ts';
import { adaptInputs, configurationNames, type AdaptReport, type AdaptSettings } from '../src/protocol/adapt.ts';
import { defaultSettings } from '../src/protocol/worker.ts';
import { adaptPage } from './adapt-page.ts';
import { cpuTrainer } from './trainer.ts';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.resolve(root, '../shared/data/mnist');
const scratch = path.join(root, 'node_modules', '.cache', 'bitbudget-bench');
const settings = { ...defaultSettings, engine: 'cpu' } as const;
const common = { configurations: configurationNames, seeds: 3, epochs: 10, images: 6000 };

export async function benchAdapt() {
  if (!existsSync(folder)) {
    console.log('skipped: no data folder');
    return { skipped: 'no data folder' };
  }
  mkdirSync(path.join(scratch, 'scratch'), { recursive: true });
  const store = openStore(scratch);
  const trainer = cpuTrainer();
  const ports: Ports = {
    ...{ encoder: createEncoder(settings), store, log: () => undefined },
    openTrainer: () => Promise.resolve(trainer),
  };
  let said = 0;
  const job = {
    signal: new AbortController().signal,
    onProgress: ({ note = '' }) => {
      if (Date.now() - said < 30_000) return;
      said = Date.now();
      console.log(note);
    },
  };
  const reports: AdaptReport[] = [];
  for (const input of adaptInputs) {
    const wanted: AdaptSettings = { ...common, input };
    reports.push(await adapt(folder, settings, wanted, ports, job));
  }
  store.close();
  writeFileSync(path.join(root, 'docs', 'results', 'adapt.md'), adaptPage(reports));
  return reports;
}
