/** Plans by every policy on the command line, on a dataset whose truth is known. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateDataset } from '../../demo/generate.ts';
import type { PlanHeader, PlanLine } from '../../src/core/copy/plan-schema.ts';
import { policyNames } from '../../src/protocol/policy.ts';
import type { CopySummary, PlanSummary } from '../../src/protocol/worker.ts';
import { bitbudget, quick, temporaryFolder } from './bitbudget.ts';

let home: Awaited<ReturnType<typeof temporaryFolder>>;
let dataset: string;
let args: string[];
const settings = ['--qualities', '5,20,50,80', '--engine', 'cpu', '--probe-side', '16'];
const store = () => ['--store', path.join(home.folder, 'store')];

beforeAll(async () => {
  home = await temporaryFolder();
  dataset = path.join(home.folder, 'shapes');
  await generateDataset(dataset, { imagesPerClass: 25, seed: 7 });
  args = ['plan', dataset, '--budget', '20%', ...settings, ...quick, '--proxies', ...store()];
}, 60_000);
afterAll(() => home.remove());

async function planBy(name: string, ...more: string[]) {
  const file = path.join(home.folder, `${name}.plan.jsonl`);
  const ended = await bitbudget([...args, '--policy', name, '--out', file, '--json', ...more]);
  expect(ended).toMatchObject({ code: 0 });
  const [header, ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return {
    summary: JSON.parse(ended.stdout) as PlanSummary,
    header: JSON.parse(header ?? '') as PlanHeader,
    lines: lines.map((line) => JSON.parse(line) as PlanLine),
    file,
  };
}

const mixOf = (lines: readonly PlanLine[]) => new Set(lines.map(({ quality }) => quality));

describe('policies', { timeout: 240_000 }, () => {
  it('that follow a sweep say so where there is none', async () => {
    for (const name of ['law', 'grid']) {
      const refused = await bitbudget([...args, '--policy', name, '--out', path.join(home.folder, 'none')]);
      expect(refused).toMatchObject({ code: 3 });
      expect(refused.stderr).toContain(`run \`bitbudget sweep ${dataset}\` first`);
    }
    const small = ['--seeds', '1', '--epochs', '1', '--sizes', '40,80', '--qualities', '5,50'];
    const swept = await bitbudget(['sweep', dataset, ...settings, ...small, ...store()]);
    expect(swept).toMatchObject({ code: 0 });
  });

  it.each(policyNames)('plan by %s within the budget, and say why of every file', async (name) => {
    const { summary, header, lines } = await planBy(name);
    expect(summary.policy).toEqual({ name, diversity: 0 });
    expect(header.policy).toBe(name);
    expect(summary.bytes).toBeLessThanOrEqual(summary.budgetBytes);
    expect(summary.bytes).toBeGreaterThan(0.99 * summary.budgetBytes);
    expect(lines.reduce((sum, { planned }) => sum + planned, 0)).toBe(summary.bytes);
    expect(header.certificate !== undefined).toBe(name === 'sensitivity');
    expect(lines).toHaveLength(100);
    expect(lines.every(({ reason }) => reason.length > 10)).toBe(true);
  });

  it('differ as their names say', async () => {
    const { lines: dropped } = await planBy('drop');
    expect(mixOf(dropped)).toEqual(new Set(['drop', 'original']));
    const { lines: uniform } = await planBy('uniform');
    expect(mixOf(uniform).size).toBeLessThanOrEqual(3);
    const { summary: ours } = await planBy('sensitivity');
    const { summary: control, lines: dealt } = await planBy('shuffled');
    expect((await planBy('shuffled')).lines).toEqual(dealt);
    expect(control.mix).toEqual(ours.mix);
    expect(ours.cost).toBeLessThan(control.cost);
    const { header, lines: diverse } = await planBy('sensitivity', '--diversity', '50%');
    expect(header.diversity).toBe(0.5);
    expect(diverse.filter(({ reason }) => reason.startsWith('drawn at random')).length).toBeGreaterThan(10);
  });

  it('make copies that are written like any other', async () => {
    const { file, summary } = await planBy('perceptual');
    const written = await bitbudget(['write', file, path.join(home.folder, 'copy'), '--json', ...store()]);
    expect(written).toMatchObject({ code: 0 });
    expect((JSON.parse(written.stdout) as CopySummary).bytes).toBe(summary.bytes);
  });

  it('are refused where they can not be, in one line', async () => {
    const plan = ['plan', dataset, '--budget', '45%', ...settings, ...quick, ...store()];
    const refusals: [string[], number, RegExp][] = [
      [['--policy', 'el2n-drop'], 3, /add --proxies/],
      [['--policy', 'uniform', '--second-worth', '1kB'], 3, /weighs training time/],
      [['--diversity', '10%', '--second-worth', '1kB'], 3, /weighs training time/],
      [['--policy', 'uniform', '--diversity', '10%'], 3, /belongs to the policy "sensitivity"/],
      [['--policy', 'best'], 2, /random-quality/],
    ];
    for (const [more, code, said] of refusals) {
      const refused = await bitbudget([...plan, ...more]);
      expect(refused.code).toBe(code);
      expect(refused.stderr).toMatch(said);
    }
    const { stdout } = await bitbudget(['plan', '--help']);
    for (const name of policyNames) expect(stdout).toContain(name);
  });
});
