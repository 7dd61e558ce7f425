import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { maskReader } from '../../../src/core/annotation/index.ts';
import { readMask } from '../../../src/core/annotation/mask-image.ts';
import type { Dataset } from '../../../src/core/dataset/index.ts';
import { InputError } from '../../../src/core/errors.ts';
import { problemsOf } from '../dataset/fixtures.ts';
import { picture } from '../images.ts';
import { annotatedDataset, encoder } from './job.ts';

const [width, height] = [8, 4];
const area = width * height;

/** A PNG by the book: `kind` 0 grey, 3 palette; `values` a sample each. */
function pngOf(kind: 0 | 3, depth: number, values: readonly number[], palette: readonly number[] = [], more?: Buffer) {
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, kind, 0, 0, 0], 8);
  const rows = Array.from({ length: height }, (_, y) => {
    const bits = values.slice(y * width, (y + 1) * width).map((value) => value.toString(2).padStart(depth, '0'));
    const bytes = bits.join('').match(/.{8}/g) ?? [];
    return Buffer.from([0, ...bytes.map((byte) => Number.parseInt(byte, 2))]);
  });
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...(palette.length > 0 ? [chunk('PLTE', Buffer.from(palette))] : []),
    ...(more ? [chunk('tRNS', more)] : []),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const spread = (...values: number[]) => Array.from({ length: area }, (_, at) => values[at % values.length] as number);
const grey = (...values: number[]) => pngOf(0, 8, spread(...values));
const rgb = (...colours: (readonly [number, number, number])[]) =>
  sharp(Buffer.from(Array.from({ length: area }, (_, at) => [...(colours[at % colours.length] ?? [])]).flat()), {
    raw: { width, height, channels: 3 },
  })
    .png()
    .toBuffer();
const valuesOf = async (file: Buffer) => [...new Set((await readMask(file, encoder)).values)];
const image = () => picture(1, width, height).png().toBuffer();

