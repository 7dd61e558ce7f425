import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { measureRates, usable } from '../../../src/core/rate/index.ts';
import { addFile, folderOf, idxImages, idxLabels, scan } from '../dataset/fixtures.ts';
import { picture } from '../images.ts';
import { countingPorts, job, options } from './counting-ports.ts';

const qualities = [10, 50, 90];

/** Measures a folder, twice with the same store if asked; counts how often anything is encoded. */
async function measuring() {
  const { store, encoder, count } = await countingPorts();
  const measure = async (root: string, own = options) =>
    measureRates(await scan(root), qualities, own, { encoder, store }, job);
  return { measure, count };
}

describe('rates', () => {
  it('are the bytes of the files that sharp writes', async () => {
    const root = await folderOf({
      'a/1.png': await picture(1).png().toBuffer(),
      'b/2.png': await picture(2, 31, 17).png().toBuffer(),
    });
    const { encoded, original } = await (await measuring()).measure(root);
    const written = await Promise.all(
      [picture(1), picture(2, 31, 17)].flatMap((image) =>
        qualities.map((quality) => image.clone().jpeg({ quality, optimiseCoding: true }).toBuffer()),
      ),
    );
    expect([...encoded]).toEqual(written.map(({ length }) => length));
    expect(original[0]).toBe((await picture(1).png().toBuffer()).length);
  });

  it('are measured once for the same content, wherever it lies', async () => {
    const png = await picture(1).png().toBuffer();
    const root = await folderOf({ 'a/1.png': png, 'b/2.png': await picture(2).png().toBuffer() });
    const { measure, count } = await measuring();
    const first = await measure(root);
    expect(count.encoded).toBe(6);
    await addFile(root, 'b/copy.png', png);
    const second = await measure(root);
    expect(count.encoded).toBe(6);
    expect(second.encoded.subarray(0, 6)).toEqual(first.encoded);
    await addFile(root, 'b/2.png', await picture(3).png().toBuffer());
    await measure(root);
    expect(count.encoded).toBe(9);
  });

  it('are of the encoding alone: settings of trainings measure nothing anew', async () => {
    const root = await folderOf({ 'a/1.png': await picture(1).png().toBuffer() });
    const { measure, count } = await measuring();
    await measure(root, { ...options, epochs: 4 } as typeof options);
    await measure(root, { ...options, epochs: 7 } as typeof options);
    expect(count.encoded).toBe(3);
  });

  it('are not offered above the quality that a JPEG has', async () => {
    const root = await folderOf({
      'a/1.jpg': await picture(1).jpeg({ quality: 50 }).toBuffer(),
      'a/2.jpg': await picture(2).jpeg({ quality: 95 }).toBuffer(),
    });
    const { encoded, sourceQuality } = await (await measuring()).measure(root);
    expect([...sourceQuality]).toEqual([50, 95]);
    expect(encoded.subarray(0, 3).map(Math.sign)).toEqual(Uint32Array.of(1, 1, 0));
    expect(encoded.subarray(3).map(Math.sign)).toEqual(Uint32Array.of(1, 1, 1));
  });

  it('of validation and test images are none, or at the one quality that is asked for', async () => {
    const cut = (await picture(9).png().toBuffer()).subarray(0, 300);
    const root = await folderOf({
      'train/a/1.png': await picture(1).png().toBuffer(),
      'train/b/1.png': await picture(4).png().toBuffer(),
      'test/a/2.png': await picture(2).png().toBuffer(),
      'test/a/cut.png': cut,
      'val/b/3.jpg': await picture(3).jpeg({ quality: 30 }).toBuffer(),
    });
    const dataset = await scan(root);
    const { store, encoder, count } = await countingPorts();
    const encodedOf = ({ encoded }: { encoded: Uint32Array }) =>
      Object.fromEntries(
        Array.from({ length: dataset.count }, (_, i) => [
          dataset.path.at(i),
          [...encoded.subarray(3 * i, 3 * i + 3)].map(Math.sign).join(''),
        ]),
      );
    const train = { 'train/a/1.png': '111', 'train/b/1.png': '111' };
    const kept = await measureRates(dataset, qualities, options, { encoder, store }, job);
    const none = { 'test/a/2.png': '000', 'test/a/cut.png': '000', 'val/b/3.jpg': '000' };
    expect(encodedOf(kept)).toEqual({ ...train, ...none });
    expect(count.encoded).toBe(6);
    const compressed = await measureRates(dataset, qualities, { ...options, heldOut: 50 }, { encoder, store }, job);
    // The JPEG of quality 30 has no more; what is no image is carried, and said.
    expect(encodedOf(compressed)).toEqual({ ...train, ...none, 'test/a/2.png': '010' });
    expect(count.encoded).toBe(7);
    expect(compressed.original).toEqual(kept.original);
    expect([...compressed.use].filter((use) => use === usable.not)).toEqual([]);
    expect(compressed.problems).toMatchObject([{ path: 'test/a/cut.png', code: 'kept-as-is' }]);
    expect(kept.problems).toEqual([]);
  });

  it('leave alone what a JPEG can not hold, and list what can not be read', async () => {
    const cut = (await picture(9).png().toBuffer()).subarray(0, 300);
    const root = await folderOf({
      'a/alpha.png': await sharp({ create: { width: 8, height: 8, channels: 4, background: '#ff000080' } })
        .png()
        .toBuffer(),
      'a/cmyk.jpg': await picture(1).toColourspace('cmyk').jpeg().toBuffer(),
      'a/cut.png': cut,
      'a/deep.png': await picture(2).toColourspace('rgb16').png().toBuffer(),
      'a/good.png': await picture(3).png().toBuffer(),
    });
    const { use, problems, encoded } = await (await measuring()).measure(root);
    expect([...use]).toEqual([usable.asIs, usable.asIs, usable.not, usable.asIs, usable.encoded]);
    expect(problems.map(({ path: file, code }) => `${file} ${code}`)).toEqual([
      'a/alpha.png kept-as-is',
      'a/cmyk.jpg kept-as-is',
      'a/cut.png unreadable',
      'a/deep.png kept-as-is',
    ]);
    expect(encoded.subarray(0, 12).every((bytes) => bytes === 0)).toBe(true);
  });

  it('leave alone what moves', async () => {
    const frames = await Promise.all([1, 2].map((seed) => picture(seed).png().toBuffer()));
    const root = await folderOf({
      'a/moving.webp': await sharp(frames, { join: { animated: true } })
        .webp()
        .toBuffer(),
      'b/still.webp': await picture(1).webp().toBuffer(),
    });
    const { use, problems } = await (await measuring()).measure(root);
    expect([...use]).toEqual([usable.asIs, usable.encoded]);
    expect(problems).toEqual([
      { path: 'a/moving.webp', code: 'kept-as-is', reason: 'animated or of several pages (2)' },
    ]);
  });

  it('of validation and test images are their files, which are not encoded', async () => {
    const held = await picture(1).png().toBuffer();
    const root = await folderOf({
      'test/a/1.png': held,
      'train/a/2.png': await picture(2).png().toBuffer(),
      'val/a/3.png': held,
    });
    const { measure, count } = await measuring();
    const { use, original, encoded } = await measure(root);
    expect([...use]).toEqual([usable.asIs, usable.encoded, usable.asIs]);
    expect([original[0], original[2]]).toEqual([held.length, held.length]);
    expect(count.encoded).toBe(qualities.length);
    expect([...encoded.subarray(0, 3), ...encoded.subarray(6)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('of packed images are those of their pixels', async () => {
    const root = await folderOf({
      'train-images-idx3-ubyte': idxImages(2, 16, 16),
      'train-labels-idx1-ubyte': idxLabels(3, 4),
    });
    const { encoded } = await (await measuring()).measure(root);
    const pixels = idxImages(2, 16, 16).subarray(16);
    const jpeg = await sharp(pixels.subarray(256), { raw: { width: 16, height: 16, channels: 1 } })
      .toColourspace('b-w')
      .jpeg({ quality: 50, optimiseCoding: true })
      .toBuffer();
    expect(encoded[4]).toBe(jpeg.length);
  });

  it('stop when they are cancelled', async () => {
    const root = await folderOf({ 'a/1.png': await picture(1).png().toBuffer() });
    const { encoder, store } = await countingPorts();
    const cancelled = { signal: AbortSignal.abort(new Error('enough')), onProgress: () => undefined };
    await expect(measureRates(await scan(root), qualities, options, { encoder, store }, cancelled)).rejects.toThrow(
      'enough',
    );
  });
});
