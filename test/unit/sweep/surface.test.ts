import fc from 'fast-check';
import { expect, it } from 'vitest';
import { completedGrid, monotoneSurface, surfaceOptimum, type Surface } from '../../../src/core/sweep/surface.ts';

const sizes = [500, 1000, 4000];
const bytes = [300, 500, 900];
const surfaceOf = (errors: readonly number[]): Surface => {
  const points = sizes.flatMap((images, i) =>
    bytes.map((own, j) => ({ images, bytes: own, error: errors[3 * i + j] as number })),
  );
  const surface = monotoneSurface(points);
  if (!surface) throw new Error('Expected a surface of a whole grid');
  return surface;
};
const errors = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 9, maxLength: 9 });
const anywhere = fc.tuple(
  fc.double({ min: 100, max: 9000, noNaN: true }),
  fc.double({ min: 200, max: 1500, noNaN: true }),
);

it('never rises with images or bytes, and stays among the measured errors', () => {
  fc.assert(
    fc.property(errors, anywhere, fc.double({ min: 1, max: 3, noNaN: true }), (list, [n, l], more) => {
      const surface = surfaceOf(list);
      const here = surface(n, l);
      expect(surface(n * more, l)).toBeLessThanOrEqual(here + 1e-12);
      expect(surface(n, l * more)).toBeLessThanOrEqual(here + 1e-12);
      expect(here).toBeGreaterThanOrEqual(Math.min(...list) - 1e-12);
      expect(here).toBeLessThanOrEqual(Math.max(...list) + 1e-12);
    }),
  );
});

it('goes through points that fall already, and half-way between them in logarithms', () => {
  const falling = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];
  const surface = surfaceOf(falling);
  sizes.forEach((images, i) => {
    bytes.forEach((own, j) => {
      expect(surface(images, own)).toBeCloseTo(falling[3 * i + j] as number, 12);
    });
  });
  expect(surface(Math.sqrt(500 * 1000), 300)).toBeCloseTo(0.75, 12);
  expect(surface(1e6, 1e6)).toBeCloseTo(0.1, 12);
});

it('has an optimum that no other mix of the budget beats', () => {
  fc.assert(
    fc.property(errors, fc.double({ min: 1e5, max: 5e6, noNaN: true }), (list, budget) => {
      const surface = surfaceOf(list);
      const limits = { mostImages: 4000, bytes: [300, 900] } as const;
      const best = surfaceOptimum(surface, budget, limits);
      expect(best.images * best.bytes).toBeLessThanOrEqual(budget * 1.0001);
      for (const own of bytes) {
        const images = Math.min(4000, budget / own);
        expect(surface(images, own)).toBeGreaterThanOrEqual(best.error - 0.02);
      }
    }),
  );
});

it('is none of a grid with holes', () => {
  const hole = [
    { images: 1, bytes: 1, error: 1 },
    { images: 1, bytes: 2, error: 1 },
    { images: 2, bytes: 1, error: 1 },
  ];
  expect(monotoneSurface(hole)).toBeUndefined();
  expect(monotoneSurface([])).toBeUndefined();
});

it('a grid with gaps is completed by the law, between what its neighbours allow', () => {
  const points = [
    { images: 10, bytes: 100, error: 0.8 },
    { images: 10, bytes: 1000, error: 0.6 },
    { images: 100, bytes: 100, error: 0.7 },
  ];
  const cells = [...points, { images: 100, bytes: 1000 }, { images: 5, bytes: 50 }];
  const whole = completedGrid(points, cells, () => 0.65);
  expect(whole.slice(0, 3)).toEqual(points);
  // No more than those with fewer of both, no less than those with more.
  expect(whole[3]).toEqual({ images: 100, bytes: 1000, error: 0.6 });
  expect(whole[4]).toEqual({ images: 5, bytes: 50, error: 0.8 });
  expect(completedGrid(points, cells, () => 0.5)[3]?.error).toBe(0.5);
});
