import fc from 'fast-check';
import { expect, it } from 'vitest';
import { targetNames } from '../../../src/core/copy/index.ts';

const names = (files: [string, boolean][]) => [
  ...targetNames(() => files.map(([path, becomesJpeg]) => ({ path, becomesJpeg }))),
];

it('keeps stems, renames what becomes a JPEG, and keeps clashing names apart', () => {
  expect(
    names([
      ['a/1.png', true],
      ['a/2.png', false],
      ['a/3.JPEG', true],
      ['a/v1.2.webp', true],
      ['noext', true],
    ]),
  ).toEqual(['a/1.jpg', 'a/2.png', 'a/3.JPEG', 'a/v1.2.jpg', 'noext.jpg']);
  expect(
    names([
      ['a/1.JPG', false],
      ['a/1.png', true],
      ['a/1.webp', true],
      ['b/1.png', true],
    ]),
  ).toEqual(['a/1.JPG', 'a/1.png.jpg', 'a/1.webp.jpg', 'b/1.jpg']);
});

it('never gives two files one name, whatever the case', () => {
  const name = fc.stringMatching(/^[aAbB]\.(png|PNG|jpg|webp|png\.jpg)$/);
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, fc.boolean()), { selector: ([text]) => text.toLowerCase() }), (files) => {
      const result = names(files).map((text) => text.toLowerCase());
      expect(new Set(result).size).toBe(result.length);
    }),
  );
});
