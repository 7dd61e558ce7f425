/** The Chromium that drives browser tests: found, or installed with the system's package manager where that can be. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const candidates = [
  process.env['BITBUDGET_TEST_CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

export const findChromium = (): string | undefined => candidates.find((path) => path !== '' && existsSync(path));

/** Before all tests: on a Debian machine without a browser, its root installs one and says so. */
export default function setup(): void {
  if (findChromium() !== undefined || process.platform !== 'linux' || process.getuid?.() !== 0) return;
  console.log('No Chromium found: installing it with apt-get, for the tests of the panel and of the extension…');
  try {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { stdio: 'ignore' });
  } catch (error) {
    console.log(`Chromium could not be installed: ${String(error)}`);
  }
}

export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error('No Chromium found: install one, or name it in BITBUDGET_TEST_CHROMIUM');
  const args =
    '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
  return chromium.launch({ executablePath, args: args.split(' ') });
}
