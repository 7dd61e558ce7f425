/**
 * AdaptCompression on a part of MNIST (6,000 digits, 10 epochs, 3 seeds): its configurations on coefficients and on images.
 * Writes docs/results/adapt.md. A quarter of an hour on two cores.
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { adapt } from '../src/core/run-adapt.ts';
import { adaptInputs, configurationNames, type AdaptReport, type AdaptSettings } from '../src/protocol/adapt.ts';
import { defaultSettings } from '../src/protocol/worker.ts';
import { adaptPage } from './adapt-page.ts';
import { openWorkshop } from './workshop.ts';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.resolve(root, '../shared/data/mnist');
const settings = { ...defaultSettings, engine: 'cpu' } as const;
const common = { configurations: configurationNames, seeds: 3, epochs: 10, images: 6000 };

export async function benchAdapt() {
  if (!existsSync(folder)) {
    console.log('skipped: no data folder');
    return { skipped: 'no data folder' };
  }
  const { ports, job } = openWorkshop('adapt', settings);
  const reports: AdaptReport[] = [];
  for (const input of adaptInputs) {
    const wanted: AdaptSettings = { ...common, input };
    reports.push(await adapt(folder, settings, wanted, ports, job));
  }
  ports.store.close();
  writeFileSync(path.join(root, 'docs', 'results', 'adapt.md'), adaptPage(reports));
  return reports;
}
