import fc from 'fast-check';
import { expect, it } from 'vitest';
import { targetNames } from '../../../src/core/copy/index.ts';

type Becomes = 'jpeg' | 'webp' | undefined;
const names = (files: [string, Becomes][]) => [
  ...targetNames(() => files.map(([path, becomes]) => ({ path, ...(becomes && { becomes }) }))),
];

it('keeps stems, renames what becomes a JPEG or a WebP, and keeps clashing names apart', () => {
  expect(
    names([
      ['a/1.png', 'jpeg'],
      ['a/2.png', undefined],
      ['a/3.JPEG', 'jpeg'],
      ['a/v1.2.webp', 'jpeg'],
      ['noext', 'jpeg'],
      ['b/1.jpeg', 'webp'],
      ['b/2.WEBP', 'webp'],
    ]),
  ).toEqual(['a/1.jpg', 'a/2.png', 'a/3.JPEG', 'a/v1.2.jpg', 'noext.jpg', 'b/1.webp', 'b/2.WEBP']);
  expect(
    names([
      ['a/1.JPG', undefined],
      ['a/1.png', 'jpeg'],
      ['a/1.webp', 'jpeg'],
      ['b/1.png', 'jpeg'],
      ['c/1.jpg', 'webp'],
      ['c/1.png', 'webp'],
    ]),
  ).toEqual(['a/1.JPG', 'a/1.png.jpg', 'a/1.webp.jpg', 'b/1.jpg', 'c/1.webp', 'c/1.png.webp']);
});

it('never gives two files one name, whatever the case', () => {
  const name = fc.stringMatching(/^[aAbB]\.(png|PNG|jpg|webp|png\.jpg|png\.webp)$/);
  const becomes = fc.constantFrom<Becomes>('jpeg', 'webp', undefined);
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, becomes), { selector: ([text]) => text.toLowerCase() }), (files) => {
      const result = names(files).map((text) => text.toLowerCase());
      expect(new Set(result).size).toBe(result.length);
    }),
  );
});
