/** Predictions on the command line: killed, resumed, shared with an evaluation, and carried by plans. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateDataset } from '../../demo/generate.ts';
import type { PlanHeader } from '../../src/core/copy/plan-schema.ts';
import type { Evaluation } from '../../src/protocol/evaluation.ts';
import type { Prediction } from '../../src/protocol/prediction.ts';
import { bitbudget, quick, temporaryFolder } from './bitbudget.ts';

let home: Awaited<ReturnType<typeof temporaryFolder>>;
let dataset: string;
const analysis = [...quick, '--qualities', '5,20,60', '--engine', 'cpu', '--probe-side', '16'];
const trainings = ['--trainings', '2', '--training-epochs', '1'];
const store = () => ['--store', path.join(home.folder, 'store')];
const predict = (...more: string[]) => ['predict', dataset, ...analysis, ...trainings, ...store(), ...more];

beforeAll(async () => {
  home = await temporaryFolder();
  dataset = path.join(home.folder, 'shapes');
  await generateDataset(dataset, { imagesPerClass: 25, seed: 3 });
});
afterAll(() => home.remove());

/** Results of finished trainings, as they lie in the store. */
function storedTrainings(): Map<string, Uint8Array> {
  const file = path.join(home.folder, 'store', 'measured-v1.sqlite');
  if (!existsSync(file)) return new Map();
  const database = new DatabaseSync(file, { readOnly: true, timeout: 10_000 });
  try {
    const rows = database.prepare("SELECT key, data FROM stage WHERE key LIKE 'evaluation:%'").all();
    return new Map(rows.map(({ key, data }) => [key as string, data as Uint8Array]));
  } catch {
    // Its tables are not made yet.
    return new Map();
  } finally {
    database.close();
  }
}

async function planAt(budget: string, ...more: string[]) {
  const out = path.join(home.folder, `${budget.replace('%', '')}.plan.jsonl`);
  const ended = await bitbudget(['plan', dataset, '--budget', budget, '--out', out, ...analysis, ...store(), ...more]);
  expect(ended).toMatchObject({ code: 0 });
  const [header = ''] = (await readFile(out, 'utf8')).split('\n', 1);
  return { out, said: ended.stdout, predicted: (JSON.parse(header) as PlanHeader).predicted };
}

describe('a prediction', { timeout: 600_000 }, () => {
  let prediction: Prediction;

  it('that was killed goes on after its last training', async () => {
    let watch: NodeJS.Timeout | undefined;
    const killed = await bitbudget(predict(), (_, kill) => {
      watch ??= setInterval(() => {
        if (storedTrainings().size >= 3) kill('SIGKILL');
      }, 50);
    });
    clearInterval(watch);
    expect(killed.code).not.toBe(0);
    const before = storedTrainings();
    const resumed = await bitbudget(predict('--json'));
    expect(resumed).toMatchObject({ code: 0 });
    const after = storedTrainings();
    expect(after.size).toBeGreaterThan(before.size);
    // Trained again they would have taken another time.
    for (const [key, result] of before) expect(after.get(key)).toEqual(result);
    prediction = JSON.parse(resumed.stdout) as Prediction;
    expect(prediction).toMatchObject({ trainImages: 80, testImages: 20, seeds: 2, policy: 'sensitivity' });
    expect(prediction.points).toHaveLength(6);
    expect(prediction.coverage.leftOut).toBe(4);
    const bytes = prediction.points.map((point) => point.bytes);
    expect(bytes).toEqual([...new Set(bytes)].sort((a, b) => a - b));
    for (const { bytes: own, budgetBytes, errors } of prediction.points) {
      expect(own).toBeLessThanOrEqual(budgetBytes);
      expect(errors).toHaveLength(2);
    }
  });

  it('says what it rests on, and plans carry it within what was trained', async () => {
    const { stdout } = await bitbudget(predict());
    expect(stdout).toMatch(/Coverage +of 4 left-out budgets [0-4] (was|were) inside such an interval/);
    const { said, predicted } = await planAt('40%');
    const [low = NaN, high = NaN] = predicted?.interval ?? [];
    expect(predicted?.error).toBeGreaterThanOrEqual(low);
    expect(predicted?.error).toBeLessThanOrEqual(high);
    expect(predicted?.coverage).toEqual(prediction.coverage);
    expect(said).toMatch(/Predicted accuracy [\d.]+ % \(90 %: [\d.]+ % to [\d.]+ %\), original [\d.]+ %/);
    const below = await planAt(`${Math.floor((prediction.points[0]?.bytes ?? NaN) - 1000)}B`);
    expect(below.predicted).toBeUndefined();
    expect(below.said).not.toContain('Predicted');
  });

  it('shares its trainings with an evaluation of the same budget', async () => {
    const { budgetBytes, errors } = prediction.points[3] as Prediction['points'][number];
    const { out } = await planAt(`${budgetBytes}B`);
    const brief = ['--seeds', '2', '--epochs', '1', '--engine', 'cpu', '--probe-side', '16'];
    const before = storedTrainings();
    const evaluated = await bitbudget(['evaluate', out, '--against', 'uniform', ...brief, '--json', ...store()]);
    expect(evaluated).toMatchObject({ code: 0 });
    expect((JSON.parse(evaluated.stdout) as Evaluation).trials[0]?.errors).toEqual(errors);
    // The rival's two alone are new.
    expect(storedTrainings().size).toBe(before.size + 2);
  });

  it('is of one analysis and one policy: others have none', async () => {
    expect((await planAt('41%', '--policy', 'uniform')).predicted).toBeUndefined();
    expect((await planAt('42%', '--folds', '3')).predicted).toBeUndefined();
    const [own, other] = ['0003.jpg', '0004.jpg'].map((name) => path.join(dataset, 'disc', name)) as [string, string];
    await writeFile(own, await readFile(other));
    expect((await planAt('43%')).predicted).toBeUndefined();
  });

  it('refuses too few budgets, and budgets that leave nothing to train on', async () => {
    const few = await bitbudget(predict('--budgets', '30%,50%,90%'));
    expect(few).toMatchObject({ code: 3 });
    expect(few.stderr).toMatch(
      /make \d different copies, too few to leave one out .* give at least 4 budgets up to [\d.]+ kB/,
    );
    const empty = await bitbudget(predict('--budgets', '1B,10%,20%,30%'));
    expect(empty).toMatchObject({ code: 3 });
    expect(empty.stderr).toMatch(/the smallest possible copy takes|leaves no training image/);
    expect(await bitbudget(predict('--budgets', '40%;60%'))).toMatchObject({ code: 2 });
  });
});
