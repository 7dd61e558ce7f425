import { openViews, type ViewsFile } from '../probe/views.ts';

/** Channels that images have: 1 when all of these many rows are grey, else 3. */
export function channelsOf(file: ViewsFile, rows: number): 1 | 3 {
  using views = openViews(file);
  const pixels = new Uint8Array(views.bytes);
  for (let row = 0; row < rows; row++) {
    views.read(row, 0, pixels, 0);
    if (pixels.some((value, at) => value !== pixels[at - (at % 3)])) return 3;
  }
  return 1;
}
