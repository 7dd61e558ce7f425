import { describe, expect, it } from 'vitest';
import { placeDirectories } from '../../../src/core/dataset/layout.ts';
import { imagesAt, problemsOf, rowsOf, scan } from './fixtures.ts';

function places(...directories: string[]): string[] {
  return placeDirectories(directories).map(({ split, className }) => `${split} ${className ?? '-'}`);
}

describe('placeDirectories', () => {
  it.each([
    ['class folders', ['cat', 'dog'], ['train cat', 'train dog']],
    ['splits above classes', ['train/cat', 'val/cat', 'test/dog'], ['train cat', 'val cat', 'test dog']],
    ['splits below classes', ['cat/train', 'cat/test', 'dog/train'], ['train cat', 'test cat', 'train dog']],
    [
      'splits by other names',
      ['Training/a', 'VALID/a', 'validation/a', 'testing/a'],
      ['train a', 'val a', 'val a', 'test a'],
    ],
    ['the first split that is named', ['test/train/a', 'test/train/b'], ['test a', 'test b']],
    ['a wrapper folder', ['animals/cat', 'animals/dog'], ['train cat', 'train dog']],
    ['a wrapper around splits', ['data/train/cat', 'data/test/dog'], ['train cat', 'test dog']],
    ['folders inside classes', ['cat/a/b', 'cat', 'dog/c'], ['train cat', 'train cat', 'train dog']],
    ['a single class', ['cat'], ['train cat']],
    ['a single class, nested', ['animals/cat', 'animals/cat/more'], ['train cat', 'train cat']],
    ['images at the root', ['', 'animals/cat', 'animals/dog'], ['train -', 'train cat', 'train dog']],
    ['images at the root of a split', ['train/cat', 'train/dog', 'test'], ['train cat', 'train dog', 'test -']],
    ['the same in a wrapper', ['data/train/cat', 'data/train/dog', 'data/test'], ['train cat', 'train dog', 'test -']],
    ['names of object members', ['constructor', '__proto__'], ['train constructor', 'train __proto__']],
  ])('reads %s', (_, directories, expected) => {
    expect(places(...directories)).toEqual(expected);
  });
});

describe('a scanned layout', () => {
  it('merges a class across splits and numbers classes by name', async () => {
    const dataset = await scan(await imagesAt('train/dog/1.png', 'train/cat/1.png', 'test/cat/2.png'));
    expect(dataset.classes).toEqual(['cat', 'dog']);
    expect(rowsOf(dataset)).toEqual([
      'test cat test/cat/2.png',
      'train cat train/cat/1.png',
      'train dog train/dog/1.png',
    ]);
    expect(dataset.layout).toBe('a folder for each class, with train and test splits');
  });

  it('lists images beside class folders once for each directory', async () => {
    const dataset = await scan(await imagesAt('cat/1.png', 'a.png', 'b.png'));
    expect(problemsOf(dataset)).toEqual(['unlabelled .: 2 images lie here without a class folder']);
    expect([...dataset.label]).toEqual([-1, -1, 0]);
    expect(dataset.layout).toBe('a folder for each class');
  });

  it('takes images without any class', async () => {
    const dataset = await scan(await imagesAt('test/1.png'));
    expect(dataset.classes).toEqual([]);
    expect(dataset.layout).toBe('images without class folders, all in the test split');
  });
});
