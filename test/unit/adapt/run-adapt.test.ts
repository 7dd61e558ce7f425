import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPlanned } from '../../../demo/planned.ts';
import { createEncoder } from '../../../src/core/jpeg/index.ts';
import type { Ports } from '../../../src/core/ports.ts';
import { adapt } from '../../../src/core/run-adapt.ts';
import { openStore, type Store } from '../../../src/core/store/index.ts';
import type { AdaptReport, AdaptSettings } from '../../../src/protocol/adapt.ts';
import { defaultSettings } from '../../../src/protocol/worker.ts';
import { picture } from '../images.ts';
import { localTrainer } from '../trainer.ts';
import { addFile } from '../dataset/fixtures.ts';

const settings = { ...defaultSettings, engine: 'cpu' } as const;
const wanted: AdaptSettings = {
  configurations: ['fixed-8', 'median-4', 'moving-threshold'],
  ...{ input: 'coefficients', seeds: 2, epochs: 2 },
};
let home: string;
let dataset: string;
const stores: Store[] = [];

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'bitbudget-adapt-'));
  dataset = path.join(home, 'pictures');
  for (let at = 0; at < 60; at++) {
    const name = `${at < 45 ? 'train' : 'test'}/${at % 2 === 0 ? 'bright' : 'dark'}/${at}`;
    const image = picture(at, 28, 28).linear(at % 2 === 0 ? 1 : 0.5, 0);
    if (at % 3 === 0) await addFile(dataset, `${name}.jpg`, await image.jpeg({ quality: 50 }).toBuffer());
    else await addFile(dataset, `${name}.png`, await image.png().toBuffer());
  }
});
afterAll(async () => {
  for (const store of stores) store.close();
  await rm(home, { recursive: true, force: true });
});

/** Ports with a store of this name, and a trainer that counts its trainings and may end the job after some. */
function portsOf(name: string, cancelAfter = Infinity) {
  const store = openStore(path.join(home, name));
  stores.push(store);
  const controller = new AbortController();
  let trainings = 0;
  const ports: Ports = {
    ...{ encoder: createEncoder(settings), store, log: () => undefined },
    async openTrainer(signal) {
      const trainer = await localTrainer()(signal);
      const run: typeof trainer.run = (task, data, context, sideBySide) => {
        if (trainings === cancelAfter) controller.abort();
        trainings += 1;
        return trainer.run(task, data, context, sideBySide);
      };
      return { ...trainer, run };
    },
  };
  const job = { signal: controller.signal, onProgress: () => undefined };
  const run = (more: Partial<AdaptSettings> = {}) => adapt(dataset, settings, { ...wanted, ...more }, ports, job);
  return { run, trainings: () => trainings };
}

const withoutTimes = ({ rows, ...report }: AdaptReport) => ({
  ...report,
  rows: rows.map((row) => ({ ...row, seconds: 0 })),
});

describe('adapting', () => {
  it('that was cancelled goes on after its last training, and ends as an undisturbed one', async () => {
    await expect(portsOf('cancelled', 3).run()).rejects.toThrow(/abort/i);
    const resumed = portsOf('cancelled');
    const report = await resumed.run();
    expect(resumed.trainings()).toBe(3);
    const undisturbed = portsOf('undisturbed');
    expect(withoutTimes(await undisturbed.run())).toEqual(withoutTimes(report));
    expect(undisturbed.trainings()).toBe(6);
    expect(await undisturbed.run()).toEqual(await undisturbed.run());
    expect(undisturbed.trainings()).toBe(6);
  });

  it('counts what is kept of every image at every epoch', async () => {
    const { rows, ...report } = await portsOf('undisturbed').run();
    expect(report).toMatchObject({ trainImages: 45, testImages: 15, side: 28, channels: 3 });
    for (const { name, epochs, kept, seconds, accuracy } of rows) {
      expect(seconds).toBeGreaterThan(0);
      expect(accuracy.mean).toBeGreaterThanOrEqual(0);
      for (const { lowShare, highShare, coefficients } of epochs) {
        expect(lowShare + highShare).toBeCloseTo(1, 10);
        expect(coefficients).toBeCloseTo(45 * 3 * (lowShare * kept.low ** 2 + highShare * kept.high ** 2), 6);
      }
      expect(epochs[0]?.coefficients).toBe(45 * 3 * (name === 'fixed-8' ? 8 : 16) ** 2);
    }
    expect(rows[0]?.difference).toBeUndefined();
  });

  it('trains on a share of the images, and refuses more than there are', async () => {
    const { run } = portsOf('share');
    expect(await run({ images: 20, seeds: 1, epochs: 1 })).toMatchObject({ trainImages: 20, testImages: 15 });
    await expect(run({ images: 46 })).rejects.toThrow(/asked to train on 46 images but found 45/);
  });

  it('makes a plan of two qualities, never above those of the sources, of the last levels', async () => {
    const out = path.join(home, 'pictures.plan.jsonl');
    const { run, trainings } = portsOf('undisturbed');
    const { plan } = await run({ plan: { out, qualities: [10, 80] } });
    expect(trainings()).toBe(0);
    const lines = readPlanned(await readFile(out, 'utf8'));
    expect(lines).toHaveLength(60);
    expect(lines.reduce((sum, { planned }) => sum + planned, 0)).toBe(plan?.bytes);
    for (const { path: file, quality, bytes, planned } of lines) {
      if (file.startsWith('test')) expect(quality).toBe('original');
      else expect([10, 80, 'original']).toContain(quality);
      // Sources of quality 50.
      if (file.endsWith('.jpg')) expect(quality).not.toBe(80);
      expect(planned).toBeLessThanOrEqual(bytes);
    }
    expect(plan?.mix['10']).toBeGreaterThan(0);
    await expect(run({ configurations: ['fixed-8'], plan: { out, qualities: [10, 80] } })).rejects.toThrow(
      /levels of moving-threshold/,
    );
  });
});
