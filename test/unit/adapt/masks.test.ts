import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keptPerSide, openMasking } from '../../../src/core/adapt/masks.ts';
import { cosineBasis } from '../../../src/core/cosine-basis.ts';

const sides = fc.integer({ min: 1, max: 40 });
const planes = sides.chain((side) =>
  fc.record({
    side: fc.constant(side),
    kept: fc.integer({ min: 1, max: side }),
    plane: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: side ** 2, maxLength: side ** 2 }),
  }),
);
const energy = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0);

function compressed(side: number, kept: number, plane: Float32Array) {
  const masking = openMasking(side);
  const coefficients = new Float32Array(side * side);
  masking.coefficients(plane, kept, coefficients, side);
  const image = new Float32Array(side * side);
  masking.plane(coefficients, kept, side, image);
  return { coefficients, image };
}

describe('the cosine basis', () => {
  it('is orthonormal at every size', () => {
    fc.assert(
      fc.property(sides, (side) => {
        const basis = cosineBasis(side);
        for (let a = 0; a < side; a++)
          for (let b = 0; b < side; b++) {
            let dot = 0;
            for (let j = 0; j < side; j++) dot += (basis[a * side + j] as number) * (basis[b * side + j] as number);
            expect(dot).toBeCloseTo(a === b ? 1 : 0, 10);
          }
      }),
      { numRuns: 20 },
    );
  });

  it('is that of the definition', () => {
    expect(Array.from(cosineBasis(2))).toEqual(
      [0.5, 0.5, 0.5, -0.5].map((value): unknown => expect.closeTo(value * Math.SQRT2)),
    );
  });
});

describe('a mask', () => {
  it('that keeps all gives the image back', () => {
    fc.assert(
      fc.property(planes, ({ side, plane }) => {
        const { image } = compressed(side, side, Float32Array.from(plane));
        image.forEach((value, at) => {
          expect(value).toBeCloseTo(plane[at] as number, 3);
        });
      }),
      { numRuns: 30 },
    );
  });

  it('leaves the energy of what it keeps, no more than there was, and keeps the mean', () => {
    fc.assert(
      fc.property(planes, ({ side, kept, plane }) => {
        const source = Float32Array.from(plane);
        const { coefficients, image } = compressed(side, kept, source);
        expect(energy(image)).toBeCloseTo(energy(coefficients), 2);
        expect(energy(image)).toBeLessThanOrEqual(energy(source) * 1.0001 + 1e-6);
        const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);
        expect(sum(image) / side).toBeCloseTo(sum(source) / side, 2);
      }),
      { numRuns: 30 },
    );
  });

  it('is a projection: what it keeps it keeps again', () => {
    fc.assert(
      fc.property(planes, ({ side, kept, plane }) => {
        const once = compressed(side, kept, Float32Array.from(plane)).image;
        const twice = compressed(side, kept, once).image;
        twice.forEach((value, at) => {
          expect(value).toBeCloseTo(once[at] as number, 3);
        });
      }),
      { numRuns: 30 },
    );
  });

  it('for 28 × 28 is scaled to other sizes', () => {
    expect([16, 8, 4].map((mask) => keptPerSide(mask, 28))).toEqual([16, 8, 4]);
    expect([16, 8, 4].map((mask) => keptPerSide(mask, 32))).toEqual([19, 10, 5]);
    expect([16, 8, 4].map((mask) => keptPerSide(mask, 64))).toEqual([37, 19, 10]);
  });
});
