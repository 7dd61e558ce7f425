import { expect, it } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import type { PanelState } from '../../src/protocol/panel.ts';
import { calls, describePanel, screenshot } from './page.ts';

const folder = '/home/ada/datasets/cifar-10-large';
const running: PanelState = {
  kind: 'running',
  folder,
  progress: [
    { stage: 'scan', done: 10_000, total: 10_000, unit: 'files' },
    { stage: 'rate', done: 10_000, total: 10_000, unit: 'images' },
    { stage: 'views', done: 3120, total: 10_000, unit: 'images' },
  ],
};

describePanel('the panel', ({ open, openReady, axe, errors }) => {
  it('counts the stages of a running analysis and cancels it', async () => {
    const page = await open({ state: running });
    await expect.poll(() => page.getByTestId('stage-views').textContent()).toContain('3,120 of 10,000 images');
    expect(await page.getByTestId('stage-rate').getAttribute('data-status')).toBe('finished');
    expect(await page.getByTestId('stage-probe').getAttribute('data-status')).toBe('waiting');

    await page.evaluate(
      `host.progress({ stage: 'probe', done: 40, total: 900, unit: 'batches', note: 'fold 2 of 3' })`,
    );
    await expect.poll(() => page.getByTestId('stage-probe').textContent()).toContain('40 of 900 batches · fold 2 of 3');
    expect(await page.getByTestId('stage-views').getAttribute('data-status')).toBe('finished');
    expect(await axe(page)).toEqual([]);

    await page.getByTestId('cancel').click();
    await expect.poll(() => calls(page)).toContain('cancel');
    await page.evaluate(`host.show({ kind: 'cancelled', folder: '${folder}' })`);
    await page.getByText('Cancelled. Finished stages are kept.').waitFor();
    await page.getByTestId('run-again').click();
    await expect.poll(() => calls(page)).toContain('restart');
    expect(errors()).toEqual([]);
    await page.close();
  });

  it('says why an analysis failed', async () => {
    const page = await open({ state: { kind: 'failed', folder, message: 'No images in this folder.' } });
    await page.getByText('No images in this folder.').waitFor();
    await page.getByTestId('run-again').waitFor();
    expect(await axe(page)).toEqual([]);
    await page.close();
  });

  it('starts at 40 % and stays within every budget that the slider and the field give', async () => {
    const page = await openReady();
    const slider = page.getByTestId('budget-slider');
    const share = (): Promise<number> => percent(page.getByTestId('share'));
    expect(await share()).toBeCloseTo(40, 1);
    const mix = await page.getByTestId('mix').getAttribute('aria-label');
    expect(await page.getByTestId('gap').textContent()).toMatch(/Proved .* the best\s+possible/);
    expect(await page.getByTestId('price').textContent()).toMatch(/save 0\.\d+ nats per MB/);

    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(share).toBeLessThanOrEqual(39);
    expect(await share()).toBeGreaterThan(38.5);
    expect(await page.getByTestId('mix').getAttribute('aria-label')).not.toBe(mix);

    const box = await slider.boundingBox();
    if (!box) throw new Error('The slider has no box');
    await page.mouse.click(box.x + box.width * 0.75, box.y + box.height / 2);
    await expect.poll(share).toBeGreaterThan(60);
    expect(await share()).toBeLessThanOrEqual(await percentOf(page.getByTestId('budget-field')));

    await page.getByTestId('budget-field').fill('15 MB');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByTestId('total-bytes').textContent()).toMatch(/^1[45](\.\d+)? MB$/);
    await page.getByTestId('budget-field').fill('much');
    await page.keyboard.press('Enter');
    await page.getByText('Write a share such as 40%').waitFor();

    await slider.focus();
    await page.keyboard.press('End');
    await page.getByText('Every file is at its best option').waitFor({ state: 'hidden' });
    await expect.poll(share).toBe(100);
    await page.keyboard.press('Home');
    await expect.poll(share).toBeLessThan(30);
    expect(await page.evaluate('host.saved.share')).toBeLessThan(0.3);
    expect(errors()).toEqual([]);
    await page.close();
  });

  it('takes up the budget and the sort where the view left them', async () => {
    const page = await openReady({ saved: { share: 0.6, sort: { by: 'bytes', descending: true } } });
    expect(await percent(page.getByTestId('share'))).toBeCloseTo(60, 1);
    expect(await page.locator('[aria-sort]').textContent()).toContain('Before');
    await page.close();
  });

  it('names and colours the codings where there are several', async () => {
    const page = await openReady({ codings: ['4:2:0', '4:4:4', 'webp'] });
    const mix = await page.getByTestId('mix').getAttribute('aria-label');
    for (const name of [/q \d+ 4:2:0/, /q \d+ 4:4:4/, /WebP q \d+/]) expect(mix).toMatch(name);
    const colours = await page
      .locator('bitbudget-mix .bar > span.fill')
      .evaluateAll((parts) => parts.map((part) => getComputedStyle(part).backgroundColor));
    expect(new Set(colours).size).toBe(colours.length);
    await page.getByTestId('sort-quality').click();
    await page.getByTestId('sort-quality').click();
    await page.getByTestId('budget-field').fill('30%');
    await page.keyboard.press('Enter');
    await expect.poll(() => cell(page, 0, 3)).toMatch(/^(WebP q \d+|q \d+ 4:[24]:[04]|original)$/);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, 'codings-1100');
    expect(errors()).toEqual([]);
    await page.close();
  });

  it('sorts by the host and, for qualities, by itself', async () => {
    const page = await openReady();
    await page.getByTestId('sort-bytes').click();
    await page.getByTestId('sort-bytes').click();
    await expect.poll(() => cell(page, 0, 4)).toBe('40.1 kB');

    await page.getByTestId('sort-quality').click();
    await expect.poll(() => cell(page, 0, 3)).toBe('q 10');
    await page.getByTestId('budget-slider').press('Home');
    await expect.poll(() => cell(page, 0, 3)).toBe('drop');
    await page.getByTestId('sort-quality').click();
    await expect.poll(() => cell(page, 0, 3)).toBe('original');
    await page.getByTestId('budget-field').fill('60%');
    await page.keyboard.press('Enter');
    await expect.poll(() => cell(page, 0, 3)).toBe('original');

    await page.getByTestId('sort-sensitivity').click();
    await page.getByTestId('sort-sensitivity').click();
    await expect.poll(() => page.locator('[aria-sort=descending]').textContent()).toContain('Sensitivity');
    await page.close();
  });

  it('names the guard of a file beside its quality, and none where there is none', async () => {
    const page = await openReady();
    const titleOf = (split: string) =>
      page
        .getByRole('row')
        .filter({ has: page.getByRole('gridcell', { name: split, exact: true }) })
        .first()
        .getByRole('gridcell')
        .nth(3)
        .getAttribute('title');
    expect(await titleOf('test')).toBe('original: protected by test/**: kept unchanged');
    await page.getByTestId('files').press('End');
    await page.getByTestId('row-4999').getByText('.jpg').waitFor();
    expect(await titleOf('val')).not.toMatch(/:/);
    await page.close();
  });

  it('scrolls through all files, asking for the pages in sight', async () => {
    const page = await openReady();
    const files = page.getByTestId('files');
    expect(await files.getAttribute('aria-rowcount')).toBe('5001');
    await files.evaluate((grid: { scrollTop: number; scrollHeight: number }) => {
      grid.scrollTop = grid.scrollHeight;
    });
    await page.getByTestId('row-4999').getByText('.jpg').waitFor();
    expect(await page.getByRole('row').count()).toBeLessThan(60);
    const asked = (await calls(page)).filter((call) => call.startsWith('rows'));
    expect(asked.length).toBeLessThan(12);
    expect(asked.join()).not.toContain('not an Uint32Array');
    await page.close();
  });

  it('moves through the files by keyboard and opens one', async () => {
    const page = await openReady();
    const files = page.getByTestId('files');
    await files.focus();
    const active = (): Promise<string | null> => files.getAttribute('aria-activedescendant');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect.poll(active).toBe('row-2');
    await page.keyboard.press('Enter');
    await expect.poll(() => calls(page)).toContain(`open ${await cell(page, 2, 0)}`);
    await page.keyboard.press('PageDown');
    await expect.poll(active).not.toBe('row-2');
    await page.keyboard.press('End');
    await expect.poll(active).toBe('row-4999');
    await page.keyboard.press('Home');
    await expect.poll(active).toBe('row-0');
    await page.close();
  });

  it('shows what the sensitivities rest on, and the study when it is asked for', async () => {
    const page = await openReady();
    await page.getByTestId('evidence').locator('summary').click();
    const proxies = page.getByTestId('proxies');
    expect(await proxies.textContent()).toContain('all cheap ones + class');
    expect(await proxies.textContent()).not.toContain('NaN');
    expect(await page.getByTestId('evidence').textContent()).toContain('saved 31,200 of 104,000 forward passes');

    const study = page.getByTestId('study');
    await study.locator('summary').click();
    await page.getByTestId('run-study').click();
    await expect.poll(() => calls(page)).toContain('study');
    await page.evaluate(`host.progress({ stage: 'probe', done: 40, total: 900, unit: 'steps', note: 'studying' })`);
    await expect.poll(() => study.textContent()).toContain('4 %: studying');
    await page.evaluate('host.studied()');
    const chart = study.getByRole('img', { name: 'Accuracy by tested quality' });
    await chart.waitFor();
    expect(await chart.locator('polyline').count()).toBe(3);
    expect(await chart.locator('rect').count()).toBe(2);
    await study.getByText('q 5 from q 1 to q 10; original from q 50 to original').waitFor();

    await page.getByTestId('row-1').click();
    await expect.poll(() => study.textContent()).toContain('Selected: ');
    await page.getByTestId('show-attribution').click();
    const picture = page.getByTestId('attribution');
    await picture.waitFor();
    expect(await picture.evaluate((image: unknown) => (image as { readonly naturalWidth: number }).naturalWidth)).toBe(
      1,
    );
    expect(await axe(page)).toEqual([]);
    await screenshot(page, 'study-1100');
    await page.setViewportSize({ width: 420, height: 900 });
    await screenshot(page, 'study-420');
    await page.setViewportSize({ width: 320, height: 900 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    expect(errors()).toEqual([]);
    await page.close();
  });

  it('compares the plan with its rivals by training, and claims nothing before', async () => {
    const page = await openReady();
    const section = page.getByTestId('evaluation');
    await section.locator('summary').click();
    expect(await section.textContent()).not.toContain('better than');
    await page.getByTestId('run-evaluation').click();
    await page.getByTestId('trials').waitFor();
    expect((await calls(page)).at(-1)).toMatch(/^evaluate sensitivity within 251\d{5}$/);
    await section
      .getByText('The plan is better than drop; worse than shuffled; not seen to differ from uniform.')
      .waitFor();
    const figure = section.getByRole('img', { name: 'The plan against its rivals' });
    expect(await figure.locator('circle').count()).toBe(3);
    expect(await figure.locator('title').allTextContents()).toContain(
      'drop: 8.4 points (7.3 points to 9.5 points), better',
    );
    expect(await axe(page)).toEqual([]);
    await screenshot(page, 'evaluation-1100');
    await page.setViewportSize({ width: 320, height: 900 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    await page.close();
  });

  it('writes a copy, shows how far it is, and says what happened', async () => {
    const page = await openReady();
    await page.getByTestId('write-copy').click();
    await expect
      .poll(async () => (await calls(page)).find((call) => call.startsWith('write')))
      .toMatch(/^write \d+ sensitivity$/);
    await page.evaluate(`host.progress({ stage: 'write', done: 1200, total: 5000, unit: 'files' })`);
    await page.getByText('1,200 of 5,000 files').waitFor();
    await page.evaluate(`host.written('Wrote 5,000 files, 32.4 MB, to cifar-10-small.')`);
    await expect.poll(() => page.getByTestId('outcome').textContent()).toContain('Wrote 5,000 files');
    await page.close();
  });

  it('writes the copy by another policy, and says what that does and what is shown', async () => {
    const page = await openReady();
    expect(await page.getByTestId('policy').inputValue()).toBe('sensitivity');
    expect(await page.getByTestId('policy-rule').count()).toBe(0);
    await page.getByLabel('Policy').selectOption('perceptual');
    expect(await page.getByTestId('policy-rule').textContent()).toMatch(/one SSIM for all.*stays\s+the\s+plan/s);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, 'policy-dark-1100');
    await page.getByTestId('write-copy').click();
    await expect
      .poll(async () => (await calls(page)).find((call) => call.startsWith('write')))
      .toMatch(/^write \d+ perceptual$/);
    await page.evaluate(`host.progress({ stage: 'rate', done: 40, total: 5000, unit: 'images' })`);
    await page.getByText('40 of 5,000 images').waitFor();
    await page.close();
  });

  it.each(['dark', 'light', 'contrast'] as const)(
    'is accessible and whole in %s',
    { timeout: 20_000 },
    async (theme) => {
      const page = await openReady({ theme });
      expect(await axe(page)).toEqual([]);
      await screenshot(page, `ready-${theme}-1100`);
      await page.getByTestId('files').focus();
      await page.keyboard.press('ArrowDown');
      await page.setViewportSize({ width: 420, height: 900 });
      await screenshot(page, `ready-${theme}-420`);
      await page.setViewportSize({ width: 320, height: 900 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
      expect(errors()).toEqual([]);
      await page.close();

      const other = await open({ theme, state: running });
      await other.getByTestId('cancel').waitFor();
      await screenshot(other, `running-${theme}-1100`);
      await other.setViewportSize({ width: 420, height: 900 });
      await screenshot(other, `running-${theme}-420`);
      await other.close();
    },
  );
});

async function cell(page: Page, row: number, column: number): Promise<string> {
  return ((await page.getByTestId(`row-${row}`).getByRole('gridcell').nth(column).textContent()) ?? '').trim();
}

async function percent(locator: Locator): Promise<number> {
  return Number.parseFloat((await locator.textContent()) ?? '');
}

async function percentOf(field: Locator): Promise<number> {
  return Number.parseFloat(await field.inputValue());
}
