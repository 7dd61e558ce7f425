/** The packaged extension in a real VS Code, driven as a user would. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generateDataset } from '../../demo/generate.ts';
import { findChromium, launchChromium } from '../chromium.ts';
import { chooseFolder, fromContextMenu, panelFrame } from './page.ts';
import { plainWorkbench, startWorkbench, type Workbench } from './workbench.ts';

const canRun = findChromium() !== undefined || process.env['CI'] !== undefined;
const screens = path.resolve('.cache/screens');
const patienceMs = 180_000;

describe.skipIf(!canRun)('in a real VS Code', { timeout: 2 * patienceMs }, () => {
  const home = mkdtempSync(path.join(tmpdir(), 'bitbudget-e2e-'));
  const workspace = path.join(home, 'datasets');
  const dataset = path.join(workspace, 'shapes');
  const store = path.join(home, 'store');
  let workbench: Workbench;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const vsix = path.resolve('.cache/bitbudget.vsix');
    mkdirSync(screens, { recursive: true });
    await generateDataset(dataset, { imagesPerClass: 40, seed: 7 });
    execFileSync(process.execPath, ['scripts/package.ts', '--out', vsix], { stdio: 'pipe' });
    workbench = await startWorkbench(vsix, workspace, {
      ...plainWorkbench,
      'bitbudget.storeFolder': store,
      'bitbudget.qualities': [5, 20, 50, 80, 90],
      'bitbudget.folds': 2,
      'bitbudget.seeds': 1,
      'bitbudget.epochs': 1,
    });
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1400, height: 960 } });
    page.setDefaultTimeout(patienceMs);
    await page.goto(workbench.url);
    await page.locator('.monaco-workbench').waitFor();
  });

  // Each test goes on where the one before ended: after a failure there is nothing to go on from.
  let failed = false;
  beforeEach(({ skip }) => {
    skip(failed, 'an earlier step failed');
  });
  afterEach(async ({ task }) => {
    failed ||= task.result?.state === 'fail';
    if (task.result?.state === 'fail')
      await page.screenshot({ path: path.join(screens, `workbench-failed-${task.name.slice(0, 20)}.png`) });
  });

  afterAll(async () => {
    await browser.close();
    await workbench[Symbol.asyncDispose]();
    rmSync(home, { recursive: true, force: true });
  });

  it('plans a folder that is right-clicked, and can be cancelled and resumed', async () => {
    await fromContextMenu(page, 'shapes', 'Plan Dataset Compression…');
    const panel = await panelFrame(page);
    await panel.getByTestId('stage-probe').filter({ hasText: /steps/ }).waitFor();
    await page.screenshot({ path: path.join(screens, 'workbench-running.png') });
    await panel.getByTestId('cancel').click();
    await panel.getByText('Cancelled. Finished stages are kept.').waitFor();
    await panel.getByTestId('run-again').click();
    await panel.getByTestId('budget-slider').waitFor();
    expect(workbench.workers()).toHaveLength(1);
  });

  it('answers the slider, by keyboard and by mouse', async () => {
    const panel = await panelFrame(page);
    const slider = panel.getByTestId('budget-slider');
    const total = () => panel.getByTestId('total-bytes').innerText();
    const [first, mix] = [await total(), await panel.getByTestId('mix').getAttribute('aria-label')];
    await slider.focus();
    for (let presses = 0; presses < 12; presses++) await page.keyboard.press('ArrowLeft');
    await expect.poll(total).not.toBe(first);
    expect(await panel.getByTestId('mix').getAttribute('aria-label')).not.toBe(mix);
    const byKeyboard = await total();
    const box = await slider.boundingBox();
    if (box === null) throw new Error('The slider has no box');
    await page.mouse.move(box.x + box.width * 0.34, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    await expect.poll(total).not.toBe(byKeyboard);
    await panel.getByTestId('row-0').waitFor();
    await page.screenshot({ path: path.join(screens, 'workbench-plan.png') });
  });

  it('writes the copy into a chosen folder, within the budget', async () => {
    const panel = await panelFrame(page);
    const before = treeOf(dataset);
    await panel.getByTestId('write-copy').click();
    await chooseFolder(page, undefined, 'Write copy here');
    const outcome = panel.getByTestId('outcome').filter({ hasText: /Wrote/ });
    await outcome.waitFor();
    await page.screenshot({ path: path.join(screens, 'workbench-written.png') });
    const copy = readdirSync(workspace).find((name) => name.startsWith('shapes-'));
    if (copy === undefined) throw new Error(`No copy beside the dataset: ${readdirSync(workspace).join(', ')}`);
    const report = JSON.parse(cli('verify', path.join(workspace, copy), '--json')) as { faults: []; complete: boolean };
    expect(report).toMatchObject({ faults: [], complete: true });
    const manifest = readFileSync(path.join(workspace, copy, 'bitbudget.manifest.jsonl'), 'utf8').split('\n', 1)[0];
    const { budgetBytes, files } = JSON.parse(manifest ?? '') as { budgetBytes: number; files: number };
    const written = treeOf(path.join(workspace, copy)).filter(([name]) => name.includes('/'));
    expect(written).toHaveLength(files);
    expect(written.reduce((sum, [, bytes]) => sum + bytes, 0)).toBeLessThanOrEqual(budgetBytes);
    expect(treeOf(dataset)).toEqual(before);
  });

  it('says that its process died, and goes on from the finished stages', async () => {
    const panel = await panelFrame(page);
    for (const worker of workbench.workers()) process.kill(worker, 'SIGKILL');
    await panel.getByText(/The process that does the work was ended by SIGKILL/).waitFor();
    await page.screenshot({ path: path.join(screens, 'workbench-died.png') });
    await panel.getByTestId('run-again').click();
    await panel.getByTestId('budget-slider').waitFor({ timeout: 15_000 });
  });

  it('leaves no process behind when its panel is closed', async () => {
    await page.locator('.tab', { hasText: 'shapes: compression' }).click({ button: 'middle' });
    await expect.poll(() => workbench.workers(), { timeout: 10_000 }).toEqual([]);
  });

  it('opens from the command palette, and ends with VS Code', async () => {
    await page.keyboard.press('F1');
    await page.keyboard.type('Plan Dataset Compression');
    await page.keyboard.press('Enter');
    await chooseFolder(page, dataset, 'Plan compression');
    const panel = await panelFrame(page);
    await panel.getByTestId('budget-slider').waitFor();
    expect(workbench.workers()).toHaveLength(1);
    await workbench[Symbol.asyncDispose]();
    await expect.poll(() => workbench.workers(), { timeout: 10_000 }).toEqual([]);
  });
});

const cli = (...args: string[]) => execFileSync(process.execPath, ['dist/cli.cjs', ...args], { encoding: 'utf8' });

/** Files of a folder by name, with their bytes. */
function treeOf(folder: string): [string, number][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry): [string, number] => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(folder, file), statSync(file).size];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
