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
