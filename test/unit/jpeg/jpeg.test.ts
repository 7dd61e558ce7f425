import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { createEncoder, estimateQuality, readJpegHeader, standardTables } from '../../../src/core/jpeg/index.ts';

const encoder = createEncoder({ optimizeHuffman: true });
const noise = (width: number, height: number, channels: 1 | 3 | 4) => {
  const pixels = Buffer.alloc(width * height * channels);
  for (let at = 0, state = 1; at < pixels.length; at++)
    pixels[at] = (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 24;
  return sharp(pixels, { raw: { width, height, channels } });
};

describe('quality of an existing JPEG', () => {
  it('is found exactly for every quality, in colour and grey', async () => {
    const colour = await encoder.decode(await noise(16, 16, 3).png().toBuffer());
    const grey = await encoder.decode(await noise(16, 16, 3).toColourspace('b-w').png().toBuffer());
    expect(grey.channels).toBe(1);
    for (let quality = 1; quality <= 100; quality++) {
      expect(estimateQuality(await encoder.encode(colour, { coding: '4:2:0', quality }))).toBe(quality);
      // Grey files have the luma table alone, in which the lowest qualities are all 255.
      const found = estimateQuality(await encoder.encode(grey, { coding: '4:2:0', quality })) ?? 0;
      expect(standardTables(found).luma).toEqual(standardTables(quality).luma);
    }
  });

  it('is absent for what is no JPEG or ends in its header', async () => {
    const jpeg = await noise(16, 16, 3).jpeg().toBuffer();
    expect(estimateQuality(Buffer.alloc(0))).toBeUndefined();
    expect(estimateQuality(await noise(8, 8, 3).png().toBuffer())).toBeUndefined();
    for (let cut = 0; cut < 200; cut++) expect(() => readJpegHeader(jpeg.subarray(0, cut))).not.toThrow();
  });
});

describe('encoder', () => {
  it('keeps orientation as a tag and the colour profile, and never turns pixels', async () => {
    const source = await noise(40, 24, 3)
      .withIccProfile('p3')
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 95 })
      .toBuffer();
    const image = await encoder.decode(source);
    expect([image.width, image.height]).toEqual([40, 24]);
    const facts = await sharp(await encoder.encode(image, { coding: '4:2:0', quality: 60 })).metadata();
    expect(facts).toMatchObject({ width: 40, height: 24, orientation: 6 });
    expect(facts.icc).toEqual((await sharp(source).metadata()).icc);
  });

  it('says why it keeps what a JPEG can not hold, and drops an alpha channel that hides nothing', async () => {
    const reason = async (image: Sharp) => (await encoder.decode(await image.toBuffer())).keepReason;
    expect(await reason(noise(8, 8, 4).png())).toBe('partly transparent');
    expect(await reason(noise(8, 8, 3).toColourspace('rgb16').png())).toContain('more than 8 bits');
    expect(await reason(noise(8, 8, 3).toColourspace('cmyk').jpeg())).toContain('cmyk');
    const opaque = await encoder.decode(await noise(8, 8, 3).ensureAlpha(1).png().toBuffer());
    expect(opaque.keepReason).toBeUndefined();
    expect(opaque.pixels).toEqual(await noise(8, 8, 3).raw().toBuffer());
  });

  it('refuses truncated and foreign bytes with a reason', async () => {
    const jpeg = await noise(64, 64, 3).jpeg().toBuffer();
    await expect(encoder.decode(jpeg.subarray(0, jpeg.length / 2))).rejects.toThrow();
    await expect(encoder.decode(Buffer.from('not an image'))).rejects.toThrow(/unsupported/);
  });

  it('shows grey and colour images at the size of the probe, three channels', async () => {
    const grey = await encoder.decode(await noise(20, 30, 3).toColourspace('b-w').png().toBuffer());
    expect((await encoder.sourceView(grey, 16)).length).toBe(16 * 16 * 3);
    expect((await encoder.view(await encoder.encode(grey, { coding: '4:2:0', quality: 50 }), 16)).length).toBe(
      16 * 16 * 3,
    );
    const same = await encoder.decode(await noise(16, 16, 3).png().toBuffer());
    expect(await encoder.sourceView(same, 16)).toEqual(same.pixels);
  });
});
