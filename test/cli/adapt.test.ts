/** AdaptCompression on the command line, on drawn images and on MNIST where it is present. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateDataset } from '../../demo/generate.ts';
import type { AdaptReport } from '../../src/protocol/adapt.ts';
import type { CopySummary } from '../../src/protocol/worker.ts';
import { bitbudget, temporaryFolder } from './bitbudget.ts';
import { headOfIdx } from './idx.ts';

let home: Awaited<ReturnType<typeof temporaryFolder>>;
let shared: string[];

beforeAll(async () => {
  home = await temporaryFolder();
  shared = ['--engine', 'cpu', '--store', path.join(home.folder, 'store')];
});
afterAll(() => home.remove());

const json = ({ stdout }: { readonly stdout: string }): unknown => JSON.parse(stdout);

describe('adapt', { timeout: 120_000 }, () => {
  it('trains, plans two qualities, and the copy is written and verified', async () => {
    const dataset = path.join(home.folder, 'shapes');
    await generateDataset(dataset, { imagesPerClass: 20, seed: 7 });
    const plan = path.join(home.folder, 'shapes.plan.jsonl');
    const settings = ['--epochs', '2', '--seeds', '1', '--probe-side', '28'];
    const args = ['adapt', dataset, ...settings, '--plan', plan, '--qualities', '80,20', ...shared];
    const report = json(await bitbudget([...args, '--json'])) as AdaptReport;
    expect(report).toMatchObject({ trainImages: 64, testImages: 16, side: 28, channels: 3, seeds: 1 });
    expect(report.rows.map(({ name }) => name)).toEqual([
      ...['fixed-8', 'median-8', 'median-4', 'fixed-threshold', 'moving-threshold', 'fixed-16'],
    ]);

    const again = await bitbudget(args);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toMatch(/moving-threshold\s+16×16 or 4×4/);
    expect(again.stdout).toMatch(/Plan .*shapes\.plan\.jsonl\n.*at quality (20|80)/);

    const copy = path.join(home.folder, 'copy');
    const written = json(await bitbudget(['write', plan, copy, '--json'])) as CopySummary;
    expect(written).toMatchObject({ written: 80, skipped: [], bytes: report.plan?.bytes });
    expect(json(await bitbudget(['verify', copy, '--json']))).toMatchObject({
      complete: true,
      faults: [],
    });
  });

  it('refuses what it does not know', async () => {
    const wrong = (...args: string[]) => bitbudget(['adapt', home.folder, ...args, ...shared]);
    expect(await wrong('--configurations', 'fixed-8,flexible')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/Expected some of fixed-8, .* but found "flexible"/) as string,
    });
    expect(await wrong('--qualities', '20')).toMatchObject({ code: 2 });
  });

  const mnist = path.resolve('../shared/data/mnist');
  const absent = !existsSync(mnist);
  it.skipIf(absent)(`learns 600 digits of MNIST${absent ? ' (skipped: no data folder)' : ''}`, async () => {
    const folder = path.join(home.folder, 'mnist');
    await mkdir(folder);
    for (const [name, count] of [
      ['train', 600],
      ['t10k', 300],
    ] as const)
      for (const kind of ['images-idx3', 'labels-idx1'])
        await headOfIdx(
          path.join(mnist, `${name}-${kind}-ubyte.gz`),
          path.join(folder, `${name}-${kind}-ubyte`),
          count,
        );
    const chosen = ['--configurations', 'fixed-8,moving-threshold', '--epochs', '6', '--seeds', '1'];
    const report = json(await bitbudget(['adapt', folder, ...chosen, '--json', ...shared])) as AdaptReport;
    expect(report).toMatchObject({ trainImages: 600, testImages: 300, side: 28, channels: 1 });
    const [fixed, moving] = report.rows;
    expect(fixed?.kept).toEqual({ low: 8, high: 8 });
    expect(moving?.kept).toEqual({ low: 16, high: 4 });
    expect(fixed?.compressedAccuracy.mean).toBeGreaterThan(0.7);
    expect(moving?.accuracy.mean).toBeGreaterThan(0.4);
    expect(fixed?.epochs[0]?.coefficients).toBe(600 * 64);
    expect(moving?.epochs[0]?.coefficients).toBe(600 * 256);
    expect(moving?.epochs.at(-1)?.coefficients).toBeLessThan(600 * 200);
  });
});
