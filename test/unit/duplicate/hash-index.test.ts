import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexHashes } from '../../../src/core/duplicate/hash-index.ts';

const word = fc.integer({ min: 0, max: 0xffff });
const hash = fc.tuple(word, word, word, word);
/** A hash, then others that have some of its bits turned. */
const family = fc
  .tuple(hash, fc.array(fc.array(fc.integer({ min: 0, max: 63 }), { maxLength: 14 }), { maxLength: 12 }))
  .map(([first, others]) => [first, ...others.map((bits) => turned(first, bits))]);

function turned(own: readonly number[], bits: readonly number[]): number[] {
  const copy = [...own];
  for (const bit of bits) copy[bit >> 4] = (copy[bit >> 4] ?? 0) ^ (1 << (bit & 15));
  return copy;
}

const bitsApart = (a: readonly number[], b: readonly number[]): number =>
  [...Array(64).keys()].filter((bit) => (((a[bit >> 4] ?? 0) ^ (b[bit >> 4] ?? 0)) >> (bit & 15)) & 1).length;

describe('the index of hashes', () => {
  it('finds exactly what comparing all pairs finds, each once', () => {
    fc.assert(
      fc.property(fc.array(family, { maxLength: 5 }), fc.integer({ min: 0, max: 11 }), (families, distance) => {
        const all = families.flat();
        const index = indexHashes(Uint16Array.from(all.flat()), distance);
        const found = new Uint32Array(all.length + 1);
        all.forEach((own, item) => {
          const near = [...found.subarray(0, index.near(item, found))].sort((a, b) => a - b);
          expect(near).toEqual([...all.keys()].filter((other) => bitsApart(own, all[other] ?? []) <= distance));
        });
      }),
      { numRuns: 60 },
    );
  });

  it('ends when it has found enough, the earlier of equal hashes first', () => {
    const index = indexHashes(new Uint16Array(4 * 1000).fill(0xabc), 10);
    const found = new Uint32Array(50);
    expect(index.near(999, found)).toBe(50);
    expect([...found]).toEqual([...Array(50).keys()]);
  });
});
