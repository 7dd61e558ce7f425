/** Plans against their rivals, by training. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateDataset } from '../../demo/generate.ts';
import type { Evaluation } from '../../src/protocol/evaluation.ts';
import { bitbudget, temporaryFolder } from './bitbudget.ts';

let home: Awaited<ReturnType<typeof temporaryFolder>>;
let plan: string;
const store = () => ['--store', path.join(home.folder, 'store')];

beforeAll(async () => {
  home = await temporaryFolder();
  const dataset = path.join(home.folder, 'shapes');
  await generateDataset(dataset, { imagesPerClass: 25, seed: 3 });
  plan = path.join(home.folder, 'shapes.plan.jsonl');
  const settings = ['--folds', '2', '--seeds', '1', '--epochs', '1', '--qualities', '5,20,60', '--engine', 'cpu'];
  const made = await bitbudget(['plan', dataset, '--budget', '30%', '--out', plan, ...settings, ...store()]);
  expect(made).toMatchObject({ code: 0 });
}, 200_000);
afterAll(() => home.remove());

describe('an evaluation', { timeout: 300_000 }, () => {
  const quick = ['--seeds', '2', '--epochs', '1', '--engine', 'cpu', '--probe-side', '16'];

  it('trains the plan and its rivals at the same bytes, and judges by intervals alone', async () => {
    const evaluated = await bitbudget(['evaluate', plan, '--against', 'uniform,drop', ...quick, '--json', ...store()]);
    expect(evaluated).toMatchObject({ code: 0 });
    const { trials, planned, trainImages, testImages, compressedAt } = JSON.parse(evaluated.stdout) as Evaluation;
    expect({ planned, trainImages, testImages }).toEqual({ planned: 'sensitivity', trainImages: 80, testImages: 20 });
    expect([5, 20, 60]).toContain(compressedAt);
    expect(trials.map(({ policy }) => policy)).toEqual(['plan', 'uniform', 'drop']);
    const [own, ...rivals] = trials;
    expect(own?.difference).toBeUndefined();
    for (const { errors, difference, images } of rivals) {
      expect(errors).toHaveLength(2);
      expect(images).toBeGreaterThan(0);
      const [low, high] = difference?.interval ?? [NaN, NaN];
      const verdict = low > 0 ? 'better' : high < 0 ? 'worse' : 'no difference seen';
      expect(difference?.verdict).toBe(verdict);
    }
    // Originals of a part: fewer images than one quality for all.
    expect(rivals[1]?.images).toBeLessThan(rivals[0]?.images ?? 0);

    const again = await bitbudget(['evaluate', plan, '--against', 'uniform,drop', ...quick, ...store()]);
    expect(again.stdout).toMatch(/against +difference +95 % +the plan is/);
    expect(again.stderr).not.toMatch(/ [1-5] of 6 trainings finished/);
  });

  it('refuses what is no policy, and plans of files that are gone', async () => {
    const wrong = await bitbudget(['evaluate', plan, '--against', 'uniform,magic', ...store()]);
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.stderr).toMatch(/Expected names among sensitivity, .* but found "magic"/);
    const lines = (await readFile(plan, 'utf8')).split('\n');
    const stale = path.join(home.folder, 'stale.plan.jsonl');
    await writeFile(
      stale,
      lines.map((line) => line.replace('"path":"disc/0003.jpg"', '"path":"disc/gone.jpg"')).join('\n'),
    );
    const refused = await bitbudget(['evaluate', stale, ...quick, ...store()]);
    expect(refused).toMatchObject({ code: 3 });
    expect(refused.stderr).toMatch(/plans disc\/gone\.jpg, which is not in .* any more\. Make the plan again/);
  });
});
