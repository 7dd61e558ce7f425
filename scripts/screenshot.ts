/** Takes the README's picture: the demo's dataset, planned at 40 % with the default settings, in a real VS Code. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { generateDataset } from '../demo/generate.ts';
import { launchChromium } from '../test/chromium.ts';
import { fromContextMenu, panelFrame } from '../test/e2e/page.ts';
import { plainWorkbench, startWorkbench } from '../test/e2e/workbench.ts';

const home = mkdtempSync(path.join(tmpdir(), 'bitbudget-picture-'));
const workspace = path.join(home, 'datasets');
const vsix = path.join(home, 'bitbudget.vsix');
await generateDataset(path.join(workspace, 'shapes'), { imagesPerClass: 150, seed: 7 });
execFileSync(process.execPath, ['scripts/package.ts', '--out', vsix], { stdio: 'pipe' });
const settings = { ...plainWorkbench, 'bitbudget.storeFolder': path.join(home, 'store') };
await using workbench = await startWorkbench(vsix, workspace, settings);
const browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: 1360, height: 860 }, deviceScaleFactor: 1.5 });
await page.goto(workbench.url);
await fromContextMenu(page, 'shapes', 'Plan Dataset Compression…');
const panel = await panelFrame(page);
await panel.getByTestId('row-0').waitFor({ timeout: 300_000 });
await page.mouse.move(5, 5);
await page.waitForTimeout(1000);
await sharp(await page.screenshot())
  .png({ palette: true, colours: 128, effort: 10 })
  .toFile('docs/pictures/panel.png');
await browser.close();
rmSync(home, { recursive: true, force: true });
