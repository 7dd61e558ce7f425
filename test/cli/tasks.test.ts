/** Segmentation and detection on the command line, on scenes whose truth is known. */
import { readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPlanned } from '../../demo/planned.ts';
import { generateScenes, sceneClasses } from '../../demo/scenes.ts';
import type { AnalysisSummary, DatasetSummary } from '../../src/protocol/analysis.ts';
import type { SweepReport } from '../../src/protocol/sweep.ts';
import type { CopySummary, PlanSummary, VerifySummary } from '../../src/protocol/worker.ts';
import { bitbudget, temporaryFolder } from './bitbudget.ts';

let home: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  home = await temporaryFolder();
});
afterAll(() => home.remove());

const inHome = (name: string) => path.join(home.folder, name);
const training = ['--qualities', '10,80', '--engine', 'cpu', '--seeds', '1', '--epochs', '1'];

const json = async <T>(...args: string[]): Promise<T> => {
  const ended = await bitbudget([...args, '--json', '--store', inHome('store')]);
  expect(ended.code, ended.stderr).toBe(0);
  return JSON.parse(ended.stdout) as T;
};

/** A copy is scanned with a warning. */
async function rescanned(copy: string): Promise<DatasetSummary> {
  const ended = await bitbudget(['scan', copy, '--json', '--store', inHome('store')]);
  expect(ended.code, ended.stderr).toBe(5);
  return JSON.parse(ended.stdout) as DatasetSummary;
}

/** Names and contents of the files below some folders. */
async function filesOf(root: string, ...folders: string[]): Promise<Map<string, string>> {
  const all = await readdir(root, { recursive: true, withFileTypes: true });
  const files = all
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((file) => folders.some((folder) => file.startsWith(folder)))
    .sort();
  return new Map(
    await Promise.all(
      files.map(async (file) => [file, (await readFile(path.join(root, file))).toString('base64')] as const),
    ),
  );
}

const mean = (values: readonly number[]) => values.reduce((sum, own) => sum + own, 0) / values.length;

describe.each([
  { annotation: 'masks', task: 'segmentation', classes: ['background', ...sceneClasses], learnt: 0.5 },
  { annotation: 'yolo', task: 'detection', classes: sceneClasses, learnt: 0.4 },
] as const)('$task', { timeout: 120_000 }, ({ annotation, task, classes, learnt }) => {
  const images = 200;
  const dataset = () => inHome(annotation);
  const carried = ['masks', 'labels', 'classes.txt', 'data.yaml'];

  it('is recognised, measured, planned, written and verified', async () => {
    await generateScenes(dataset(), { annotation, images, seed: 7 });
    const scanned = await json<DatasetSummary>('scan', dataset());
    expect(scanned).toMatchObject({ task, classes, problems: { total: 0 } });
    expect(scanned.samplesBySplit).toEqual({ train: images, val: images / 4, test: 0 });

    const analysis = await json<AnalysisSummary>('analyze', dataset(), ...training, '--folds', '2');
    expect(analysis.probe.accuracy).toBeGreaterThan(learnt);
    expect(analysis.clusters.reduce((sum, { samples }) => sum + samples, 0)).toBe(images);

    const plan = inHome(`${annotation}.plan.jsonl`);
    const { mix } = await json<PlanSummary>(
      'plan',
      dataset(),
      '--budget',
      '75%',
      '--out',
      plan,
      ...training,
      '--folds',
      '2',
    );
    expect(Object.keys(mix).length).toBeGreaterThan(1);
    const planned = readPlanned(await readFile(plan, 'utf8'));
    const samples = planned.filter((line) => line.path.startsWith('images/train/'));
    expect(samples).toHaveLength(images);
    const sensitivity = (kind: string) =>
      mean(samples.filter((line) => line.path.includes(kind)).map((line) => line.sensitivity));
    expect(sensitivity('fine')).toBeGreaterThan(2 * Math.abs(sensitivity('coarse')));

    const copy = inHome(`${annotation}-copy`);
    expect(await json<CopySummary>('write', plan, copy)).toMatchObject({ skipped: [] });
    expect(await json<VerifySummary>('verify', copy)).toMatchObject({ complete: true, faults: [] });
    const [before, after] = [await filesOf(dataset(), ...carried), await filesOf(copy, ...carried)];
    expect(before.size).toBe(images + images / 4 + 1);
    expect(after).toEqual(before);
  });

  it('finds the same annotations in the copy, where PNGs became JPEGs', async () => {
    const planned = readPlanned(await readFile(inHome(`${annotation}.plan.jsonl`), 'utf8'));
    const kept = planned.filter(({ path: file, quality }) => file.startsWith('images') && quality !== 'drop');
    expect(kept.some(({ path: file, target }) => file.endsWith('.png') && target.endsWith('.jpg'))).toBe(true);
    const again = await rescanned(inHome(`${annotation}-copy`));
    expect(again).toMatchObject({ task, samples: kept.length, classes });
    expect(again.layout).toContain(`(${kept.length} of ${kept.length} images have`);
    expect(again.problems.first).toEqual([expect.objectContaining({ path: 'bitbudget.manifest.jsonl' })]);
  });

  it('is swept', async () => {
    const report = await json<SweepReport>('sweep', dataset(), ...training, '--sizes', `${images}`);
    expect(report).toMatchObject({ trainImages: images, testImages: images / 4, tested: 'the validation split' });
    expect(report.cells.map(({ quality }) => quality).sort()).toEqual([10, 80, 'original']);
    for (const { error } of report.cells) expect(error).toBeLessThan(0.75);
  });
});

describe('detection by lists and XML', { timeout: 60_000 }, () => {
  it.each(['voc', 'coco'] as const)('is read from %s, also after images became JPEGs', async (annotation) => {
    const dataset = inHome(annotation);
    await generateScenes(dataset, { annotation, images: 16, seed: 7 });
    const scanned = await json<DatasetSummary>('scan', dataset);
    expect(scanned).toMatchObject({ task: 'detection', samples: 20, problems: { total: 0 } });
    expect([...scanned.classes].sort()).toEqual([...sceneClasses].sort());
    const images = path.join(dataset, 'images/train');
    for (const name of (await readdir(images)).filter((file) => file.endsWith('.png')))
      await rename(path.join(images, name), path.join(images, name.replace('.png', '.jpg')));
    const { task, layout, classes, problems } = await json<DatasetSummary>('scan', dataset);
    expect({ task, layout, classes, problems: problems.total }).toEqual({
      ...{ task: 'detection', layout: scanned.layout, classes: scanned.classes, problems: 0 },
    });
  });
});
