import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FoldTask, TaskName, Tasks, Trainer } from '../../../src/core/probe/index.ts';
import { buildViews, measureSensitivity } from '../../../src/core/probe/index.ts';
import { createEncoder } from '../../../src/core/jpeg/index.ts';
import { openViews } from '../../../src/core/probe/views.ts';
import { measureRates } from '../../../src/core/rate/index.ts';
import { openStore, type Store } from '../../../src/core/store/index.ts';
import { folderOf, scan } from '../dataset/fixtures.ts';
import { picture } from '../images.ts';
import { localTrainer } from '../trainer.ts';

const job = { signal: new AbortController().signal, onProgress: () => undefined };
const side = 8;

async function temporary(): Promise<{ folder: string; store: Store }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bitbudget-probe-'));
  const store = openStore(folder);
  onTestFinished(async () => {
    store.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { folder, store };
}

/** Rows of random views; qualities + 1 of each. */
async function viewsOf(folder: string, rows: number, qualities: number) {
  const file = path.join(folder, 'views.u8');
  const bytes = Uint8Array.from({ length: rows * (qualities + 1) * side * side * 3 }, (_, at) => (at * 7919) % 251);
  await writeFile(file, bytes);
  return { file, side, count: qualities + 1, hasMasks: false };
}

/** The loss that a probe of this seed is told to find at a view of a row. */
const plantedLoss = (row: number, view: number, seed: number) =>
  row / 10 + (3 - view) * (row % 4) + ((seed % 7) + view);

/** Finds the planted losses, and keeps what it was asked. */
function planted(tasks: FoldTask[]): Trainer {
  const run = (_name: string, asked: Tasks[TaskName]['task']) => {
    const task = asked as FoldTask;
    tasks.push(task);
    const { count } = task.views;
    const losses = Float32Array.from({ length: task.scoreRows.length * count }, (_, at) =>
      plantedLoss(task.scoreRows[Math.floor(at / count)] as number, at % count, task.seed),
    );
    // All rows but each fold's first.
    const right = new Float32Array(losses.length).fill(1, count);
    const error = new Float32Array(count).fill(1 / task.scoreRows.length);
    const training = { seconds: 1 + tasks.length, drawn: 50 * (1 + tasks.length) };
    return Promise.resolve({ rows: task.scoreRows, losses, right, error, training });
  };
  return { name: 'planted', parallel: 2, run: run };
}

describe('cross-fitting', () => {
  const rows = 24;
  const labels = Int32Array.from({ length: rows }, (_, row) => row % 3);
  const settings = { folds: 3, seeds: 2, epochs: 1, kind: 'mixed', proxies: false } as const;

  async function measure(tasks: FoldTask[], store: Store, folder: string, trainer = planted(tasks)) {
    const views = await viewsOf(folder, rows, 3);
    const sample = Uint32Array.from({ length: rows }, (_, row) => 2 * row);
    const answers = { kind: 'classes', labels } as const;
    const input = { views, sample, labels, answers, classes: 3, settings, key: 'planted' };
    return measureSensitivity(input, { openTrainer: () => Promise.resolve(trainer), store }, job);
  }

  it('scores every row once a seed, by a probe that never saw it', async () => {
    const tasks: FoldTask[] = [];
    const { store, folder } = await temporary();
    await measure(tasks, store, folder);
    expect(tasks).toHaveLength(settings.folds * settings.seeds + 1);
    for (const seed of [0, 1]) {
      const own = tasks.slice(seed * settings.folds, (seed + 1) * settings.folds);
      expect(own.flatMap(({ scoreRows }) => [...scoreRows]).sort((a, b) => a - b)).toEqual([...labels.keys()]);
      for (const { trainRows, scoreRows } of own)
        expect([...trainRows, ...scoreRows].sort((a, b) => a - b)).toEqual([...labels.keys()]);
    }
    const [whole, half] = [tasks[0]?.trainRows ?? new Uint32Array(), tasks.at(-1)?.trainRows ?? new Uint32Array()];
    expect(half.every((row) => whole.includes(row))).toBe(true);
    for (const label of [0, 1, 2]) {
      const own = (from: Uint32Array) => from.filter((row) => labels[row] === label).length;
      expect(own(half)).toBe(Math.ceil(own(whole) / 2));
    }
    expect(new Set(tasks.slice(0, -1).map(({ seed }) => seed)).size).toBe(settings.folds * settings.seeds);
  });

  it('gives means, and their errors over seeds, of what the probes found', async () => {
    const tasks: FoldTask[] = [];
    const { store, folder } = await temporary();
    const table = await measure(tasks, store, folder);
    for (let row = 0; row < rows; row++) {
      const scored = tasks.slice(0, -1).filter(({ scoreRows }) => scoreRows.includes(row));
      const differences = scored.map(({ seed }) =>
        [0, 1, 2].map((q) => plantedLoss(row, q, seed) - plantedLoss(row, 3, seed)),
      );
      const [a = [], b = []] = differences;
      const original = scored.reduce((sum, { seed }) => sum + plantedLoss(row, 3, seed) / 2, 0);
      expect(table.loss[row]).toBeCloseTo(original, 4);
      [0, 1, 2].forEach((q) => {
        const [first, second] = [a[q] as number, b[q] as number];
        expect(table.difference[row * 3 + q]).toBeCloseTo((first + second) / 2, 4);
        expect(table.error[row * 3 + q]).toBeCloseTo(Math.abs(first - second) / 2, 2);
      });
    }
    expect(table.accuracy).toBeCloseTo((rows - settings.folds) / rows, 6);
    expect(table.sample[5]).toBe(10);
    expect(table.secondsPerImage).toBeCloseTo(settings.epochs / 50, 12);
  });

  it('trains again only what was not finished', async () => {
    const tasks: FoldTask[] = [];
    const { store, folder } = await temporary();
    const steady = planted(tasks);
    const failing: Trainer = {
      ...steady,
      parallel: 1,
      run: async (...rest) => {
        if (tasks.length === 4) throw new Error('power cut');
        return steady.run(...rest);
      },
    };
    await expect(measure(tasks, store, folder, failing)).rejects.toThrow('power cut');
    const resumed: FoldTask[] = [];
    const table = await measure(resumed, store, folder);
    expect(resumed).toHaveLength(7 - 4);
    const undisturbed = await temporary();
    expect(table).toEqual(await measure([], undisturbed.store, undisturbed.folder));
  });
});

describe('views', () => {
  it('show every quality as it decodes, and the original where one is not offered', async () => {
    const options = { codings: ['4:2:0'], optimizeHuffman: true } as const;
    const encoder = createEncoder(options);
    const { store, folder } = await temporary();
    const png = await picture(1).png().toBuffer();
    const jpeg = await picture(2).jpeg({ quality: 20 }).toBuffer();
    const dataset = await scan(await folderOf({ 'a/1.png': png, 'b/2.jpg': jpeg }));
    const rates = await measureRates(dataset, [10, 90], options, { encoder, store }, job);
    const file = path.join(folder, 'views.u8');
    const views = await buildViews(file, dataset, rates.encodings, Uint32Array.of(0, 1), side, { encoder }, job);
    const expected: Buffer[] = [];
    for (const source of [png, jpeg]) {
      const image = await encoder.decode(source);
      const original = await encoder.sourceView(image, side);
      const at = async (quality: number) =>
        encoder.view(await encoder.encode(image, { coding: '4:2:0', quality }), side);
      expected.push(await at(10), source === png ? await at(90) : original, original);
    }
    using opened = openViews(views);
    expected.forEach((view, at) => {
      const found = Buffer.alloc(opened.bytes);
      opened.read(Math.floor(at / 3), at % 3, found, 0);
      expect(found).toEqual(view);
    });
  });
});

describe('real probes', () => {
  it('find which class a low quality destroys', async () => {
    // Classes 0 and 1 differ in fine stripes, which the coarse view lacks; 2 and 3 in brightness, which it keeps.
    const { store, folder } = await temporary();
    const rows = 96;
    const [probed, fine] = [8, 1];
    const bytes = probed * probed * 3;
    const data = new Uint8Array(rows * 2 * bytes);
    let state = 1;
    const noise = () => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 24) / 16 - 8;
    for (let row = 0; row < rows; row++)
      for (let view = 0; view < 2; view++)
        for (let at = 0; at < bytes; at++) {
          const [x, y] = [Math.floor(at / 3) % probed, Math.floor(at / 3 / probed)];
          const stripe = view === fine ? 40 * (((row % 4 === 0 ? x : y) % 2) * 2 - 1) : 0;
          const base = row % 4 < 2 ? 128 + stripe : row % 4 === 2 ? 50 : 210;
          data[(row * 2 + view) * bytes + at] = base + noise();
        }
    const file = path.join(folder, 'views.u8');
    await writeFile(file, data);
    const labels = Int32Array.from({ length: rows }, (_, row) => row % 4);
    const input = {
      views: { file, side: probed, count: 2, hasMasks: false },
      sample: Uint32Array.from(labels.keys()),
      labels,
      answers: { kind: 'classes', labels } as const,
      classes: 4,
      settings: { folds: 2, seeds: 1, epochs: 1, kind: 'mixed', proxies: false } as const,
      key: 'stripes',
    };
    const table = await measureSensitivity(input, { openTrainer: localTrainer(), store }, job);
    const meanOf = (own: readonly number[]) => {
      const values = table.difference.filter((_, row) => own.includes(row % 4));
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    expect(table.accuracy).toBeGreaterThan(0.95);
    // Without stripes two classes are left to guess between: ln 2 = 0.69 nats.
    expect(meanOf([0, 1])).toBeGreaterThan(0.4);
    expect(Math.abs(meanOf([2, 3]))).toBeLessThan(0.1);
    expect(table.secondsPerImage).toBeGreaterThan(0);
    expect(table.secondsPerImage).toBeLessThan(0.1);
  });
});
