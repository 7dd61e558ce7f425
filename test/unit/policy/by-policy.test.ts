/** Every policy on a dataset of all kinds of files: what may not change does not. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../../../src/core/analysis.ts';
import { chooseByPolicy } from '../../../src/core/by-policy.ts';
import { createEncoder, type Encoder } from '../../../src/core/jpeg/index.ts';
import { analyze } from '../../../src/core/pipeline.ts';
import type { Ports } from '../../../src/core/ports.ts';
import { measureSimilarities } from '../../../src/core/rate/index.ts';
import { openStore, type Store } from '../../../src/core/store/index.ts';
import { putSweepReport } from '../../../src/core/sweep-report.ts';
import type { Guards } from '../../../src/protocol/guards.ts';
import { policyNames, type PolicyName } from '../../../src/protocol/policy.ts';
import type { SweepReport } from '../../../src/protocol/sweep.ts';
import { defaultSettings } from '../../../src/protocol/worker.ts';
import { addFile } from '../dataset/fixtures.ts';
import { picture } from '../images.ts';
import { localTrainer } from '../trainer.ts';

const quick = { folds: 2, seeds: 1, epochs: 1, probeSide: 16 };
const settings = { ...defaultSettings, qualities: [10, 50, 90], ...quick, proxies: true };
const job = { signal: new AbortController().signal, onProgress: () => undefined };
let home: string;
let store: Store;
let ports: Ports;
let analysis: Analysis;
/** Guards that meet every kind of file. */
const guards: Guards = {
  protect: ['train/cat/2.jpg', '{4,5}.*', '*.csv'],
  floors: [
    { glob: 'train/dog/**', quality: 50 },
    { glob: 'train/**/*.png', quality: 60 },
    { glob: 'val/**', quality: 60 },
  ],
  mostDropped: 0.5,
  heldOut: 50,
};
let guarded: Analysis;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'bitbudget-policy-'));
  const dataset = path.join(home, 'pets');
  for (let number = 0; number < 24; number++) {
    const name = ['cat', 'dog'][number % 2] ?? '';
    const quality = [40, 70, 95][number % 3] ?? 95;
    const png = number % 4 === 0;
    const data = await (png ? picture(number).png() : picture(number).jpeg({ quality })).toBuffer();
    await addFile(dataset, `train/${name}/${number}.${png ? 'png' : 'jpg'}`, data);
  }
  for (const split of ['test', 'val'])
    await addFile(dataset, `${split}/cat/held-out.png`, await picture(99).png().toBuffer());
  const clear = sharp({ create: { width: 9, height: 9, channels: 4, background: '#00ff0040' } });
  await addFile(dataset, 'train/dog/clear.png', await clear.png().toBuffer());
  await addFile(dataset, 'train/dog/broken.png', (await picture(7).png().toBuffer()).subarray(0, 200));
  await addFile(dataset, 'notes.csv', 'name,label\n');
  store = openStore(path.join(home, 'store'));
  ports = { encoder: createEncoder(settings), openTrainer: localTrainer(), store, log: () => undefined };
  analysis = await analyze(dataset, settings, ports, job);
  guarded = await analyze(dataset, { ...settings, guards }, ports, job);
});
afterAll(async () => {
  store.close();
  await rm(home, { recursive: true, force: true });
});

const choose = (name: PolicyName, share: number, diversity = 0, own = analysis) =>
  chooseByPolicy(own, budgetOf(share, own), { name, diversity }, settings, ports, job);

/** Between the smallest copy and all originals. */
function budgetOf(share: number, { summary, frontier } = analysis): number {
  return Math.floor(frontier.startBytes + share * (summary.originalBytes - frontier.startBytes));
}

/** As far as policies look at it. */
function putSweep(images: number, quality: number): void {
  const share = (budget: number) => ({ budgetBytes: budget, images, bytes: budget / images, error: 0.5 });
  const report = {
    root: analysis.dataset.root,
    trainImages: 24,
    optima: { curve: [share(1), share(1e9)].map((own) => ({ ...own, interval: [0.4, 0.6] })) },
    cells: [
      { images: 6, quality: 10, bytes: 1, error: 0.9 },
      { images: 12, quality, bytes: 2, error: 0.5 },
      { images: 24, quality: 'original', bytes: 1e9, error: 0.1 },
    ],
  };
  putSweepReport(store, analysis.dataset, settings, report as unknown as SweepReport);
}

