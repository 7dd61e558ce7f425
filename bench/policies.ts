/**
 * All policies at four budgets, the bytes of one quality for all at 10, 20, 30 and 50, by training: CIFAR-10 and photos of
 * clothing. Writes docs/results/policies.md. Hours on two cores; finished trainings are kept, so that it can be stopped.
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chooseUsual } from '../src/core/by-policy.ts';
import { evaluatePlan } from '../src/core/evaluate-plan.ts';
import { makePlan } from '../src/core/make-plan.ts';
import { analyze } from '../src/core/pipeline.ts';
import { sweep } from '../src/core/run-sweep.ts';
import type { Analysis } from '../src/core/analysis.ts';
import type { Evaluation } from '../src/protocol/evaluation.ts';
import { policyNames } from '../src/protocol/policy.ts';
import { defaultSweep } from '../src/protocol/sweep.ts';
import { defaultSettings } from '../src/protocol/worker.ts';
import { writePoliciesPage, type EvaluatedSet } from './policies-page.ts';
import { openWorkshop, scratch } from './workshop.ts';

const root = path.resolve(import.meta.dirname, '..');
const data = path.resolve(root, '../shared/data');
const uniformQualities = [10, 20, 30, 50];
const seeds = 5;
const epochs = 6;
/** For `law`, `grid` and the prices of the plan by sensitivities. */
const sweepTrainings = { seeds: 2, epochs: 8 };

const sets: Readonly<Record<string, { readonly folder: string; readonly words: string }>> = {
  cifar10: { folder: path.join(data, 'cifar10'), words: 'CIFAR-10, stored without loss' },
  photos: { folder: path.join(data, 'photos'), words: 'photos of clothing, JPEG files of quality 70' },
};

export async function benchPolicies({ only }: { only?: string | undefined }) {
  if (!existsSync(data)) {
    console.log('skipped: no data folder');
    return { skipped: 'no data folder' };
  }
  const figures: EvaluatedSet[] = [];
  for (const [name, { folder, words }] of Object.entries(sets)) {
    if (only !== undefined && only !== name) continue;
    figures.push({ name, words, evaluations: await evaluateSet(name, folder) });
    writeFileSync(path.join(scratch, 'policies.json'), JSON.stringify(figures));
  }
  writePoliciesPage(figures, path.join(root, 'docs', 'results'));
  return figures;
}

async function evaluateSet(name: string, folder: string): Promise<Evaluation[]> {
  const settings = { ...defaultSettings, engine: 'cpu', proxies: true, seeds: 4 } as const;
  const { ports, job } = openWorkshop(name, settings);
  await sweep(folder, { ...settings, qualities: defaultSweep.qualities }, sweepTrainings, ports, job);
  const analysis = await analyze(folder, settings, ports, job);
  const evaluations: Evaluation[] = [];
  for (const quality of uniformQualities) {
    const plan = path.join(scratch, `${name}-${quality}.plan.jsonl`);
    const budget = { bytes: bytesAt(analysis, quality) };
    await makePlan(analysis, settings, budget, plan, chooseUsual);
    const against = policyNames.filter((policy) => policy !== 'sensitivity');
    evaluations.push(await evaluatePlan(plan, analysis, settings, { against, seeds, epochs }, ports, job));
    console.log(`${name}: ${quality} evaluated`);
  }
  ports.store.close();
  return evaluations;
}

/** Bytes of a copy with one quality for all images that may change, or their originals where it is not offered. */
function bytesAt({ summary, sensitivity, frontier, countedBytes }: Analysis, quality: number): number {
  const width = frontier.encodings.length + 2;
  const option = frontier.encodings.findIndex((own) => own.quality === quality) + 1;
  return sensitivity.sample.reduce((sum, i) => {
    const own = countedBytes[i * width + option] as number;
    return sum + (Number.isNaN(own) ? (countedBytes[(i + 1) * width - 1] as number) : own);
  }, summary.fixedBytes);
}
