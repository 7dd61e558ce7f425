import { expect, it } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { calls, cutOff, describePanel, type OpenOptions, screenshot } from './page.ts';

describePanel('the sweep in the panel', ({ openReady, axe, errors }) => {
  async function openSweep(options?: OpenOptions): Promise<{ page: Page; sweep: Locator }> {
    const page = await openReady(options);
    const sweep = page.getByTestId('sweep');
    await sweep.locator('summary').click();
    await page.getByTestId('run-sweep').click();
    await page.getByTestId('sweep-cells').waitFor();
    return { page, sweep };
  }

  it('shows the sweep and its law when it is asked for', async () => {
    const { page, sweep } = await openSweep();
    expect(await sweep.getByRole('img', { name: 'Test error by number' }).locator('polyline').count()).toBe(3);
    expect(await page.getByTestId('sweep-cells').textContent()).toContain('4,000 images');
    expect(await page.getByTestId('optima').textContent()).toContain('35.3 % (34.1 % to 36.9 %)');
    expect(await sweep.textContent()).toContain('misses the largest by 0.4 ± 0.8 points');
    expect(await axe(page)).toEqual([]);
    await screenshot(page, 'sweep-1100');
    await page.setViewportSize({ width: 320, height: 900 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    expect(errors()).toEqual([]);
    await page.close();
  });

  it('fits the law to a table that the user has', async () => {
    const page = await openReady();
    const section = page.getByTestId('table-law');
    await section.locator('summary').click();
    await page.getByTestId('fit-table').click();
    await section.getByTestId('law-parameters').waitFor();
    expect(await section.textContent()).toContain('food101.csv');
    expect(await section.getByTestId('law-parameters').textContent()).toContain('0.310 to 0.390');
    // The slider's 40 % less what every copy holds.
    expect((await calls(page)).at(-1)).toMatch(/^fit a table within 12[45]\d{5}$/);
    expect(await axe(page)).toEqual([]);
    await screenshot(page, 'table-law-1100');
    await page.close();
  });

  it('draws the sweep: accuracy by storage, the best pairs, the surface', async () => {
    const { page, sweep } = await openSweep();
    const byStorage = sweep.getByRole('img', { name: 'Accuracy by storage' });
    expect(await byStorage.locator('polyline').count()).toBe(5);
    expect(await byStorage.locator('circle').count()).toBe(25);
    const titles = await byStorage.locator('title').allTextContents();
    expect(titles).toHaveLength(30);
    expect(titles).toContain('4,000 images, q 90, 33.2 MB: accuracy 69.3 % (68.2 % to 70.5 %)');
    expect(titles.filter((title) => title.includes('originals'))).toHaveLength(5);
    for (const label of ['q 90', '250 images', 'originals', '↑ accuracy', 'bytes of all training images →', '10 MB'])
      expect(await byStorage.textContent()).toContain(label);

    const bestPairs = sweep.getByRole('img', { name: 'The best pair' });
    expect(await bestPairs.textContent()).toContain('4,000 · q 60');
    expect(await bestPairs.locator('polygon').count()).toBe(1);

    const surface = sweep.getByRole('img', { name: 'Expected test error by images and bytes (storage law)' });
    expect(await surface.locator('title').allTextContents()).toContain(
      '1,000 images, q 30, 2.06 kB each: measured error 47.5 %',
    );
    expect(await surface.textContent()).toContain('3,805 × 3.28 kB');
    expect(await surface.locator('polygon').count()).toBeGreaterThan(5);
    await sweep.getByText('With 12.5 MB for training images, the least error, 34 %, is expected').waitFor();
    for (const image of [byStorage, bestPairs, surface]) expect(await cutOff(image)).toEqual([]);
    await page.setViewportSize({ width: 350, height: 900 });
    await expect.poll(async () => (await surface.boundingBox())?.width).toBeLessThanOrEqual(310);
    for (const image of [byStorage, bestPairs, surface]) expect(await cutOff(image)).toEqual([]);
    await screenshot(page, 'sweep-350');
    expect(errors()).toEqual([]);
    await page.close();
  });

  it('tells the expected error at the slider’s budget, and where nothing was measured', async () => {
    const { page, sweep } = await openSweep();
    const expected = page.getByTestId('expected-error');
    expect(await expected.textContent()).toContain(
      'Expected test error at this budget: 34 % (32.8 % to 35.6 %), by the storage law.',
    );
    const around = page.locator('bitbudget-expected-error');
    await around.getByText('leaves 12.5 MB to training images: 12.7 MB are in every copy').waitFor();
    const field = page.getByTestId('budget-field');
    await field.fill('30%');
    await page.keyboard.press('Enter');
    await expect.poll(() => expected.textContent()).toContain('38.4 % (37.2 % to 40 %)');
    await page.getByTestId('budget-slider').press('End');
    await expect.poll(() => expected.textContent()).toContain('it is above what the sweep measured. At 33.2 MB');
    await sweep.getByText('beyond what was measured (250 kB to 33.2 MB)').waitFor();
    expect((await calls(page)).filter((call) => call === 'sweep')).toHaveLength(1);
    await page.close();
  });

  it('says when best mixes come from between the cells', async () => {
    const { page, sweep } = await openSweep({ toldBy: 'surface', theme: 'light' });
    expect(await sweep.textContent()).toContain('beyond two standard errors');
    expect(await sweep.textContent()).toContain('found between the measured cells');
    await sweep
      .getByRole('img', { name: 'Expected test error by images and bytes (between measured cells)' })
      .waitFor();
    await sweep.getByText('by the measured cells around it (no law is trusted)').waitFor();
    expect(await page.getByTestId('expected-error').textContent()).toContain('by the measured cells around it');
    expect(await axe(page)).toEqual([]);
    await screenshot(page, 'sweep-light-1100');
    await page.close();
  });
});
