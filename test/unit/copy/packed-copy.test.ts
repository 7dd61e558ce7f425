/** A copy of a dataset whose images have no files of their own. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { expect, it, onTestFinished } from 'vitest';
import { readPlan, verifyCopy, writeCopy, type PlanLine } from '../../../src/core/copy/index.ts';
import { createEncoder } from '../../../src/core/jpeg/index.ts';
import { makePlan } from '../../../src/core/make-plan.ts';
import { analyze } from '../../../src/core/pipeline.ts';
import { openStore } from '../../../src/core/store/index.ts';
import { defaultGuards } from '../../../src/protocol/guards.ts';
import { defaultSettings } from '../../../src/protocol/worker.ts';
import { folderOf, idxImages, idxLabels } from '../dataset/fixtures.ts';
import { localTrainer } from '../trainer.ts';

const settings = {
  ...{ ...defaultSettings, qualities: [10, 90], folds: 2, seeds: 1, epochs: 1, probeSide: 8 },
  guards: { ...defaultGuards, protect: ['**/0000[01].png'] },
};
const job = { signal: new AbortController().signal, onProgress: () => undefined };

it('of packed images has a file an image: what is kept is lossless, what is not a JPEG, all in their classes', async () => {
  const [count, height, width] = [12, 16, 20];
  const labels = Array.from({ length: count }, (_, at) => at % 2);
  const packed = idxImages(count, height, width);
  const dataset = await folderOf({
    'train-images-idx3-ubyte': packed,
    'train-labels-idx1-ubyte': idxLabels(...labels),
  });
  const home = await folderOf({});
  const store = openStore(path.join(home, 'store'));
  onTestFinished(() => {
    store.close();
  });
  const ports = { encoder: createEncoder(settings), openTrainer: localTrainer(), store, log: () => undefined };
  const plan = path.join(home, 'digits.plan.jsonl');
  const analysis = await analyze(dataset, settings, ports, job);
  const summary = await makePlan(analysis, settings, { share: 0.8 }, plan);
  const out = path.join(home, 'copy');
  expect((await writeCopy(plan, out, job)).bytes).toBe(summary.bytes);
  expect(await verifyCopy(out, job)).toMatchObject({ complete: true, faults: [] });

  const lines: PlanLine[] = [];
  for await (const line of (await readPlan(plan)).lines()) if (line.archive !== undefined) lines.push(line);
  expect(lines).toHaveLength(count);
  for (const [at, { quality, target, label, planned }] of lines.entries()) {
    expect(label).toBe(String(labels[at]));
    if (quality === 'drop') continue;
    const file = path.join(out, target);
    const facts = await sharp(file).metadata();
    const format = quality === 'original' ? 'png' : 'jpeg';
    expect(facts).toMatchObject({ width, height, channels: 1, format });
    expect(target.split('/')).toContain(String(labels[at]));
    const pixels = packed.subarray(16 + at * height * width, 16 + (at + 1) * height * width);
    if (quality === 'original') expect(await sharp(file).toColourspace('b-w').raw().toBuffer()).toEqual(pixels);
    expect(planned).toBeGreaterThan(0);
  }
  // Both kinds are there, so that nothing above was passed by.
  expect(Object.keys(summary.mix)).toEqual(expect.arrayContaining(['10', 'original']) as string[]);

  await rm(path.join(out, lines.find(({ quality }) => quality === 'original')?.target ?? ''));
  expect(await writeCopy(plan, out, job)).toMatchObject({ written: 1, bytes: summary.bytes });
  expect(await verifyCopy(out, job)).toMatchObject({ complete: true, faults: [] });
});
