import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createEncoder, isOffered, type SourceImage } from '../../../src/core/jpeg/index.ts';
import { codings, type Encoding } from '../../../src/protocol/encoding.ts';

const encoder = createEncoder({ optimizeHuffman: true });
const [width, height] = [40, 24];

/** Columns that are red and cyan in turn, of one luma. */
const stripes = Buffer.from(
  Array.from({ length: width * height }, (_, at) => (at % 2 === 0 ? [200, 92, 110] : [70, 147, 130])).flat(),
);
const striped = () => sharp(stripes, { raw: { width, height, channels: 3 } });
const decodedPng = async () => encoder.decode(await striped().png().toBuffer());

describe.each(codings)('an image as %s', (coding) => {
  const encoding: Encoding = { coding, quality: 80 };

  it('keeps its size, its profile and its orientation, each by itself and together, and is not turned', async () => {
    for (const [profile, orientation] of [
      [undefined, undefined],
      ['p3', undefined],
      [undefined, 6],
      ['p3', 3],
    ] as const) {
      const plain = profile === undefined ? striped() : striped().withIccProfile(profile);
      const tagged = orientation === undefined ? plain : plain.withMetadata({ orientation });
      const source = await tagged.png().toBuffer();
      const { icc } = await sharp(source).metadata();
      const image = await encoder.decode(source);
      const file = await encoder.encode(image, encoding);
      const facts = await sharp(file).metadata();
      expect(facts).toMatchObject({ format: coding === 'webp' ? 'webp' : 'jpeg', width, height });
      expect([facts.orientation, facts.icc]).toEqual([orientation, icc]);
      // What is written is read again as it is: the next copy starts from the same image.
      expect(await encoder.decode(file)).toMatchObject({
        ...{ width, height, channels: 3 },
        ...(icc && { icc }),
        ...(orientation && { orientation }),
      });
    }
  });

  it('is said to be subsampled as it is, and keeps fine colour only at full colour', async () => {
    const file = await encoder.encode(await decodedPng(), encoding);
    expect((await sharp(file).metadata()).chromaSubsampling).toBe(coding === 'webp' ? undefined : coding);
    const { pixels } = await encoder.decode(file);
    const contrast = (own: Uint8Array) => {
      let sum = 0;
      for (let at = 0; at + 3 < own.length; at += 6) sum += Math.abs((own[at] ?? 0) - (own[at + 3] ?? 0));
      return sum;
    };
    const kept = contrast(pixels) / contrast(stripes);
    if (coding === '4:4:4') expect(kept).toBeGreaterThan(0.9);
    else expect(kept).toBeLessThan(0.2);
  });

  it('is seen by networks as its pixels decode, however large it is', async () => {
    const [wide, high] = [900, 700];
    const drawn = (at: number) => (at * 7 + ((at >> 9) * 5 + (at % 11))) % 256;
    const pixels = Buffer.from(Uint8Array.from({ length: wide * high * 3 }, (_, at) => drawn(at)));
    const image: SourceImage = { pixels, width: wide, height: high, channels: 3 };
    const file = await encoder.encode(image, encoding);
    expect(await encoder.view(file, 32)).toEqual(await encoder.sourceView(await encoder.decode(file), 32));
  });
});

describe('what is offered', () => {
  const image: SourceImage = { pixels: Buffer.alloc(0), width: 10, height: 10, channels: 3 };
  const offered = (own: Partial<SourceImage>, quality = 50) =>
    codings.filter((coding) => isOffered({ ...image, ...own }, { coding, quality }));

  it('is everything, but no WebP that can not hold the image, and no more quality than the source has', async () => {
    expect(offered({})).toEqual(codings);
    expect(offered({ channels: 1 })).toEqual(['4:2:0', '4:4:4']);
    expect(offered({ width: 16_383 })).toEqual(codings);
    expect(offered({ height: 16_384 })).toEqual(['4:2:0', '4:4:4']);
    expect(offered({ sourceQuality: 50 })).toEqual(codings);
    expect(offered({ sourceQuality: 49 })).toEqual([]);
    const strip = { width: 16_383, height: 2, channels: 3 } as const;
    const largest = { ...strip, pixels: Buffer.alloc(16_383 * 6, 90) };
    const file = await encoder.encode(largest, { coding: 'webp', quality: 5 });
    expect(await sharp(file).metadata()).toMatchObject({ format: 'webp', width: 16_383, height: 2 });
  });
});
