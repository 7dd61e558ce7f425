import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAnnotations } from '../../../src/core/annotation/index.ts';
import { openSamples, summarizeDataset, type Dataset } from '../../../src/core/dataset/index.ts';
import { encoder, job, temporaryStore } from '../annotation/job.ts';
import { problemsOf, scan } from './fixtures.ts';

const data = path.resolve('../shared/data');
const absent = !existsSync(data);

describe.skipIf(absent)(absent ? 'real datasets (skipped: no data folder)' : 'real datasets', () => {
  it('reads MNIST as published', async () => {
    const dataset = await scan(path.join(data, 'mnist'));
    expect(summarizeDataset(dataset)).toMatchObject({
      samples: 70_000,
      samplesBySplit: { train: 60_000, val: 0, test: 10_000 },
      classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
      problems: { total: 0 },
    });
    const first = dataset.split.indexOf(0);
    expect([...dataset.label.subarray(first, first + 4)]).toEqual([5, 0, 4, 1]);
    expect(dataset.path.at(first)).toBe('train/5/00000.png');
    const reader = openSamples(dataset);
    const { data: pixels } = await reader.read(first);
    expect(pixels.length).toBe(784);
    expect(pixels.reduce((sum, value) => sum + value, 0) / 784).toBeCloseTo(35.1, 0);
    await reader[Symbol.asyncDispose]();
  });

  it('reads CIFAR-10 as folders', async () => {
    const dataset = await scan(path.join(data, 'cifar10'));
    expect(summarizeDataset(dataset)).toMatchObject({
      samples: 12_000,
      samplesBySplit: { train: 10_000, val: 0, test: 2000 },
      otherFiles: 1,
      problems: { total: 0 },
    });
    expect(dataset.classes).toHaveLength(10);
  });

  it('reads photographs', async () => {
    const { samples, samplesBySplit, classes } = summarizeDataset(await scan(path.join(data, 'photos')));
    expect({ samples, train: samplesBySplit.train, classes: classes.length }).toEqual({
      samples: 620,
      train: 500,
      classes: 10,
    });
  });

  it('reads CamVid by its masks', async () => {
    const dataset = await annotated(path.join(data, 'camvid-small'));
    expect(dataset.layout).toBe('images with masks (100 of 100 images have a mask), with train, val and test splits');
    expect(summarizeDataset(dataset)).toMatchObject({
      task: 'segmentation',
      samples: 100,
      samplesBySplit: { train: 60, val: 20, test: 20 },
      classes: Array.from({ length: 12 }, (_, number) => String(number)),
      problems: { total: 0 },
    });
  });

  it('reads blood cells by their Pascal VOC files', async () => {
    const dataset = await annotated(path.join(data, 'detection-small/bccd-voc'));
    expect(summarizeDataset(dataset)).toMatchObject({
      task: 'detection',
      samples: 100,
      samplesBySplit: { train: 70, val: 15, test: 15 },
      classes: ['Platelets', 'RBC', 'WBC'],
    });
    const drawn = await count(path.join(data, 'detection-small/bccd-voc'), '.xml', /<object>/g);
    expect(dataset.objects?.label).toHaveLength(drawn - 1);
    expect(problemsOf(dataset)).toEqual([expect.stringMatching(/: 1 of its \d+ boxes left out: outside/)]);
  });

  it('reads COCO by its YOLO files, images without one as empty', async () => {
    const dataset = await annotated(path.join(data, 'detection-small/coco-yolo'));
    const { task, samples, samplesBySplit, classes, problems } = summarizeDataset(dataset);
    expect({ task, samples, problems: problems.total }).toEqual({ task: 'detection', samples: 50, problems: 0 });
    expect(samplesBySplit).toEqual({ train: 30, val: 20, test: 0 });
    expect(classes).toContain('person');
    expect(classes.filter((name) => /^\d/.test(name))).toEqual([]);
    expect(dataset.objects?.label).toHaveLength(
      await count(path.join(data, 'detection-small/coco-yolo/labels'), '.txt', /^\d/gm),
    );
  });
});

async function annotated(folder: string): Promise<Dataset> {
  const store = await temporaryStore();
  return readAnnotations(await scan(folder), { encoder, store }, job);
}

/** Matches in all files with an extension below a folder. */
async function count(folder: string, extension: string, pattern: RegExp): Promise<number> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(extension));
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  return texts.reduce((sum, text) => sum + (text.match(pattern) ?? []).length, 0);
}
