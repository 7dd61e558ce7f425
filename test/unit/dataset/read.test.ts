import { rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openSamples } from '../../../src/core/dataset/index.ts';
import { addFile, cifarBatch, folderOf, idxImages, idxLabels, imagesAt, png, scan } from './fixtures.ts';

describe('openSamples', () => {
  it('reads files as they are', async () => {
    const reader = openSamples(await scan(await imagesAt('a/1.png')));
    expect(await reader.read(0)).toEqual({ kind: 'file', data: png });
    await expect(reader.read(1)).rejects.toThrow(RangeError);
    await reader[Symbol.asyncDispose]();
  });

  it.each([
    ['plain', (data: Buffer) => data, ''],
    ['gzip', (data: Buffer) => gzipSync(data), '.gz'],
  ])('reads any image of an IDX file, %s', async (_, pack, suffix) => {
    const packed = idxImages(5, 3, 2);
    const labels = idxLabels(0, 1, 2, 3, 4);
    const root = await folderOf({
      [`train-images-idx3-ubyte${suffix}`]: pack(packed),
      'train-labels-idx1-ubyte': labels,
    });
    const reader = openSamples(await scan(root));
    const order = [4, 0, 2, 2];
    const all = await Promise.all(order.map(async (index) => reader.read(index)));
    for (const [at, index] of order.entries()) {
      const data = packed.subarray(16 + index * 6, 22 + index * 6);
      expect(all[at]).toEqual({ kind: 'raw', data: Buffer.from(data), width: 2, height: 3, channels: 1 });
    }
    await reader[Symbol.asyncDispose]();
    await expect(reader.read(0)).rejects.toThrow(/closed/);
  });

  it('turns the planes of CIFAR-10 into pixels', async () => {
    const reader = openSamples(await scan(await folderOf({ 'data_batch_1.bin': cifarBatch(0, 1) })));
    const sample = await reader.read(1);
    expect(sample).toMatchObject({ kind: 'raw', width: 32, height: 32, channels: 3 });
    expect(sample.data.length).toBe(3072);
    expect([...sample.data.subarray(0, 6)]).toEqual([1, 2, 3, 1, 100, 200]);
    await reader[Symbol.asyncDispose]();
  });

  it('says which file changed since the scan', async () => {
    const root = await imagesAt('a/1.png', 'a/2.png', 'a/3.png');
    const reader = openSamples(await scan(root));
    await addFile(root, 'a/1.png', Buffer.concat([png, png]));
    await utimes(path.join(root, 'a/2.png'), 1, 1);
    await rm(path.join(root, 'a/3.png'));
    await expect(reader.read(0)).rejects.toThrow('a/1.png was changed since the folder was scanned: scan it again');
    await expect(reader.read(1)).rejects.toThrow('a/2.png was changed');
    await expect(reader.read(2)).rejects.toThrow(/ENOENT.*3\.png/);
    await reader[Symbol.asyncDispose]();
  });

  it('says which archive changed since the scan', async () => {
    const root = await folderOf({ 'data_batch_1.bin': cifarBatch(0, 1) });
    const reader = openSamples(await scan(root));
    await utimes(path.join(root, 'data_batch_1.bin'), 1, 1);
    await expect(reader.read(0)).rejects.toThrow('data_batch_1.bin was changed');
    await reader[Symbol.asyncDispose]();
  });
});
