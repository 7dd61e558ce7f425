import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ssimTo, type Pixels } from '../../../src/core/rate/ssim.ts';
import { seededRandom } from '../../../src/core/random.ts';

const noise = (width: number, height: number, channels: 1 | 3, seed: number): Pixels => {
  const random = seededRandom(seed);
  return {
    width,
    height,
    channels,
    pixels: Uint8Array.from({ length: width * height * channels }, () => random.below(256)),
  };
};
const grey = (width: number, height: number, at: (x: number, y: number) => number): Pixels => ({
  ...{ width, height, channels: 1 },
  pixels: Uint8Array.from({ length: width * height }, (_, place) => at(place % width, Math.floor(place / width))),
});

/** The definition, window by window, with variances as means of squared distances. */
function plain(a: Pixels, b: Pixels): number {
  const luma = ({ pixels, channels }: Pixels, place: number) =>
    channels === 1
      ? (pixels[place] as number)
      : 0.299 * (pixels[3 * place] as number) +
        0.587 * (pixels[3 * place + 1] as number) +
        0.114 * (pixels[3 * place + 2] as number);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [w, h] = [Math.min(8, a.width), Math.min(8, a.height)];
  const [c1, c2] = [6.5025, 58.5225];
  const found: number[] = [];
  for (let top = 0; top + h <= a.height; top++)
    for (let left = 0; left + w <= a.width; left++) {
      const places = Array.from({ length: w * h }, (_, k) => (top + Math.floor(k / w)) * a.width + left + (k % w));
      const [x, y] = [places.map((place) => luma(a, place)), places.map((place) => luma(b, place))];
      const [mx, my] = [mean(x), mean(y)];
      const vx = mean(x.map((value) => (value - mx) ** 2));
      const vy = mean(y.map((value) => (value - my) ** 2));
      const cov = mean(x.map((value, k) => (value - mx) * ((y[k] as number) - my)));
      found.push(((2 * mx * my + c1) * (2 * cov + c2)) / ((mx * mx + my * my + c1) * (vx + vy + c2)));
    }
  return mean(found);
}

describe('SSIM', () => {
  it('is the definition’s, for any size, grey and coloured', () => {
    const sides = fc.integer({ min: 1, max: 24 });
    fc.assert(
      fc.property(sides, sides, fc.constantFrom(1 as const, 3 as const), fc.nat(), (width, height, channels, seed) => {
        const [a, b] = [noise(width, height, channels, seed), noise(width, height, channels, seed + 1)];
        expect(ssimTo(a)(b)).toBeCloseTo(plain(a, b), 9);
        expect(ssimTo(a)(a)).toBeCloseTo(1, 12);
      }),
      { numRuns: 60 },
    );
  });

  it('of two flat images is what their means say', () => {
    const flat = (level: number) => grey(20, 20, () => level);
    expect(ssimTo(flat(100))(flat(50))).toBeCloseTo((2 * 100 * 50 + 6.5025) / (100 ** 2 + 50 ** 2 + 6.5025), 12);
  });

  it('falls with noise, more than with a shift of light', () => {
    const wave = (x: number, y: number) => 128 + 60 * Math.sin(x / 3) * Math.cos(y / 4);
    const original = grey(64, 64, wave);
    const random = seededRandom(1);
    const lighter = grey(64, 64, (x, y) => wave(x, y) + 10);
    const noisy = grey(64, 64, (x, y) => wave(x, y) + random.below(41) - 20);
    const ssim = ssimTo(original);
    expect(ssim(noisy)).toBeLessThan(ssim(lighter));
    expect(ssim(lighter)).toBeLessThan(1);
  });

  it('of large images is that of their block means', () => {
    const large = (at: (x: number, y: number) => number) =>
      grey(520, 513, (x, y) => at(Math.floor(x / 2), Math.floor(y / 2)));
    const small = (at: (x: number, y: number) => number) => grey(260, 256, at);
    const [a, b] = [(x: number, y: number) => (x * 7 + y * 3) % 256, (x: number, y: number) => (x * 5 + y * 11) % 256];
    expect(ssimTo(large(a))(large(b))).toBeCloseTo(ssimTo(small(a))(small(b)), 12);
  });
});
