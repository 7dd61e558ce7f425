/** Changes of training images that keep their class, as data (He et al. 2016, section 4.2). */
export interface Augmentation {
  /** Mirrors every second image, left to right. */
  readonly flip?: boolean;
  /** Shifts by up to so many pixels each way; what comes in at the border is black. */
  readonly shift?: number;
}

/** A whole number from 0 to `count` - 1. */
export type Draw = (count: number) => number;

interface Size {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Copies an image (height × width × channels) into `target`, changed as the draws fall. */
export function augment(
  source: Uint8Array,
  target: Uint8Array,
  { height, width, channels }: Size,
  { flip = false, shift = 0 }: Augmentation,
  draw: Draw,
): void {
  const mirrored = flip && draw(2) === 1;
  const [down, across] = [draw(2 * shift + 1) - shift, draw(2 * shift + 1) - shift];
  target.fill(0);
  const from = Math.max(0, -across);
  const to = width - Math.max(0, across);
  for (let row = Math.max(0, -down); row < height - Math.max(0, down); row++) {
    const start = row * width * channels;
    const into = ((row + down) * width + from + across) * channels;
    target.set(source.subarray(start + from * channels, start + to * channels), into);
  }
  if (mirrored) mirror(target, width, channels);
}

/** Turns an image left to right, in place. */
export function mirror(pixels: Uint8Array, width: number, channels: number): void {
  for (let row = 0; row < pixels.length; row += width * channels)
    for (let left = 0, right = width - 1; left < right; left++, right--)
      for (let c = 0; c < channels; c++) {
        const [a, b] = [row + left * channels + c, row + right * channels + c];
        [pixels[a], pixels[b]] = [pixels[b] as number, pixels[a] as number];
      }
}
