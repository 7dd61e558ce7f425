import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { cifarBatch, folderOf, idxImages, idxLabels, otherOf, png, problemsOf, rowsOf, scan } from './fixtures.ts';

const images = 'train-images-idx3-ubyte';
const labels = 'train-labels-idx1-ubyte';

describe('IDX files', () => {
  it('become samples by split and label, packed or not', async () => {
    const dataset = await scan(
      await folderOf({
        [`raw/${images}`]: idxImages(3, 2, 4),
        [`raw/${labels}`]: idxLabels(7, 0, 7),
        'raw/t10k-images.idx3-ubyte.gz': gzipSync(idxImages(1, 2, 4)),
        'raw/t10k-labels.idx1-ubyte.gz': gzipSync(idxLabels(3)),
        'raw/readme.txt': 'a note',
      }),
    );
    expect(rowsOf(dataset)).toEqual([
      'test 3 test/3/00000.png',
      'train 7 train/7/00000.png',
      'train 0 train/0/00001.png',
      'train 7 train/7/00002.png',
    ]);
    expect([...dataset.bytes]).toEqual([8, 8, 8, 8]);
    expect([...dataset.archive]).toEqual([0, 1, 1, 1]);
    expect([...dataset.archiveIndex]).toEqual([0, 0, 1, 2]);
    expect(dataset.layout).toBe('packed IDX files (train and test)');
    expect(otherOf(dataset)).toEqual(['raw/readme.txt']);
    expect(problemsOf(dataset)).toEqual([]);
  });

  it('are read once where the .gz lies beside the unpacked file', async () => {
    const files = {
      [images]: idxImages(2, 1, 1),
      [labels]: idxLabels(1, 2),
      [`${images}.gz`]: gzipSync(idxImages(2, 1, 1)),
    };
    const dataset = await scan(await folderOf(files));
    expect(dataset.archives.map(({ path }) => path)).toEqual([images]);
    expect(otherOf(dataset)).toEqual([]);
  });

  it('keep distinct names where two sets, or a set and a folder, would share them', async () => {
    const set = { [`a/${images}`]: idxImages(1, 1, 1), [`a/${labels}`]: idxLabels(5) };
    const two = { ...set, [`b/${images}`]: idxImages(1, 1, 1), [`b/${labels}`]: idxLabels(5) };
    for (const files of [two, { ...set, 'train/5/00000.png': png }]) {
      const rows = rowsOf(await scan(await folderOf(files)));
      expect(new Set(rows).size).toBe(2);
      expect(rows).toContain(`train 5 train/5/a-${images}-00000.png`);
    }
  });

  it.each([
    [
      'a cut file',
      { [images]: idxImages(3, 2, 2, 11), [labels]: idxLabels(1, 2, 3) },
      /expected 28 bytes .* but found 27$/,
    ],
    [
      'a long gzip',
      { [`${images}.gz`]: gzipSync(idxImages(1, 2, 2, 5)), [labels]: idxLabels(1) },
      /expected 20 bytes .* found more$/,
    ],
    [
      'a short gzip',
      { [`${images}.gz`]: gzipSync(idxImages(1, 2, 2, 3)), [labels]: idxLabels(1) },
      /expected 20 bytes .* found 19$/,
    ],
    [
      'a cut gzip',
      { [`${images}.gz`]: gzipSync(idxImages(9, 9, 9)).subarray(0, 60), [labels]: idxLabels(1) },
      /cannot be unpacked: unexpected end/,
    ],
    [
      'no gzip',
      { [`${images}.gz`]: idxImages(1, 1, 1), [labels]: idxLabels(1) },
      /cannot be unpacked: incorrect header/,
    ],
    [
      'another magic number',
      { [images]: idxLabels(1, 2, 3, 4, 5, 6, 7, 8, 9), [labels]: idxLabels(1) },
      /expected the magic number 0x00000803 but found 0x00000801$/,
    ],
    [
      'a cut header',
      { [images]: Buffer.alloc(3), [labels]: idxLabels(1) },
      /expected a header of 16 bytes but found 3$/,
    ],
    [
      'no images',
      { [images]: idxImages(0, 2, 2), [labels]: idxLabels() },
      /expected images but found 0 of 2×2 pixels$/,
    ],
    ['no labels', { [images]: idxImages(1, 2, 2) }, /no file with its labels beside it$/],
    [
      'other labels',
      { [images]: idxImages(1, 2, 2), [labels]: idxLabels(1, 2) },
      /labels-idx1-ubyte: expected 1 labels but found 2$/,
    ],
    [
      'cut labels',
      { [images]: idxImages(2, 2, 2), [labels]: idxLabels(1, 2).subarray(0, 9) },
      /expected 10 bytes .* found 9$/,
    ],
  ])('with %s are a problem', async (_, files, reason) => {
    const dataset = await scan(await folderOf({ ...files, 'a/1.png': png }));
    expect(dataset.count).toBe(1);
    expect(problemsOf(dataset)).toEqual([expect.stringMatching(reason)]);
  });
});

describe('CIFAR-10 batches', () => {
  const names = ['plane', 'car', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

  it('become samples under the names of their classes', async () => {
    const dataset = await scan(
      await folderOf({
        'c/data_batch_1.bin': cifarBatch(9, 0),
        'c/test_batch.bin': cifarBatch(3),
        'c/batches.meta.txt': `${names.join('\n')}\n\n`,
      }),
    );
    expect(rowsOf(dataset)).toEqual([
      'train truck train/truck/data_batch_1-00000.png',
      'train plane train/plane/data_batch_1-00001.png',
      'test cat test/cat/test_batch-00000.png',
    ]);
    expect(dataset.layout).toBe('CIFAR-10 binary batches');
    expect(otherOf(dataset)).toEqual([]);
  });

  it('take no class name that would lead out of a copy', async () => {
    const meta = ['../../etc', ...names.slice(1)].join('\n');
    const dataset = await scan(await folderOf({ 'data_batch_1.bin': cifarBatch(0), 'batches.meta.txt': meta }));
    expect(rowsOf(dataset)).toEqual(['train 0 train/0/data_batch_1-00000.png']);
    expect(problemsOf(dataset)[0]).toMatch(/^skipped batches.meta.txt: expected 10 class names/);
  });

  it('are a problem when they are cut or hold other labels', async () => {
    const cut = cifarBatch(1).subarray(1);
    const files = { 'data_batch_1.bin': cut, 'data_batch_2.bin': cifarBatch(1, 10), 'test_batch.bin': cifarBatch(1) };
    expect(problemsOf(await scan(await folderOf(files)))).toEqual([
      'unreadable data_batch_1.bin: expected a multiple of 3073 bytes but found 3072',
      'unreadable data_batch_2.bin: expected labels from 0 to 9 but found 10 at image 1',
    ]);
  });
});
