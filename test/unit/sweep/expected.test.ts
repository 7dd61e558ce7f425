import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withinMeasured } from '../../../src/core/sweep/expected.ts';
import { lawOptimum } from '../../../src/core/sweep/optimum.ts';
import { bestMeasured, cellBytes, expectedAt } from '../../../src/protocol/best-mix.ts';
import { lawError, type LawOptimum, type LawPoint, type StorageLaw } from '../../../src/protocol/law.ts';
import type { SweepCell } from '../../../src/protocol/sweep.ts';

/** The law of CIFAR-10 in docs/results/law.md. */
const law: StorageLaw = {
  ...{ form: 'no floor', floor: 0, a: 0.519, alpha: 0.142, b: 0.00361, beta: 1.3 },
  ...{ headerBytes: 265, images0: 2500, bytes0: 405 },
};
const points: LawPoint[] = [625, 1250, 2500, 5000, 10_000].flatMap((images) =>
  [310, 345, 394, 461, 558].map((bytes) => ({ images, bytes, error: lawError(law, images, bytes) })),
);
const { curve, grid } = withinMeasured(points, {
  errorOf: (images, bytes) => lawError(law, images, bytes),
  optimumOf: (budgetBytes, limits) => {
    const optimum = lawOptimum(law, budgetBytes, limits);
    return { budgetBytes, ...optimum, interval: [optimum.error - 0.01, optimum.error + 0.02] };
  },
});
const [smallest, largest] = [625 * 310, 10_000 * 558];

describe('the curve of best mixes', () => {
  it('stays within what was measured and within its budgets, and never rises', () => {
    expect(curve[0]?.budgetBytes).toBe(smallest);
    expect(curve.at(-1)?.budgetBytes).toBe(largest);
    curve.forEach(({ budgetBytes, images, bytes, error }, k) => {
      expect(images).toBeGreaterThan(624.99);
      expect(images).toBeLessThan(10_000.01);
      expect(bytes).toBeGreaterThan(309.99);
      expect(bytes).toBeLessThan(558.01);
      expect(images * bytes).toBeLessThan(budgetBytes * 1.000001);
      expect(error).toBeLessThanOrEqual(curve[k - 1]?.error ?? 1);
    });
  });

  it('tells the error between its budgets as the law does', () => {
    fc.assert(
      fc.property(fc.double({ min: Math.log(300e3), max: Math.log(5.5e6), noNaN: true }), (log) => {
        const { place, optimum } = expectedAt(curve, Math.exp(log));
        const exact = lawOptimum(law, Math.exp(log), { mostImages: 10_000, bytes: [310, 558] });
        expect(place).toBe('within');
        expect(Math.abs(optimum.error - exact.error)).toBeLessThan(0.002);
        expect(optimum.interval[0]).toBeLessThan(optimum.error);
        expect(optimum.interval[1]).toBeGreaterThan(optimum.error);
        expect(optimum.images * optimum.bytes).toBeLessThan(Math.exp(log) * 1.000001);
      }),
    );
  });

  it('says where a budget lies outside, and what the nearest expects', () => {
    expect(expectedAt(curve, smallest - 1)).toEqual({ place: 'below', optimum: curve[0] });
    expect(expectedAt(curve, -5)).toEqual({ place: 'below', optimum: curve[0] });
    expect(expectedAt(curve, largest + 1)).toEqual({ place: 'above', optimum: curve.at(-1) });
    expect(expectedAt(curve, smallest).place).toBe('within');
    expect(expectedAt(curve, largest).place).toBe('within');
  });

  it('goes half-way in logarithms', () => {
    const two: LawOptimum[] = [
      { budgetBytes: 100, images: 10, bytes: 10, error: 0.6, interval: [0.5, 0.7] },
      { budgetBytes: 400, images: 40, bytes: 10, error: 0.4, interval: [0.2, 0.6] },
    ];
    const { optimum } = expectedAt(two, 200);
    expect(optimum.images).toBeCloseTo(20, 9);
    expect(optimum.error).toBeCloseTo(0.5, 9);
    expect(optimum.interval[0]).toBeCloseTo(0.35, 9);
  });
});

it('a grid of errors falls with images and bytes, from corner to corner of what was measured', () => {
  const { images, bytes, error } = grid;
  expect([images[0], images.at(-1), bytes[0], bytes.at(-1)]).toEqual([625, 10_000, 310, 558]);
  expect(error).toHaveLength(images.length * bytes.length);
  expect(error[0]).toBeCloseTo(lawError(law, 625, 310), 6);
  expect(error.at(-1)).toBeCloseTo(lawError(law, 10_000, 558), 6);
  error.forEach((own, at) => {
    if (at % bytes.length > 0) expect(own).toBeLessThanOrEqual(error[at - 1] ?? 0);
    if (at >= bytes.length) expect(own).toBeLessThanOrEqual(error[at - bytes.length] ?? 0);
  });
});

describe('the best measured cells', () => {
  const cells = fc.array(
    fc.record({
      images: fc.integer({ min: 1, max: 20 }),
      bytes: fc.integer({ min: 1, max: 20 }),
      error: fc.integer({ min: 0, max: 20 }).map((value) => value / 20),
    }),
    { minLength: 1, maxLength: 30 },
  );
  const whole = (cell: Pick<SweepCell, 'images' | 'bytes' | 'error'>): SweepCell => ({
    ...{ ...cell, quality: 5, standardError: 0.01, seeds: 3, seconds: 1 },
  });

  it('have the least error of all that fit, at every budget', () => {
    fc.assert(
      fc.property(cells, fc.integer({ min: 1, max: 400 }), (list, budget) => {
        const fitting = list.filter((cell) => cellBytes(cell) <= budget).map(({ error }) => error);
        const best = bestMeasured(list.map(whole)).findLast((cell) => cellBytes(cell) <= budget);
        expect(best?.error).toBe(fitting.length > 0 ? Math.min(...fitting) : undefined);
      }),
    );
  });

  it('grow in bytes and fall in error', () => {
    fc.assert(
      fc.property(cells, (list) => {
        const best = bestMeasured(list.map(whole));
        best.slice(1).forEach((cell, k) => {
          expect(cellBytes(cell)).toBeGreaterThan(cellBytes(best[k] as SweepCell));
          expect(cell.error).toBeLessThan((best[k] as SweepCell).error);
        });
      }),
    );
  });
});
