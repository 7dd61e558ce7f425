/** The main job on real images, where they are present; the repository carries none of them. */
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readPlanned } from '../../demo/planned.ts';
import type { CopySummary, PlanSummary, VerifySummary } from '../../src/protocol/worker.ts';
import { bitbudget, expectSpent, quick, temporaryFolder } from './bitbudget.ts';
import { headOfIdx } from './idx.ts';

const data = path.resolve('../shared/data');
const absent = !existsSync(data);

/** Some files of every class folder. */
async function sample(from: string, to: string, perClass: number): Promise<void> {
  for (const name of await readdir(from)) {
    await mkdir(path.join(to, name), { recursive: true });
    const files = (await readdir(path.join(from, name))).sort().slice(0, perClass);
    for (const file of files) await cp(path.join(from, name, file), path.join(to, name, file));
  }
}

/** Plans, writes and verifies; the copy must keep its budget and use it. */
async function mainJob(folder: string, budget: string, more: readonly string[]): Promise<PlanSummary> {
  const plan = `${folder}.plan.jsonl`;
  const store = ['--store', `${folder}.store`];
  const planned = await bitbudget([
    'plan',
    folder,
    '--budget',
    budget,
    '--out',
    plan,
    '--json',
    ...store,
    ...quick,
    ...more,
  ]);
  expect(planned.code, planned.stderr).toBe(0);
  const summary = JSON.parse(planned.stdout) as PlanSummary;
  const files = readPlanned(await readFile(plan, 'utf8'));
  expectSpent(summary, Math.max(...files.map(({ bytes }) => bytes)));
  const written = JSON.parse(
    (await bitbudget(['write', plan, `${folder}.copy`, '--json', ...store])).stdout,
  ) as CopySummary;
  expect(written).toMatchObject({ bytes: summary.bytes, skipped: [] });
  const verified = JSON.parse(
    (await bitbudget(['verify', `${folder}.copy`, '--json', ...store])).stdout,
  ) as VerifySummary;
  expect(verified).toMatchObject({ complete: true, faults: [], files: written.written });
  return summary;
}

async function workFolder(): Promise<string> {
  const { folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  return folder;
}

const title = absent ? 'real data (skipped: no data folder)' : 'real data';
describe.skipIf(absent)(title, { timeout: 180_000 }, () => {
  it('CIFAR-10, 500 images', async () => {
    const folder = path.join(await workFolder(), 'cifar');
    await sample(path.join(data, 'cifar10/train'), folder, 50);
    const { mix } = await mainJob(folder, '40%', []);
    expect(Object.keys(mix).length).toBeGreaterThan(5);
  });

  it('60 photographs', async () => {
    const folder = path.join(await workFolder(), 'photos');
    await sample(path.join(data, 'photos/train'), folder, 6);
    await mainJob(folder, '25%', ['--qualities', '5,20,50,80', '--probe-side', '32']);
  });

  it('MNIST in its IDX files, exported as folders', async () => {
    const folder = path.join(await workFolder(), 'mnist');
    await mkdir(folder);
    for (const [kind, count] of [
      ['images-idx3', 500],
      ['labels-idx1', 500],
    ] as const)
      await headOfIdx(path.join(data, `mnist/train-${kind}-ubyte.gz`), path.join(folder, `train-${kind}-ubyte`), count);
    await mainJob(folder, '60%', ['--qualities', '1,10,50']);
    expect((await readdir(`${folder}.copy/train`)).sort()).toEqual(
      Array.from({ length: 10 }, (_, digit) => String(digit)),
    );
  });
});
