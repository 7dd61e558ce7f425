import type { Views } from '../probe/views.ts';
import { openMasking } from './masks.ts';
import { seenPerSide } from './network.ts';
import type { AdaptTask } from './task.ts';

/** Rows of views as the network sees them when so many coefficients a side are kept of each channel. */
export interface Sight {
  /** Numbers of an image. */
  readonly numbers: number;
  /** Writes a row at `offset`; all coefficients that can be seen are kept when `kept` is absent. */
  read(row: number, kept: number | undefined, target: Float32Array, offset: number): void;
}

/** As a signal of coefficients, or as the image that they make: height × width × channels. */
export function openSight(
  views: Views,
  { input, mean, deviation }: Pick<AdaptTask, 'input' | 'mean' | 'deviation'>,
): Sight {
  const { side } = views;
  const channels = mean.length;
  const [area, seen] = [side * side, seenPerSide(side)];
  const asImage = input === 'image';
  const masking = openMasking(side);
  const pixels = new Uint8Array(views.bytes);
  const plane = new Float32Array(area);
  const square = new Float32Array(seen * seen);
  const numbers = asImage ? area : seen * seen;

  const compressed = (kept: number | undefined) => {
    if (asImage && kept === undefined) return plane;
    square.fill(0);
    masking.coefficients(plane, kept ?? seen, square, seen);
    if (!asImage) return square;
    masking.plane(square, kept ?? seen, seen, plane);
    return plane;
  };
  return {
    numbers: numbers * channels,
    read(row, kept, target, offset) {
      views.read(row, 0, pixels, 0);
      for (let channel = 0; channel < channels; channel++) {
        const [centre, scale] = [mean[channel] as number, deviation[channel] as number];
        for (let at = 0; at < area; at++) plane[at] = ((pixels[at * 3 + channel] as number) - centre) / scale;
        const own = compressed(kept);
        for (let at = 0; at < numbers; at++) target[offset + at * channels + channel] = own[at] as number;
      }
    },
  };
}
