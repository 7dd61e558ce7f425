import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEncoder, isOffered } from '../../../src/core/jpeg/index.ts';
import { realMix, type ImageOrder } from '../../../src/core/sweep/real-mix.ts';
import { picture } from '../images.ts';

const images = 24;
const measured = [5, 20, 60, 80];
/** Real sizes by quality and image; sources of quality 60 among them keep their bytes above it. */
let table: number[][];
let asked: number;

beforeAll(async () => {
  const encoder = createEncoder({ optimizeHuffman: true });
  const sources = await Promise.all(
    Array.from({ length: images }, async (_, at) => {
      const image = picture(at, 24 + (at % 5), 20 + (at % 7));
      const file = await (at % 4 === 0 ? image.jpeg({ quality: 60 }) : image.png()).toBuffer();
      return { file, image: await encoder.decode(file) };
    }),
  );
  table = await Promise.all(
    Array.from({ length: 101 }, (_, quality) =>
      Promise.all(
        sources.map(async ({ file, image }) => {
          if (quality === 0) return 0;
          const encoding = { coding: '4:2:0', quality } as const;
          return isOffered(image, encoding) ? (await encoder.encode(image, encoding)).length : file.length;
        }),
      ),
    ),
  );
});

const order = (): ImageOrder => ({
  images,
  qualities: measured,
  sizes: (quality, from, to) => {
    asked += 1;
    return Promise.resolve(Uint32Array.from((table[quality] ?? []).slice(from, to)));
  },
});
const bytesOf = (quality: number, count: number) =>
  (table[quality] ?? []).slice(0, count).reduce((sum, size) => sum + size, 0);

describe('a mix that can be made', () => {
  const wanted = fc.double({ min: 0.1, max: 40, noNaN: true });
  const budgets = fc.integer({ min: 1, max: 30_000 });
  const timeBytes = fc.integer({ min: 0, max: 300 });

  it('fits the budget, at the largest quality that fits, with as many images as then fit', async () => {
    await fc.assert(
      fc.asyncProperty(wanted, budgets, timeBytes, async (count, budget, perImage) => {
        const allowed = (own: number) => budget - perImage * own;
        const mix = await realMix(count, allowed, order());
        if (mix === undefined) {
          expect(bytesOf(5, 1)).toBeGreaterThan(allowed(1));
          return;
        }
        expect(mix.bytes).toBe(bytesOf(mix.quality, mix.images));
        expect(mix.bytes).toBeLessThanOrEqual(allowed(mix.images));
        for (let quality = mix.quality + 1; quality <= 100; quality++)
          expect(bytesOf(quality, mix.images)).toBeGreaterThan(allowed(mix.images));
        if (mix.images < images) expect(bytesOf(mix.quality, mix.images + 1)).toBeGreaterThan(allowed(mix.images + 1));
        // Fewer than wanted only where the lowest measured quality is too much for those.
        const least = Math.min(images, Math.max(1, Math.round(count)));
        if (mix.images < least) expect(bytesOf(5, least)).toBeGreaterThan(allowed(least));
        expect(mix.quality).toBeGreaterThanOrEqual(5);
      }),
      { numRuns: 400 },
    );
  });

  it('looks at few qualities beside the measured ones', async () => {
    for (let budget = bytesOf(5, images); budget < bytesOf(90, images); budget += 500) {
      asked = 0;
      await realMix(images, () => budget, order());
      expect(asked).toBeLessThanOrEqual(measured.length + 7);
    }
  });
});
