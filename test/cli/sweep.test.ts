/** Sweeps on the command line: killed, resumed, and cut short. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateDataset } from '../../demo/generate.ts';
import type { SweepReport } from '../../src/protocol/sweep.ts';
import { bitbudget, temporaryFolder } from './bitbudget.ts';

let home: Awaited<ReturnType<typeof temporaryFolder>>;
let args: string[];

beforeAll(async () => {
  home = await temporaryFolder();
  const dataset = path.join(home.folder, 'shapes');
  await generateDataset(dataset, { imagesPerClass: 25, seed: 7 });
  const settings = ['--seeds', '1', '--epochs', '1', '--sizes', '20,40,80', '--qualities', '5,20,80'];
  args = ['sweep', dataset, '--engine', 'cpu', '--probe-side', '16', ...settings];
});
afterAll(() => home.remove());

const store = (name: string) => ['--store', path.join(home.folder, name)];

describe('a sweep', { timeout: 400_000 }, () => {
  it('that was killed goes on after its last training, and ends as an undisturbed one', async () => {
    const killed = await bitbudget([...args, ...store('killed')], (said, kill) => {
      if (/\([3-9] of 12 trainings finished/.test(said)) kill('SIGKILL');
    });
    expect(killed.code).not.toBe(0);
    const resumed = await bitbudget([...args, '--json', ...store('killed')]);
    expect(resumed).toMatchObject({ code: 0 });
    const report = JSON.parse(resumed.stdout) as SweepReport;
    expect(report).toMatchObject({ trainImages: 80, testImages: 20 });
    expect(report.cells).toHaveLength(12);
    const sizes = report.cells.map(({ images }) => images);
    expect(new Set(sizes)).toEqual(new Set([20, 40, 80]));
    for (const { bytes, error, seconds } of report.cells) {
      expect(bytes).toBeGreaterThan(300);
      expect(error).toBeGreaterThanOrEqual(0);
      expect(seconds).toBeGreaterThan(0);
    }
    expect(report.law?.points).toBe(9);
    const undisturbed = await bitbudget([...args, '--json', ...store('undisturbed')]);
    const other = JSON.parse(undisturbed.stdout) as SweepReport;
    const errorsOf = ({ cells }: SweepReport) =>
      cells.map(({ images, quality, error }) => ({ images, quality, error }));
    expect(errorsOf(other)).toEqual(errorsOf(report));
  });

  it('says of every budget how many images to take at which quality, and prices training time', async () => {
    const budgets = [100, 12_000, 30_000, 1_000_000];
    const priced = ['--budgets', budgets.map((own) => `${own}B`).join(','), '--json', ...store('killed')];
    const run = async (...more: string[]) => {
      const ended = await bitbudget([...args, ...priced, ...more]);
      expect(ended).toMatchObject({ code: 0 });
      return JSON.parse(ended.stdout) as SweepReport;
    };
    const free = await run();
    expect(free.tooSmall).toEqual([100]);
    const [small, middle, large] = free.optima?.list ?? [];
    for (const { real, budgetBytes, seconds } of free.optima?.list ?? []) {
      expect(real?.bytes).toBeLessThanOrEqual(budgetBytes);
      expect(real?.bytes).toBeGreaterThan(Math.min(0.9 * budgetBytes, 20_000));
      expect(seconds).toBeGreaterThan(0);
    }
    expect(large?.real).toMatchObject({ images: 80, quality: 100 });
    expect(small?.real?.images).toBeLessThanOrEqual(middle?.real?.images ?? 0);

    const { fixedSeconds, secondsPerImage } = free.time;
    const secondWorth = Math.floor(15_000 / (fixedSeconds + 80 * secondsPerImage));
    const timed = await run('--second-worth', `${secondWorth}B`);
    expect(timed.time).toEqual({ fixedSeconds, secondsPerImage, secondWorth });
    for (const { real, budgetBytes } of timed.optima?.list ?? []) {
      const paid = secondWorth * (fixedSeconds + secondsPerImage * (real?.images ?? 0));
      expect((real?.bytes ?? NaN) + paid).toBeLessThanOrEqual(budgetBytes);
    }
  });

  it('stops starting trainings when its time is over, and refuses more images than there are', async () => {
    const short = await bitbudget([...args, '--max-minutes', '1', '--json', ...store('killed')]);
    expect(short).toMatchObject({ code: 0 });
    const refused = await bitbudget([...args, '--sizes', '20,1000', ...store('killed')]);
    expect(refused).toMatchObject({ code: 3 });
    expect(refused.stderr).toMatch(/asked to train on 1000 images but found 80/);
  });
});
