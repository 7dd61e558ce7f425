import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestFirst } from '../../../src/core/allocate/largest-first.ts';

/** From the smallest that there is to infinity, with many equal ones. */
const positive = fc.oneof(
  fc.integer({ min: 1, max: 5 }),
  fc.double({ min: Number.MIN_VALUE, noNaN: true }),
  fc.double({ min: 0.001, max: 0.001_000_001, noNaN: true }),
);

describe('the largest first', () => {
  it('is the order that comparisons find, equal numbers in their own', () => {
    fc.assert(
      fc.property(fc.array(positive, { maxLength: 300 }), fc.integer({ min: 0, max: 5 }), (numbers, skipped) => {
        const values = Float64Array.from(numbers).subarray(skipped);
        const own = [...values];
        const expected = [...own.keys()].sort((a, b) => (own[b] ?? 0) - (own[a] ?? 0) || a - b);
        const { sorted, places } = largestFirst(values);
        expect([...places]).toEqual(expected);
        expect([...sorted]).toEqual(expected.map((place) => own[place]));
      }),
      { numRuns: 500 },
    );
  });
});