describe('the numbers of a mask', () => {
  it.each([1, 2, 4, 8] as const)('are those of a grey PNG of %i bits', async (depth) => {
    const values = spread(...[0, 1, 2, 3, 11, 200].filter((value) => value < 2 ** depth));
    expect([...(await readMask(pngOf(0, depth, values), encoder)).values]).toEqual(values);
  });

  it.each([1, 2, 4, 8] as const)('are places in a palette of %i bits, whatever its colours', async (depth) => {
    const values = spread(...[0, 1, 2, 3, 9].filter((value) => value < 2 ** depth));
    const size = Math.min(10, 2 ** depth);
    const colours = Array.from({ length: size }, (_, k) => [k, 2 * k, 3 * k]).flat();
    const equal = Array.from({ length: size }, () => [128, 0, 0]).flat();
    for (const palette of [colours, equal])
      expect([...(await readMask(pngOf(3, depth, values, palette), encoder)).values]).toEqual(values);
    const transparent = pngOf(3, depth, values, colours, Buffer.from([0]));
    expect([...(await readMask(transparent, encoder)).values]).toEqual(values);
  });

  it('may lie beyond the palette, or in an interlaced file', async () => {
    const values = spread(0, 1, 7);
    expect([...(await readMask(pngOf(3, 8, values, [0, 0, 0, 9, 9, 9]), encoder)).values]).toEqual(values);
    const interlaced = await sharp(pngOf(0, 8, values))
      .png({ palette: true, progressive: true })
      .toBuffer();
    expect(await valuesOf(interlaced)).toHaveLength(3);
  });

  it('are colours of an RGB file, and no numbers where all are alike', async () => {
    expect(await valuesOf(await rgb([128, 64, 0], [5, 5, 5]))).toEqual([0x1804000, 5]);
    const opaque = await sharp(await rgb([1, 2, 3]))
      .ensureAlpha()
      .png()
      .toBuffer();
    expect(await valuesOf(opaque)).toEqual([0x1010203]);
  });

  it('are refused where they can not be known', async () => {
    const sixteen = await sharp(grey(1, 2)).toColourspace('grey16').png().toBuffer();
    await expect(readMask(sixteen, encoder)).rejects.toThrow(/can't be read as classes: more than 8 bits a channel/);
    const seeThrough = await sharp(await rgb([1, 2, 3]))
      .ensureAlpha(0.5)
      .png()
      .toBuffer();
    await expect(readMask(seeThrough, encoder)).rejects.toThrow(/can't be read as classes: partly transparent/);
    const jpeg = await sharp(grey(1, 2)).jpeg().toBuffer();
    await expect(readMask(jpeg, encoder)).rejects.toThrow(/is a JPEG, which does not keep its numbers: expected a PNG/);
    for (const file of [
      grey(1).subarray(0, 40),
      pngOf(3, 8, spread(1), [1, 2, 3]).subarray(0, 60),
      Buffer.from('no'),
      Buffer.alloc(0),
    ])
      await expect(readMask(file, encoder)).rejects.toThrow(/can't be decoded/);
  });
});

describe('classes of masks', () => {
  const withMasks = async (masks: Readonly<Record<string, Buffer>>, more: Readonly<Record<string, string>> = {}) => {
    const files: Record<string, Buffer | string> = { ...more };
    for (const [name, mask] of Object.entries(masks)) {
      files[`images/${name}.png`] = await image();
      files[`masks/${name}.png`] = mask;
    }
    return annotatedDataset(files);
  };
  const labels = ({ label, classes }: Dataset) => Array.from(label, (own) => classes[own] ?? '-');

  it('are numbers, with 255 for none, and each image’s rarest is its label', async () => {
    const dataset = await withMasks({ a: grey(0, 11, 255), b: grey(0), c: grey(0, 3), d: grey(255) });
    expect(dataset.classes).toEqual(['0', '3', '11']);
    expect(labels(dataset)).toEqual(['11', '0', '3', '-']);
    expect(problemsOf(dataset)).toEqual(['unlabelled images/d.png: no pixel of its mask has a class']);
    expect(dataset.masks?.classOf).toEqual(
      new Map([
        [0, 0],
        [3, 1],
        [11, 2],
        [255, -1],
      ]),
    );
  });

  it('are 0 and 255 of a mask that has no others', async () => {
    expect((await withMasks({ a: grey(0, 255), b: grey(0) })).classes).toEqual(['0', '255']);
  });

  it('have the names that files give, without those of no class', async () => {
    const text = 'sky\nUnlabelled\n building \nvoid\nroad\nignore\n';
    const dataset = await withMasks({ a: grey(0, 1, 2, 3, 5), b: grey(4, 9) }, { 'classes.txt': text });
    expect(dataset.classes).toEqual(['sky', 'building', 'road', '9']);
  });

  it.each([
    ['label_colors.txt', '128 64 128\troad\n255 255 255  white\n0 0 0\t\tVoid\n'],
    ['class_dict.csv', 'name,r,g,b\r\nroad,128,64,128\r\nwhite,255,255,255\r\nVoid,0,0,0\r\n'],
    ['labelmap.txt', '# label:color_rgb:parts:actions\nroad:128,64,128::\nwhite:255,255,255::\nvoid:0,0,0::\n'],
  ])('have the names of their colours in %s; white is a colour like others', async (name, text) => {
    const mask = await rgb([128, 64, 128], [255, 255, 255], [0, 0, 0], [1, 2, 3]);
    expect((await withMasks({ a: mask }, { [name]: text })).classes).toEqual(['white', '#010203', 'road']);
  });

  it('have colours’ names though another file names numbers', async () => {
    const files = { 'classes.txt': 'a\nb\n', 'label_colors.txt': '1 2 3 sea\n' };
    expect((await withMasks({ a: await rgb([1, 2, 3], [0, 0, 0]) }, files)).classes).toEqual(['#000000', 'sea']);
    expect((await withMasks({ a: grey(0, 1) }, files)).classes).toEqual(['a', 'b']);
  });

  it('come with problems where a mask is none', async () => {
    const dataset = await withMasks({
      a: grey(0, 1),
      b: await picture(3, 4 * width, 4 * height)
        .png()
        .toBuffer(),
      c: await sharp(grey(0, 1)).jpeg().toBuffer(),
      d: await sharp(grey(0, 1)).resize(height, width).png().toBuffer(),
      e: await sharp(grey(0, 1))
        .resize(2 * width, 2 * height, { kernel: 'nearest' })
        .png()
        .toBuffer(),
      f: grey(1).subarray(0, 40),
    });
    expect([...dataset.label].map((own) => own >= 0)).toEqual([true, false, false, false, true, false]);
    expect(problemsOf(dataset).map((line) => line.replace(/decoded: .*/, 'decoded'))).toEqual([
      'unlabelled images/b.png: masks/b.png: the mask has 511 different values, more than classes: a picture, or smooth borders',
      'unlabelled images/c.png: masks/c.png: the mask is a JPEG, which does not keep its numbers: expected a PNG',
      'unlabelled images/d.png: masks/d.png: the mask has 4 × 8 pixels, its image 8 × 4',
      "unlabelled images/f.png: masks/f.png: the mask can't be decoded",
    ]);
  });

  it('can not be more than a byte holds', async () => {
    const colours = Array.from({ length: 300 }, (_, k) => [k >> 4, 1 + (k & 15), 200] as const);
    const masks = Array.from({ length: 10 }, (_, k) => rgb(...colours.slice(30 * k, 30 * (k + 1))));
    const named = Object.fromEntries((await Promise.all(masks)).map((mask, k) => [`m${k}`, mask]));
    await expect(withMasks(named)).rejects.toThrow(InputError);
    await expect(withMasks(named)).rejects.toThrow(/the masks have 300 different values, expected at most 255 classes/);
  });

  it('are read at the views’ size by the nearest pixel', async () => {
    const dataset = await withMasks({
      a: pngOf(
        0,
        8,
        Array.from({ length: area }, (_, at) => (at % width < 4 ? 7 : 255)),
      ),
      b: grey(3),
    });
    const read = maskReader(dataset, encoder);
    const mask = await read?.(0, 4);
    expect([...(mask ?? [])]).toEqual(Array.from({ length: 16 }, (_, at) => (at % 4 < 2 ? 1 : 255)));
  });
});
