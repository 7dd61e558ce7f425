/** Figures as they are copied: pictures, drawings that stand alone, tables. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { findChromium } from '../chromium.ts';
import { PanelBrowser } from './page.ts';

const found = findChromium() !== undefined || process.env['CI'] !== undefined;

describe.skipIf(!found)('a figure', () => {
  let browser: PanelBrowser;
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    browser = await PanelBrowser.launch();
    ({ page, errors } = await browser.open({ theme: 'dark' }));
    await page.getByTestId('sweep').locator('summary').click();
    await page.getByTestId('run-sweep').click();
    await page.getByTestId('sweep-cells').waitFor();
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
  });

  const figure = (title: string): Locator => page.locator('bitbudget-figure').filter({ hasText: title });

  /** Copies by keyboard, and waits until it is said to be done. */
  async function copied(title: string, format: string): Promise<void> {
    const button = figure(title).getByRole('button', { name: `Copy as ${format}: ${title}` });
    await button.press('Enter');
    await figure(title).getByText(`Copied as ${format}.`).waitFor();
  }
  const text = () => page.evaluate<string>('navigator.clipboard.readText()');

  it('is copied as a table', async () => {
    await copied('Accuracy by storage', 'CSV');
    const lines = (await text()).trim().split('\r\n');
    expect(lines[0]).toBe('images,quality,bytes_per_image,bytes,accuracy,low_95,high_95,seeds');
    expect(lines).toHaveLength(31);
    expect(lines).toContain('4000,90,8300,33200000,0.693337,0.681577,0.705097,3');

    await copied('The best pair of', 'CSV');
    const rows = (await text()).trim().split('\r\n').slice(1);
    expect(rows.filter((row) => row.startsWith('expected,'))).toHaveLength(40);
    expect(rows[0]).toMatch(/^measured,250000,250,10,1000,0\.2\d+,0\.2\d+,0\.2\d+$/);

    await copied('Expected test error by', 'CSV');
    expect((await text()).trim().split('\r\n')).toHaveLength(1 + 25 + 40 + 48 * 32);
  });

  it.each(['Accuracy by storage', 'The best pair of', 'Expected test error by', 'Test error by number'])(
    'is copied as a drawing that stands alone: %s',
    async (title) => {
      await copied(title, 'SVG');
      const drawing = await text();
      expect(drawing).not.toMatch(/var\(|color-mix|oklab|currentcolor|class=|style=|<!--/i);
      expect(drawing).toContain('font-family="');
      const parsed = await page.evaluate<{ error: number; root: string; title: string; ground: string; width: string }>(
        `(() => {
          const parsed = new DOMParser().parseFromString(${JSON.stringify(drawing)}, 'image/svg+xml');
          const root = parsed.documentElement;
          return {
            error: parsed.querySelectorAll('parsererror').length,
            root: root.namespaceURI + ' ' + root.localName,
            title: root.firstElementChild.textContent,
            ground: root.querySelector('rect').getAttribute('fill'),
            width: root.getAttribute('width'),
          };
        })()`,
      );
      expect(parsed).toMatchObject({ error: 0, root: 'http://www.w3.org/2000/svg svg', ground: 'rgb(31, 31, 31)' });
      expect(parsed.title).toContain(title);
      expect(Number(parsed.width)).toBeGreaterThan(400);
    },
  );

  it('is copied as a picture of two dots a pixel', async () => {
    await copied('Expected test error by', 'SVG');
    const width = Number(/ width="(\d+)"/.exec(await text())?.[1]);
    await copied('Expected test error by', 'PNG');
    const bytes = await page.evaluate<number[]>(
      `navigator.clipboard.read().then(([item]) => item.getType('image/png')).then((blob) => blob.arrayBuffer()).then((own) => [...new Uint8Array(own)])`,
    );
    const picture = Buffer.from(bytes);
    expect(picture.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    expect(picture.readUInt32BE(16)).toBe(2 * width);
    expect(picture.length).toBeGreaterThan(10_000);
    expect(errors).toEqual([]);
  });

  it('says so when it can’t be copied', async () => {
    await page.evaluate(`navigator.clipboard.write = () => Promise.reject(new Error('pictures are refused here'))`);
    const own = figure('The best pair of');
    await own.getByRole('button', { name: 'Copy as PNG' }).click();
    await own.getByText('Not copied as PNG: pictures are refused here. Copy as SVG instead.').waitFor();
  });
});
