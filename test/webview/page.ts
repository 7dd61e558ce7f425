/** Opens the panel in Chromium as VS Code would: under its content security policy and its theme's variables. */
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { build } from 'esbuild';
import type { Browser, Locator, Page } from 'playwright-core';
import type { Codings } from '../../src/protocol/encoding.ts';
import type { PanelState } from '../../src/protocol/panel.ts';
import { afterAll, beforeAll, describe } from 'vitest';
import { findChromium, launchChromium } from '../chromium.ts';
import { themes, type ThemeName } from './themes.ts';

export interface OpenOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  readonly state?: PanelState;
  readonly saved?: unknown;
  readonly samples?: number;
  readonly codings?: Codings;
  /** What the sweep's best mixes are told by. */
  readonly toldBy?: 'law' | 'surface';
  /** Whether the store knows a prediction. */
  readonly predicted?: boolean;
}

export interface OpenPage {
  readonly page: Page;
  /** Errors of the page and refusals of its policy. */
  readonly errors: string[];
}

// Secure, as VS Code's webviews are: a page that is not has no clipboard.
const origin = 'https://panel.test';
const nonce = 'bm9uY2U';
const screens = new URL('../../.cache/screens/', import.meta.url);

export class PanelBrowser implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #scripts: ReadonlyMap<string, string>;
  readonly #axe: string;

  private constructor(browser: Browser, scripts: ReadonlyMap<string, string>, axe: string) {
    this.#browser = browser;
    this.#scripts = scripts;
    this.#axe = axe;
  }

  static async launch(): Promise<PanelBrowser> {
    const [browser, main, host, axe] = await Promise.all([
      launchChromium(),
      bundle('webview/main.ts', 'esm'),
      bundle('test/webview/host.ts', 'iife'),
      readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'),
    ]);
    const scripts = new Map([
      ['/main.js', main],
      ['/host.js', host],
    ]);
    return new PanelBrowser(browser, scripts, axe);
  }

  async open({
    theme = 'dark',
    width = 1100,
    height = 900,
    state,
    saved,
    samples,
    codings,
    toldBy,
    predicted,
  }: OpenOptions = {}): Promise<OpenPage> {
    const page = await this.#browser.newPage({
      viewport: { width, height },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    const given = { initialState: state, savedState: saved, samples, codings, toldBy, predicted };
    await page.addInitScript(`Object.assign(globalThis, ${JSON.stringify(given)})`);
    await page.route(`${origin}/**`, async (route) => {
      const script = this.#scripts.get(new URL(route.request().url()).pathname);
      await route.fulfill(
        script === undefined
          ? { contentType: 'text/html', body: html(theme) }
          : { contentType: 'text/javascript', body: script },
      );
    });
    await page.goto(`${origin}/index.html`);
    return { page, errors };
  }

  /** Rules of axe that are broken seriously: "rule: element". */
  async axe(page: Page): Promise<string[]> {
    await page.evaluate(this.#axe);
    const violations = await page.evaluate<{ id: string; impact: string; nodes: { html: string }[] }[]>(
      `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'] }).then(({ violations }) => violations)`,
    );
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(screens, { recursive: true });
  await page.screenshot({ path: new URL(`${name}.png`, screens).pathname, fullPage: true });
}

/** Texts that reach beyond their drawing. */
export function cutOff(drawing: Locator): Promise<string[]> {
  return drawing.evaluate((own) => {
    const svg = own as unknown as SVGSVGElement;
    const { width, height } = svg.viewBox.baseVal;
    return [...svg.querySelectorAll('text')]
      .filter((text) => {
        const [box, whole] = [text.getBoundingClientRect(), svg.getBoundingClientRect()];
        return box.left < whole.left - 1 || box.right > whole.left + width + 1 || box.bottom > whole.top + height + 1;
      })
      .map((text) => text.textContent);
  });
}

async function bundle(entry: string, format: 'esm' | 'iife'): Promise<string> {
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format, target: 'es2023', write: false });
  return outputFiles[0]?.text ?? '';
}

function html(theme: ThemeName): string {
  const { kind, variables } = themes[theme];
  const declared = Object.entries(variables).map(([name, value]) => `--vscode-${name}: ${value};`);
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; img-src data:">
    <title>Bitbudget</title>
    <style nonce="${nonce}">
      :root { ${declared.join(' ')} }
      body { margin: 0; padding: 0 20px; background: var(--vscode-editor-background); color: var(--vscode-editor-foreground); font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); }
    </style>
    <script nonce="${nonce}" src="/host.js"></script>
    <script nonce="${nonce}" type="module" src="/main.js"></script>
  </head>
  <body class="${kind}" data-vscode-theme-kind="${kind}"><bitbudget-panel></bitbudget-panel></body>
</html>`;
}

/** What the page asked its host for, in order. */
export const calls = (page: Page): Promise<string[]> => page.evaluate<string[]>('host.calls');

export interface PanelPages {
  readonly open: (options?: OpenOptions) => Promise<Page>;
  /** The same, once the files are there. */
  readonly openReady: (options?: OpenOptions) => Promise<Page>;
  readonly axe: PanelBrowser['axe'];
  /** Of the page that was opened last. */
  readonly errors: () => string[];
}

/** Tests in a browser of their own; without a Chromium they are skipped, except in CI. */
export function describePanel(name: string, tests: (pages: PanelPages) => void): void {
  const found = findChromium() !== undefined || process.env['CI'] !== undefined;
  if (!found) console.warn('skipped: no Chromium');
  describe.skipIf(!found)(name, () => {
    let browser: PanelBrowser;
    let errors: string[] = [];

    beforeAll(async () => {
      browser = await PanelBrowser.launch();
    });

    afterAll(async () => {
      await browser[Symbol.asyncDispose]();
    });

    const open = async (options?: OpenOptions) => {
      const opened = await browser.open(options);
      errors = opened.errors;
      return opened.page;
    };
    const openReady = async (options?: OpenOptions) => {
      const page = await open(options);
      await page.getByTestId('row-0').getByText('.jpg').waitFor();
      return page;
    };
    tests({ open, openReady, axe: (page) => browser.axe(page), errors: () => errors });
  });
}
