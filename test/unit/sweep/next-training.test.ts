import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  coarseCells,
  errorOf,
  isHopeless,
  mostTelling,
  seedDeviation,
  type Cell,
  type Done,
} from '../../../src/core/sweep/next-training.ts';
import { nestedOrder } from '../../../src/core/sweep/subsets.ts';
import type { StorageLaw } from '../../../src/protocol/law.ts';

it('every subset holds the smaller ones, and the classes in their proportions', () => {
  const labels = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 120 });
  fc.assert(
    fc.property(labels, fc.integer({ min: 0, max: 1000 }), (list, seed) => {
      const rows = Uint32Array.from(list.keys());
      const order = nestedOrder(rows, Int32Array.from(list), seed);
      expect([...order].sort((a, b) => a - b)).toEqual([...rows]);
      for (const label of new Set(list)) {
        const size = list.filter((own) => own === label).length;
        for (const taken of [0.25, 0.5, 0.75]) {
          const subset = order.subarray(0, Math.round(taken * rows.length));
          const own = subset.filter((row) => list[row] === label).length;
          // Within one image of the class's share for each class that there is.
          expect(Math.abs(own - (size * subset.length) / rows.length)).toBeLessThanOrEqual(2);
        }
      }
      expect(nestedOrder(rows, Int32Array.from(list), seed)).toEqual(order);
    }),
  );
});

const cell = (images: number, quality: number): Cell => ({ images, quality, bytes: 300 + 100 * quality });
const cells = [500, 1000, 2000, 4000].flatMap((images) => [0, 1, 2, 3].map((quality) => cell(images, quality)));

describe('the next training', () => {
  it('is at first of the ends and the middle, the largest before the others', () => {
    const coarse = coarseCells(cells);
    expect(coarse.map(({ images, quality }) => `${images} ${quality}`).sort()).toEqual(
      ['500', '2000', '4000'].flatMap((images) => ['0', '2', '3'].map((quality) => `${images} ${quality}`)).sort(),
    );
    expect(coarse[0]?.images).toBe(4000);
  });

  const done = (one: Cell, ...errors: number[]): Done[] => errors.map((error, seed) => ({ cell: one, seed, error }));

  it('is not of a cell that fewer bytes beat clearly', () => {
    const trained = [
      ...done(cell(1000, 0), 0.3, 0.31, 0.29),
      ...done(cell(2000, 3), 0.5, 0.51, 0.49),
      ...done(cell(4000, 0), 0.31, 0.32, 0.3),
    ];
    expect(isHopeless(cell(2000, 3), trained)).toBe(true);
    expect(isHopeless(cell(4000, 0), trained)).toBe(false);
    expect(isHopeless(cell(1000, 0), trained)).toBe(false);
    // Nothing is known of it yet.
    expect(isHopeless(cell(500, 0), trained)).toBe(false);
    expect(seedDeviation(trained)).toBeCloseTo(0.01, 6);
    expect(errorOf(cell(2000, 3), trained)).toMatchObject({ mean: 0.5, seeds: 3 });
  });

  it('is the one on which laws disagree as they do on the budget', () => {
    // Laws that differ in the worth of bytes alone, so that trainings of coarse images tell them apart.
    const laws = [0.05, 0.1, 0.15, 0.2].map((b): StorageLaw => ({
      ...{ form: 'additive', floor: 0.1, a: 0.2, alpha: 0.4, b, beta: 1.2 },
      ...{ headerBytes: 250, images0: 1000, bytes0: 150 },
    }));
    const coarse = { images: 1000, quality: 0, bytes: 310 };
    const fine = { images: 1000, quality: 3, bytes: 900 };
    expect(mostTelling([fine, coarse], laws, { images: 1500, bytes: 350 }, 0.01)).toBe(coarse);
    // As telling, but four times the work.
    expect(mostTelling([{ ...coarse, images: 4000 }, coarse], laws, { images: 1500, bytes: 350 }, 0.01)).toBe(coarse);
    expect(mostTelling<Cell>([], laws, { images: 1, bytes: 300 }, 0.01)).toBeUndefined();
  });
});
