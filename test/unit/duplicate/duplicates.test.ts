/** Planted near-duplicates are found, near-misses are not. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { findDuplicates, takeFingerprints } from '../../../src/core/duplicate/index.ts';
import { seededRandom } from '../../../src/core/random.ts';
import { usable } from '../../../src/core/rate/index.ts';
import { addFile, folderOf, scan } from '../dataset/fixtures.ts';
import { scene } from '../images.ts';
import { countingPorts, job } from '../rate/counting-ports.ts';

const png = async (image: Sharp | Promise<Sharp>) => (await image).png().toBuffer();
const again = async (image: Sharp) => sharp(await image.png().toBuffer());

const find = async (files: Readonly<Record<string, Buffer>>) => findIn(await folderOf(files));

async function findIn(root: string, ports?: Awaited<ReturnType<typeof countingPorts>>) {
  const { encoder, store } = ports ?? (await countingPorts());
  const dataset = await scan(root);
  const hash = Buffer.concat(
    Array.from(dataset.label, (_, i) =>
      createHash('sha256')
        .update(readFileSync(`${root}/${dataset.path.at(i)}`))
        .digest(),
    ),
  );
  const rates = {
    hash,
    use: new Uint8Array(dataset.count).fill(usable.encoded),
    original: Uint32Array.from(dataset.bytes),
  };
  const prints = await takeFingerprints(dataset, rates, { encoder, store }, job);
  const { keptFor, ...found } = await findDuplicates(prints, dataset, rates, job);
  const pairs = [...keptFor].flatMap((kept, i) =>
    kept < 0 ? [] : [`${dataset.path.at(i)} ~ ${dataset.path.at(kept)}`],
  );
  return { pairs, ...found, dataset };
}

const others = async () =>
  Object.fromEntries(
    await Promise.all(
      Array.from(
        { length: 40 },
        async (_, k) => [`train/${k % 2 ? 'dog' : 'cat'}/other-${k}.png`, await png(scene(100 + k))] as const,
      ),
    ),
  );

describe('near-duplicates', { timeout: 30_000 }, () => {
  it('are found after encoding, scaling, brightening, cropping a line and copying; mirrored and turned ones are not', async () => {
    const first = await scene(1, 90);
    const wide = { ...(await others()), 'train/cat/1.png': await png(first) };
    const planted = {
      'train/cat/coded.jpg': await first.clone().jpeg({ quality: 30 }).toBuffer(),
      'train/cat/copied.png': await png(first),
      'train/cat/lighter.png': await png(first.clone().linear(1.05, 0)),
      'train/cat/scaled.png': await png(first.clone().resize(81, 81)),
      'train/cat/shifted.png': await png(first.clone().extract({ left: 1, top: 0, width: 89, height: 90 })),
    };
    const misses = {
      'train/cat/mirrored.png': await png(first.clone().flop()),
      'train/cat/turned.png': await png(first.clone().rotate(90)),
      'train/cat/upside-down.png': await png(first.clone().flip()),
      'train/cat/inverted.png': await png(first.clone().negate()),
      'train/cat/recoloured.png': await png(
        (await again(first)).recomb([
          [0, 0, 1],
          [0, 1, 0],
          [1, 0, 0],
        ]),
      ),
    };
    const { pairs, problems } = await find({ ...wide, ...planted, ...misses });
    const kept = pairs.map((pair) => pair.split(' ~ ')[1]);
    expect(new Set(kept).size).toBe(1);
    const group = [...pairs.map((pair) => pair.split(' ~ ')[0]), kept[0]].sort();
    expect(group).toEqual(['train/cat/1.png', ...Object.keys(planted)].sort());
    expect(problems).toEqual([]);
  });

  it('keep the one with the most pixels, then the most bytes, then the first', async () => {
    const large = await scene(1, 90);
    const files = {
      ...(await others()),
      'train/cat/a.png': await png(large.clone().resize(80, 80)),
      'train/cat/b.jpg': await large.clone().jpeg({ quality: 60 }).toBuffer(),
      'train/cat/c.png': await png(large),
      'train/cat/d.png': await png(large),
    };
    const { pairs } = await find(files);
    expect(pairs).toEqual(['a.png', 'b.jpg', 'd.png'].map((name) => `train/cat/${name} ~ train/cat/c.png`));
  });

  it('of two classes are told, and none of them goes first', async () => {
    const image = await png(scene(1));
    const { pairs, conflicts, leaks, problems } = await find({
      ...(await others()),
      'train/cat/1.png': image,
      'train/dog/2.png': image,
    });
    expect({ pairs, conflicts, leaks }).toEqual({ pairs: [], conflicts: 1, leaks: 0 });
    const reason = 'nearly the same as train/cat/1.png, but that is labelled cat';
    expect(problems).toEqual([{ path: 'train/dog/2.png', code: 'label-conflict', reason }]);
  });

  it('in validation and test splits are leaks, whatever their class; they are nothing to each other', async () => {
    const image = await scene(1);
    const { pairs, leaks, problems } = await find({
      ...(await others()),
      'train/cat/1.png': await png(image),
      'test/dog/1.jpg': await image.clone().jpeg({ quality: 40 }).toBuffer(),
      'test/cat/2.png': await png(scene(2)),
      'val/cat/2.png': await png(scene(2)),
      'val/cat/1.png': await png(image),
    });
    expect({ pairs, leaks }).toEqual({ pairs: [], leaks: 2 });
    const leak = { code: 'leak', reason: 'nearly the same as the training image train/cat/1.png' };
    expect(problems).toEqual([
      { path: 'test/dog/1.jpg', ...leak },
      { path: 'val/cat/1.png', ...leak },
    ]);
  });

  it('make no chains: what goes is near what is kept for it, though steps between frames are small', async () => {
    const panorama = await (await scene(5, 400)).png().toBuffer();
    const frames = await Promise.all(
      Array.from({ length: 30 }, async (_, k) => {
        const frame = sharp(panorama).extract({ left: 2 * k, top: 0, width: 160, height: 160 });
        return [`train/cat/frame-${String(k).padStart(2, '0')}.png`, await png(frame)] as const;
      }),
    );
    const { pairs } = await find({ ...(await others()), ...Object.fromEntries(frames) });
    const numbers = pairs.map((pair) => [...pair.matchAll(/frame-(\d+)/g)].map(([, own]) => Number(own)));
    expect(numbers.length).toBeGreaterThan(10);
    const goes = new Set(numbers.map(([from]) => from));
    for (const [from = NaN, kept = NaN] of numbers) {
      expect(goes.has(kept)).toBe(false);
      expect(Math.abs(from - kept)).toBeLessThan(12);
    }
  });

  it('are one group where hundreds are flat, one for each colour', async () => {
    const flat = (background: string) => png(sharp({ create: { width: 16, height: 16, channels: 3, background } }));
    const [white, black, red] = await Promise.all(['#fff', '#000', '#f00'].map(flat));
    const files = Object.fromEntries(
      Array.from({ length: 600 }, (_, k) => [`train/a/${k}.png`, [white, black, red][k % 3] as Buffer]),
    );
    const { pairs, dataset } = await find({ ...files, 'train/b/1.png': await png(scene(1)) });
    expect(dataset.count).toBe(601);
    expect(pairs).toHaveLength(597);
    expect(new Set(pairs.map((pair) => pair.split(' ~ ')[1])).size).toBe(3);
  });

  it('must stand out: images that are all alike are none, but for a copy among them', async () => {
    const count = 180;
    const random = seededRandom(3);
    const draw = () => random.below(2001) / 1000 - 1;
    const pattern = () => Float64Array.from({ length: 256 }, () => draw());
    const [base, ...ways] = Array.from({ length: 6 }, pattern) as [Float64Array, ...Float64Array[]];
    const thumbnail = new Uint8Array((count + 1) * 288).fill(128);
    for (let i = 0; i < count; i++) {
      const steps = ways.map(draw);
      const at = (k: number) =>
        128 + 80 * (base[k] ?? 0) + ways.reduce((sum, way, w) => sum + 14 * (way[k] ?? 0) * (steps[w] ?? 0), 0);
      for (let k = 0; k < 256; k++) thumbnail[i * 288 + k] = Math.round(at(k));
    }
    // The copy of one of them, with noise.
    for (let k = 0; k < 256; k++) thumbnail[count * 288 + k] = (thumbnail[7 * 288 + k] ?? 0) + random.below(9) - 4;
    const prints = { hash: new Uint16Array(4 * (count + 1)), thumbnail, pixels: new Uint32Array(count + 1).fill(1) };
    const image = await png(scene(1));
    const names = Array.from({ length: count + 1 }, (_, i) => `a/${String(i).padStart(3, '0')}.png`);
    const dataset = await scan(await folderOf(Object.fromEntries(names.map((name) => [name, image]))));
    const { keptFor } = await findDuplicates(prints, dataset, { original: new Uint32Array(count + 1) }, job);
    expect(keptFor[count]).toBe(7);
    expect(keptFor.subarray(0, count).filter((kept) => kept >= 0).length).toBeLessThan(count / 5);
  });

  it('are looked at once for the same content, and what can not be read is left out', async () => {
    const image = await png(scene(1));
    const root = await folderOf({
      'train/cat/1.png': image,
      'train/dog/2.png': await png(scene(2)),
      'test/cat/cut.png': image.subarray(0, 200),
    });
    const ports = await countingPorts();
    let looked = 0;
    const encoder = {
      ...ports.encoder,
      sourceView: (...args: Parameters<typeof ports.encoder.sourceView>) => (
        (looked += 1),
        ports.encoder.sourceView(...args)
      ),
    };
    await findIn(root, { ...ports, encoder });
    expect(looked).toBe(2);
    await addFile(root, 'train/cat/copy.png', image);
    const { pairs } = await findIn(root, { ...ports, encoder });
    expect(looked).toBe(2);
    expect(pairs).toEqual(['train/cat/copy.png ~ train/cat/1.png']);
  });
});

const horses = ['test', 'train'].map((split) => path.resolve('../shared/data/cifar10', split, 'horse'));
const absent = !horses.every((folder) => existsSync(folder));

describe.skipIf(absent)(absent ? 'real duplicates (skipped: no data folder)' : 'real duplicates', () => {
  it('of CIFAR-10: horses in both splits', { timeout: 120_000 }, async () => {
    const root = await folderOf({});
    for (const folder of horses)
      await cp(folder, path.join(root, folder.split('/').slice(-2).join('/')), { recursive: true });
    const { pairs, problems } = await findIn(root);
    expect(problems.map((own) => path.basename(own.path))).toEqual([
      'appaloosa_s_001915.png',
      'arabian_s_002280.png',
      'broodmare_s_000652.png',
    ]);
    expect(pairs).toHaveLength(2);
  });
});
