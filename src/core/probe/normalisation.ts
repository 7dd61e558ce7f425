import type { NetworkDescription } from '../../engine/index.ts';
import { openViews, type ViewsFile } from './views.ts';

/** Mean and deviation of the originals, a value a channel, from evenly spaced rows. */
export function normalisation(file: ViewsFile, rows: number): Pick<NetworkDescription, 'mean' | 'deviation'> {
  using views = openViews(file);
  const pixels = new Uint8Array(views.bytes);
  const sum = [0, 0, 0];
  const squares = [0, 0, 0];
  const taken = Math.min(rows, 500);
  for (let k = 0; k < taken; k++) {
    views.read(Math.floor((k * rows) / taken), views.count - 1, pixels, 0);
    pixels.forEach((value, at) => {
      sum[at % 3] = (sum[at % 3] ?? 0) + value;
      squares[at % 3] = (squares[at % 3] ?? 0) + value * value;
    });
  }
  const count = (taken * views.bytes) / 3;
  const mean = sum.map((total) => total / count);
  const deviation = squares.map((total, c) => Math.max(1, Math.sqrt(total / count - (mean[c] ?? 0) ** 2)));
  return { mean, deviation };
}
