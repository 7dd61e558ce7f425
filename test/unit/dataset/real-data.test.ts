import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSamples, summarizeDataset } from '../../../src/core/dataset/index.ts';
import { scan } from './fixtures.ts';

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
});
