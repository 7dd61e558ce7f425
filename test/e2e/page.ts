/** What a user does in the workbench. */
import type { Frame, Page } from 'playwright-core';

const patienceMs = 60_000;

/** Right-clicks until the menu has the item: the workbench learns of its extensions only after it is up. */
export async function fromContextMenu(page: Page, folder: string, name: string): Promise<void> {
  const item = page.getByRole('menuitem', { name });
  for (let tries = 0; tries < 20; tries++) {
    await page.getByRole('treeitem', { name: folder }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Copy Path' }).waitFor();
    if (await item.isVisible()) break;
    await page.keyboard.press('Escape');
    await page.waitForTimeout(500);
  }
  await item.click();
}

/** Types a folder into the workbench's own dialog; it ignores a press while it still looks the folder up. */
export async function chooseFolder(page: Page, folder: string | undefined, accept: string): Promise<void> {
  const dialog = page.locator('.quick-input-widget');
  const button = dialog.getByRole('button', { name: accept });
  await button.waitFor();
  if (folder !== undefined) await dialog.getByRole('textbox').fill(`${folder}/`);
  for (let tries = 0; tries < 20 && (await button.isVisible()); tries++) {
    await button.click({ timeout: 5000 }).catch(() => undefined);
    await page.waitForTimeout(500);
  }
  await dialog.waitFor({ state: 'hidden' });
}

/** The panel's content: a frame inside a frame. */
export async function panelFrame(page: Page): Promise<Frame> {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    for (const frame of page.frames())
      if (
        (await frame
          .locator('bitbudget-panel')
          .count()
          .catch(() => 0)) > 0
      )
        return frame;
    await page.waitForTimeout(200);
  }
  throw new Error('The panel did not appear');
}
