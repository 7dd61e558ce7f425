import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/random.ts';
import { sweepFindings, type Timed } from '../../../src/core/sweep/findings.ts';
import { cellBytes, expectedAt } from '../../../src/protocol/best-mix.ts';
import { lawError, type StorageLaw } from '../../../src/protocol/law.ts';

const law: StorageLaw = {
  ...{ form: 'additive', floor: 0.1, a: 0.25, alpha: 0.4, b: 0.03, beta: 1 },
  ...{ headerBytes: 280, images0: 1000, bytes0: 800 },
};
const qualities = [5, 20, 60, 'original'] as const;
const bytes = [400, 700, 1500, 4000];
const cells = [250, 500, 1000, 2000, 4000].flatMap((images) =>
  qualities.map((_, quality) => ({ images, quality, bytes: bytes[quality] as number })),
);

/** Three seeds a cell; `bent` raises the errors of the most images, where no law of the others foretells them. */
function trained(bent: number): Timed[] {
  const random = seededRandom(4);
  return cells.flatMap((cell) =>
    [0, 1, 2].map((seed) => {
      const error = lawError(law, cell.images, cell.bytes) + (cell.images === 4000 ? bent : 0);
      return { cell, seed, seconds: 1, error: error + 0.004 * (random.below(1000) / 1000 - 0.5) };
    }),
  );
}

const limits = { mostImages: 4000, bytes: [400, 1500] } as const;
const wanted = { qualities, budgets: [1e6], limits, secondWorth: 0 } as const;

it.each([
  ['law', 0],
  ['surface', 0.1],
] as const)('best mixes by the %s come with a curve and a grid of what was measured without originals', (by, bent) => {
  const { optima, cells: found } = sweepFindings(cells, trained(bent), wanted);
  if (!optima) throw new Error('Expected best mixes');
  const { curve, grid, list } = optima;
  expect(optima.by).toBe(by);
  expect(found).toHaveLength(20);
  expect([curve[0]?.budgetBytes, curve.at(-1)?.budgetBytes]).toEqual([250 * 400, 4000 * 1500]);
  expect([grid.images[0], grid.images.at(-1), grid.bytes[0], grid.bytes.at(-1)]).toEqual([250, 4000, 400, 1500]);
  expect(grid.error.every((error) => error > 0 && error < 1)).toBe(true);
  const { place, optimum } = expectedAt(curve, 1e6);
  expect(place).toBe('within');
  expect(optimum.error).toBeCloseTo(list[0]?.error ?? NaN, 2);
  expect(cellBytes(optimum)).toBeLessThan(1e6 * 1.001);
  for (const { error, interval } of curve) {
    expect(interval[0]).toBeLessThanOrEqual(error);
    expect(interval[1]).toBeGreaterThanOrEqual(error);
  }
});
