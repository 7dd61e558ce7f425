import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { Objects } from '../../../src/core/dataset/index.ts';
import type { Box, Corners } from '../../../src/core/probe/judge/box-grid.ts';
import { openViews, rowBytes } from '../../../src/core/probe/views.ts';

/** One view a row, of these pixels and, if there are, masks. */
export async function viewsOf(side: number, images: readonly Uint8Array[], masks?: readonly Uint8Array[]) {
  const folder = await mkdtemp(path.join(tmpdir(), 'bitbudget-judge-'));
  const file = path.join(folder, 'views.u8');
  await writeFile(
    file,
    Buffer.concat(images.flatMap((image, row) => (masks ? [image, masks[row] as Uint8Array] : [image]))),
  );
  const layout = { file, side, count: 1, hasMasks: masks !== undefined };
  expect(rowBytes(layout) * images.length).toBe(
    images.reduce((sum, { length }) => sum + length, 0) + (masks ? images.length * side * side : 0),
  );
  const views = openViews(layout);
  onTestFinished(async () => {
    views[Symbol.dispose]();
    await rm(folder, { recursive: true, force: true });
  });
  return { views, layout };
}

export function objectsOf(lists: readonly (readonly Box[])[], classes: number): Objects {
  const all = lists.flat();
  return {
    first: Uint32Array.from([0, ...lists.map((_, k) => lists.slice(0, k + 1).flat().length)]),
    label: Int32Array.from(all, ({ label }) => label),
    classes,
    corners: Float32Array.from(all.flatMap(({ corners }) => corners)),
    difficult: Uint8Array.from(all, ({ difficult }) => Number(difficult)),
  };
}

export const box = (label: number, corners: Corners, difficult = false): Box => ({ label, corners, difficult });
