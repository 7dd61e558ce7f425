import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StringColumnBuilder } from '../../../src/core/dataset/string-column.ts';

function columnOf(texts: readonly string[]) {
  const builder = new StringColumnBuilder();
  for (const text of texts) builder.push(text);
  return builder.finish();
}

it('StringColumn gives back any text', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', size: 'medium' })), (texts) => {
      const column = columnOf(texts);
      expect(Array.from({ length: column.length }, (_, at) => column.at(at))).toEqual(texts);
    }),
  );
});

it('StringColumn grows past its first buffers', () => {
  const texts = Array.from({ length: 5000 }, (_, at) => `${'é犬🐶'.repeat(at % 40)}${at}`);
  const column = columnOf(texts);
  expect(texts.every((text, at) => column.at(at) === text)).toBe(true);
  expect(columnOf(['x'.repeat(300_000)]).at(0)).toHaveLength(300_000);
});

it.each([-1, 2, NaN])('StringColumn refuses index %d', (index) => {
  expect(() => columnOf(['a', 'b']).at(index)).toThrow(RangeError);
});