describe('by every policy', { timeout: 60_000 }, () => {
  it.each(policyNames)(
    '%s: what may not change does not, and bytes and costs are those of the options',
    async (name) => {
      putSweep(12, 50);
      const { frontier, rates, row, optionBytes, summary } = analysis;
      for (const share of [0, 0.1, 0.4, 0.8, 1]) {
        const { option, bytes, cost, proof } = await choose(name, share);
        const fixed = [...row.keys()].filter((i) => row[i] === -1);
        expect(fixed).toHaveLength(4);
        for (const i of fixed) expect(option[i]).toBe(frontier.start[i]);
        const sum = option.reduce(
          (all, own, i) => all + (rates.use[i] === 0 ? 0 : (optionBytes[5 * i + own] ?? NaN)),
          0,
        );
        expect(bytes).toBe(sum + summary.dataset.otherBytes);
        expect(bytes).toBeLessThanOrEqual(budgetOf(share));
        expect(cost).toBeGreaterThanOrEqual(0);
        expect(proof !== undefined).toBe(name === 'sensitivity');
      }
    },
  );

  it.each([...policyNames.map((name) => [name, 0] as const), ['sensitivity', 0.5] as const])(
    '%s: under guards, nothing is protected in vain (diversity %d)',
    async (name, diversity) => {
      putSweep(12, 50);
      const { dataset, sensitivity, optionBytes, summary } = guarded;
      const place = (own: string) => [...dataset.split.keys()].findIndex((i) => dataset.path.at(i) === own);
      for (const share of [0, 0.05, 0.2, 0.6, 1]) {
        const { option, bytes, cost } = await choose(name, share, diversity, guarded);
        expect(bytes).toBeLessThanOrEqual(budgetOf(share, guarded));
        const readable = [...option.keys()].filter((i) => guarded.rates.use[i] !== 0);
        const sum = readable.reduce((all, i) => all + (optionBytes[5 * i + (option[i] ?? NaN)] ?? NaN), 0);
        expect(bytes).toBe(sum + summary.dataset.otherBytes);
        expect(cost).toBeGreaterThanOrEqual(-1e-12);
        // Validation and test images are never dropped, whatever is asked.
        const split = (i: number) => dataset.split[i];
        for (const i of readable.filter((own) => split(own) !== 0)) expect(option[i]).toBe(split(i) === 2 ? 2 : 4);
        for (const own of ['train/cat/2.jpg', 'train/cat/4.png', 'train/dog/5.jpg']) expect(option[place(own)]).toBe(4);
        for (const i of sensitivity.sample) {
          const own = dataset.path.at(i);
          const lowest = own.endsWith('.png') ? 3 : own.startsWith('train/dog') ? 2 : 1;
          expect(option[i] === 0 || (option[i] ?? NaN) >= lowest).toBe(true);
        }
        for (const label of [0, 1]) {
          const own = sensitivity.sample.filter((i) => dataset.label[i] === label);
          expect(own.filter((i) => option[i] !== 0).length).toBeGreaterThanOrEqual(own.length / 2);
        }
      }
    },
  );

  it('whose images the sweep advises, or its quality', async () => {
    putSweep(12, 50);
    const images = (option: Uint8Array) => analysis.sensitivity.sample.filter((i) => option[i] !== 0).length;
    expect(images((await choose('law', 0.4)).option)).toBe(12);
    putSweep(24, 50);
    expect(images((await choose('law', 0.6)).option)).toBe(24);
    const { option } = await choose('grid', 0.3);
    expect(analysis.sensitivity.sample.every((i) => [0, 2, 4].includes(option[i] ?? NaN))).toBe(true);
    putSweep(12, 55);
    await expect(choose('grid', 0.3)).rejects.toThrow(/at quality 55, which is not among the plan's/);
  });

  it('measures each SSIM once: more likeness at more quality, none where a quality is not offered', async () => {
    const { dataset, rates, sensitivity } = analysis;
    const count = { encoded: 0 };
    const encoder: Encoder = {
      ...ports.encoder,
      encode: (image, quality) => {
        count.encoded += 1;
        return ports.encoder.encode(image, quality);
      },
    };
    const fresh = openStore(path.join(home, 'fresh'));
    const measure = () =>
      measureSimilarities({ dataset, rates, samples: sensitivity.sample }, settings, { encoder, store: fresh }, job);
    const similarity = await measure();
    const offered = [...sensitivity.sample].flatMap((i) => [...rates.encoded.subarray(3 * i, 3 * i + 3)].map(Boolean));
    expect(Array.from(similarity, Number.isNaN)).toEqual(offered.map((own) => !own));
    expect(count.encoded).toBe(offered.filter(Boolean).length);
    sensitivity.sample.forEach((_, row) => {
      const own = [...similarity.subarray(3 * row, 3 * row + 3)].filter((value) => !Number.isNaN(value));
      expect(own).toEqual(own.toSorted((a, b) => a - b));
      expect(own.every((value) => value > 0 && value < 1)).toBe(true);
    });
    expect(await measure()).toEqual(similarity);
    expect(count.encoded).toBe(offered.filter(Boolean).length);
    fresh.close();
  });
});
